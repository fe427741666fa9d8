//! Findings that hold a timeslot.

use super::*;

const UIDS: &str = "kind,namespace,key,uid\naccount,AD,ann,1\naccount,AD,bob,2\naccount,AD,cat,3\naccount,AD,dan,4";

const EVALUATED: &str = "control,title,risk,blocks,blocks_since
                         idle,Idle,2,new,
                         since,Since,2,new,2026-10-01
                         every,Every,2,all,
                         quiet,Quiet,2,none,
                         first,First,2,new,";

const FINDINGS: &str = "control,kind,uid,detail,state,opened_on,fixed_on,exception
                        idle,account,1,x,opened,2026-11-21,,
                        idle,account,2,,lapsed,2026-01-01,,
                        idle,account,3,,persisting,2026-11-14,,
                        idle,account,4,,opened,2026-11-21,,e1
                        since,account,1,,persisting,2026-10-02,,
                        since,account,2,,persisting,2026-10-01,,
                        since,account,3,,fixed,2026-11-02,2026-11-21,
                        every,account,1,,persisting,2026-01-01,,
                        every,account,2,,persisting,2026-01-01,,e2
                        quiet,account,1,,opened,2026-11-21,,
                        first,account,1,,opened,2026-11-21,,";

#[test]
fn new_findings_of_a_control_hold_and_those_that_stood_before_or_are_excepted_do_not() {
    let before = "control,title,risk,blocks,blocks_since\nidle,Idle,2,none,\nquiet,Quiet,2,none,\nevery,Every,2,none,\nsince,Since,2,none,";
    let settings = Validate { has_guards: false, ..guards() };
    let report = check_stage(
        &settings,
        AS_OF,
        &[
            ("uids", UIDS),
            ("findings", FINDINGS),
            ("evaluated_controls", EVALUATED),
            ("before_evaluated_controls", before),
        ],
        &[(
            "threshold_results",
            "threshold,side,severity,value
             control:every,max,hold,1.0
             control:idle,max,hold,2.0
             control:since,max,hold,1.0",
        )],
    );
    let told: Vec<&str> = report.tables[0].rows.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(
        told,
        [
            "control `every` (Every) has 1 open findings, and the plan lets none through; most of it: AD 1; such as AD/ann",
            "control `idle` (Idle) has 2 new findings, and the plan lets none through; most of it: AD 2; such as AD/ann (x), AD/bob",
            "control `since` (Since) has 1 new findings, and the plan lets none through; most of it: AD 1; such as AD/ann",
        ]
    );
}

#[test]
fn findings_about_people_are_told_by_their_units() {
    let report = check_stage(
        &Validate { has_guards: false, ..guards() },
        AS_OF,
        &[
            (
                "uids",
                "kind,namespace,key,uid\nidentity,,E1,1\nidentity,,E2,2\nidentity,,E3,3\naccount,AD,ann,1\norganisation,,IT,1",
            ),
            ("identities", "uid,employee_id,organisation\n1,E1,IT\n2,E2,IT\n3,E3,"),
            (
                "findings",
                "control,kind,uid,state,opened_on\nevery,identity,1,opened,2026-11-21\nevery,identity,2,opened,2026-11-21\nevery,identity,3,opened,2026-11-21\nevery,account,1,opened,2026-11-21\nevery,organisation,1,opened,2026-11-21",
            ),
            ("evaluated_controls", "control,title,risk,blocks,blocks_since\nevery,Every,2,all,"),
        ],
        &[("threshold_results", "threshold,value\ncontrol:every,5.0")],
    );
    let told =
        "control `every` (Every) has 5 open findings, and the plan lets none through; most of it: IT 2, AD 1, (none) 1";
    assert_eq!(report.tables[0].rows[0][2], format!("{told}; such as AD/ann, E1, E2, E3, IT"));
    assert_eq!(report.tables[0].mailed_rows()[0][2], told);
}

#[test]
fn on_a_first_load_there_is_nothing_that_findings_are_new_against_but_a_day() {
    let settings = Validate { has_guards: false, ..guards() };
    check_stage(
        &settings,
        AS_OF,
        &[("uids", UIDS), ("findings", FINDINGS), ("evaluated_controls", EVALUATED)],
        &[("threshold_results", "threshold,value\ncontrol:every,1.0\ncontrol:since,1.0")],
    );
}
