//! What grants name on a day, by themselves and through roles.

use std::collections::{BTreeSet, VecDeque};

use jiff::civil::Date;

use crate::settings::PermissionName;
use crate::settings::rights_model::{Grant, RightsModelPolicy};

/// A permission that a grant names.
pub(super) struct Named<'a> {
    /// What.
    pub(super) permission: &'a PermissionName,
    /// The roles that lead to it, from the grant's own: `clerk > employee`; `None` = the grant itself.
    pub(super) role: Option<String>,
}

/// What a grant names, by each role at most once and by the shortest way. `day` = only roles that hold on it; `None` =
/// all of them, whenever they hold.
pub(super) fn named<'a>(policy: &'a RightsModelPolicy, grant: &'a Grant, day: Option<Date>) -> Vec<Named<'a>> {
    let mut named: Vec<Named<'_>> =
        grant.permissions.iter().map(|permission| Named { permission, role: None }).collect();
    let mut open: VecDeque<(&str, String)> = grant.roles.iter().map(|id| (id.as_str(), id.clone())).collect();
    let mut seen = BTreeSet::new();
    while let Some((id, way)) = open.pop_front() {
        let Some(role) = policy.roles.iter().find(|role| role.id == id) else { continue };
        if day.is_some_and(|day| !role.validity.holds_on(day)) || !seen.insert(id) {
            continue;
        }
        named.extend(role.permissions.iter().map(|permission| Named { permission, role: Some(way.clone()) }));
        open.extend(role.includes.iter().map(|inner| (inner.as_str(), format!("{way} > {inner}"))));
    }
    named
}
