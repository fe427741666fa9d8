//! The second movement pass: what changed for every identity that was there before.
//!
//! Reads   identities, ownership, `effective_rights`, `link_changes`; identities, ownership and `effective_rights` of
//!         the parent.
//! Writes  `identity_movements`.
//!
//! Belongs to the last stage that says something about people: managers, or reconcile where the plan has no managers.

#[cfg(test)]
mod tests;

use crate::model::{BEFORE, Model};
use crate::sql;
use crate::stages::Context;

/// Whether the plan finds managers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Managed {
    /// It does.
    Yes,
    /// It has no such stage.
    No,
}

/// The model of identity movements, to run once owners and managers stand. A first load has none.
#[must_use]
pub fn identity_movement_models(context: &Context<'_>, managed: Managed) -> Vec<Model> {
    if !context.has_parent {
        return Vec::new();
    }
    // Where one of the two loads knows no managers, nobody can say.
    let is_known = managed == Managed::Yes && context.tables.contains(&format!("{BEFORE}managers"));
    let is_changed = if is_known { "(m.identity_uid IS NOT NULL)" } else { "CAST(NULL AS BOOLEAN)" };
    let query = sql::fill(include_str!("identity_movements.sql"), &[("is_manager_changed", is_changed)]);
    vec![Model::sql("identity_movements", "identity_movements", query)]
}
