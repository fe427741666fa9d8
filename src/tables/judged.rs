//! The tables of rights held and meant, and of what thresholds measured.
#![expect(missing_docs, reason = "`about` says what a table is, to people and to `schema tables` alike")]

use super::column::{SOURCE, made_date, made_flag, made_fraction, made_number, made_text};
use crate::table::{Sort, Table};

pub const EFFECTIVE_RIGHTS: Table = Table {
    name: "effective_rights",
    about: "What each identity can do through all its accounts, groups and roles.",
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

pub const RULE_PERMISSIONS: Table = Table {
    name: "rule_permissions",
    about: "What each grant of the rights model gives, by itself and through roles. Collected rules are in `valid_links`.",
    sort: Sort::Derived,
    columns: &[
        made_text("rule", "the grant; only those that hold on the as-of"),
        made_text(
            "role",
            "the roles that lead to it, the grant's own first: `clerk > employee`; null = the grant names it",
        ),
        made_number("named_uid", "the permission that grant or role names"),
        made_number("permission_uid", "that permission, or one that it includes"),
        made_number("depth", "steps between the two; 0 = the same"),
        made_flag("is_excepted", "whether `except` of the grant takes it out"),
    ],
};

pub const VALID_LINKS: Table = Table {
    name: "valid_links",
    about: "The rows of `theoretical_links` that hold on the as-of.",
    sort: Sort::Derived,
    columns: &[
        made_text("rule", "as `theoretical_links` has it"),
        made_number("organisation_uid", "as `theoretical_links` has it"),
        made_text("job_code", "as `theoretical_links` has it"),
        made_number("permission_uid", "as `theoretical_links` has it"),
        made_text("perimeter", "as `theoretical_links` has it"),
    ],
};

pub const THEORETICAL_RIGHTS: Table = Table {
    name: "theoretical_rights",
    about: "What active identities should hold, and why.",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "who; active"),
        made_number("permission_uid", "what"),
        made_text("rule", "the rule of the rights model; one row per rule"),
        made_text("perimeter", "where; null = no matter where"),
    ],
};

pub const THEORETICAL_EXCLUSIONS: Table = Table {
    name: "theoretical_exclusions",
    about: "What active identities should not hold, whatever else says they should.",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "who; active"),
        made_number("permission_uid", "what"),
        made_text("rule", "the exclusion of the rights model"),
        made_text("overridden", "the rule that would grant it, one row per rule; null = none would"),
        made_text("perimeter", "where that rule would grant it; null = no matter where"),
    ],
};

pub const ENTITLEMENT_GAPS: Table = Table {
    name: "entitlement_gaps",
    about: "Where what is held and what should be held differ.",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "who; active"),
        made_number("permission_uid", "what; for `over` only permissions that the rights model speaks of"),
        made_text("gap", "over = held without reason, under = missing"),
        made_text("perimeter", "where, if the rights model judges perimeters; null = everywhere, or no matter where"),
        made_date("first_seen_on", "as-of of the first load in a row that shows it"),
        made_date("excused_until_on", "last day of a derogation; 9999-12-31 = without end; null = not excused"),
    ],
};

pub const GAP_ACCOUNTS: Table = Table {
    name: "gap_accounts",
    about: "The accounts that gaps are about: those that bring what is held without reason, and those in which what is missing could be held.",
    sort: Sort::Derived,
    columns: &[
        made_number("identity_uid", "as `entitlement_gaps` has it"),
        made_number("permission_uid", "as `entitlement_gaps` has it"),
        made_text("gap", "as `entitlement_gaps` has it"),
        made_text("perimeter", "as `entitlement_gaps` has it"),
        made_number(
            "account_uid",
            "over: the account that brings it; under: an account of the person that holds something of the same application, null = there is none",
        ),
        made_number(
            "group_uid",
            "over: the group that holds it and that the account is in, at any depth; null = the account itself",
        ),
        made_number("held_uid", "over: the permission that is held and is or includes it"),
        made_text("held_perimeter", "over: where it is held; null = everywhere"),
        made_text("rule", "under: the rule that grants it, one row per rule; null for over, as none grants it"),
        made_date("first_seen_on", "as-of of the first load in a row in which the gap was about this account"),
    ],
};

pub const SOURCE_COUNTS: Table = Table {
    name: "source_counts",
    about: "Rows of collected tables by source, those that are unresolved among them. One row per table and source.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the rows"),
        SOURCE,
        made_number("before_rows", "how many the parent has"),
        made_number("now_rows", "how many this timeslot has"),
    ],
};

pub const MOVEMENT_COUNTS: Table = Table {
    name: "movement_counts",
    about: "Rows that only this timeslot or only its parent has, by the source that brought them and by what they belong to.",
    sort: Sort::Derived,
    columns: &[
        made_text(
            "table_name",
            "table of the rows, its unresolved rows among them; `ownership`: accounts still there that lost their owner",
        ),
        made_text("movement", "new, deleted"),
        SOURCE,
        made_text(
            "belongs_column",
            "what rows of the table belong to: organisation, repository, group, ..; null = nothing",
        ),
        made_text("belongs_to", "the one they belong to; null where the row names none"),
        made_number("moved", "how many rows"),
    ],
};

pub const METRICS: Table = Table {
    name: "metrics",
    about: "What thresholds measured.",
    sort: Sort::Derived,
    columns: &[
        made_text("threshold", "id of the threshold; `guard_..` for built-in ones"),
        made_text("by_column", "column by which it is broken down; null = total"),
        made_text("by_value", "value of that column; null = total, or no value"),
        made_fraction("before_value", "in the parent; null without a parent"),
        made_fraction("value", "in this timeslot; of a share, in hundredths"),
        made_fraction("counted", "of a share: the rows that count; null where the value is none"),
        made_fraction("out_of", "of a share: how many rows they are counted among; null where the value is none"),
    ],
};

pub const THRESHOLD_RESULTS: Table = Table {
    name: "threshold_results",
    about: "What thresholds concluded. Only limits that apply are here.",
    sort: Sort::Derived,
    columns: &[
        made_text("threshold", "id of the threshold; `guard_..` for built-in ones"),
        made_text("by_column", "column by which it is broken down; null = total"),
        made_text("by_value", "value of that column; null = total, or no value"),
        made_text("side", "drop, rise, change, min, max"),
        made_text("severity", "ok, warn, hold; not_evaluated, where there is nothing to compare with"),
        made_fraction("before_value", "in the parent, or in what the threshold compares with; null without one"),
        made_fraction("value", "in this timeslot"),
        made_text("limit_text", "the limit that was reached, as written; else the first that would be"),
        made_text(
            "sentence",
            "what happened, for a person; names the three biggest contributors and ten of the rows, where the ledger can tell them: not of a metric in SQL, nor of a change from a label or a median",
        ),
    ],
};
