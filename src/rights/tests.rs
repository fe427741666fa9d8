//! Paths through nested groups.

use std::collections::BTreeSet;

use super::paths::{Steps, paths};

fn steps(pairs: &[(i64, i64)]) -> Steps {
    let mut steps = Steps::new();
    for (from, to) in pairs {
        steps.entry(*from).or_default().push(*to);
    }
    steps
}

fn found(start: i64, ends: &[i64], pairs: &[(i64, i64)], most: usize) -> (Vec<Vec<i64>>, bool) {
    let ends: BTreeSet<i64> = ends.iter().copied().collect();
    let paths = paths(start, &ends, &steps(pairs), most);
    (paths.found, paths.is_cut)
}

#[test]
fn every_path_is_found_once_the_shortest_first_and_goes_on_behind_an_end() {
    let pairs = [(1, 2), (1, 3), (2, 4), (3, 4), (4, 5)];
    assert_eq!(
        found(1, &[4, 5, 1], &pairs, 10),
        (vec![vec![1], vec![1, 2, 4], vec![1, 3, 4], vec![1, 2, 4, 5], vec![1, 3, 4, 5]], false)
    );
    assert_eq!(found(5, &[4], &pairs, 10), (vec![], false));
}

#[test]
fn no_path_passes_anything_twice() {
    let circle = [(1, 2), (2, 3), (3, 1), (3, 4)];
    assert_eq!(found(1, &[4], &circle, 10), (vec![vec![1, 2, 3, 4]], false));
}

#[test]
fn more_paths_than_are_asked_for_are_said_to_be_there() {
    // Twenty diamonds in a row: more than a million paths.
    let mut pairs = Vec::new();
    for at in 0..20 {
        let base = at * 3;
        pairs.extend([(base, base + 1), (base, base + 2), (base + 1, base + 3), (base + 2, base + 3)]);
    }
    let (some, is_cut) = found(0, &[3], &pairs, 1);
    assert_eq!((some, is_cut), (vec![vec![0, 1, 3]], true));
    assert!(found(0, &[60], &pairs, 5).1, "so many beginnings that not all were followed");
}

#[test]
fn a_chain_of_ten_thousand_is_one_path() {
    let chain: Vec<(i64, i64)> = (0..10_000).map(|at| (at, at + 1)).collect();
    let (paths, is_cut) = found(0, &[10_000], &chain, 10);
    assert_eq!((paths.len(), paths[0].len(), is_cut), (1, 10_001, false));
}
