//! Effective rights, part of reconcile: what each identity can do through all its accounts, groups and roles.
//!
//! Reads   ownership, rights, memberships, `group_closure`, `permission_closure`, and the parent.
//! Writes  `effective_rights`, `link_changes`.
//!
//! Ownerless and orphan accounts give nobody anything; people who left keep what their accounts hold. Nearly all large
//! joins of a load are here: every one is on whole numbers.

#[cfg(test)]
mod tests;

use crate::kernels::{EffectiveRights, GainedAndLost};
use crate::model::{BEFORE, Model};
use crate::sql;
use crate::stages::Context;

/// The models of effective rights, to run after `ownership`.
#[must_use]
pub fn effective_rights_models(context: &Context<'_>) -> Vec<Model> {
    let query = include_str!("effective_rights.sql").to_owned();
    let mut models = vec![Model::sql("effective_rights", "effective_rights", query).by(EffectiveRights)];
    // A parent that never computed them would make everything look gained.
    if context.has_parent && context.tables.contains(&format!("{BEFORE}effective_rights")) {
        let cause = context.causes.of_table("effective_rights");
        let query = sql::fill(include_str!("identity_permissions.sql"), &[("cause", &sql::text(cause))]);
        models.push(Model::sql("link_changes", "identity_permissions", query).by(GainedAndLost { cause }));
    }
    models
}
