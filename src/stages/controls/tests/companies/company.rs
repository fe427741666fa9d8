//! A random small company, and the ways by which its accounts hold permissions, said plainly.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::Holder;

/// What lies in, or includes, another.
pub(super) type Link = (u8, u8);

/// A holder, a permission and the place where it counts.
pub(super) type Right = (u8, u8, usize);

#[derive(Debug, Clone)]
pub(super) struct Company {
    /// The person of each account.
    pub(super) owners: BTreeMap<u8, u8>,
    pub(super) members: BTreeSet<Link>,
    pub(super) nested: BTreeSet<Link>,
    pub(super) included: BTreeSet<Link>,
    pub(super) own: BTreeSet<Right>,
    pub(super) of_groups: BTreeSet<Right>,
}

/// How an account holds a permission: by a right of its own, or of a group that it is in or that lies around one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) account: u8,
    pub(super) member_of: Option<u8>,
    pub(super) group: Option<u8>,
    pub(super) permission: u8,
    pub(super) wanted: u8,
    pub(super) place: usize,
    pub(super) steps: usize,
}

/// What an administrator takes away: account, group, permission, place.
pub(super) type Removable = (u8, Option<u8>, Option<u8>, usize);

impl Way {
    pub(super) fn removable(&self) -> Removable {
        match self.member_of {
            Some(group) => (self.account, Some(group), None, 0),
            None => (self.account, None, Some(self.permission), self.place),
        }
    }
}

/// What is reached over links, and how far away it is.
fn reached(links: &BTreeSet<Link>, from: u8) -> BTreeMap<u8, usize> {
    let mut found = BTreeMap::from([(from, 0)]);
    for depth in 1.. {
        let edge: Vec<u8> = found.iter().filter(|(_, at)| **at + 1 == depth).map(|(one, _)| *one).collect();
        if edge.is_empty() {
            break;
        }
        for (_, to) in links.iter().filter(|(of, _)| edge.contains(of)) {
            found.entry(*to).or_insert(depth);
        }
    }
    found
}

impl Company {
    /// Every way by which accounts hold permissions.
    pub(super) fn ways(&self, accounts: &[u8]) -> Vec<Way> {
        let mut ways = Vec::new();
        for account in accounts.iter().copied() {
            for (_, right, place) in self.own.iter().filter(|(of, ..)| *of == account) {
                for (wanted, depth) in reached(&self.included, *right) {
                    let (permission, place, steps) = (*right, *place, 1 + depth);
                    ways.push(Way { account, member_of: None, group: None, permission, wanted, place, steps });
                }
            }
            for (_, member_of) in self.members.iter().filter(|(of, _)| *of == account) {
                for (group, around) in reached(&self.nested, *member_of) {
                    for (_, right, place) in self.of_groups.iter().filter(|(of, ..)| *of == group) {
                        for (wanted, depth) in reached(&self.included, *right) {
                            let (permission, place, steps) = (*right, *place, 2 + around + depth);
                            let (member_of, group) = (Some(*member_of), Some(group));
                            ways.push(Way { account, member_of, group, permission, wanted, place, steps });
                        }
                    }
                }
            }
        }
        ways
    }

    /// Whom a control may find, each with the accounts that count.
    pub(super) fn subjects(&self, on: Holder) -> Vec<(u8, Vec<u8>)> {
        let of =
            |person: u8| self.owners.iter().filter(move |(_, owner)| **owner == person).map(|(account, _)| *account);
        match on {
            Holder::Account => (1..5).map(|account| (account, vec![account])).collect(),
            Holder::Identity => (101..104).map(|person| (person, of(person).collect())).collect(),
        }
    }

    /// The company without what is taken away.
    pub(super) fn without(&self, taken: &BTreeSet<Removable>) -> Self {
        let mut left = self.clone();
        left.members.retain(|(account, group)| !taken.contains(&(*account, Some(*group), None, 0)));
        left.own.retain(|(account, right, place)| !taken.contains(&(*account, None, Some(*right), *place)));
        left
    }
}

pub(super) fn company() -> impl Strategy<Value = Company> {
    let links = |range: std::ops::Range<u8>, most: usize| {
        btree_set((range.clone(), range), 0..most)
            .prop_map(|links| links.into_iter().filter(|(one, other)| one != other).collect::<BTreeSet<_>>())
    };
    (
        vec(101..104_u8, 4),
        btree_set((1..5_u8, 10..14_u8), 0..7),
        links(10..14, 5),
        links(1..6, 4),
        // Not more: every set of what somebody could lose is tried.
        btree_set((1..5_u8, 1..6_u8, 0..3_usize), 0..8),
        btree_set((10..14_u8, 1..6_u8, 0..3_usize), 0..9),
    )
        .prop_map(|(owners, members, nested, included, own, of_groups)| {
            let owners = (1..).zip(owners).collect();
            Company { owners, members, nested, included, own, of_groups }
        })
}
