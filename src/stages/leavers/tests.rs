//! Small tables in, small tables out.

mod departures;
mod overdue;

use crate::settings::leavers::{DepartureDay, LeaverRule, Leavers, Words};
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::check_stage;

const AS_OF: &str = "2026-11-21";

fn sql(text: &str) -> SqlText {
    SqlText { text: text.to_owned(), place: place(text) }
}

fn place(text: &str) -> Place {
    Place::new(&SourceFile::new("plan.toml", text), 0..text.len())
}

fn leavers(active: &str, grace_days: u32) -> Leavers {
    Leavers { active: (!active.is_empty()).then(|| sql(active)), grace_days, ..Leavers::default() }
}

fn words(column: &str, values: &[&str]) -> Words {
    Words {
        column: column.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        place: place(column),
    }
}

fn rule(id: &str, inactive: &str, keeps_accounts: bool) -> LeaverRule {
    LeaverRule { id: id.to_owned(), inactive: sql(inactive), keeps_accounts }
}

const IDENTITIES: &str = "uid,employee_id,full_name,status,departure_on
1,E1,Ann Berg,working,
2,E2,Bob Dahl,working,2026-11-20
3,E3,Cleo Lund,working,2026-11-21
4,E4,Dan Moe,left,
5,E5,Eva Ness,,";

#[test]
fn the_departure_day_itself_is_still_active() {
    check_stage(
        &Some(leavers("", 0)),
        AS_OF,
        &[("identities", IDENTITIES)],
        &[("identity_status", "uid,status,reason\n1,active,\n2,inactive,departed\n3,active,\n4,active,\n5,active,")],
    );
}

#[test]
fn the_departure_day_is_free_where_the_plan_says_so() {
    check_stage(
        &Some(Leavers { departure_day: DepartureDay::Free, ..leavers("", 0) }),
        AS_OF,
        &[("identities", IDENTITIES)],
        &[("identity_status", "uid,reason\n1,\n2,departed\n3,departed\n4,\n5,")],
    );
}

#[test]
fn within_the_grace_nobody_has_departed() {
    check_stage(
        &Some(leavers("", 1)),
        AS_OF,
        &[("identities", IDENTITIES)],
        &[("identity_status", "uid,status\n1,active\n2,active\n3,active\n4,active\n5,active")],
    );
    check_stage(&Some(leavers("", u32::MAX)), AS_OF, &[("identities", IDENTITIES)], &[]);
}

#[test]
fn who_does_not_fulfil_the_rule_is_inactive_and_null_fulfils_nothing() {
    for active in ["i.status = 'working'", "status = 'working' -- in the source's words"] {
        check_stage(
            &Some(leavers(active, 0)),
            AS_OF,
            &[("identities", IDENTITIES)],
            &[(
                "identity_status",
                "uid,reason,since_on\n1,,2026-11-21\n2,departed,2026-11-21\n3,,2026-11-21\n4,by_rule,2026-11-21\n5,by_rule,2026-11-21",
            )],
        );
    }
}

#[test]
fn since_is_the_first_load_in_a_row_with_the_same_reason() {
    let report = check_stage(
        &Some(leavers("status = 'working'", 0)),
        AS_OF,
        &[
            ("identities", IDENTITIES),
            ("before_identities", "uid,employee_id,full_name\n9,E9,Zoe Vik"),
            (
                "before_identity_status",
                "uid,status,reason,since_on
                 1,active,,2025-01-01\n2,inactive,by_rule,2025-01-01\n3,inactive,by_rule,2025-01-01
                 4,active,,2025-01-01\n5,inactive,by_rule,2025-01-01\n9,active,,2025-01-01",
            ),
        ],
        &[("identity_status", "uid,since_on\n1,2025-01-01\n2,2026-11-21\n3,2026-11-21\n4,2026-11-21\n5,2025-01-01")],
    );
    assert_eq!(report.headline, "2 active, 3 inactive, 1 newly inactive, 1 returned, 1 vanished");
    let samples: Vec<&str> = report.tables[2..].iter().map(|table| table.rows[0][1].as_str()).collect();
    assert_eq!(samples, ["Dan Moe", "Cleo Lund", "Zoe Vik"]);
}

#[test]
fn without_the_stage_everyone_listed_is_active() {
    check_stage(
        &None::<Leavers>,
        AS_OF,
        &[("identities", IDENTITIES), ("before_identity_status", "uid,status,reason,since_on\n1,active,,2025-01-01")],
        &[(
            "identity_status",
            "uid,status,since_on\n1,active,2025-01-01\n2,active,2026-11-21\n3,active,2026-11-21\n4,active,2026-11-21\n5,active,2026-11-21",
        )],
    );
}

#[test]
fn of_several_reasons_the_first_counts() {
    let settings = Leavers {
        words: vec![words("status", &["left", "gone"])],
        rules: vec![rule("long_leave", "status = 'leave'", true), rule("contract_off", "i.contract = 'off'", false)],
        ..leavers("i.location = 'HERE'", 0)
    };
    check_stage(
        &Some(settings),
        AS_OF,
        &[
            (
                "identities",
                "uid,employee_id,status,departure_on,contract,location
                 1,E1,left,2026-11-20,off,\n2,E2,left,2026-12-31,off,\n3,E3,leave,,off,\n4,E4,leave,,off,\n5,E5,work,,off,\n6,E6,work,,,\n7,E7,work,,,HERE",
            ),
            ("absences", "uid,missed_loads,last_listed_on,missed_on,is_gone\n3,1,2026-11-07,2026-11-14,true\n7,1,2026-11-07,2026-11-14,false"),
        ],
        &[(
            "identity_status",
            "uid,status,reason,detail,departed_on,detected_on
             1,inactive,departed,,2026-11-20,2026-11-21
             2,inactive,status,status = left,2026-11-21,2026-11-21
             3,inactive,absent,,2026-11-14,2026-11-21
             4,inactive,long_leave,,2026-11-21,2026-11-21
             5,inactive,contract_off,,2026-11-21,2026-11-21
             6,inactive,by_rule,,2026-11-21,2026-11-21
             7,active,,,,",
        )],
    );
}

#[test]
fn the_departure_is_the_companys_day_and_the_detection_the_load_that_first_said_so() {
    let settings = Leavers { words: vec![words("status", &["left"])], ..leavers("", 0) };
    check_stage(
        &Some(settings),
        AS_OF,
        &[
            ("identities", "uid,status,departure_on\n1,left,\n2,left,2026-10-31\n3,left,2027-01-31\n4,,2026-11-01"),
            (
                "before_identity_status",
                "uid,status,reason,since_on,departed_on,detected_on
                 1,inactive,status,2026-11-07,2026-11-07,2026-11-07
                 2,inactive,status,2026-11-07,2026-11-07,2026-11-07
                 3,active,,2026-01-01,,\n4,active,,2026-01-01,,",
            ),
        ],
        &[(
            "identity_status",
            "uid,reason,since_on,departed_on,detected_on
             1,status,2026-11-07,2026-11-07,2026-11-07
             2,departed,2026-11-21,2026-10-31,2026-11-07
             3,status,2026-11-21,2026-11-21,2026-11-21
             4,departed,2026-11-21,2026-11-01,2026-11-21",
        )],
    );
}
