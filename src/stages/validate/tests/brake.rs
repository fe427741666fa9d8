//! The brake of leavers.

use super::*;
use crate::settings::validate::Brake;

fn braking(brake: Brake) -> Validate {
    Validate { has_guards: false, brake: Some(brake), ..guards() }
}

/// So many people from a number on, active.
fn people(from: usize, until: usize) -> [String; 2] {
    let rows = from..=until;
    let identities: String = rows.clone().map(|uid| format!("\n{uid},E{uid:03},Name {uid}")).collect();
    let status: String = rows.map(|uid| format!("\n{uid},active,")).collect();
    [format!("uid,employee_id,full_name{identities}"), format!("uid,status,reason{status}")]
}

/// Loads in which so many of so many people left: the first half are inactive, the others are gone.
#[track_caller]
fn check(brake: Brake, before: usize, left: usize, expected: &str) -> Vec<Vec<String>> {
    let [was_listed, was_active] = people(1, before);
    let inactive = left.div_ceil(2);
    let [_, now] = people(left + 1, before);
    let departed: String = (1..=inactive).map(|uid| format!("\n{uid},inactive,departed")).collect();
    let gone: String = (inactive + 1..=left).map(|uid| format!("\n{uid},absent")).collect();
    let report = check_stage(
        &braking(brake),
        AS_OF,
        &[
            ("before_identities", &was_listed),
            ("before_identity_status", &was_active),
            ("identity_status", &format!("{now}{departed}")),
            ("departures", &format!("uid,reason{gone}")),
        ],
        &[("threshold_results", &format!("threshold,side,before_value,value,severity,limit_text\n{expected}"))],
    );
    report.tables[0].rows.clone()
}

#[test]
fn a_tenth_of_the_people_hold_if_they_are_five() {
    let usual = Brake::default();
    check(usual, 40, 4, "guard_leavers,drop,40.0,36.0,ok,10 %");
    check(usual, 70, 6, "guard_leavers,drop,70.0,64.0,ok,10 %");
    let rows = check(usual, 70, 7, "guard_leavers,drop,70.0,63.0,hold,10 %");
    assert_eq!(
        rows,
        [[
            "hold",
            "guard_leavers",
            "7 of 70 active people are inactive or gone (10.0 %, the limit is 10 %); most of them by reason: departed 4, absent 3; such as E001 Name 1, E002 Name 2, E003 Name 3, E004 Name 4, E005 Name 5, E006 Name 6, E007 Name 7"
        ]]
    );
}

#[test]
fn a_number_of_people_holds_whatever_the_share() {
    let brake = Brake { number: 3, ..Brake::default() };
    check(brake, 100, 2, "guard_leavers,drop,100.0,98.0,ok,10 %");
    let rows = check(brake, 100, 3, "guard_leavers,drop,100.0,97.0,hold,3 people");
    assert!(
        rows[0][2].starts_with("3 of 100 active people are inactive or gone (3.0 %, the limit is 3 people)"),
        "{rows:?}"
    );
    check(Brake { share: 0.0, at_least: 0, number: 0 }, 10, 0, "guard_leavers,drop,10.0,10.0,ok,0 %");
}

#[test]
fn a_first_load_is_held_where_nobody_is_active() {
    let first = |status: &str, expected: &str| {
        let rows: String = (1..=6).map(|uid| format!("\n{uid},{status}")).collect();
        let report = check_stage(
            &braking(Brake::default()),
            AS_OF,
            &[("identity_status", &format!("uid,status{rows}\n7,inactive"))],
            &[("threshold_results", &format!("threshold,side,value,severity\nguard_leavers,min,{expected}"))],
        );
        report.tables[0].rows.clone()
    };
    assert_eq!(first("inactive", "0.0,hold"), [["hold", "guard_leavers", "0 of 7 listed people are active"]]);
    first("active", "6.0,ok");
}
