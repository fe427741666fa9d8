//! Exceptions: what stands under one, what no longer does, and what is told of them.

use super::*;
use crate::settings::controls::Exceptions;
use crate::settings::packs::{Lack, Unevaluated};

pub(super) fn with_exceptions(control: Control) -> Controls {
    let exceptions = Exceptions { file: "exceptions.csv".into(), alarm_days: 14, may_be_open_ended: false };
    Controls { exceptions: Some(exceptions), ..only(control) }
}

const UIDS: (&str, &str) =
    ("uids", "kind,namespace,key,uid\naccount,AD,ann,1\naccount,AD,bob,2\naccount,AD,cat,3\nidentity,'',E1,1");

pub(super) const EXCEPTIONS: &str =
    "exception,control,kind,namespace,key,detail,owner,reason,valid_from,valid_until,problem,line";

#[test]
fn a_finding_stands_under_the_exception_that_ends_last_and_is_open_again_behind_its_last_day() {
    let exceptions = format!(
        "{EXCEPTIONS}
         e1,idle,account,AD,ann,,eve,leave,2026-01-01,2026-11-21,,
         e2,idle,account,AD,ann,x,eve,leave,2026-01-01,,,
         e3,idle,account,AD,bob,,eve,leave,2026-01-01,2026-11-20,,
         e4,idle,account,AD,cat,,eve,leave,2026-11-22,2026-12-31,,
         e5,idle,account,AD,cat,z,eve,leave,2026-01-01,2026-12-31,,"
    );
    let report = check_stage(
        &with_exceptions(rule(Kind::Account)),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            UIDS,
            ("rule_idle", "uid:integer,detail\n1,x\n1,w\n2,\n3,y"),
            ("exceptions", &exceptions),
            (
                "before_findings",
                "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk,exception,excepted_until_on
                 idle,account,2,,persisting,2026-10-01,2026-09-01,,1,e3,2026-11-20
                 idle,account,3,z,persisting,2026-10-01,2026-09-01,,1,e5,2026-12-31",
            ),
        ],
        &[
            (
                "findings",
                "uid,detail,state,exception,excepted_until_on
                 1,x,opened,e2,9999-12-31
                 1,w,opened,e1,2026-11-21
                 2,,lapsed,,
                 3,y,opened,,
                 3,z,fixed,,",
            ),
            (
                "exception_status",
                "exception,subject,state,is_ending,findings,remark
                 e1,AD/ann,holds,true,2,
                 e2,AD/ann,holds,false,1,
                 e3,AD/bob,expired,false,1,
                 e4,AD/cat,waiting,false,1,
                 e5,AD/cat,holds,false,0,what it excepts is fixed",
            ),
        ],
    );
    assert_eq!(
        report.headline,
        "4 findings, 2 of them excepted: 3 opened, 0 reopened, 1 no longer excepted; 1 fixed; 1 exceptions end within 14 days"
    );
    let told = |title: &str| report.tables.iter().find(|table| table.title == title).map(|table| table.rows.clone());
    assert_eq!(
        told("exceptions that end within 14 days: samples"),
        Some(vec![["idle", "AD/ann", "", "eve", "2026-11-21", "2"].map(str::to_owned).to_vec()])
    );
    let counts =
        [["end within 14 days", "1"], ["have ended, and what they excepted stands", "1"], ["except nothing", "1"]];
    assert_eq!(told("exceptions"), Some(counts.map(|row| row.map(str::to_owned).to_vec()).to_vec()));
}

#[test]
fn an_exception_that_excepts_nothing_says_why() {
    let exceptions = format!(
        "{EXCEPTIONS}
         e1,idel,account,AD,ann,,eve,leave,2026-01-01,2026-12-31,,
         e2,idle,account,AD,zoe,,eve,leave,2026-01-01,2026-12-31,,
         e3,idle,account,AD,bob,,eve,leave,2026-01-01,2026-12-31,,
         ,idle,account,,ann,,eve,,,,`reason` is missing,7"
    );
    check_stage(
        &with_exceptions(rule(Kind::Account)),
        AS_OF,
        &[("accounts", ACCOUNTS), UIDS, ("rule_idle", "uid:integer,detail\n1,x"), ("exceptions", &exceptions)],
        &[
            ("findings", "uid,exception\n1,"),
            (
                "exception_status",
                "exception,state,findings,remark,line
                 e1,holds,0,the plan has no such control,
                 e2,holds,0,nothing ever had this key,
                 e3,holds,0,the control never found it,
                 ,rejected,0,`reason` is missing,7",
            ),
        ],
    );
}

#[test]
fn a_finding_of_a_control_that_is_not_evaluated_stands_under_its_exception_all_the_same() {
    let lacks = vec![Lack { what: "rights".to_owned(), reason: "no source".to_owned() }];
    let unevaluated = Unevaluated { control: rule(Kind::Account), lacks };
    let exceptions = Exceptions { file: "exceptions.csv".into(), alarm_days: 14, may_be_open_ended: false };
    let controls = Controls { unevaluated: vec![unevaluated], exceptions: Some(exceptions), ..Controls::default() };
    let file = format!("{EXCEPTIONS}\ne1,idle,account,AD,ann,,eve,leave,2026-01-01,2026-12-31,,");
    let before = "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk,exception,excepted_until_on
                  idle,account,1,,persisting,2026-10-01,2026-09-01,,1,e1,2026-12-31
                  idle,account,2,,persisting,2026-10-01,2026-09-01,,1,e2,2026-11-20";
    check_stage(
        &controls,
        AS_OF,
        &[("accounts", ACCOUNTS), UIDS, ("exceptions", &file), ("before_findings", before)],
        &[("findings", "uid,state,exception\n1,persisting,e1\n2,lapsed,")],
    );
}
