//! Small tables in, small tables out.

mod accounts;
mod kernels;
mod perimeters;
mod roles;

use crate::event::StageReport;
use crate::settings::PermissionName;
use crate::settings::rights_model::{
    BusinessRole, Exclusion, Grant, Perimeters, RightsModel, RightsModelPolicy, Validity, Within,
};
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::{Csv, check_stage};

const DUE: &str = "identity_uid,permission_uid,rule";
const GAPS: &str = "identity_uid,permission_uid,gap,first_seen_on,excused_until_on";

/// Role 10 includes 11, which includes 12; 20 stands alone.
const PERMISSIONS: Csv<'_> =
    ("permissions", "uid,application,code\n10,ERP,BUYER\n11,ERP,ORDER\n12,ERP,READ\n20,CRM,READ\n30,CRM,WRITE");
const ROLES: Csv<'_> = (
    "permission_closure",
    "permission_uid,included_uid,depth\n10,10,0\n10,11,1\n10,12,2\n11,11,0\n11,12,1\n12,12,0\n20,20,0\n30,30,0",
);
const PEOPLE: Csv<'_> =
    ("identities", "uid,employee_id,organisation_uid,job_code\n1,A,2,BUYER\n2,B,1,CLERK\n3,C,2,BUYER\n4,D,,");
const STATUS: Csv<'_> = ("identity_status", "uid,status\n1,active\n2,active\n3,inactive\n4,active");
const UNITS: Csv<'_> = ("organisation_closure", "organisation_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n2,1,1\n3,3,0");

fn names(texts: &[&str]) -> Vec<PermissionName> {
    texts
        .iter()
        .map(|text| PermissionName::parse(text, &crate::collect::key::KeyForms::default()).expect("a permission"))
        .collect()
}

fn grant(id: &str, population: &str, permissions: &[&str], except: &[&str]) -> Grant {
    let file = SourceFile::new("policies/rights.toml", population);
    let population = SqlText { text: population.to_owned(), place: Place::new(&file, 0..population.len()) };
    Grant {
        id: id.to_owned(),
        population,
        permissions: names(permissions),
        roles: Vec::new(),
        except: names(except),
        within: Within::Anywhere,
        validity: Validity::default(),
    }
}

fn policy(use_collected: bool, grants: Vec<Grant>) -> RightsModelPolicy {
    RightsModelPolicy {
        use_collected,
        perimeters: Perimeters::Ignored,
        tell_accounts: false,
        roles: Vec::new(),
        grants,
        exclusions: Vec::new(),
    }
}

#[track_caller]
fn check(grants: Vec<Grant>, use_collected: bool, more: &[Csv<'_>], expected: &[Csv<'_>]) -> StageReport {
    check_policy(policy(use_collected, grants), more, expected)
}

#[track_caller]
fn check_policy(policy: RightsModelPolicy, more: &[Csv<'_>], expected: &[Csv<'_>]) -> StageReport {
    let stage = RightsModel { policy };
    let mut inputs = vec![PERMISSIONS, ROLES, PEOPLE, STATUS, UNITS];
    inputs.extend(more);
    check_stage(&stage, "2026-11-21", &inputs, expected)
}

#[test]
fn a_population_should_hold_what_its_permissions_include() {
    check(
        vec![
            grant("buyers", "job_code = 'BUYER' -- bare", &["ERP/BUYER"], &[]),
            grant("all", "i.uid > 1", &["CRM/READ", "ERP/READ"], &[]),
            grant("again", "i.job_code = 'BUYER'", &["ERP/READ"], &[]),
        ],
        true,
        &[],
        &[(
            "theoretical_rights",
            &format!(
                "{DUE}\n1,10,buyers\n1,11,buyers\n1,12,buyers\n1,12,again\n2,20,all\n2,12,all\n4,20,all\n4,12,all"
            ),
        )],
    );
}

#[test]
fn an_exception_takes_out_what_it_names_and_nothing_it_includes() {
    check(
        vec![grant("buyers", "job_code = 'BUYER'", &["ERP/BUYER", "CRM/READ"], &["ERP/ORDER"])],
        true,
        &[],
        &[
            ("theoretical_rights", &format!("{DUE}\n1,10,buyers\n1,12,buyers\n1,20,buyers")),
            (
                "rule_permissions",
                "rule,permission_uid,is_excepted\nbuyers,10,false\nbuyers,11,true\nbuyers,12,false\nbuyers,20,false",
            ),
        ],
    );
}

#[test]
fn an_exclusion_takes_from_every_grant_and_from_what_is_collected_and_whoever_holds_it_all_the_same_holds_too_much() {
    let Grant { id, population, permissions, .. } =
        grant("no_orders", "i.job_code = 'BUYER' -- bare", &["ERP/ORDER", "CRM/WRITE", "CRM/GONE"], &[]);
    let policy = RightsModelPolicy {
        exclusions: vec![Exclusion { id, population, permissions, validity: Validity::default() }],
        ..policy(true, vec![grant("buyers", "TRUE", &["ERP/BUYER"], &[]), grant("again", "TRUE", &["ERP/ORDER"], &[])])
    };
    let report = check_policy(
        policy,
        &[
            ("theoretical_links", "rule,organisation_uid,job_code,permission_uid\nR1,2,,30\nR2,1,CLERK,30"),
            ("effective_rights", "identity_uid,permission_uid\n1,11\n1,30\n2,11\n3,11"),
        ],
        &[
            (
                "theoretical_exclusions",
                &format!("{DUE},overridden,perimeter\n1,11,no_orders,buyers,\n1,11,no_orders,again,\n1,30,no_orders,R1,"),
            ),
            (
                "theoretical_rights",
                &format!(
                    "{DUE}\n1,10,buyers\n1,12,buyers\n1,12,again\n2,10,buyers\n2,11,buyers\n2,12,buyers\n2,11,again\n2,12,again\n2,30,R2
                     4,10,buyers\n4,11,buyers\n4,12,buyers\n4,11,again\n4,12,again"
                ),
            ),
            ("entitlement_gaps WHERE gap = 'over'", "identity_uid,permission_uid\n1,11\n1,30"),
        ],
    );
    assert_eq!(report.tables[1].rows, [["no_orders", "1", "2"]]);
    assert_eq!(report.tables[3].rows, [["no_orders", "CRM/GONE"]]);
}

#[test]
fn collected_rules_hold_for_a_unit_and_below_for_a_job_or_for_anybody() {
    let links = (
        "theoretical_links",
        "rule,organisation_uid,job_code,permission_uid\nR1,1,,20\nR2,2,BUYER,10\nR3,,CLERK,12\nR4,,,30\nR5,2,CLERK,20\nR6,3,,20\nbuyers,1,CLERK,30",
    );
    check(
        vec![grant("buyers", "job_code = 'BUYER'", &["CRM/WRITE"], &[])],
        true,
        &[links],
        &[(
            "theoretical_rights",
            &format!(
                "{DUE}\n1,20,R1\n2,20,R1\n1,10,R2\n1,11,R2\n1,12,R2\n2,12,R3\n1,30,R4\n2,30,R4\n4,30,R4\n1,30,buyers\n2,30,buyers (collected)"
            ),
        )],
    );
    check(vec![], false, &[links], &[("theoretical_rights", "uid\n")][..0]);
}

#[test]
fn gaps_are_what_is_held_without_reason_and_what_is_missing() {
    let report = check(
        vec![
            grant("buyers", "job_code = 'BUYER'", &["ERP/BUYER"], &["CRM/WRITE"]),
            grant("ghosts", "FALSE", &["HR/PAY"], &[]),
        ],
        false,
        &[
            ("theoretical_links", "rule,permission_uid\nR,20"),
            (
                "effective_rights",
                "identity_uid,permission_uid,perimeter\n1,10,FR\n1,10,DE\n1,12,\n1,20,\n1,30,\n2,11,FR\n2,11,DE\n3,30,",
            ),
        ],
        &[(
            "entitlement_gaps",
            &format!("{GAPS}\n1,11,under,2026-11-21,\n1,30,over,2026-11-21,\n2,11,over,2026-11-21,"),
        )],
    );
    assert_eq!(report.headline, "3 theoretical rights, 2 over, 1 under, 1 unknown permissions in the policy");
    assert_eq!(report.tables[2].rows, [["ghosts", "HR/PAY"]]);
}

#[test]
fn a_permission_that_only_a_collected_rule_names_is_judged() {
    check(
        vec![],
        true,
        &[
            ("theoretical_links", "rule,organisation_uid,job_code,permission_uid\nR,2,,11"),
            ("effective_rights", "identity_uid,permission_uid\n1,11\n1,12\n2,12\n2,20"),
        ],
        &[("entitlement_gaps", "identity_uid,permission_uid,gap\n2,12,over")],
    );
}

#[test]
fn a_gap_keeps_the_day_it_was_first_seen_and_starts_anew_after_a_break() {
    let report = check(
        vec![grant("buyers", "job_code = 'BUYER'", &["ERP/ORDER"], &[])],
        true,
        &[
            ("effective_rights", "identity_uid,permission_uid\n2,11"),
            (
                "before_entitlement_gaps",
                "identity_uid,permission_uid,gap,first_seen_on\n1,11,under,2026-10-01\n1,12,over,2026-10-02\n4,12,over,2026-10-03",
            ),
        ],
        &[(
            "entitlement_gaps",
            &format!("{GAPS}\n1,11,under,2026-10-01,\n1,12,under,2026-11-21,\n2,11,over,2026-11-21,"),
        )],
    );
    assert_eq!(report.tables[1].rows, [["over", "1", "1", "2", "0"], ["under", "2", "1", "0", "0"]]);
}

#[test]
fn a_derogation_excuses_until_its_last_day_and_no_longer() {
    check(
        vec![grant("buyers", "job_code = 'BUYER'", &["ERP/ORDER", "CRM/READ"], &[])],
        true,
        &[
            ("effective_rights", "identity_uid,permission_uid\n2,11\n2,12\n4,12"),
            (
                "derogations",
                "identity_uid,permission_uid,until_on\n2,11,2026-11-21\n2,12,2026-11-20\n4,12,\n1,20,2026-12-01\n1,20,2027-01-01",
            ),
        ],
        &[(
            "entitlement_gaps",
            "identity_uid,permission_uid,gap,excused_until_on\n1,11,under,\n1,12,under,\n1,20,under,2027-01-01
             2,11,over,2026-11-21\n2,12,over,\n4,12,over,9999-12-31",
        )],
    );
}
