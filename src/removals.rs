//! The fewest rights and memberships that must be taken away from somebody so that a conflict of duties is gone.
//!
//! A conflict stands where, at one place, a term of every side is fulfilled. Whoever clears it must, for each such
//! way, take all that brings one of the permissions held: less does not break it, and what a term excludes cannot come back by taking
//! away. So the search takes a way that still stands, and tries each of its permissions in turn, until nothing stands; every
//! smallest answer is on one of these paths. It ends early where it cannot beat the best answer, and gives up, with the best found
//! so far, behind [`MOST_STEPS`]. Where somebody has more than [`MOST_REMOVABLES`] ways, what takes least is taken away place by place.

mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

pub use self::rows::removal_rows;

/// So many sets of removals are looked at for one conflict.
pub(crate) const MOST_STEPS: usize = 20_000;

/// With so many removable things a search would take too long.
pub(crate) const MOST_REMOVABLES: usize = 256;

/// What somebody holds, and what must not be held together.
#[derive(Debug, Default, Clone)]
pub(crate) struct Conflict {
    /// Which of the removable things bring a permission, by place; `None` = at each.
    ways: BTreeMap<i64, BTreeMap<Option<String>, Vec<usize>>>,
    /// The sides, each by its terms.
    pub(crate) sides: BTreeMap<i64, Vec<Term>>,
    /// How many removable things there are.
    pub(crate) removables: usize,
}

/// Permissions that are all held, and others none of which is.
#[derive(Debug, Default, Clone)]
pub(crate) struct Term {
    pub(crate) held: Vec<i64>,
    pub(crate) not_held: Vec<i64>,
}

/// What to take away, by number, sorted, and whether fewer are known not to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) taken: Vec<usize>,
    pub(crate) is_minimal: bool,
}

impl Conflict {
    /// A removable thing brings a permission at a place, or at each.
    pub(crate) fn brings(&mut self, removable: usize, permission: i64, place: Option<String>) {
        self.ways.entry(permission).or_default().entry(place).or_default().push(removable);
    }

    /// The fewest removals that clear it; of several such sets the one whose highest numbers are lowest. Empty where nothing
    /// conflicts.
    pub(crate) fn fewest(&self) -> Removal {
        if self.removables > MOST_REMOVABLES {
            let taken = self.place_by_place();
            let is_minimal = taken.iter().all(|is_taken| !is_taken);
            return Removal { taken: numbers(&taken), is_minimal };
        }
        let mut search =
            Search { conflict: self, places: self.places(), best: None, seen: HashSet::new(), is_whole: true };
        search.go(&mut vec![false; self.removables]);
        Removal { taken: numbers(&search.best.unwrap_or_default()), is_minimal: search.is_whole }
    }

    /// What clears it, and may not be the fewest.
    fn place_by_place(&self) -> Vec<bool> {
        let places = self.places();
        let mut taken = vec![false; self.removables];
        loop {
            let mut is_cleared = true;
            for place in &places {
                while let Some(held) = self.standing_at(*place, &taken) {
                    is_cleared = false;
                    let least = self.branches(held, *place, &taken).into_iter().next().unwrap_or_default();
                    for removable in least {
                        taken[removable] = true;
                    }
                }
            }
            if is_cleared {
                return taken;
            }
        }
    }

    /// The places that something names, and the one that nothing names.
    fn places(&self) -> Vec<Option<&str>> {
        let named: BTreeSet<Option<&str>> =
            self.ways.values().flat_map(BTreeMap::keys).map(Option::as_deref).chain([None]).collect();
        named.into_iter().collect()
    }

    /// What brings a permission at a place.
    fn bringing(&self, permission: i64, place: Option<&str>) -> impl Iterator<Item = usize> + '_ {
        let ways = self.ways.get(&permission);
        let everywhere = ways.and_then(|ways| ways.get(&None));
        let there = place.and_then(|place| ways?.get(&Some(place.to_owned())));
        everywhere.into_iter().chain(there).flatten().copied()
    }

    fn is_held(&self, permission: i64, place: Option<&str>, taken: &[bool]) -> bool {
        self.bringing(permission, place).any(|removable| !taken[removable])
    }

    fn is_fulfilled(&self, term: &Term, place: Option<&str>, taken: &[bool]) -> bool {
        term.held.iter().all(|permission| self.is_held(*permission, place, taken))
            && !term.not_held.iter().any(|permission| self.is_held(*permission, place, taken))
    }

    /// A way in which the conflict stands: the permissions that are held for it at a place.
    fn standing<'a>(&self, places: &[Option<&'a str>], taken: &[bool]) -> Option<(Option<&'a str>, BTreeSet<i64>)> {
        places.iter().find_map(|place| Some((*place, self.standing_at(*place, taken)?)))
    }

    fn standing_at(&self, place: Option<&str>, taken: &[bool]) -> Option<BTreeSet<i64>> {
        let mut held = BTreeSet::new();
        for terms in self.sides.values() {
            held.extend(&terms.iter().find(|term| self.is_fulfilled(term, place, taken))?.held);
        }
        (!self.sides.is_empty()).then_some(held)
    }

    /// What must be taken away together so that one of these permissions is held no more, what takes least first.
    fn branches(&self, held: BTreeSet<i64>, place: Option<&str>, taken: &[bool]) -> Vec<Vec<usize>> {
        let branch = |permission: i64| {
            let bringing: BTreeSet<usize> =
                self.bringing(permission, place).filter(|removable| !taken[*removable]).collect();
            bringing.into_iter().collect::<Vec<_>>()
        };
        let mut branches: Vec<Vec<usize>> = held.into_iter().map(branch).collect();
        branches.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        branches.dedup();
        branches
    }
}

/// The numbers of what is taken.
fn numbers(taken: &[bool]) -> Vec<usize> {
    taken.iter().enumerate().filter(|(_, is_taken)| **is_taken).map(|(at, _)| at).collect()
}

struct Search<'a> {
    conflict: &'a Conflict,
    places: Vec<Option<&'a str>>,
    best: Option<Vec<bool>>,
    seen: HashSet<Vec<bool>>,
    /// Whether nothing was left out.
    is_whole: bool,
}

impl Search<'_> {
    fn go(&mut self, taken: &mut Vec<bool>) {
        let count = |taken: &[bool]| taken.iter().filter(|is_taken| **is_taken).count();
        let is_too_many =
            |search: &Self, taken: &[bool]| search.best.as_ref().is_some_and(|best| count(taken) > count(best));
        if is_too_many(self, taken) || !self.seen.insert(taken.clone()) {
            return;
        }
        if self.seen.len() > MOST_STEPS && self.best.is_some() {
            self.is_whole = false;
            return;
        }
        let Some((place, held)) = self.conflict.standing(&self.places, taken) else {
            let is_better = self.best.as_ref().is_none_or(|best| {
                (count(taken), taken.iter().rev().collect::<Vec<_>>()) < (count(best), best.iter().rev().collect())
            });
            if is_better {
                self.best = Some(taken.clone());
            }
            return;
        };
        // A good answer early ends the other paths early.
        for branch in self.conflict.branches(held, place, taken) {
            for removable in &branch {
                taken[*removable] = true;
            }
            self.go(taken);
            for removable in &branch {
                taken[*removable] = false;
            }
        }
    }
}
