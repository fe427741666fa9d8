//! The tables that collect and the stages make.

use super::column::{SOURCE, UID, made_date, made_flag, made_fraction, made_number, made_text};
use crate::table::{Sort, Table};

/// The registry: which number each natural key was given. Append-only.
pub const UIDS: Table = Table {
    name: "uids",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of object"),
        made_text("namespace", "repository or application of the key; '' where the kind has none"),
        made_text("key", "the natural key in key form"),
        UID,
    ],
};

/// Rows that could not be taken, with the reason and the raw text.
pub const REJECTS: Table = Table {
    name: "rejects",
    sort: Sort::Derived,
    columns: &[
        SOURCE,
        made_text("table_name", "the table the row was meant for; null where the record could not be read at all"),
        made_text("file", "path as the collector found it"),
        made_number("line", "line of the file, counted from 1; row number for Parquet and XLSX"),
        made_text("column_name", "column of the source the reason lies in; null = the whole row"),
        made_text("reason", "why, in words a data owner can act on"),
        made_text("raw", "the record as the file has it, cut at 2,000 characters"),
        made_text("kind", "kind of `uid`; null where the key is not readable"),
        made_number("uid", "object or first end the row speaks of, where its key is readable and known"),
        made_text("related_kind", "kind of `related_uid`"),
        made_number("related_uid", "second end of a relation"),
        made_text("detail", "further key parts of a relation"),
    ],
};

/// References that lead nowhere, cycles, and keys given by two sources.
pub const REFERENCE_PROBLEMS: Table = Table {
    name: "reference_problems",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the row that refers"),
        made_text("column_name", "column that refers"),
        made_text("problem", "unknown, absent, ambiguous, cycle, duplicate"),
        made_text("kind", "kind of object referred to"),
        made_text("key", "the key referred to"),
        SOURCE,
        made_number("occurrences", "rows that refer so"),
    ],
};

/// What happened to objects and relations since the parent. Empty on a first load.
pub const MOVEMENTS: Table = Table {
    name: "movements",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the object or relation"),
        made_text("movement", "new, modified, deleted"),
        made_text("kind", "kind of `uid`"),
        made_number("uid", "the object, or the first end of the relation; null for an unresolved row"),
        made_text("related_kind", "kind of `related_uid`; null for objects"),
        made_number("related_uid", "second end of the relation; null for objects"),
        made_text("detail", "further key parts of a relation; the key text of an unresolved row"),
    ],
};

/// Attributes of modified objects, before and now.
pub const CHANGES: Table = Table {
    name: "changes",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the object"),
        UID,
        made_text("attribute", "the column"),
        made_text("old_value", "as text; null = none"),
        made_text("new_value", "as text; null = none"),
    ],
};

/// What accounts, groups and identities gained or lost since the parent. Empty on a first load.
pub const LINK_CHANGES: Table = Table {
    name: "link_changes",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of `uid`: account, group, identity"),
        UID,
        made_text("change", "gained, lost"),
        made_text("related_kind", "kind of what was gained or lost"),
        made_number("related_uid", "what was gained or lost"),
        made_text("detail", "further key parts of the relation, such as the perimeter of a right"),
    ],
};

/// Every listed identity, active or not. Without the stage leavers all are active.
pub const IDENTITY_STATUS: Table = Table {
    name: "identity_status",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_text("status", "active, inactive"),
        made_text("reason", "why someone is inactive: departed (departure day before as-of), by_rule; null for active"),
        made_date("since_on", "as-of of the first load in a row with this status and reason"),
    ],
};

/// The accounts that have an owner or are ownerless for a reason. An account that is not here is an orphan.
pub const OWNERSHIP: Table = Table {
    name: "ownership",
    sort: Sort::Derived,
    columns: &[
        made_number("account_uid", "the account; one row each"),
        made_number("identity_uid", "the owner; null for an ownerless account"),
        made_text("ownerless", "why there is no owner: service, leaved, ..; null for an owned account"),
        made_text("description", "for `leaved` the full name of the former owner; for a decision its reason"),
        made_text(
            "rule",
            "what decided: pin, class, stated, leaved, or the id of an ownerless or match rule; carried along",
        ),
        made_date("decided_on", "as-of of the load that decided"),
    ],
};

/// The rows of the decision file, taken as they are read: what people decided about owners.
pub const DECISIONS: Table = Table {
    name: "decisions",
    sort: Sort::Derived,
    columns: &[
        made_text("repository", "repository of the account, in key form"),
        made_text("identifier", "identifier of the account, in key form"),
        made_text("decision", "pin = `value` owns it, forbid = `value` may never own it, class = it is ownerless"),
        made_text("value", "employee id in key form; for `class` the reason why there is no owner"),
        made_text("reason", "why it was decided"),
        made_text("who", "who decided"),
        made_date("decided_on", "when it was decided, in the words of the file"),
        made_text("problem", "why the row cannot be taken; null = it counts"),
        made_number("line", "line of the file, counted from 1, for a row that cannot be taken; else null"),
    ],
};

/// Decisions that cannot be taken, and those about accounts or identities that this load does not have.
pub const DECISION_PROBLEMS: Table = Table {
    name: "decision_problems",
    sort: Sort::Derived,
    columns: &[
        made_number("line", "line of the file, counted from 1, where the row itself is wrong; else null"),
        made_text("repository", "as `decisions` has it"),
        made_text("identifier", "as `decisions` has it"),
        made_text("decision", "as `decisions` has it"),
        made_text("value", "as `decisions` has it"),
        made_text("problem", "what is wrong, in words"),
    ],
};

/// Identities that may never own an account.
pub const FORBIDDEN_OWNERS: Table = Table {
    name: "forbidden_owners",
    sort: Sort::Derived,
    columns: &[made_number("account_uid", "the account"), made_number("identity_uid", "who may not own it")],
};

/// Ownership decided before any rule is tried: by a person, by the source, or carried from the parent.
pub const CARRIED_OWNERSHIP: Table =
    Table { name: "carried_ownership", sort: Sort::Derived, columns: OWNERSHIP.columns };

/// What each rule of reconcile found for the accounts that nothing else decides. One row per account and rule.
pub const OWNER_MATCHES: Table = Table {
    name: "owner_matches",
    sort: Sort::Derived,
    columns: &[
        made_number("rule_rank", "place of the rule in the policy, from 1; ownerless rules come first"),
        made_text("rule", "id of the rule"),
        made_number("account_uid", "the account"),
        made_number("identity_uid", "whom it found; null for an ownerless rule, or where it found several"),
        made_text("ownerless", "why there is no owner; null for a match rule"),
        made_number("candidates", "identities it found; 0 for an ownerless rule"),
        made_flag("is_final", "whether no later rule is tried: it decides, or it stops at several candidates"),
    ],
};

/// Who manages an object, by domain.
pub const MANAGERS: Table = Table {
    name: "managers",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of the managed object"),
        UID,
        made_text("domain", "in which matter; null = in all"),
        made_number("identity_uid", "the manager; active, and present"),
        made_text("resolver", "how the manager was found: stated, link, organisation_head, fallback"),
        made_number(
            "distance",
            "units climbed to find an organisation's head, 0 = one's own; null for other resolvers",
        ),
    ],
};

/// Every group with every group its members are members of, itself included.
pub const GROUP_CLOSURE: Table = Table {
    name: "group_closure",
    sort: Sort::Derived,
    columns: &[
        made_number("group_uid", "the inner group"),
        made_number("ancestor_uid", "a group that contains it, or itself"),
        made_number("depth", "fewest steps between them; 0 = itself"),
    ],
};

/// Every unit with every unit above it, itself included.
pub const ORGANISATION_CLOSURE: Table = Table {
    name: "organisation_closure",
    sort: Sort::Derived,
    columns: &[
        made_number("organisation_uid", "the unit"),
        made_number("ancestor_uid", "a unit above it, or itself"),
        made_number("depth", "fewest steps between them; 0 = itself"),
    ],
};

/// Every permission with every permission it includes, itself included.
pub const PERMISSION_CLOSURE: Table = Table {
    name: "permission_closure",
    sort: Sort::Derived,
    columns: &[
        made_number("permission_uid", "the role"),
        made_number("included_uid", "what it includes, or itself"),
        made_number("depth", "fewest steps between them; 0 = itself"),
    ],
};

/// The members of cycles: groups, units, permissions or people that lie above themselves.
pub const CYCLE_MEMBERS: Table = Table {
    name: "cycle_members",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table that says who is below whom"),
        made_number("cycle_uid", "smallest uid of the cycle"),
        UID,
    ],
};

/// The members of cycles among managers that were found.
pub const MANAGER_CYCLE_MEMBERS: Table = Table {
    name: "manager_cycle_members",
    sort: Sort::Derived,
    columns: &[
        made_text("domain", "in which matter; '' = in all"),
        made_number("cycle_uid", "smallest uid of the cycle"),
        UID,
    ],
};

/// What each identity can do through all its accounts, groups and roles.
pub const EFFECTIVE_RIGHTS: Table = Table {
    name: "effective_rights",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "who; active or not"),
        made_number("permission_uid", "what"),
        made_text("perimeter", "where; null = everywhere"),
        made_flag("is_direct", "whether an account holds it itself"),
        made_flag("is_through_group", "whether a group brings it"),
        made_flag("is_through_role", "whether a permission that includes it brings it"),
    ],
};

/// What changed for an identity that was there before. Empty on a first load.
pub const IDENTITY_MOVEMENTS: Table = Table {
    name: "identity_movements",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_flag("is_organisation_changed", "belongs to another unit"),
        made_flag("is_job_changed", "has another job code or title"),
        made_flag("is_account_changed", "owns other accounts"),
        made_flag("is_permission_changed", "holds other permissions"),
    ],
};

/// What active identities should hold, and why.
pub const THEORETICAL_RIGHTS: Table = Table {
    name: "theoretical_rights",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "who; active"),
        made_number("permission_uid", "what"),
        made_text("rule", "the rule of the rights model; one row per rule"),
    ],
};

/// Where what is held and what should be held differ.
pub const ENTITLEMENT_GAPS: Table = Table {
    name: "entitlement_gaps",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "who; active"),
        made_number("permission_uid", "what; for `over` only permissions that the rights model speaks of"),
        made_text("gap", "over = held without reason, under = missing"),
        made_date("first_seen_on", "as-of of the first load in a row that shows it"),
        made_date("excused_until_on", "last day of a derogation; 9999-12-31 = without end; null = not excused"),
    ],
};

/// What each control finds in this load, before it is held against what it found in the parent.
pub const CONTROL_HITS: Table = Table {
    name: "control_hits",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "what tells several findings about one subject apart; null where there is one"),
    ],
};

/// Deviations that controls found, with their history.
pub const FINDINGS: Table = Table {
    name: "findings",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "what tells several findings about one subject apart; null where there is one"),
        made_text("state", "opened, persisting, reopened, fixed"),
        made_date("opened_on", "as-of of the load that opened it; of the reopening, once reopened"),
        made_date("first_opened_on", "as-of of the load that first opened it"),
        made_date("fixed_on", "as-of of the load that no longer found it; null while it stands"),
        made_number("risk", "0 to 5, from the control"),
    ],
};

/// Rows of the parent that this timeslot lacks, by the source that brought them and by what they belong to.
pub const LOSSES: Table = Table {
    name: "losses",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the rows, its unresolved rows among them"),
        SOURCE,
        made_text("belongs_to", "the unit, repository, group, .. that the rows belong to; null where there is none"),
        made_number("lost", "how many rows"),
    ],
};

/// What thresholds measured.
pub const METRICS: Table = Table {
    name: "metrics",
    sort: Sort::Derived,
    columns: &[
        made_text("threshold", "id of the threshold; `guard_..` for built-in ones"),
        made_text("by_column", "column by which it is broken down; null = total"),
        made_text("by_value", "value of that column; null = total, or no value"),
        made_fraction("before_value", "in the parent; null without a parent"),
        made_fraction("value", "in this timeslot"),
    ],
};

/// What thresholds concluded. Only limits that apply are here.
pub const THRESHOLD_RESULTS: Table = Table {
    name: "threshold_results",
    sort: Sort::Derived,
    columns: &[
        made_text("threshold", "id of the threshold; `guard_..` for built-in ones"),
        made_text("by_column", "column by which it is broken down; null = total"),
        made_text("by_value", "value of that column; null = total, or no value"),
        made_text("side", "drop, rise, change, min, max"),
        made_text("severity", "ok, warn, hold"),
        made_fraction("before_value", "in the parent; null without a parent"),
        made_fraction("value", "in this timeslot"),
        made_text("limit_text", "the limit that was reached, as written; else the first that would be"),
        made_text("sentence", "what happened, for a person; names the biggest contributors"),
    ],
};
