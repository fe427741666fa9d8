//! Paths through nested groups and roles: every one that passes nothing twice, the shortest first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Steps upwards: each node with those right above it, in order.
pub(super) type Steps = BTreeMap<i64, Vec<i64>>;

/// How many beginnings of paths are followed at most: nested groups can have more paths than there is time.
const FOLLOWED: usize = 200_000;

/// Paths that were found.
pub(super) struct Paths {
    /// From the start to the end, both included.
    pub(super) found: Vec<Vec<i64>>,
    /// Whether there may be more.
    pub(super) is_cut: bool,
}

/// A beginning of a path: its last node, and the beginning it goes on from.
struct Beginning {
    node: i64,
    from: Option<usize>,
}

/// The paths from a start to any of the ends, at most `most` of them. A start that is an end is a path itself. Of paths
/// that are equally long, the one that comes first in the order of uids.
pub(super) fn paths(start: i64, ends: &BTreeSet<i64>, steps: &Steps, most: usize) -> Paths {
    let mut beginnings = vec![Beginning { node: start, from: None }];
    let mut open: VecDeque<usize> = VecDeque::from([0]);
    let mut found = Vec::new();
    while let Some(at) = open.pop_front() {
        let node = beginnings[at].node;
        if ends.contains(&node) {
            if found.len() == most {
                return Paths { found, is_cut: true };
            }
            let mut path: Vec<i64> = back(&beginnings, at).collect();
            path.reverse();
            found.push(path);
        }
        for next in steps.get(&node).into_iter().flatten() {
            if back(&beginnings, at).any(|passed| passed == *next) {
                continue;
            }
            if beginnings.len() == FOLLOWED {
                return Paths { found, is_cut: true };
            }
            beginnings.push(Beginning { node: *next, from: Some(at) });
            open.push_back(beginnings.len() - 1);
        }
    }
    Paths { found, is_cut: false }
}

/// The nodes of a beginning, the last one first.
fn back(beginnings: &[Beginning], at: usize) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(at), |at| beginnings[*at].from).map(|at| beginnings[at].node)
}
