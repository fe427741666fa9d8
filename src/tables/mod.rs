//! Every table of the ledger: its columns, their units, and what null means. Nothing else documents a column: `docs/tables.md` is
//! written from here.

mod activated;
mod collected;
mod column;
mod found;
mod judged;
mod left;
mod owned;
mod page;

pub use self::activated::*;
pub use self::collected::*;
pub use self::found::*;
pub use self::judged::*;
pub use self::left::*;
pub use self::owned::*;
pub use self::page::page;
use crate::table::{Kind, Sort, Table};

/// The tables that collectors fill, objects before relations.
pub const COLLECTED: &[&Table] = &[
    &ORGANISATIONS,
    &IDENTITIES,
    &REPOSITORIES,
    &ACCOUNTS,
    &GROUPS,
    &APPLICATIONS,
    &PERMISSIONS,
    &MEMBERSHIPS,
    &GROUP_NESTING,
    &PERMISSION_LINKS,
    &RIGHTS,
    &MANAGER_LINKS,
    &THEORETICAL_LINKS,
    &DUTY_CONFLICTS,
    &USAGES,
    &DEROGATIONS,
];

/// The tables with fixed columns that stages make.
pub const DERIVED: &[&Table] = &[
    &UIDS,
    &REKEYS,
    &REJECTS,
    &REFERENCE_PROBLEMS,
    &MOVEMENTS,
    &CHANGES,
    &LINK_CHANGES,
    &CAUSES,
    &LISTINGS,
    &ABSENCES,
    &IDENTITY_STATUS,
    &DEPARTURES,
    &DECISIONS,
    &DECISION_PROBLEMS,
    &FORGOTTEN_OWNERS,
    &FORBIDDEN_OWNERS,
    &CARRIED_OWNERSHIP,
    &UNDECIDED_ACCOUNTS,
    &ACCOUNT_CLASSES,
    &OWNER_CANDIDATES,
    &OWNER_MATCHES,
    &RESIDUAL_ACCOUNTS,
    &CROWDED_KEYS,
    &OWNER_SCORES,
    &OWNERSHIP,
    &OWNER_DRIFT,
    &OVERDUE_ACCOUNTS,
    &MANAGER_OVERLAY,
    &MANAGER_ORDERS,
    &MANAGER_PROBLEMS,
    &FOUND_MANAGERS,
    &MANAGERS,
    &GROUP_CLOSURE,
    &ORGANISATION_CLOSURE,
    &PERMISSION_CLOSURE,
    &CYCLE_MEMBERS,
    &CUT_LINKS,
    &MANAGER_CYCLE_MEMBERS,
    &CUT_MANAGER_LINKS,
    &EFFECTIVE_RIGHTS,
    &IDENTITY_MOVEMENTS,
    &RULE_PERMISSIONS,
    &VALID_LINKS,
    &THEORETICAL_RIGHTS,
    &THEORETICAL_EXCLUSIONS,
    &ENTITLEMENT_GAPS,
    &GAP_ACCOUNTS,
    &CONTROL_HITS,
    &FINDINGS,
    &DUTY_PAIRS,
    &DUTY_LITERALS,
    &EXERCISED_DUTIES,
    &FINDING_CAUSES,
    &FINDING_WAYS,
    &FINDING_PATHS,
    &FINDING_REMOVALS,
    &RISK_POINTS,
    &RISK_SCORES,
    &EXCEPTIONS,
    &VALID_EXCEPTIONS,
    &EXCEPTION_STATUS,
    &EVALUATED_CONTROLS,
    &SKIPPED_CONTROLS,
    &UNEVALUATED_CONTROLS,
    &SOURCE_COUNTS,
    &MOVEMENT_COUNTS,
    &METRICS,
    &THRESHOLD_RESULTS,
];

/// The table of that name, collected or derived.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Table> {
    COLLECTED.iter().chain(DERIVED).find(|table| table.name == name).copied()
}

/// How many of its first columns tell any two rows of a part of the table apart; `None` where only all of them do.
#[must_use]
pub fn telling_columns(table: &str) -> Option<usize> {
    // One row for each identity or account.
    let one_each = [
        "absences",
        "identity_status",
        "departures",
        "identity_movements",
        "carried_ownership",
        "undecided_accounts",
        "ownership",
        "overdue_accounts",
    ];
    let table = by_name(table)?;
    let is_told_by_first = matches!(table.sort, Sort::Object(_)) || one_each.contains(&table.name);
    is_told_by_first.then_some(1)
}

/// The table of objects of a kind.
///
/// # Panics
/// Never: every kind has its table.
#[must_use]
pub fn of_kind(kind: Kind) -> &'static Table {
    let table = COLLECTED.iter().find(|table| table.sort == Sort::Object(kind));
    table.expect("every kind has its table")
}

/// The ends of a relation that a row must name: of each group exactly one.
#[must_use]
pub fn needed_ends(table: &Table) -> &'static [&'static [&'static str]] {
    match table.name {
        "memberships" => &[&["account_uid", "member_group_uid"], &["group_uid"]],
        "group_nesting" => &[&["group_uid"], &["parent_uid"]],
        "permission_links" => &[&["permission_uid"], &["included_uid"]],
        "rights" => &[&["account_uid", "group_uid"], &["permission_uid"]],
        "manager_links" => {
            &[&["account_uid", "application_uid", "group_uid", "organisation_uid", "managed_uid"], &["identity_uid"]]
        }
        "theoretical_links" => &[&["permission_uid"]],
        "duty_conflicts" => &[&["permission_uid"], &["conflicting_uid"]],
        "usages" => &[&["account_uid"], &["permission_uid"]],
        "derogations" => &[&["identity_uid"], &["permission_uid"]],
        _ => &[],
    }
}
