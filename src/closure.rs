//! Graphs of uids: what lies above what, through any number of steps, and what lies above itself.
//!
//! Reads and writes nothing: rows in, rows out, as models want them. Nested groups, units and roles are small graphs
//! that sources get wrong; cycles end every walk here, and nothing recurses, however deep the nesting.

mod cycles;
mod rows;
#[cfg(test)]
mod tests;

pub use self::rows::{closure_rows, cut_rows, cycle_rows};

/// A directed graph from children to parents, nodes in the order of their uids.
#[derive(Debug)]
pub(crate) struct Graph {
    /// Ascending.
    uids: Vec<i64>,
    /// Where the parents of each node begin; one more than nodes.
    starts: Vec<usize>,
    /// Nodes, by child.
    parents: Vec<usize>,
}

/// A node, one that it reaches, and the fewest steps between them.
pub(crate) type Reach = (i64, i64, i64);

impl Graph {
    /// The graph of these nodes and (child, parent) pairs, each as often as one likes. A pair with an end that is no
    /// node is none.
    pub(crate) fn new(mut nodes: Vec<i64>, pairs: &[(i64, i64)]) -> Self {
        nodes.sort_unstable();
        nodes.dedup();
        let node = |uid: i64| nodes.binary_search(&uid).ok();
        let mut edges: Vec<(usize, usize)> =
            pairs.iter().filter_map(|(child, parent)| Some((node(*child)?, node(*parent)?))).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut starts = vec![0; nodes.len() + 1];
        for (child, _) in &edges {
            starts[child + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { uids: nodes, starts, parents: edges.into_iter().map(|(_, parent)| parent).collect() }
    }

    fn parents(&self, node: usize) -> &[usize] {
        &self.parents[self.starts[node]..self.starts[node + 1]]
    }

    /// Hands over every node with every node above it, itself included at depth 0, sorted: all of a node at once.
    ///
    /// # Errors
    /// What `take` says.
    pub(crate) fn closure<E>(&self, mut take: impl FnMut(&[Reach]) -> Result<(), E>) -> Result<(), E> {
        let mut reached = Vec::new();
        // The node whose walk last came by: saves clearing marks between walks.
        let mut seen_by = vec![usize::MAX; self.uids.len()];
        let mut walk: Vec<(usize, i64)> = Vec::new();
        for start in 0..self.uids.len() {
            walk.clear();
            walk.push((start, 0));
            seen_by[start] = start;
            let mut next = 0;
            while let Some(&(node, depth)) = walk.get(next) {
                next += 1;
                for &parent in self.parents(node) {
                    if seen_by[parent] != start {
                        seen_by[parent] = start;
                        walk.push((parent, depth + 1));
                    }
                }
            }
            walk.sort_unstable();
            reached.clear();
            reached.extend(walk.iter().map(|&(node, depth)| (self.uids[start], self.uids[node], depth)));
            take(&reached)?;
        }
        Ok(())
    }
}
