//! Closures, part of activate: every group, unit and permission with all that lies above it; and cycles.
//!
//! Reads   groups, `group_nesting`, memberships, organisations, permissions, `permission_links`, identities.
//! Writes  `group_closure`, `organisation_closure`, `permission_closure`, `cycle_members`, `reference_problems`.
//!
//! Later stages join these tables and never climb themselves. A cycle is told and ends every walk; nothing is cut out
//! of it, so its members hold what any of them holds.

#[cfg(test)]
mod tests;

use crate::closure::{closure_rows, cycle_rows};
use crate::model::Model;
use crate::sql;
use crate::stages::Context;

const GROUPS: &str = "SELECT uid, CAST(NULL AS BIGINT) AS parent_uid FROM groups
UNION ALL
SELECT group_uid AS uid, parent_uid FROM group_nesting
UNION ALL
SELECT member_group_uid AS uid, group_uid AS parent_uid FROM memberships WHERE member_group_uid IS NOT NULL";

const ORGANISATIONS: &str = "SELECT uid, CAST(NULL AS BIGINT) AS parent_uid FROM organisations
UNION ALL
SELECT uid, parent_uid FROM organisations WHERE parent_uid IS NOT NULL";

const PERMISSIONS: &str = "SELECT uid, CAST(NULL AS BIGINT) AS parent_uid FROM permissions
UNION ALL
SELECT permission_uid AS uid, included_uid AS parent_uid FROM permission_links";

/// The models of closures and cycles, to run once the collected tables are published.
#[must_use]
pub fn closure_models(_context: &Context<'_>) -> Vec<Model> {
    vec![
        closure("group_closure", "group_uid", "ancestor_uid", GROUPS),
        closure("organisation_closure", "organisation_uid", "ancestor_uid", ORGANISATIONS),
        closure("permission_closure", "permission_uid", "included_uid", PERMISSIONS),
        cycle_members("cycle_members", "table_name", include_str!("cycle_input.sql")),
        Model::sql("reference_problems", "cycles", include_str!("cycles.sql").to_owned()),
    ]
}

/// Every node with all it reaches. The input has a row with a null parent per node, and one per step.
fn closure(table: &str, node: &str, ancestor: &str, input: &str) -> Model {
    let check =
        sql::fill(include_str!("closure_check.sql"), &[("input", input), ("node", node), ("ancestor", ancestor)]);
    Model::rust(table, "closure", input.to_owned(), closure_rows, check)
}

/// The members of the cycles among (label, uid, parent) rows. Only sets of two or more are cycles.
pub(in crate::stages) fn cycle_members(table: &str, label: &str, input: &str) -> Model {
    let check = sql::fill(include_str!("cycle_check.sql"), &[("input", input), ("label", label)]);
    Model::rust(table, "cycles", input.to_owned(), cycle_rows, check)
}
