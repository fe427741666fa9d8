//! Whether the objects at the ends of a relation are in this load.

use super::Load;
use crate::sql;
use crate::stages::relation;
use crate::table::Kind;

/// Joins and conditions that tell whether the objects at a relation's ends are in this load.
pub(super) struct Presence {
    pub(super) joins: String,
    pub(super) all_there: String,
    /// The first end that is not there.
    pub(super) missing: String,
    /// The first of the ends that make a reject and that is not there.
    pub(super) refused: String,
}

impl Presence {
    pub(super) fn none() -> Self {
        Self { joins: String::new(), all_there: "TRUE".to_owned(), missing: String::new(), refused: String::new() }
    }

    pub(super) fn of(load: &Load<'_>, alias: &str) -> Self {
        let (mut joins, mut there, mut missing) = (String::new(), Vec::new(), String::from("CASE"));
        let mut refused = String::from("CASE");
        for (column, kind) in relation::ends(load.table) {
            let end = column.trim_end_matches("_uid");
            joins.push_str(&format!("\nLEFT JOIN {} p_{end} ON p_{end}.uid = {alias}.{column}", objects_of(kind)));
            there.push(format!("({alias}.{column} IS NULL OR p_{end}.uid IS NOT NULL)"));
            let case = format!(" WHEN {alias}.{column} IS NOT NULL AND p_{end}.uid IS NULL THEN {}", sql::text(end));
            missing.push_str(&case);
            if load.rejecting.contains(&end) {
                refused.push_str(&case);
            }
        }
        if load.rejecting.is_empty() {
            refused.push_str(" WHEN FALSE THEN ''");
        }
        refused.push_str(" END");
        missing.push_str(" END");
        Self { joins, all_there: there.join(" AND "), missing, refused }
    }
}

/// The table of objects of a kind.
pub(super) fn objects_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisation => "organisations",
        Kind::Identity => "identities",
        Kind::Repository => "repositories",
        Kind::Account => "accounts",
        Kind::Group => "groups",
        Kind::Application => "applications",
        Kind::Permission => "permissions",
    }
}
