//! Cycles: sets of nodes that all reach each other.

use super::Graph;

/// A node that no walk has met yet.
const UNMET: usize = usize::MAX;

impl Graph {
    /// Every set of two or more nodes that reach each other, each ascending, by its smallest uid. A node that is its
    /// own parent is no cycle: sources write roots so.
    ///
    /// Tarjan's algorithm with a stack of its own.
    pub(crate) fn cycles(&self) -> Vec<Vec<i64>> {
        let count = self.uids.len();
        let (mut met, mut lowest, mut is_open) = (vec![UNMET; count], vec![UNMET; count], vec![false; count]);
        let mut open: Vec<usize> = Vec::new();
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut cycles = Vec::new();
        let mut number = 0;
        for root in 0..count {
            if met[root] != UNMET {
                continue;
            }
            path.push((root, 0));
            while let Some((node, next)) = path.pop() {
                if next == 0 {
                    met[node] = number;
                    lowest[node] = number;
                    number += 1;
                    open.push(node);
                    is_open[node] = true;
                }
                if let Some(&parent) = self.parents(node).get(next) {
                    path.push((node, next + 1));
                    if met[parent] == UNMET {
                        path.push((parent, 0));
                    } else if is_open[parent] {
                        lowest[node] = lowest[node].min(met[parent]);
                    }
                    continue;
                }
                if let Some(&(child, _)) = path.last() {
                    lowest[child] = lowest[child].min(lowest[node]);
                }
                if lowest[node] == met[node] {
                    let from = open.iter().rposition(|&other| other == node).expect("a node is open until it is left");
                    let mut members: Vec<i64> = Vec::new();
                    for member in open.drain(from..) {
                        is_open[member] = false;
                        members.push(self.uids[member]);
                    }
                    if members.len() > 1 {
                        members.sort_unstable();
                        cycles.push(members);
                    }
                }
            }
        }
        cycles.sort_unstable();
        cycles
    }

    /// The links to leave out so that nothing lies above itself: of every circle the one by which its member with the
    /// smallest uid lies below another. Sorted. What is left reaches no node from itself, and which links go does not
    /// depend on the order of rows.
    pub(crate) fn cuts(&self) -> Vec<(i64, i64)> {
        let mut cuts: Vec<(i64, i64)> = self.cycles().iter().flat_map(|members| self.cuts_within(members)).collect();
        cuts.sort_unstable();
        cuts
    }

    /// The cuts among nodes that all reach each other, given ascending.
    fn cuts_within(&self, members: &[i64]) -> Vec<(i64, i64)> {
        let place = |node: usize| members.binary_search(&self.uids[node]).ok();
        let parents: Vec<Vec<usize>> = members
            .iter()
            .map(|uid| {
                let node = self.uids.binary_search(uid).expect("members are nodes");
                self.parents(node).iter().filter_map(|parent| place(*parent)).collect()
            })
            .collect();
        let mut children = vec![Vec::new(); members.len()];
        for (child, parents) in parents.iter().enumerate() {
            for parent in parents {
                children[*parent].push(child);
            }
        }
        let mut cuts = Vec::new();
        let mut seen_by = vec![UNMET; members.len()];
        let mut below = Vec::new();
        for top in 0..members.len() {
            // Who comes to `top` without meeting a smaller one: a link from `top` to any of them closes a circle of
            // which `top` is the smallest.
            below.push(top);
            while let Some(node) = below.pop() {
                for &child in children[node].iter().filter(|child| **child > top) {
                    if seen_by[child] != top {
                        seen_by[child] = top;
                        below.push(child);
                    }
                }
            }
            let closing = parents[top].iter().filter(|parent| seen_by[**parent] == top);
            cuts.extend(closing.map(|parent| (members[top], members[*parent])));
        }
        cuts
    }
}
