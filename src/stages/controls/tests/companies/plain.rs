//! When a conflict of duties stands, how short it can be said, and what clears it: by trying everything.

use std::collections::BTreeSet;

use super::super::pairs::{CODES, PLACES, exercises};
use super::company::{Removable, Way};
use super::{PermissionName, Within};
use crate::settings::duties::{Duty, Term};

/// The places where duties may be exercised together: any, or each of those named and one that nothing names.
fn places(within: Within) -> &'static [&'static str] {
    match within {
        Within::Anywhere => &["anywhere"],
        Within::SamePerimeter => &["elsewhere", "DE", "FR"],
    }
}

/// What is held, with its place as far as that counts.
pub(super) fn held<'a>(ways: impl IntoIterator<Item = &'a Way>, within: Within) -> Vec<(u8, usize)> {
    let place = |way: &Way| if within == Within::Anywhere { 0 } else { way.place };
    ways.into_iter().map(|way| (way.wanted, place(way))).collect()
}

pub(super) fn stands(duties: &[Duty], held: &[(u8, usize)], within: Within) -> bool {
    places(within).iter().any(|place| duties.iter().all(|duty| exercises(duty, held, place)))
}

/// Of all sets of permissions by which the duties are exercised at a place the fewest permissions, and then the fewest steps.
pub(super) fn shortest(duties: &[Duty], ways: &[Way], within: Within) -> (usize, usize) {
    let all = held(ways, within);
    let mut best = None;
    for place in places(within) {
        let is_there = |way: &&Way| within == Within::Anywhere || [PLACES[0], place].contains(&PLACES[way.place]);
        let mut sets: Vec<BTreeSet<usize>> = vec![BTreeSet::new()];
        for duty in duties {
            let fulfilled =
                |term: &&Term| exercises(&Duty { name: String::new(), terms: vec![(*term).clone()] }, &all, place);
            let number = |name: &PermissionName| 1 + CODES.iter().position(|code| *code == name.code).expect("known");
            let terms: Vec<BTreeSet<usize>> =
                duty.terms.iter().filter(fulfilled).map(|term| term.held.iter().map(number).collect()).collect();
            sets =
                sets.iter().flat_map(|set| terms.iter().map(move |term| set.union(term).copied().collect())).collect();
        }
        for set in sets {
            let steps = |wanted: &usize| {
                let to = ways.iter().filter(is_there).filter(|way| usize::from(way.wanted) == *wanted);
                to.map(|way| way.steps).min().expect("it is held there")
            };
            let found = (set.len(), set.iter().map(steps).sum());
            best = Some(best.map_or(found, |best: (usize, usize)| best.min(found)));
        }
    }
    best.expect("the conflict stands")
}

/// How many of the removable things must go at least, by trying every set.
pub(super) fn fewest(duties: &[Duty], ways: &[Way], within: Within) -> usize {
    let of_it: BTreeSet<&str> = duties.iter().flat_map(Duty::permissions).map(|name| name.code.as_str()).collect();
    let ways: Vec<&Way> = ways.iter().filter(|way| of_it.contains(CODES[usize::from(way.wanted) - 1])).collect();
    let removable: BTreeSet<Removable> = ways.iter().map(|way| way.removable()).collect();
    let removable: Vec<Removable> = removable.into_iter().collect();
    let mut sets: Vec<u32> = (0..1 << removable.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    let clears = |set: &&u32| {
        let stays = |way: &&&Way| {
            let at = removable.iter().position(|one| *one == way.removable()).expect("it is one of them");
            *set >> at & 1 == 0
        };
        !stands(duties, &held(ways.iter().filter(stays).copied(), within), within)
    };
    sets.iter().find(clears).expect("to take everything clears it").count_ones() as usize
}
