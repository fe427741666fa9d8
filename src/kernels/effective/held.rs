//! Who holds what, as lists of numbers: accounts of people, groups of accounts, rights of both.

use std::collections::HashMap;

use arrow::array::{Array, AsArray};

use super::{DIRECT, PERIMETER, PERMISSION, Right, THROUGH_GROUP, THROUGH_ROLE};
use crate::engine::EngineError;
use crate::kernels::lists::Lists;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each, numbers, pairs};
use crate::model::TableSet;
use crate::table::Type;

/// What accounts and groups hold, and who has them.
pub(super) struct Held {
    accounts_of: Lists<u32>,
    groups_of: Lists<u32>,
    /// Groups with all above them, themselves included.
    above: Lists<u32>,
    /// Rights of accounts as they are written; what they include is looked up.
    of_accounts: Lists<(u32, u32)>,
    of_groups: Lists<(u32, u32)>,
    /// What a permission includes, and whether that is something else.
    includes: Lists<(u32, bool)>,
    /// Permissions that include nothing but themselves: nearly all, and nothing needs to be looked up for them.
    plain: Uids,
    /// Perimeters in order; the rank of the first is 1, and 0 means everywhere.
    pub(super) perimeters: Vec<String>,
}

/// A walk over one person's rights after another's.
pub(super) struct Walk<'a> {
    held: &'a Held,
    /// The number of the person for whom a group was last visited.
    visited: Vec<u32>,
}

impl Held {
    pub(super) fn read(tables: &TableSet) -> Result<Self, EngineError> {
        let owned = pairs(tables, "ownership", "identity_uid", "account_uid")?;
        let mut is_owned = vec![false; owned.iter().map(|(_, account)| *account as usize + 1).max().unwrap_or(0)];
        for (_, account) in &owned {
            is_owned[*account as usize] = true;
        }
        let is_owned = |account: u32| is_owned.get(account as usize).copied().unwrap_or(false);
        let rest = || -> Result<_, EngineError> {
            let mut groups = pairs(tables, "memberships", "account_uid", "group_uid")?;
            groups.retain(|(account, _)| is_owned(*account));
            let above = pairs(tables, "group_closure", "group_uid", "ancestor_uid")?;
            Ok((Lists::of(&groups), Lists::of(&above), included(tables)?))
        };
        // Rights are about as much as all the rest.
        let (rights, rest) = rayon::join(|| Rights::read(tables, is_owned), rest);
        let (rights, (groups_of, above, includes)) = (rights?, rest?);
        Ok(Self {
            accounts_of: Lists::of(&owned),
            groups_of,
            above,
            of_accounts: rights.of_accounts,
            of_groups: rights.of_groups,
            plain: plain(&includes),
            includes,
            perimeters: rights.perimeters,
        })
    }

    /// Everybody who owns an account, in the order of their uids.
    pub(super) fn people(&self) -> Vec<u32> {
        self.accounts_of.numbers()
    }

    /// The perimeter of a rank.
    pub(super) fn perimeter(&self, rank: u32) -> Option<&str> {
        self.perimeters.get((rank as usize).checked_sub(1)?).map(String::as_str)
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { held: self, visited: Vec::new() }
    }

    fn include(&self, (permission, place): (u32, u32), direct: u64, rights: &mut Vec<Right>) {
        if self.plain.contains(i64::from(permission)) {
            rights.push(u64::from(permission) << PERMISSION | u64::from(place) << PERIMETER | direct);
            return;
        }
        for &(included, is_role) in self.includes.get(permission) {
            let how = match (direct, is_role) {
                (DIRECT, true) => THROUGH_ROLE,
                (direct, true) => direct | THROUGH_ROLE,
                (direct, false) => direct,
            };
            rights.push(u64::from(included) << PERMISSION | u64::from(place) << PERIMETER | how);
        }
    }
}

/// Rights as they are written.
struct Rights {
    of_accounts: Lists<(u32, u32)>,
    of_groups: Lists<(u32, u32)>,
    perimeters: Vec<String>,
}

impl Rights {
    /// The rights of groups, and of the accounts that somebody owns.
    fn read(tables: &TableSet, is_owned: impl Fn(u32) -> bool) -> Result<Self, EngineError> {
        let mut perimeters = Perimeters::default();
        let (mut of_accounts, mut of_groups) = (Vec::new(), Vec::new());
        each(tables, "rights", &["account_uid", "group_uid", "permission_uid", "perimeter"], |batch| {
            let (accounts, groups) = (numbers(batch, "account_uid")?, numbers(batch, "group_uid")?);
            let permissions = numbers(batch, "permission_uid")?;
            let places = column(batch, "perimeter", Type::Text);
            let places = places.as_string::<i32>();
            for (row, permission) in permissions.into_iter().enumerate() {
                let Some(permission) = permission else { continue };
                let place = if places.is_null(row) { 0 } else { perimeters.number(places.value(row)) };
                match (accounts[row], groups[row]) {
                    (Some(account), _) if is_owned(account) => of_accounts.push((account, (permission, place))),
                    (_, Some(group)) => of_groups.push((group, (permission, place))),
                    _ => {}
                }
            }
            Ok(())
        })?;
        let perimeters =
            perimeters.rank(of_accounts.iter_mut().chain(&mut of_groups).map(|(_, right)| &mut right.1))?;
        Ok(Self { of_accounts: Lists::of(&of_accounts), of_groups: Lists::of(&of_groups), perimeters })
    }
}

/// What each permission includes, and whether that is something else.
fn included(tables: &TableSet) -> Result<Lists<(u32, bool)>, EngineError> {
    let mut includes = Vec::new();
    each(tables, "permission_closure", &["permission_uid", "included_uid", "depth"], |batch| {
        let (permissions, inner) = (numbers(batch, "permission_uid")?, numbers(batch, "included_uid")?);
        for ((permission, included), depth) in permissions.into_iter().zip(inner).zip(numbers(batch, "depth")?) {
            if let (Some(permission), Some(included)) = (permission, included) {
                includes.push((permission, (included, depth.unwrap_or(0) > 0)));
            }
        }
        Ok(())
    })?;
    Ok(Lists::of(&includes))
}

/// The permissions that include themselves and nothing else.
fn plain(includes: &Lists<(u32, bool)>) -> Uids {
    let mut plain = Uids::default();
    for permission in includes.numbers() {
        if includes.get(permission) == [(permission, false)] {
            plain.insert(i64::from(permission));
        }
    }
    plain
}

impl Walk<'_> {
    /// Adds what a person holds, in any order and as often as they hold it.
    pub(super) fn gather(&mut self, person: u32, rights: &mut Vec<Right>) {
        let held = self.held;
        for &account in held.accounts_of.get(person) {
            for &right in held.of_accounts.get(account) {
                held.include(right, DIRECT, rights);
            }
            for &inner in held.groups_of.get(account) {
                for &group in held.above.get(inner) {
                    if self.is_new(group, person) {
                        for &right in held.of_groups.get(group) {
                            held.include(right, THROUGH_GROUP, rights);
                        }
                    }
                }
            }
        }
    }

    /// Whether the person comes to a group for the first time. Uids begin at 1.
    fn is_new(&mut self, group: u32, person: u32) -> bool {
        let group = group as usize;
        if group >= self.visited.len() {
            self.visited.resize(group + 1, 0);
        }
        std::mem::replace(&mut self.visited[group], person) != person
    }
}

/// Perimeters by the number in which they came.
#[derive(Default)]
struct Perimeters(HashMap<String, u32>);

impl Perimeters {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.0.get(text) {
            return *number;
        }
        let number = u32::try_from(self.0.len() + 1).unwrap_or(u32::MAX);
        self.0.insert(text.to_owned(), number);
        number
    }

    /// Gives the perimeters in their order, and replaces the number of each by its rank.
    fn rank<'a>(self, places: impl Iterator<Item = &'a mut u32>) -> Result<Vec<String>, EngineError> {
        let most = 1_usize << (PERMISSION - PERIMETER);
        if self.0.len() >= most {
            return Err(EngineError::new(format!("more than {most} perimeters")));
        }
        let mut ordered: Vec<(String, u32)> = self.0.into_iter().collect();
        ordered.sort_unstable();
        let mut rank_of = vec![0; ordered.len() + 1];
        for (rank, (_, number)) in (1..).zip(&ordered) {
            rank_of[*number as usize] = rank;
        }
        if !ordered.is_empty() {
            for place in places {
                *place = rank_of[*place as usize];
            }
        }
        Ok(ordered.into_iter().map(|(text, _)| text).collect())
    }
}
