//! Removals against trying every set.

use proptest::prelude::*;

use super::*;

/// The smallest set that clears a conflict, by trying all; of several the one with the smallest bits.
fn by_trial(conflict: &Conflict) -> Vec<usize> {
    let places = conflict.places();
    let sets = 0..1_u32 << conflict.removables;
    let clears = |set: &u32| {
        let taken: Vec<bool> = (0..conflict.removables).map(|at| set >> at & 1 == 1).collect();
        conflict.standing(&places, &taken).is_none()
    };
    let best = sets.filter(clears).min_by_key(|set| (set.count_ones(), *set)).expect("to take everything clears it");
    (0..conflict.removables).filter(|at| best >> at & 1 == 1).collect()
}

const PLACES: [Option<&str>; 3] = [None, Some("DE"), Some("FR")];

fn term() -> impl Strategy<Value = Term> {
    (proptest::collection::btree_set(0..5_i64, 1..4), proptest::collection::btree_set(5..7_i64, 0..2)).prop_map(
        |(held, not_held)| Term { held: held.into_iter().collect(), not_held: not_held.into_iter().collect() },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_suggested_clears_the_conflict_and_fewer_do_not(
        ways in proptest::collection::vec((0..7_i64, 0..3_usize, 0..9_usize), 0..24),
        sides in proptest::collection::vec(proptest::collection::vec(term(), 1..4), 1..4),
    ) {
        let mut conflict = Conflict { removables: 9, ..Conflict::default() };
        for (permission, place, removable) in ways {
            conflict.brings(removable, permission, PLACES[place].map(str::to_owned));
        }
        conflict.sides = (0..).zip(sides).collect();
        let found = conflict.fewest();
        prop_assert!(found.is_minimal);
        prop_assert_eq!(found.taken, by_trial(&conflict));
    }
}

#[test]
fn behind_the_bound_what_is_suggested_still_clears_the_conflict_and_says_that_it_may_not_be_the_fewest() {
    // Every place has two ways on each side, shared crosswise: nothing but a search tells which to take.
    let mut conflict = Conflict { removables: 120, ..Conflict::default() };
    for at in 0..60_usize {
        let place = Some(format!("P{at}"));
        for (permission, removable) in [(1, at), (1, (at * 7 + 3) % 60), (2, 60 + at), (2, 60 + (at * 11 + 5) % 60)] {
            conflict.brings(removable, permission, place.clone());
        }
    }
    let side = |permission| vec![Term { held: vec![permission], not_held: Vec::new() }];
    conflict.sides = BTreeMap::from([(0, side(1)), (1, side(2))]);
    let found = conflict.fewest();
    assert!(!found.is_minimal);
    let taken: Vec<bool> = (0..conflict.removables).map(|at| found.taken.contains(&at)).collect();
    assert!(conflict.standing(&conflict.places(), &taken).is_none());
}

#[test]
fn a_membership_that_brings_both_sides_is_taken_alone() {
    // 0 and 1 bring one side, 2 and 3 the other; 4 brings both, and one of each would be enough without it.
    let ways = [(1, 0), (2, 2), (1, 4), (2, 4)];
    let mut conflict = Conflict { removables: 5, ..Conflict::default() };
    for (permission, removable) in ways {
        conflict.brings(removable, permission, None);
    }
    let side = |permission| vec![Term { held: vec![permission], not_held: Vec::new() }];
    conflict.sides = BTreeMap::from([(0, side(1)), (1, side(2))]);
    assert_eq!(conflict.fewest(), Removal { taken: vec![0, 4], is_minimal: true });
}

#[test]
fn of_very_many_ways_what_takes_least_is_taken_place_by_place() {
    let mut conflict = Conflict { removables: 6000, ..Conflict::default() };
    for at in 0..2000_usize {
        let place = Some(format!("P{at}"));
        for (permission, removable) in [(1, 3 * at), (2, 3 * at + 1), (2, 3 * at + 2)] {
            conflict.brings(removable, permission, place.clone());
        }
    }
    let side = |permission| vec![Term { held: vec![permission], not_held: Vec::new() }];
    conflict.sides = BTreeMap::from([(0, side(1)), (1, side(2))]);
    let found = conflict.fewest();
    assert_eq!((found.taken.len(), found.is_minimal), (2000, false));
}
