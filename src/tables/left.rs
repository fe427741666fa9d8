//! The tables about who is there and who left: which sources list people, since when they do not, and what stayed open.
#![expect(missing_docs, reason = "`about` says what a table is, to people and to `schema tables` alike")]

use super::column::{UID, made_date, made_flag, made_number, made_text};
use crate::table::{Sort, Table};

pub const LISTINGS: Table = Table {
    name: "listings",
    about: "Which sources list each identity, or listed it: one row for each of the two. People who are gone drop out one load later.",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_text("source", "the collector that lists the person, or did"),
        made_number(
            "missed_loads",
            "complete loads of the source in a row without this person, counted until they are gone; 0 = listed, or missed by incomplete loads alone",
        ),
        made_date("last_listed_on", "as-of of the last load in which the source listed the person; null = in this one"),
        made_date(
            "missed_on",
            "as-of of the first complete load of the source in a row without the person; null = none",
        ),
    ],
};

pub const ABSENCES: Table = Table {
    name: "absences",
    about: "Identities that none of the sources that count lists now, though one did.",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_number(
            "missed_loads",
            "the fewest complete loads in a row that one of these sources had without the person",
        ),
        made_date("last_listed_on", "as-of of the last load in which one of them listed the person"),
        made_date("missed_on", "as-of of the load with which all of them missed the person; null = not all did"),
        made_flag("is_gone", "whether they were missed by more loads than the grace"),
    ],
};

pub const IDENTITY_STATUS: Table = Table {
    name: "identity_status",
    about: "Every listed identity, active or not. Without the stage leavers all are active.",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_text("status", "active, inactive"),
        made_text(
            "reason",
            "why someone is inactive: departed (departure day over), status (a word of the source), absent (gone from the sources that count), \
             the id of a rule of leavers, by_rule (does not fulfil `active`); null for active",
        ),
        made_text("detail", "for `status` the column and its word, `status = left`; null for others"),
        made_date("since_on", "as-of of the first load in a row with this status and reason"),
        made_date(
            "departed_on",
            "since when someone is inactive in the company's sense: the departure day of the source once it is reached, else the as-of of the first load that missed the person or said so; null for active",
        ),
        made_date("detected_on", "as-of of the first load in a row that had the person inactive; null for active"),
    ],
};

pub const DEPARTURES: Table = Table {
    name: "departures",
    about: "Everybody who is not there: identities that are listed and inactive, and those that are listed no more. Carried from load to load until they are back.",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_text("employee_id", "natural key"),
        made_text("full_name", "name as last displayed"),
        made_text("reason", "as `identity_status` has it; of somebody listed no more departed, status or absent"),
        made_text("detail", "as `identity_status` has it"),
        made_date("departed_on", "as `identity_status` has it"),
        made_date("detected_on", "as `identity_status` has it"),
        made_date(
            "last_listed_on",
            "as-of of the last load in which a source that counts listed the person; null = in this one",
        ),
        made_number(
            "missed_loads",
            "complete loads without the person when they were found to be gone; null = a source was retired",
        ),
        made_text("sources", "the sources that list the person or did, in the order of their names; null for a stub"),
    ],
};

pub const OVERDUE_ACCOUNTS: Table = Table {
    name: "overdue_accounts",
    about: "Accounts that can be logged on to for longer than allowed after their owner became inactive or was listed no more, but for rules of leavers that keep accounts.",
    sort: Sort::Derived,
    columns: &[
        made_number("account_uid", "the account; not known to be disabled"),
        made_number("identity_uid", "who owns it, or owned it last"),
        made_text("reason", "as `departures` has it"),
        made_date("departed_on", "as `departures` has it"),
        made_date("detected_on", "as `departures` has it"),
        made_date("due_on", "the last day on which it might still be open"),
        made_number("days_overdue", "days from then to as-of; at least 1"),
    ],
};
