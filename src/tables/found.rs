//! The tables of controls: findings with their history, what brings them about and would clear them, what people answer for,
//! and what they add up to.
#![expect(missing_docs, reason = "`about` says what a table is, to people and to `schema tables` alike")]

use super::column::{UID, made_date, made_flag, made_number, made_text};
use crate::table::{Column, Sort, Table};

pub const CONTROL_HITS: Table = Table {
    name: "control_hits",
    about: "What each control finds in this load, before it is held against what it found in the parent.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "what tells several findings about one subject apart; null where there is one"),
    ],
};

pub const FINDINGS: Table = Table {
    name: "findings",
    about: "Deviations that controls found, with their history.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "what tells several findings about one subject apart; null where there is one"),
        made_text(
            "state",
            "opened, persisting, reopened, fixed; lapsed = it was there before, and the exception that it stood under has ended",
        ),
        made_date("opened_on", "as-of of the load that opened it; of the reopening, once reopened"),
        made_date("first_opened_on", "as-of of the load that first opened it"),
        made_date("fixed_on", "as-of of the load that no longer found it; null while it stands"),
        made_number("risk", "0 to 5, from the control"),
        made_text(
            "exception",
            "the exception that it stands under, see `exception_status`; null = it is open, or fixed",
        ),
        made_date("excepted_until_on", "last day of that exception; 9999-12-31 = without end; null = not excepted"),
    ],
};

pub const FINDING_WAYS: Table = Table {
    name: "finding_ways",
    about: "Every way by which those whom controls of duties find hold a permission that the control speaks of, whether it takes part in the conflict or not.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_number("account_uid", "the account of the subject at which the way begins"),
        made_number("member_of_uid", "the group in which the account is; null = the account has the right itself"),
        made_number("group_uid", "the group that has the right: that one, or one around it; null as before"),
        made_number("permission_uid", "what is held"),
        made_number("wanted_uid", "the permission of the control that it is or includes"),
        made_text("perimeter", "where; null = everywhere"),
        made_number(
            "steps",
            "how long the way is: a right is one step, a membership, a group around a group and a permission within a permission one more each",
        ),
    ],
};

pub const FINDING_PATHS: Table = Table {
    name: "finding_paths",
    about: "One way in which each finding of controls of duties stands: of all sets of permissions that make it at one place the one with the fewest, then with the fewest steps, then the first; and the shortest way to each of them there.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "as the finding has it"),
        made_number("wanted_uid", "the conflicting permission to which it leads"),
        made_number("account_uid", "as `finding_ways` has it"),
        made_number("member_of_uid", "as `finding_ways` has it"),
        made_number("group_uid", "as `finding_ways` has it"),
        made_number("permission_uid", "as `finding_ways` has it"),
        made_text("perimeter", "as `finding_ways` has it"),
        made_number("steps", "as `finding_ways` has it"),
    ],
};

pub const FINDING_REMOVALS: Table = Table {
    name: "finding_removals",
    about: "The fewest rights and memberships to take away so that what a control of duties finds is gone; of several such sets one. One row for each of them.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "as the finding has it"),
        made_number("account_uid", "the account from which it is taken"),
        made_number("group_uid", "the group out of which the account is taken; null for a right"),
        made_number("permission_uid", "the right of the account; null for a membership"),
        made_text("perimeter", "that of the right; null = everywhere, and for a membership"),
        made_flag("is_minimal", "whether fewer are known not to do; false = the search was cut short"),
    ],
};

pub const RISK_POINTS: Table = Table {
    name: "risk_points",
    about: "What each control adds to a risk score. One row per object, control and risk.",
    sort: Sort::Derived,
    columns: &[
        made_text(
            "kind",
            "account; identity: the person and their accounts; organisation: the unit and the people in it; application: itself, its permissions, and conflicts of rights in it",
        ),
        UID,
        made_text("control", "id of the control"),
        made_number("risk", "risk of the findings, 0 to 5"),
        made_number("weight", "what one of them adds"),
        made_number("findings", "open findings"),
        made_number("points", "findings times weight"),
        made_number("excepted_findings", "findings that stand under an exception; they add nothing"),
        made_number("excepted_points", "what these would add"),
    ],
};

pub const RISK_SCORES: Table = Table {
    name: "risk_scores",
    about: "How much risk the open findings about something add up to. One row for each object with a standing finding.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "as `risk_points` has it"),
        UID,
        made_number("score", "sum of `points` of `risk_points`"),
        made_number(
            "score_rank",
            "place by score among those of the kind: 1 = the worst, equal scores have equal ranks",
        ),
        made_number("findings", "open findings"),
        made_number("worst_risk", "the highest risk of an open finding; null where there is none"),
        made_number("excepted_score", "sum of `excepted_points` of `risk_points`"),
        made_number("excepted_findings", "findings that stand under an exception"),
    ],
};

pub const EXCEPTIONS: Table = Table {
    name: "exceptions",
    about: "The rows of the file of exceptions, taken as they are read: findings that somebody answers for.",
    sort: Sort::Derived,
    columns: EXCEPTION_COLUMNS,
};

const EXCEPTION_COLUMNS: &[Column] = &[
    made_text(
        "exception",
        "what tells it from others: hexadecimal, the same for as long as control, subject, detail and first day are; null where the row cannot be read",
    ),
    made_text("control", "id of the control"),
    made_text("kind", "kind of the subject"),
    made_text("namespace", "repository or application of the subject, in key form; null where the kind has none"),
    made_text("key", "key of the subject, in key form; as it was written where the row cannot be taken"),
    made_text("detail", "which of several findings about the subject, as `findings` has it; null = each of them"),
    made_text("owner", "who answers for it"),
    made_text("reason", "why"),
    made_date("valid_from", "first day on which it holds"),
    made_date("valid_until", "last day on which it holds; null = without end"),
    made_text("ticket", "where it is kept elsewhere; null = nowhere"),
    made_text("problem", "why the row cannot be taken; null = it counts"),
    made_number("line", "line of the file, counted from 1, for a row that cannot be taken; else null"),
];

pub const VALID_EXCEPTIONS: Table = Table {
    name: "valid_exceptions",
    about: "The exceptions that hold on this day, about objects that the ledger knows.",
    sort: Sort::Derived,
    columns: &[
        made_text("exception", "as `exceptions` has it"),
        made_text("control", "as `exceptions` has it"),
        made_text("kind", "as `exceptions` has it"),
        UID,
        made_text("detail", "as `exceptions` has it"),
        made_date("valid_until", "last day on which it holds; 9999-12-31 = without end"),
    ],
};

pub const EXCEPTION_STATUS: Table = Table {
    name: "exception_status",
    about: "What every exception comes to on this day. One row for each row of the file.",
    sort: Sort::Derived,
    columns: &[
        made_text("exception", "as `exceptions` has it"),
        made_text("control", "as `exceptions` has it"),
        made_text("kind", "as `exceptions` has it"),
        made_number("uid", "the subject; null where nothing ever had the key"),
        made_text("subject", "key of the subject, behind its repository or application: `AD/ann`"),
        made_text("detail", "as `exceptions` has it"),
        made_text("owner", "as `exceptions` has it"),
        made_text("reason", "as `exceptions` has it"),
        made_date("valid_from", "as `exceptions` has it"),
        made_date("valid_until", "as `exceptions` has it"),
        made_text("ticket", "as `exceptions` has it"),
        made_text("state", "holds, waiting (not yet valid), expired, rejected (it cannot be taken)"),
        made_flag("is_ending", "whether it holds, and ends within the days of the alarm"),
        made_number("findings", "how many standing findings it is about, whether it holds or not"),
        made_text("remark", "why it excepts nothing, in words; null where it is about a standing finding"),
        made_number("line", "as `exceptions` has it"),
    ],
};

pub const DUTY_PAIRS: Table = Table {
    name: "duty_pairs",
    about: "The pairs of duties of controls with a matrix, with activities or with an expression, as the files of the project have them.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("detail", "what its findings are told apart by: `S1: create_supplier + ERP/PAY`"),
        made_text("rule", "id of the rule that it comes from; null = the file says none"),
        made_text("title", "what is wrong with it; null = the file does not say"),
        made_number("risk", "0 to 5; null = that of the control"),
        made_text("left_duty", "one side: a permission, the id of an activity, or an expression over these"),
        made_text("right_duty", "the other; the same where nobody may exercise the one at all"),
    ],
};

pub const DUTY_LITERALS: Table = Table {
    name: "duty_literals",
    about: "The permissions of each duty of `duty_pairs`. Whoever holds all of a term that are to be held, and none that is not, exercises the duty.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("duty", "a permission, the id of an activity, or an expression over these"),
        made_number("term", "one way to exercise it, from 1"),
        made_text("application", "application of the permission"),
        made_text("code", "code of the permission"),
        made_flag("is_held", "whether it is to be held, or is not to be"),
        made_number("held_count", "how many permissions of the term are to be held"),
    ],
};

pub const EXERCISED_DUTIES: Table = Table {
    name: "exercised_duties",
    about: "Which duties of `duty_pairs` those whom the control finds exercise, and where.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_number("uid", "the subject of the finding"),
        made_text(
            "perimeter",
            "where; null = in each that no right concerned names, and where perimeters do not count",
        ),
        made_text("duty", "as `duty_literals` has it"),
        made_number("term", "which way to exercise it is fulfilled, as `duty_literals` has it"),
    ],
};

pub const FINDING_CAUSES: Table = Table {
    name: "finding_causes",
    about: "What brings about what controls find now: for those of duties one row for each right and permission of the conflict, for rules what their answer names beside the subject.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("kind", "kind of the subject"),
        UID,
        made_text("detail", "as the finding has it"),
        made_number("account_uid", "the account that has the right, or that a rule names"),
        made_number(
            "group_uid",
            "the group that holds it and that the account is in, at any depth; null = the account itself",
        ),
        made_number("permission_uid", "what is held"),
        made_number("wanted_uid", "the conflicting permission that it is or includes; null of a rule"),
        made_text("perimeter", "where; null = everywhere"),
    ],
};

pub const EVALUATED_CONTROLS: Table = Table {
    name: "evaluated_controls",
    about: "The controls that this load evaluates, and which of their findings hold it.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("title", "what it finds"),
        made_number("risk", "0 to 5"),
        made_text(
            "blocks",
            "which of its findings hold the timeslot: none, new, all (that are open); those under an exception never",
        ),
        made_date(
            "blocks_since",
            "what was opened behind this day is new for as long as it stands; null = only in its first load",
        ),
    ],
};

pub const SKIPPED_CONTROLS: Table = Table {
    name: "skipped_controls",
    about: "Controls that this load does not evaluate, because a source with `on_failure = \"skip\"` is not complete: what the parent found stands on.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("source", "the source that is not complete; the first, where there are several"),
        made_text("state", "its state: partial, stale, failed"),
        made_text("table_name", "the table of the source on which the control depends"),
    ],
};

pub const UNEVALUATED_CONTROLS: Table = Table {
    name: "unevaluated_controls",
    about: "Controls of packs that this project does not evaluate, because it does not collect what they ask for: what the parent found stands on.",
    sort: Sort::Derived,
    columns: &[
        made_text("control", "id of the control"),
        made_text("lacks", "the table or column that is not there: `accounts.last_logon_on`; one row for each"),
        made_text("reason", "why it is not there, in words"),
    ],
};
