//! The second movement pass: what changed for every identity that was there before.
//!
//! Reads   identities, ownership, `link_changes`; identities and ownership of the parent.
//! Writes  `identity_movements`.
//!
//! Belongs to the last stage that says something about people: managers, or reconcile where the plan has no managers.

#[cfg(test)]
mod tests;

use crate::kernels::IdentityMovements;
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
    // Where one of the two loads does not know them, nobody can say.
    let was_made = |table: &str| context.tables.contains(&format!("{BEFORE}{table}"));
    let where_known = |is_known: bool, is_changed| if is_known { is_changed } else { "CAST(NULL AS BOOLEAN)" };
    let knows_managers = managed == Managed::Yes && was_made("managers");
    let knows_permissions = was_made("effective_rights");
    let managers = where_known(knows_managers, "(m.identity_uid IS NOT NULL)");
    let permissions = where_known(knows_permissions, "(r.identity_uid IS NOT NULL)");
    let changed = [("is_manager_changed", managers), ("is_permission_changed", permissions)];
    let query = sql::fill(include_str!("identity_movements.sql"), &changed);
    let kernel = IdentityMovements { knows_permissions, knows_managers };
    vec![Model::sql("identity_movements", "identity_movements", query).by(kernel)]
}
