//! Small graphs by hand, random ones against a naive fixpoint.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Graph, Reach};

fn graph(nodes: impl IntoIterator<Item = i64>, pairs: &[(i64, i64)]) -> Graph {
    Graph::new(nodes.into_iter().collect(), pairs)
}

/// All of a closure.
fn closed(graph: &Graph) -> Vec<Reach> {
    let mut all = Vec::new();
    let taken: Result<(), std::convert::Infallible> = graph.closure(|reached| {
        all.extend_from_slice(reached);
        Ok(())
    });
    taken.expect("nothing is refused");
    all
}

#[test]
fn every_node_reaches_itself_and_what_is_above_it_by_the_fewest_steps() {
    let closure = closed(&graph([1, 2, 3, 9], &[(1, 2), (2, 3), (1, 3)]));
    assert_eq!(closure, [(1, 1, 0), (1, 2, 1), (1, 3, 1), (2, 2, 0), (2, 3, 1), (3, 3, 0), (9, 9, 0)]);
}

#[test]
fn a_cycle_ends() {
    let closure = closed(&graph([1, 2], &[(1, 2), (2, 1), (1, 1)]));
    assert_eq!(closure, [(1, 1, 0), (1, 2, 1), (2, 1, 1), (2, 2, 0)]);
}

#[test]
fn a_pair_with_an_end_that_is_no_node_is_left_out() {
    assert_eq!(closed(&graph([1], &[(1, 5), (5, 1)])), [(1, 1, 0)]);
}

#[test]
fn each_cycle_is_told_once_by_its_smallest_uid() {
    let pairs = [(3, 2), (2, 3), (7, 5), (5, 6), (6, 7), (1, 2), (9, 9), (6, 8)];
    assert_eq!(graph(1..=9, &pairs).cycles(), [vec![2, 3], vec![5, 6, 7]]);
}

#[test]
fn of_each_circle_the_link_up_from_the_smallest_uid_is_cut() {
    assert_eq!(graph(1..=3, &[(1, 2), (2, 3), (3, 1)]).cuts(), [(1, 2)]);
    // Two circles through 2, and one of 4 and 5 that is closed without it.
    let pairs = [(2, 4), (4, 2), (4, 5), (5, 4), (5, 2), (1, 2), (9, 9)];
    assert_eq!(graph(1..=9, &pairs).cuts(), [(2, 4), (4, 5)]);
}

#[test]
fn deep_nesting_neither_recurses_nor_takes_long() {
    let chain: Vec<(i64, i64)> = (0..100_000).map(|uid| (uid, uid + 1)).collect();
    assert!(graph(0..=100_000, &chain).cycles().is_empty());
    let mut ring = chain;
    ring.push((100_000, 0));
    assert_eq!(graph(0..=100_000, &ring).cycles()[0].len(), 100_001);
    assert_eq!(graph(0..=100_000, &ring).cuts(), [(0, 1)]);
    let closure = closed(&graph(0..=1_000, &ring[..1_000]));
    assert_eq!(closure.len(), 1_001 * 1_002 / 2);
    // Many members of one group, itself nested deeply: as many rows as there are, and no more work.
    let mut star: Vec<(i64, i64)> = (1_000..20_000).map(|uid| (uid, 0)).collect();
    star.extend((0..10).map(|uid| (uid, uid + 1)));
    assert_eq!(closed(&graph(0..20_000, &star)).len(), 20_000 - 11 + 19_000 * 11 + 66);
}

/// What is reached in ever more steps until nothing is new.
fn naive(nodes: i64, pairs: &[(i64, i64)]) -> Vec<Reach> {
    let mut found: BTreeMap<(i64, i64), i64> = (0..nodes).map(|uid| ((uid, uid), 0)).collect();
    for depth in 1..=nodes {
        let reached: Vec<(i64, i64)> = found.keys().copied().collect();
        for (start, node) in reached {
            if found[&(start, node)] != depth - 1 {
                continue;
            }
            for (_, parent) in pairs.iter().filter(|pair| pair.0 == node) {
                found.entry((start, *parent)).or_insert(depth);
            }
        }
    }
    found.into_iter().map(|((start, node), depth)| (start, node, depth)).collect()
}

proptest! {
    #[test]
    fn the_closure_is_the_naive_fixpoint(pairs in prop::collection::vec((0_i64..9, 0_i64..9), 0..30)) {
        let graph = graph(0..9, &pairs);
        let closure = naive(9, &pairs);
        prop_assert_eq!(closed(&graph), closure.clone());
        // Two nodes lie on a cycle if each reaches the other.
        let mut cycles: Vec<Vec<i64>> = (0..9).map(|uid| {
            let both = |other: &i64| {
                [(uid, *other), (*other, uid)].iter().all(|way| closure.iter().any(|row| (row.0, row.1) == *way))
            };
            (0..9).filter(both).collect()
        }).filter(|members: &Vec<i64>| members.len() > 1).collect();
        cycles.sort();
        cycles.dedup();
        prop_assert_eq!(graph.cycles(), cycles);
        let cuts = graph.cuts();
        let left: Vec<(i64, i64)> = pairs.iter().filter(|pair| !cuts.contains(pair)).copied().collect();
        prop_assert!(super::Graph::new((0..9).collect(), &left).cycles().is_empty());
        // A link is cut if its upper end comes back to the lower one without meeting a smaller uid.
        for (child, parent) in &pairs {
            let larger: Vec<(i64, i64)> =
                pairs.iter().filter(|pair| pair.0 >= *child && pair.1 >= *child).copied().collect();
            let comes_back = naive(9, &larger).iter().any(|row| (row.0, row.1) == (*parent, *child));
            prop_assert_eq!(cuts.contains(&(*child, *parent)), parent > child && comes_back);
        }
    }
}
