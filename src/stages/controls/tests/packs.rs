//! Controls of packs: their findings are made together, and those that cannot be evaluated leave findings as they stand.

use super::{AS_OF, Controls, check_stage, control};
use crate::plan::open_pack;
use crate::settings::controls::{Check, Control, Otherwise};
use crate::settings::packs::{Lack, Unevaluated};

fn of_pack(id: &str) -> Control {
    let pack = open_pack("standard").expect("it can be read").expect("it is there");
    pack.controls.into_iter().find(|control| control.id.as_str() == id).expect("a control of the pack")
}

fn controls(controls: Vec<Control>, unevaluated: Vec<Unevaluated>) -> Controls {
    Controls { controls, unevaluated, ..Controls::default() }
}

const ACCOUNTS: &str = "uid,repository,identifier,is_enabled,last_logon_on
    1,AD,ann,true,2026-01-01\n2,AD,bob,true,2026-01-01\n3,AD,eve,true,2026-11-20\n4,AD,old,true,2026-11-20";

#[test]
fn findings_of_a_pack_are_followed_from_load_to_load_each_by_its_control() {
    let report = check_stage(
        &controls(vec![of_pack("account_unused"), of_pack("account_orphan_open")], Vec::new()),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            (
                "rule_pack_accounts",
                "account_uid:integer,is_open:boolean,identity_uid:integer,ownerless\n1,true,,\n3,true,7,\n4,true,7,",
            ),
            (
                "before_findings",
                "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk
                 account_unused,account,2,,opened,2026-11-14,2026-11-14,,2
                 account_unused,account,3,,persisting,2026-10-01,2026-10-01,,2
                 account_orphan_open,account,4,,fixed,2026-08-01,2026-08-01,2026-09-09,3
                 account_orphan_open,account,1,,fixed,2026-08-01,2026-08-01,2026-09-09,3
                 gone,account,1,,opened,2026-08-01,2026-08-01,,3",
            ),
        ],
        &[(
            "findings",
            "control,uid,state,opened_on,first_opened_on,fixed_on,risk
             account_unused,1,opened,2026-11-21,2026-11-21,,2
             account_unused,2,persisting,2026-11-14,2026-11-14,,2
             account_unused,3,fixed,2026-10-01,2026-10-01,2026-11-21,2
             account_orphan_open,1,reopened,2026-11-21,2026-08-01,,3
             account_orphan_open,4,fixed,2026-08-01,2026-08-01,2026-09-09,3",
        )],
    );
    assert_eq!(report.headline, "3 findings: 1 opened, 1 reopened; 1 fixed");
}

#[test]
fn a_detail_tells_findings_about_one_subject_apart() {
    check_stage(
        &controls(vec![of_pack("duty_collected_pair")], Vec::new()),
        AS_OF,
        &[
            ("identities", "uid,employee_id\n7,E7"),
            ("permissions", "uid,application,code\n1,ERP,A\n2,ERP,B\n3,ERP,C"),
            ("duty_conflicts", "rule,permission_uid,conflicting_uid\nS1,1,2\nS2,1,3"),
            ("effective_rights", "identity_uid,permission_uid\n7,1\n7,2\n7,3"),
        ],
        &[(
            "findings",
            "control,uid,detail\nduty_collected_pair,7,S1: ERP/A + ERP/B\nduty_collected_pair,7,S2: ERP/A + ERP/C",
        )],
    );
}

#[test]
fn what_is_not_collected_is_stored_and_reported_and_what_was_found_stands_on() {
    let lack = |what: &str| Lack { what: what.to_owned(), reason: format!("`{what}` is not collected") };
    let one = |id: &str, lacks: &[&str]| Unevaluated {
        control: of_pack(id),
        lacks: lacks.iter().map(|what| lack(what)).collect(),
    };
    let unevaluated = vec![
        one("account_password_old", &["accounts.password_set_on"]),
        one("account_never_used", &["accounts.created_on", "accounts.last_logon_on"]),
    ];
    let report = check_stage(
        &controls(Vec::new(), unevaluated),
        AS_OF,
        &[(
            "before_findings",
            "control,kind,uid,state,opened_on,first_opened_on,fixed_on,risk
             account_password_old,account,2,opened,2026-11-14,2026-11-14,,1
             account_password_old,account,3,fixed,2026-08-01,2026-08-01,2026-09-09,1",
        )],
        &[
            (
                "unevaluated_controls",
                "control,lacks,reason
                 account_password_old,accounts.password_set_on,`accounts.password_set_on` is not collected
                 account_never_used,accounts.created_on,`accounts.created_on` is not collected
                 account_never_used,accounts.last_logon_on,`accounts.last_logon_on` is not collected",
            ),
            (
                "findings",
                "control,uid,state,opened_on,fixed_on
                 account_password_old,2,persisting,2026-11-14,
                 account_password_old,3,fixed,2026-08-01,2026-09-09",
            ),
        ],
    );
    assert!(report.headline.ends_with("; 2 controls not evaluated"), "{}", report.headline);
    let table = report.tables.iter().find(|table| table.title.ends_with("does not collect")).expect("it is reported");
    assert_eq!(table.rows[2], ["`accounts.password_set_on` is not collected", "1", "account_password_old"]);
}

#[test]
fn parameters_that_differ_and_those_that_name_what_no_row_has_are_reported() {
    let mut pay = of_pack("duty_vendors_and_payments");
    pay.risk = 5;
    let rule = pay.own_rule.as_mut().expect("a question");
    rule.parameters[1].value = "pays".to_owned();
    let file = crate::source::SourceFile::new("plans/p.toml", "\nx");
    let otherwise = |id: &str, what, value: &str, default: &str| Otherwise {
        control: id.parse().expect("an id"),
        what,
        value: value.to_owned(),
        default: default.to_owned(),
        place: crate::source::Place::new(&file, 1..2),
    };
    let settings = Controls {
        otherwise: vec![otherwise("own", "risk", "2", "3"), otherwise("gone", "enabled", "false", "true")],
        ..controls(vec![pay], Vec::new())
    };
    let report = check_stage(
        &settings,
        AS_OF,
        &[
            ("identities", "uid,employee_id\n7,E7"),
            ("permissions", "uid,application,code,duty\n1,ERP,A,maintain_vendors\n2,ERP,B,pay"),
            ("rule_pack_duties", "identity_uid:integer,duty\n7,maintain_vendors\n7,pay"),
        ],
        &[("findings", "uid")],
    );
    let rows = |end: &str| {
        let table = report.tables.iter().find(|table| table.title.ends_with(end));
        table.unwrap_or_else(|| panic!("{end}: {:?}", report.tables)).rows.clone()
    };
    assert_eq!(
        rows("from their defaults"),
        [
            ["duty_vendors_and_payments", "right", "pays", "pay", ""],
            ["gone", "enabled", "false", "true", "plans/p.toml:2"],
            ["own", "risk", "2", "3", "plans/p.toml:2"],
        ]
    );
    assert_eq!(rows("no row has"), [["duty_vendors_and_payments", "right", "pays", "permissions.duty"]]);
}

#[test]
fn a_condition_that_holds_for_nothing_is_reported() {
    let gaps = control("over", Check::TheoreticalRights { gap: crate::settings::controls::Gap::Over });
    let report = check_stage(
        &controls(vec![super::filtered(gaps, "i.contract = 'NONE'")], Vec::new()),
        AS_OF,
        &[("identities", "uid,employee_id,contract\n7,E7,PERMANENT"), ("entitlement_gaps", "identity_uid,gap\n7,over")],
        &[("findings", "uid")],
    );
    let table = report.tables.last().expect("tables");
    assert_eq!(table.rows, [["over", "i.contract = 'NONE'"]]);
}

#[test]
fn a_population_of_nobody_and_a_permission_that_nothing_lists_are_reported() {
    let file = crate::source::SourceFile::new("controls/x.toml", "x");
    let population =
        |text: &str| crate::source::SqlText { text: text.to_owned(), place: crate::source::Place::new(&file, 0..1) };
    let holders = |id: &str, code: &str, text: &str| {
        let permissions = super::names(&[code]);
        let gap = crate::settings::controls::Gap::Under;
        control(id, Check::PermissionHolders { permissions, population: population(text), gap })
    };
    let all = vec![
        holders("nobody", "ERP/PAY", "i.contract = 'NONE'"),
        holders("unlisted", "ERP/PYA", "i.contract = 'PERMANENT'"),
    ];
    let report = check_stage(
        &controls(all, Vec::new()),
        AS_OF,
        &[
            ("identities", "uid,employee_id,contract\n7,E7,PERMANENT"),
            ("identity_status", "uid,status\n7,active"),
            ("permissions", "uid,application,code\n1,ERP,PAY"),
            ("effective_rights", "identity_uid,permission_uid"),
        ],
        &[("findings", "uid")],
    );
    let rows = |start: &str| {
        let table = report.tables.iter().find(|table| table.title.starts_with(start));
        table.unwrap_or_else(|| panic!("{start}: {:?}", report.tables)).rows.clone()
    };
    assert_eq!(rows("conditions that hold for nothing"), [["nobody", "i.contract = 'NONE'"]]);
    assert_eq!(rows("permissions that controls name"), [["unlisted", "ERP/PYA"]]);
}
