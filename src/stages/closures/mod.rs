//! Closures, part of activate: every group, unit and permission with all that lies above it; and cycles.
//!
//! Reads   groups, `group_nesting`, memberships, organisations, permissions, `permission_links`, identities.
//! Writes  `group_closure`, `organisation_closure`, `permission_closure`, `cycle_members`, `cut_links`,
//!         `reference_problems`.
//!
//! Later stages join these tables and never climb themselves. Cycles are told and, unless the plan keeps them, cut: of
//! every circle the link by which its member with the smallest uid lies below another is left out, so that nothing lies
//! above itself.

#[cfg(test)]
mod tests;

use crate::closure::{closure_rows, cut_rows, cycle_rows};
use crate::model::Model;
use crate::settings::activate::Cycles;
use crate::sql;

/// Who is below whom: which table says so, and its links.
const GROUPS: &str = "SELECT 'group_nesting' AS table_name, group_uid AS uid, parent_uid FROM group_nesting
UNION ALL
SELECT 'group_nesting' AS table_name, member_group_uid AS uid, group_uid AS parent_uid FROM memberships WHERE member_group_uid IS NOT NULL";
const ORGANISATIONS: &str =
    "SELECT 'organisations' AS table_name, uid, parent_uid FROM organisations WHERE parent_uid IS NOT NULL";
const PERMISSIONS: &str =
    "SELECT 'permission_links' AS table_name, permission_uid AS uid, included_uid AS parent_uid FROM permission_links";
/// People are not climbed here: stage managers says first who manages whom.
const PEOPLE: &str =
    "SELECT 'identities' AS table_name, uid, manager_uid AS parent_uid FROM identities WHERE manager_uid IS NOT NULL";

/// The models of closures and cycles, to run once the collected tables are published.
#[must_use]
pub fn closure_models(cycles: Cycles) -> Vec<Model> {
    let union = |inputs: &[&str]| inputs.join("\nUNION ALL\n");
    let climbed = union(&[GROUPS, ORGANISATIONS, PERMISSIONS]);
    let mut models = vec![
        closure("group_closure", ["group_uid", "ancestor_uid"], "groups", GROUPS, cycles),
        closure("organisation_closure", ["organisation_uid", "ancestor_uid"], "organisations", ORGANISATIONS, cycles),
        closure("permission_closure", ["permission_uid", "included_uid"], "permissions", PERMISSIONS, cycles),
        cycle_members("cycle_members", "table_name", &union(&[&climbed, PEOPLE])),
        Model::sql("reference_problems", "cycles", include_str!("cycles.sql").to_owned()),
    ];
    if cycles == Cycles::Cut {
        models.push(cut_links("cut_links", "table_name", "cycle_members", &climbed));
        models.push(Model::sql("reference_problems", "cuts", include_str!("cuts.sql").to_owned()));
    }
    models
}

/// Every node with all it reaches by links that were not cut.
fn closure(table: &str, [node, ancestor]: [&str; 2], objects: &str, links: &str, cycles: Cycles) -> Model {
    let uncut = match cycles {
        Cycles::Cut => include_str!("uncut.sql").trim_end(),
        Cycles::Keep => "",
    };
    let values = [("objects", objects), ("links", links), ("uncut", uncut)];
    let input = sql::fill(include_str!("closure_input.sql"), &values);
    let check =
        sql::fill(include_str!("closure_check.sql"), &[("input", &input), ("node", node), ("ancestor", ancestor)]);
    Model::rust(table, "closure", input, closure_rows, check)
}

/// The links among (label, uid, parent) rows that are cut, so that no cycle is left; `cycles` is the table of cycles.
pub(in crate::stages) fn cut_links(table: &str, label: &str, cycles: &str, input: &str) -> Model {
    let check = sql::fill(include_str!("cut_check.sql"), &[("input", input), ("label", label), ("cycles", cycles)]);
    Model::rust(table, "cuts", input.to_owned(), cut_rows, check)
}

/// The members of the cycles among (label, uid, parent) rows. Only sets of two or more are cycles.
pub(in crate::stages) fn cycle_members(table: &str, label: &str, input: &str) -> Model {
    let check = sql::fill(include_str!("cycle_check.sql"), &[("input", input), ("label", label)]);
    Model::rust(table, "cycles", input.to_owned(), cycle_rows, check)
}
