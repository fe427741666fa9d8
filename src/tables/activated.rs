//! The tables that collect and activate make: the registry, rejects, movements, closures.
#![expect(missing_docs, reason = "`about` says what a table is, to people and to `schema tables` alike")]

use super::column::{CAUSE, SOURCE, UID, made_date, made_number, made_text};
use crate::table::{Sort, Table};

pub const UIDS: Table = Table {
    name: "uids",
    about: "The registry: which number each natural key was given. Append-only.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of object"),
        made_text("namespace", "repository or application of the key; '' where the kind has none"),
        made_text("key", "the natural key in key form"),
        UID,
    ],
};

pub const REKEYS: Table = Table {
    name: "rekeys",
    about: "Keys that became others, as the project says: the object keeps its number. Without such a file there is no such table.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of object"),
        made_text("namespace", "repository or application of the key; '' where the kind has none"),
        made_text("old_key", "the key as it was, in key form"),
        made_text("new_key", "the key that it became; which may have become another since"),
        made_text("reason", "why"),
        made_text("who", "who says so"),
        made_date("decided_on", "when, in the words of the file"),
    ],
};

pub const REJECTS: Table = Table {
    name: "rejects",
    about: "Rows that could not be taken, with the reason and the raw text.",
    sort: Sort::Derived,
    columns: &[
        SOURCE,
        made_text("table_name", "the table the row was meant for; null where the record could not be read at all"),
        made_text(
            "file",
            "path as the collector found it; null where the row could be read and refers to what is not there",
        ),
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

pub const REFERENCE_PROBLEMS: Table = Table {
    name: "reference_problems",
    about: "References that lead nowhere, cycles, and keys given by two sources.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the row that refers"),
        made_text("column_name", "column that refers"),
        made_text("problem", "unknown, absent, ambiguous, stub, cycle, cut, duplicate"),
        made_text("kind", "kind of object referred to"),
        made_text("key", "the key referred to; the members of a cycle; the two ends of a link that was cut"),
        SOURCE,
        made_number("occurrences", "rows that refer so"),
    ],
};

pub const MOVEMENTS: Table = Table {
    name: "movements",
    about: "What happened to objects and relations since the parent. Empty on a first load.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the object or relation"),
        made_text("movement", "new, modified, deleted"),
        made_text("kind", "kind of `uid`"),
        made_number("uid", "the object, or the first end of the relation; null for an unresolved row"),
        made_text("related_kind", "kind of `related_uid`; null for objects"),
        made_number("related_uid", "second end of the relation; null for objects"),
        made_text("detail", "further key parts of a relation; the key text of an unresolved row"),
        CAUSE,
    ],
};

pub const CHANGES: Table = Table {
    name: "changes",
    about: "Attributes of modified objects, before and now.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the object"),
        UID,
        made_text("attribute", "the column"),
        made_text("old_value", "as text; null = none"),
        made_text("new_value", "as text; null = none"),
        CAUSE,
    ],
};

pub const LINK_CHANGES: Table = Table {
    name: "link_changes",
    about: "What objects gained or lost since the parent, whatever ties them: rights and holders, groups and members, \
            accounts and owners, units and their people, managers. Empty on a first load.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of `uid`"),
        UID,
        made_text("change", "gained, lost"),
        made_text("related_kind", "kind of what was gained or lost"),
        made_number("related_uid", "what was gained or lost"),
        made_text(
            "detail",
            "further key parts of the relation, such as the perimeter of a right; for a manager the domain, else `manager`",
        ),
        made_text(
            "table_name",
            "the table that ties the two: rights, memberships, .. for what is held directly; effective_rights, ownership, managers for what was computed; identities for the people of a unit",
        ),
        CAUSE,
    ],
};

pub const CAUSES: Table = Table {
    name: "causes",
    about: "What moved each part that holds other rows than in the parent. Empty on a first load.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table of the part"),
        made_text("part", "name of the part: a source, a rule, a control, a model; see `ledgerline explain`"),
        CAUSE,
    ],
};

pub const GROUP_CLOSURE: Table = Table {
    name: "group_closure",
    about: "Every group with every group its members are members of, itself included.",
    sort: Sort::Derived,
    columns: &[
        made_number("group_uid", "the inner group"),
        made_number("ancestor_uid", "a group that contains it, or itself"),
        made_number("depth", "fewest steps between them; 0 = itself"),
    ],
};

pub const ORGANISATION_CLOSURE: Table = Table {
    name: "organisation_closure",
    about: "Every unit with every unit above it, itself included.",
    sort: Sort::Derived,
    columns: &[
        made_number("organisation_uid", "the unit"),
        made_number("ancestor_uid", "a unit above it, or itself"),
        made_number("depth", "fewest steps between them; 0 = itself"),
    ],
};

pub const PERMISSION_CLOSURE: Table = Table {
    name: "permission_closure",
    about: "Every permission with every permission it includes, itself included.",
    sort: Sort::Derived,
    columns: &[
        made_number("permission_uid", "the role"),
        made_number("included_uid", "what it includes, or itself"),
        made_number("depth", "fewest steps between them; 0 = itself"),
    ],
};

pub const CYCLE_MEMBERS: Table = Table {
    name: "cycle_members",
    about: "The members of cycles: groups, units, permissions or people that lie above themselves.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table that says who is below whom"),
        made_number("cycle_uid", "smallest uid of the cycle"),
        UID,
    ],
};

pub const CUT_LINKS: Table = Table {
    name: "cut_links",
    about: "The links that are left out of closures, so that nothing lies above itself: of each circle the one by which its member with the smallest uid lies below another.",
    sort: Sort::Derived,
    columns: &[
        made_text("table_name", "table that says who is below whom"),
        made_number("uid", "the lower end"),
        made_number("parent_uid", "the upper end"),
    ],
};
