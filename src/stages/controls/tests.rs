//! Small tables in, small tables out.

mod companies;
mod excepted;
mod holders;
mod kernels;
mod packs;
mod pairs;
mod removals;

use crate::collect::source::{SourceReport, SourceState};
use crate::settings::PermissionName;
use crate::settings::controls::{Blocking, Check, Conflict, Control, Controls, Gap, Holder, Skipping, Within};
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::{check_stage, check_stage_with};
use crate::table::Kind;

const AS_OF: &str = "2026-11-21";

fn control(id: &str, check: Check) -> Control {
    Control {
        id: id.parse().expect("a control id"),
        title: format!("About {id}"),
        risk: 3,
        tags: vec!["account".to_owned(), "hygiene".to_owned()],
        mitigation: Some("Take one of them away.".to_owned()),
        check,
        own_rule: None,
        packed: None,
        risk_set_at: None,
        blocks: Blocking::default(),
        filter: None,
        path: "controls/x.toml".into(),
    }
}

fn only(control: Control) -> Controls {
    Controls { controls: vec![control], ..Controls::default() }
}

fn filtered(control: Control, filter: &str) -> Control {
    let file = SourceFile::new("controls/x.toml", filter);
    let filter = SqlText { text: filter.to_owned(), place: Place::new(&file, 0..filter.len()) };
    Control { filter: Some(filter), ..control }
}

fn rule(subject: Kind) -> Control {
    control("idle", Check::Rule { rule: "idle".parse().expect("a rule id"), subject })
}

fn names(texts: &[&str]) -> Vec<PermissionName> {
    texts
        .iter()
        .map(|text| PermissionName::parse(text, &crate::collect::key::KeyForms::default()).expect("a permission"))
        .collect()
}

fn between(left: &[&str], right: &[&str]) -> Conflict {
    Conflict::Between { left: names(left), right: names(right) }
}

const ACCOUNTS: &str = "uid,repository,identifier,is_privileged\n1,AD,ann,true\n2,AD,bob,false\n3,AD,cat,true";
const PERMISSIONS: &str = "uid,application,code\n1,ERP,PAY\n2,ERP,CREATE\n3,ERP,READ\n4,CRM,PAY\n5,ERP,ALL";

#[test]
fn a_finding_is_opened_persists_is_fixed_and_reopened() {
    let report = check_stage(
        &only(rule(Kind::Account)),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("rule_idle", "account_uid:integer,detail\n1,x\n2,\n3,y\n3,y"),
            (
                "before_findings",
                "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk
                 idle,account,2,,persisting,2026-10-01,2026-09-01,,1
                 idle,account,3,y,fixed,2026-08-01,2026-07-01,2026-09-01,3
                 idle,account,1,w,opened,2026-11-14,2026-11-14,,3
                 idle,account,9,,fixed,2026-08-01,2026-08-01,2026-09-09,3
                 gone,account,2,,opened,2026-11-14,2026-11-14,,3",
            ),
        ],
        &[(
            "findings",
            "control,uid,detail,state,opened_on,first_opened_on,fixed_on,risk
             idle,1,x,opened,2026-11-21,2026-11-21,,3
             idle,2,,persisting,2026-10-01,2026-09-01,,3
             idle,3,y,reopened,2026-11-21,2026-07-01,,3
             idle,1,w,fixed,2026-11-14,2026-11-14,2026-11-21,3
             idle,9,,fixed,2026-08-01,2026-08-01,2026-09-09,3",
        )],
    );
    assert_eq!(report.headline, "3 findings: 1 opened, 1 reopened; 1 fixed");
    assert_eq!(report.tables[0].rows, [["idle", "About idle", "3", "3", "1", "1", "1", "0", "0", "account, hygiene"]]);
    assert_eq!(report.tables[1].rows, [["idle", "opened", "AD/ann", "x"], ["idle", "reopened", "AD/cat", "y"]]);
}

#[test]
fn a_filter_leaves_other_subjects_out() {
    check_stage(
        &only(filtered(rule(Kind::Account), "a.is_privileged -- only those\n AND identifier <> 'cat'")),
        AS_OF,
        &[("accounts", ACCOUNTS), ("rule_idle", "uid:integer\n1\n2\n3")],
        &[("control_hits", "control,kind,uid,detail\nidle,account,1,"), ("findings", "uid,state\n1,opened")],
    );
}

#[test]
fn what_the_answer_of_a_rule_names_beside_the_subject_is_why_it_is_found() {
    let answer = (
        "rule_idle",
        "identity_uid:integer,detail,account_uid:integer,permission_uid:integer,perimeter,since
         7,ERP/PAY,1,1,FR,2026-01-01\n7,ERP/PAY,1,1,FR,2026-02-02\n7,ERP/PAY,2,5,,\n8,,3,,,",
    );
    let people = ("identities", "uid,employee_id\n7,E7\n8,E8");
    let objects = [("accounts", ACCOUNTS), ("permissions", PERMISSIONS), people, answer];
    let causes = "control,kind,uid,detail,account_uid,group_uid,permission_uid,wanted_uid,perimeter";
    let all =
        format!("{causes}\nidle,identity,7,ERP/PAY,1,,1,,FR\nidle,identity,7,ERP/PAY,2,,5,,\nidle,identity,8,,3,,,,");
    let report = check_stage(&only(rule(Kind::Identity)), AS_OF, &objects, &[("finding_causes", &all)]);
    let why = &report.tables[2];
    assert_eq!(why.title, "why there are new findings: samples");
    assert_eq!(why.rows[0], ["idle", "E7", "ERP/PAY", "AD/ann", "", "ERP/PAY", "", "FR"]);
    assert_eq!(why.rows[2], ["idle", "E8", "", "AD/cat", "", "", "", ""]);
    // Of an account it is the account itself, and of some alone where the control looks at these.
    let answer = ("rule_idle", "uid:integer,permission_uid:integer\n1,1\n2,1");
    let expected = format!("{causes}\nidle,account,1,,1,,1,,");
    let control = filtered(rule(Kind::Account), "a.is_privileged");
    let objects = [("accounts", ACCOUNTS), ("permissions", PERMISSIONS), answer];
    check_stage(&only(control), AS_OF, &objects, &[("finding_causes", &expected)]);
}

#[test]
fn an_identity_with_one_of_each_side_has_a_finding_for_every_pair() {
    let conflict = between(&["ERP/CREATE", "ERP/NONE"], &["ERP/PAY", "CRM/PAY"]);
    let report = check_stage(
        &only(control("pay", Check::SegregationOfDuties { on: Holder::Identity, conflict, within: Within::Anywhere })),
        AS_OF,
        &[
            ("identities", "uid,employee_id,full_name\n1,E1,Ann Berg\n2,E2,"),
            ("permissions", PERMISSIONS),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,1,\n1,2,FR\n1,2,DE\n1,4,\n2,1,\n2,4,\n2,3,"),
        ],
        &[("findings", "kind,uid,detail\nidentity,1,ERP/CREATE + ERP/PAY\nidentity,1,ERP/CREATE + CRM/PAY")],
    );
    assert_eq!(report.tables[1].rows[0], ["pay", "opened", "E1 Ann Berg", "ERP/CREATE + CRM/PAY"]);
    assert_eq!(report.tables[2].rows, [["pay", "3", "Take one of them away."]]);
    assert_eq!(report.tables[3].rows, [["pay", "ERP/NONE"]]);
}

#[test]
fn an_identity_with_all_of_them_has_one_finding() {
    let conflict = Conflict::AllOf(names(&["ERP/PAY", "ERP/CREATE", "ERP/READ"]));
    check_stage(
        &only(control("all", Check::SegregationOfDuties { on: Holder::Identity, conflict, within: Within::Anywhere })),
        AS_OF,
        &[
            ("identities", "uid,employee_id\n1,E1\n2,E2"),
            ("permissions", PERMISSIONS),
            ("effective_rights", "identity_uid,permission_uid\n1,1\n1,2\n1,3\n2,1\n2,2\n2,4"),
        ],
        &[("findings", "kind,uid,detail\nidentity,1,")],
    );
}

#[test]
fn an_account_conflicts_through_its_groups_and_roles() {
    check_stage(
        &only(control(
            "pay",
            Check::SegregationOfDuties {
                on: Holder::Account,
                conflict: between(&["ERP/CREATE"], &["ERP/PAY"]),
                within: Within::Anywhere,
            },
        )),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("permissions", PERMISSIONS),
            ("permission_closure", "permission_uid,included_uid,depth\n5,5,0\n5,1,1\n5,2,1"),
            // Group 11 lies within group 10, which grants PAY.
            ("group_closure", "group_uid,ancestor_uid,depth\n10,10,0\n11,11,0\n11,10,1"),
            ("rights", "account_uid,group_uid,permission_uid\n1,,2\n,10,1\n2,,2\n3,,5"),
            ("memberships", "account_uid,member_group_uid,group_uid\n1,,11\n2,,12\n,11,10"),
        ],
        &[("findings", "kind,uid,detail\naccount,1,ERP/CREATE + ERP/PAY\naccount,3,ERP/CREATE + ERP/PAY")],
    );
}

#[test]
fn the_rights_and_groups_behind_a_conflict_are_told() {
    let conflict = between(&["ERP/CREATE"], &["ERP/PAY"]);
    let check = Check::SegregationOfDuties { on: Holder::Identity, conflict, within: Within::Anywhere };
    let report = check_stage(
        &only(control("pay", check)),
        AS_OF,
        &[
            ("identities", "uid,employee_id\n7,E7\n8,E8"),
            ("accounts", ACCOUNTS),
            ("groups", "uid,repository,code\n10,AD,PAYERS\n11,AD,INNER"),
            ("ownership", "account_uid,identity_uid\n1,7\n2,7\n3,8"),
            ("permissions", PERMISSIONS),
            ("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n2,2,0\n3,3,0\n5,5,0\n5,1,1"),
            ("group_closure", "group_uid,ancestor_uid,depth\n10,10,0\n11,11,0\n11,10,1"),
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,2,FR\n1,,3,\n,10,5,\n3,,2,"),
            ("memberships", "account_uid,member_group_uid,group_uid\n2,,11\n,11,10"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n7,2,FR\n7,3,\n7,5,\n7,1,\n8,2,"),
        ],
        &[(
            "finding_causes",
            "control,kind,uid,detail,account_uid,group_uid,permission_uid,wanted_uid,perimeter
             pay,identity,7,ERP/CREATE + ERP/PAY,1,,2,2,FR\npay,identity,7,ERP/CREATE + ERP/PAY,2,10,5,1,",
        )],
    );
    assert_eq!(report.tables[2].title, "why there are new findings: samples");
    assert_eq!(
        report.tables[2].rows,
        [
            ["pay", "E7", "ERP/CREATE + ERP/PAY", "AD/bob", "AD/PAYERS", "ERP/ALL", "ERP/PAY", ""],
            ["pay", "E7", "ERP/CREATE + ERP/PAY", "AD/ann", "", "ERP/CREATE", "", "FR"],
        ]
    );
}

#[test]
fn where_the_perimeter_counts_both_sides_are_held_in_one_and_none_is_each() {
    let rights =
        "account_uid,group_uid,permission_uid,perimeter\n1,,1,FR\n1,,2,DE\n2,,1,FR\n2,,2,FR\n2,,2,DE\n3,,1,FR\n3,,2,";
    let effective = "identity_uid,permission_uid,perimeter\n1,1,FR\n1,2,DE\n2,1,FR\n2,2,FR\n2,2,DE\n3,1,FR\n3,2,";
    let tables = [
        ("accounts", ACCOUNTS),
        ("identities", "uid,employee_id\n1,E1\n2,E2\n3,E3"),
        ("ownership", "account_uid,identity_uid\n1,1\n2,2\n3,3"),
        ("permissions", PERMISSIONS),
        ("rights", rights),
        ("effective_rights", effective),
    ];
    for conflict in [between(&["ERP/PAY"], &["ERP/CREATE"]), Conflict::AllOf(names(&["ERP/PAY", "ERP/CREATE"]))] {
        for on in [Holder::Account, Holder::Identity] {
            for (within, found, causes) in [
                (Within::Anywhere, "1\n2\n3", "1,FR\n1,DE\n2,FR\n2,FR\n2,DE\n3,FR\n3,"),
                (Within::SamePerimeter, "2\n3", "2,FR\n2,FR\n3,FR\n3,"),
            ] {
                let check = Check::SegregationOfDuties { on, conflict: conflict.clone(), within };
                let expected =
                    [("findings", format!("uid\n{found}")), ("finding_causes", format!("uid,perimeter\n{causes}"))];
                let expected = [(expected[0].0, expected[0].1.as_str()), (expected[1].0, expected[1].1.as_str())];
                check_stage(&only(control("pay", check)), AS_OF, &tables, &expected);
            }
        }
    }
}

#[test]
fn a_gap_that_is_excused_is_no_finding() {
    check_stage(
        &only(control("over", Check::TheoreticalRights { gap: Gap::Over })),
        AS_OF,
        &[
            ("identities", "uid,employee_id\n1,E1"),
            ("permissions", PERMISSIONS),
            (
                "entitlement_gaps",
                "identity_uid,permission_uid,gap,first_seen_on,excused_until_on\n1,1,over,2026-11-21,\n1,2,under,2026-11-21,\n1,3,over,2026-11-21,9999-12-31",
            ),
        ],
        &[("findings", "uid,detail\n1,ERP/PAY")],
    );
}

#[test]
fn findings_of_a_control_that_no_longer_runs_are_dropped() {
    check_stage(
        &only(rule(Kind::Account)),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("rule_idle", "uid:integer\n1"),
            (
                "before_findings",
                "control,kind,uid,state,opened_on,first_opened_on\ngone,account,2,opened,2026-11-14,2026-11-14",
            ),
        ],
        &[("findings", "control,uid\nidle,1")],
    );
}

#[test]
fn a_collected_pair_is_found_by_its_own_name_whoever_else_holds_one_of_it() {
    let collected = |on| {
        only(control(
            "matrix",
            Check::SegregationOfDuties { on, conflict: Conflict::Collected, within: Within::Anywhere },
        ))
    };
    let conflicts =
        ("duty_conflicts", "rule,permission_uid,conflicting_uid,severity\nS1,1,2,3\nS1,3,4,1\n,2,3,\nS9,1,9,2");
    check_stage(
        &collected(Holder::Identity),
        AS_OF,
        &[
            ("identities", "uid,employee_id,full_name\n1,E1,Ann Berg\n2,E2,\n3,E3,"),
            ("permissions", PERMISSIONS),
            conflicts,
            ("ownership", "account_uid,identity_uid\n7,1\n8,1"),
            ("rights", "account_uid,permission_uid\n7,1\n8,2\n8,5"),
            ("effective_rights", "identity_uid,permission_uid\n1,1\n1,2\n1,4\n2,1\n2,4\n3,2\n3,3\n3,4"),
        ],
        &[
            (
                "findings",
                "kind,uid,detail
                 identity,1,S1: ERP/PAY + ERP/CREATE
                 identity,3,ERP/CREATE + ERP/READ
                 identity,3,S1: ERP/READ + CRM/PAY",
            ),
            ("finding_causes", "uid,account_uid,permission_uid,wanted_uid\n1,7,1,1\n1,8,2,2"),
        ],
    );
    check_stage(
        &collected(Holder::Account),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("permissions", PERMISSIONS),
            conflicts,
            ("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n2,2,0\n3,3,0\n4,4,0"),
            ("rights", "account_uid,permission_uid\n1,1\n1,2\n2,1\n2,4"),
        ],
        &[("findings", "kind,uid,detail\naccount,1,S1: ERP/PAY + ERP/CREATE")],
    );
}

#[test]
fn a_control_over_a_table_of_a_skipped_source_is_not_evaluated_and_its_findings_stand_on() {
    let skipping = vec![Skipping { source: "erp".parse().expect("a name"), tables: vec!["rights", "accounts"] }];
    let controls = Controls {
        controls: vec![rule(Kind::Account), control("under", Check::TheoreticalRights { gap: Gap::Under })],
        skipping,
        ..Controls::default()
    };
    let failed = SourceReport {
        source: "erp".to_owned(),
        state: SourceState::Failed,
        remarks: Vec::new(),
        drift: Vec::new(),
        files: Vec::new(),
        tables: Vec::new(),
        stale_loads: 1,
        fingerprint: String::new(),
        configuration: String::new(),
        unknown: None,
        reused: false,
    };
    let filtered_rule = filtered(rule(Kind::Account), "a.is_privileged");
    let before = "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk
                  idle,account,2,,opened,2026-11-14,2026-11-14,,3
                  idle,account,3,,fixed,2026-08-01,2026-08-01,2026-09-09,3";
    let inputs = [
        ("accounts", ACCOUNTS),
        ("rule_idle", "uid:integer\n1"),
        ("entitlement_gaps", "identity_uid,permission_uid,gap\n7,1,under"),
        ("before_findings", before),
    ];
    // The rule's answer names accounts only by the filter here; through models the lineage of parts tells.
    let report = check_stage_with(
        &Controls { controls: vec![filtered_rule, controls.controls[1].clone()], ..controls.clone() },
        AS_OF,
        std::slice::from_ref(&failed),
        &inputs,
        &[
            ("skipped_controls", "control,source,state,table_name\nidle,erp,failed,accounts"),
            (
                "findings",
                "control,uid,state,opened_on,fixed_on
                 idle,2,persisting,2026-11-14,
                 idle,3,fixed,2026-08-01,2026-09-09
                 under,7,opened,2026-11-21,",
            ),
        ],
    );
    assert!(report.headline.ends_with("; 1 controls not evaluated"), "{}", report.headline);
    let complete = SourceReport { state: SourceState::Complete, ..failed };
    check_stage_with(
        &controls,
        AS_OF,
        &[complete],
        &inputs,
        &[("findings", "control,uid,state\nidle,1,opened\nidle,2,fixed\nidle,3,fixed\nunder,7,opened")],
    );
}
