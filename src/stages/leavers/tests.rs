//! Small tables in, small tables out.

use crate::settings::leavers::{DepartureDay, Leavers};
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::check_stage;

const AS_OF: &str = "2026-11-21";

fn leavers(active: &str, grace_days: u32) -> Leavers {
    let place = Place::new(&SourceFile::new("plan.toml", active), 0..active.len());
    let active = (!active.is_empty()).then(|| SqlText { text: active.to_owned(), place });
    Leavers { active, grace_days, departure_day: DepartureDay::Worked }
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
