//! The fewest rights and memberships that must be taken away from somebody so that a conflict of duties is gone.
//!
//! A conflict stands where, at one place, a term of every side is fulfilled. Whoever clears it must, for each such
//! way, take all that brings one of the permissions held: less does not break it, and what a term excludes cannot come back by taking
//! away. So the search takes a way that still stands, and tries each of its permissions in turn, until nothing stands; every
//! smallest answer is on one of these paths. It ends early where it cannot beat the best answer, and gives up, with the best found
//! so far, behind [`MOST_STEPS`].

mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

pub use self::rows::removal_rows;

/// So many sets of removals are looked at for one conflict.
pub(crate) const MOST_STEPS: usize = 20_000;

/// What somebody holds, and what must not be held together.
#[derive(Debug, Default, Clone)]
pub(crate) struct Conflict {
    /// What brings a permission: at which place, `None` = at each, and which of the removable things.
    pub(crate) ways: BTreeMap<i64, Vec<(Option<String>, usize)>>,
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
    /// The fewest removals that clear it; of several such sets the one whose highest numbers are lowest. Empty where nothing
    /// conflicts.
    pub(crate) fn fewest(&self) -> Removal {
        let mut search =
            Search { conflict: self, places: self.places(), best: None, seen: HashSet::new(), is_whole: true };
        search.go(&mut vec![false; self.removables]);
        let best = search.best.unwrap_or_default();
        let taken = best.iter().enumerate().filter(|(_, taken)| **taken).map(|(at, _)| at).collect();
        Removal { taken, is_minimal: search.is_whole }
    }

    /// The places that something names, and the one that nothing names.
    fn places(&self) -> Vec<Option<&str>> {
        let named: BTreeSet<Option<&str>> =
            self.ways.values().flatten().map(|(place, _)| place.as_deref()).chain([None]).collect();
        named.into_iter().collect()
    }

    /// What brings a permission at a place.
    fn bringing<'a>(&'a self, permission: i64, place: Option<&'a str>) -> impl Iterator<Item = usize> + 'a {
        let ways = self.ways.get(&permission).map(Vec::as_slice).unwrap_or_default();
        ways.iter().filter(move |(at, _)| at.is_none() || at.as_deref() == place).map(|(_, removable)| *removable)
    }

    fn is_held(&self, permission: i64, place: Option<&str>, taken: &[bool]) -> bool {
        self.bringing(permission, place).any(|removable| !taken[removable])
    }

    fn is_fulfilled(&self, term: &Term, place: Option<&str>, taken: &[bool]) -> bool {
        term.held.iter().all(|permission| self.is_held(*permission, place, taken))
            && !term.not_held.iter().any(|permission| self.is_held(*permission, place, taken))
    }

    /// A way in which the conflict stands: the permissions that are held for it at a place.
    fn standing<'a>(&'a self, places: &[Option<&'a str>], taken: &[bool]) -> Option<(Option<&'a str>, BTreeSet<i64>)> {
        places.iter().find_map(|place| {
            let mut held = BTreeSet::new();
            for terms in self.sides.values() {
                let term = terms.iter().find(|term| self.is_fulfilled(term, *place, taken))?;
                held.extend(&term.held);
            }
            (!self.sides.is_empty()).then_some((*place, held))
        })
    }
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
        let mut branches: Vec<Vec<usize>> = held
            .into_iter()
            .map(|permission| {
                let bringing: BTreeSet<usize> =
                    self.conflict.bringing(permission, place).filter(|removable| !taken[*removable]).collect();
                bringing.into_iter().collect()
            })
            .collect();
        // What takes least first: a good answer early ends the other paths early.
        branches.sort_by_key(Vec::len);
        branches.dedup();
        for branch in branches {
            branch.iter().for_each(|removable| taken[*removable] = true);
            self.go(taken);
            branch.iter().for_each(|removable| taken[*removable] = false);
        }
    }
}
