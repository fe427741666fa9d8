//! Roles of the business, and the days on which rules hold.

use super::*;

fn role(id: &str, permissions: &[&str], includes: &[&str], until: Option<&str>) -> BusinessRole {
    let includes = includes.iter().map(|one| (*one).to_owned()).collect();
    let validity = Validity { from: None, until: until.map(|day| day.parse().expect("a day")) };
    BusinessRole { id: id.to_owned(), permissions: names(permissions), includes, validity }
}

/// A grant of roles to everybody.
fn giving(id: &str, roles: &[&str], except: &[&str]) -> Grant {
    Grant { roles: roles.iter().map(|one| (*one).to_owned()).collect(), ..grant(id, "TRUE", &[], except) }
}

fn days(from: &str, until: &str) -> Validity {
    Validity { from: from.parse().ok(), until: until.parse().ok() }
}

#[test]
fn a_role_gives_what_it_bundles_and_all_that_its_roles_do_and_says_by_which_way() {
    let roles = vec![
        role("clerk", &["ERP/ORDER"], &["staff", "reader"], None),
        role("staff", &["CRM/READ"], &["reader"], None),
        role("reader", &["ERP/READ"], &[], None),
    ];
    let policy = RightsModelPolicy { roles, ..policy(false, vec![giving("all", &["clerk"], &["CRM/READ"])]) };
    check_policy(
        policy,
        &[("identities", "uid\n1\n3")],
        &[
            ("theoretical_rights", &format!("{DUE}\n1,11,all\n1,12,all")),
            (
                "rule_permissions",
                "rule,role,named_uid,permission_uid,depth,is_excepted
                 all,clerk,11,11,0,false\nall,clerk,11,12,1,false\nall,clerk > reader,12,12,0,false\nall,clerk > staff,20,20,0,true",
            ),
        ],
    );
}

#[test]
fn a_rule_or_role_outside_its_days_gives_nothing_and_what_it_names_is_still_too_much() {
    let roles =
        vec![role("old", &["CRM/WRITE"], &["inner"], Some("2026-11-20")), role("inner", &["ERP/READ"], &[], None)];
    let over = Grant { validity: days("", "2026-11-20"), ..grant("over", "TRUE", &["CRM/READ"], &[]) };
    let today = Grant { validity: days("2026-11-21", "2026-11-21"), ..grant("today", "TRUE", &["ERP/ORDER"], &[]) };
    let Grant { id, population, permissions, .. } = grant("later", "TRUE", &["ERP/ORDER"], &[]);
    let later = Exclusion { id, population, permissions, validity: days("2026-11-22", "") };
    let policy = RightsModelPolicy {
        roles,
        exclusions: vec![later],
        ..policy(false, vec![over, today, giving("all", &["old"], &[])])
    };
    let report = check_policy(
        policy,
        &[("identities", "uid\n1"), ("effective_rights", "identity_uid,permission_uid\n1,11\n1,12\n1,20\n1,30")],
        &[
            ("theoretical_rights", &format!("{DUE}\n1,11,today\n1,12,today")),
            ("entitlement_gaps", "identity_uid,permission_uid,gap\n1,20,over\n1,30,over"),
        ],
    );
    let resting = report.tables.iter().find(|table| table.title == "rules that rest today").expect("a table");
    assert_eq!(
        resting.rows,
        [
            ["role", "old", "", "2026-11-20"],
            ["grant", "over", "", "2026-11-20"],
            ["exclusion", "later", "2026-11-22", ""]
        ]
    );
}

#[test]
fn a_collected_rule_holds_on_its_days() {
    check(
        vec![],
        true,
        &[(
            "theoretical_links",
            "rule,organisation_uid,permission_uid,valid_from,valid_until
             R1,1,20,2026-11-21,2026-11-21\nR2,1,20,2026-11-22,\nR3,1,20,,2026-11-20\nR4,1,30,,",
        )],
        &[
            ("valid_links", "rule,permission_uid\nR1,20\nR4,30"),
            ("theoretical_rights", &format!("{DUE}\n1,20,R1\n2,20,R1\n1,30,R4\n2,30,R4")),
        ],
    );
}

#[test]
fn derogations_that_end_soon_and_those_that_excuse_nothing_are_told() {
    let report = check(
        vec![grant("none", "FALSE", &["ERP/ORDER"], &[])],
        false,
        &[
            ("effective_rights", "identity_uid,permission_uid\n1,11\n2,11\n2,12\n4,12"),
            (
                "derogations",
                "identity_uid,permission_uid,until_on,reason\n1,11,2026-12-21,project\n2,11,2026-12-22,far\n2,12,2026-11-20,gone\n4,20,,never there",
            ),
        ],
        &[],
    );
    let told = report.tables.iter().find(|table| table.title == "derogations to look at").expect("a table");
    assert_eq!(
        told.rows,
        [
            ["ends soon", "A", "ERP/ORDER", "", "2026-12-21", "project"],
            ["excuses nothing", "D", "CRM/READ", "", "", "never there"],
            ["is over", "B", "ERP/READ", "", "2026-11-20", "gone"]
        ]
    );
}
