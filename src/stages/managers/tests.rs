//! Small tables in, small tables out.

mod kernels;
mod overlay;

use crate::settings::managers::{By, ManagerRule, Managers, ManagersPolicy, Resolver};
use crate::stages::check::{Csv, check_stage};
use crate::table::Kind;

const AS_OF: &str = "2026-11-21";
const ALL: &str = "kind,uid,domain,identity_uid,resolver,distance";

/// Unit 3 in 2 in 1. Ann leads 1, Bob leads 2, Cid leads 3; Dan is a member of 3, Eve of none.
const UNITS: Csv<'_> = ("organisations", "uid,code,parent_uid,head_uid\n1,ROOT,,1\n2,SALES,1,2\n3,NORTH,2,3");
const ABOVE: Csv<'_> =
    ("organisation_closure", "organisation_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n2,1,1\n3,3,0\n3,2,1\n3,1,2");
const PEOPLE: Csv<'_> =
    ("identities", "uid,employee_id,organisation_uid,manager_uid\n1,ANN,1,1\n2,BOB,2,\n3,CID,3,\n4,DAN,3,2\n5,EVE,,9");
const ACTIVE: Csv<'_> = ("identity_status", "uid,status\n1,active\n2,active\n3,active\n4,active\n5,active");

fn rule(of: Kind, resolve: &[Resolver]) -> ManagerRule {
    let fallback = resolve.contains(&Resolver::Fallback).then(|| "ANN".to_owned());
    ManagerRule {
        of,
        domain: None,
        resolve: resolve.to_vec(),
        by: By::EmployeeId,
        fallback,
        allow_self: false,
        allow_inactive: false,
        climb: None,
        all: false,
    }
}

fn stage(managers: Vec<ManagerRule>) -> Managers {
    Managers { policy: ManagersPolicy { managers }, overlay: None }
}

#[track_caller]
fn check(rules: Vec<ManagerRule>, inputs: &[Csv<'_>], expected: &str) {
    check_stage(&stage(rules), AS_OF, inputs, &[("managers", &format!("{ALL}\n{expected}"))]);
}

#[test]
fn the_first_resolver_with_an_answer_decides() {
    let resolve = [Resolver::Stated, Resolver::OrganisationHead, Resolver::Fallback];
    let report = check_stage(
        &stage(vec![rule(Kind::Identity, &resolve)]),
        AS_OF,
        &[UNITS, ABOVE, PEOPLE, ACTIVE],
        &[(
            "managers",
            &format!(
                "{ALL}\nidentity,2,,1,organisation_head,1\nidentity,3,,2,organisation_head,1\nidentity,4,,2,stated,\nidentity,5,,1,fallback,"
            ),
        )],
    );
    assert_eq!(report.headline, "4 managers found, 1 objects without one, 0 objects with another, 0 circles");
    assert_eq!(report.tables[1].rows, [["identity", "", "ANN"]]);
}

#[test]
fn who_may_manage_themselves_does_where_they_lead() {
    let alone =
        ManagerRule { allow_self: true, ..rule(Kind::Identity, &[Resolver::Stated, Resolver::OrganisationHead]) };
    check(
        vec![alone],
        &[UNITS, ABOVE, PEOPLE, ACTIVE],
        "identity,1,,1,stated,\nidentity,2,,2,organisation_head,0\nidentity,3,,3,organisation_head,0\nidentity,4,,2,stated,",
    );
}

#[test]
fn an_inactive_head_is_climbed_over_and_manages_nobody() {
    let inactive = ("identity_status", "uid,status\n1,active\n2,inactive\n3,inactive\n4,active\n5,active");
    check(
        vec![rule(Kind::Identity, &[Resolver::Stated, Resolver::OrganisationHead])],
        &[UNITS, ABOVE, PEOPLE, inactive],
        "identity,2,,1,organisation_head,1\nidentity,3,,1,organisation_head,2\nidentity,4,,1,organisation_head,2",
    );
}

#[test]
fn somebody_inactive_manages_where_the_rule_allows_it_and_no_more_units_are_climbed_than_it_says() {
    let inactive = ("identity_status", "uid,status\n1,active\n2,inactive\n3,inactive\n4,active\n5,active");
    let heads = |allow_inactive| ManagerRule {
        allow_inactive,
        climb: Some(1),
        ..rule(Kind::Identity, &[Resolver::Stated, Resolver::OrganisationHead])
    };
    check(
        vec![heads(true)],
        &[UNITS, ABOVE, PEOPLE, inactive],
        "identity,2,,1,organisation_head,1\nidentity,3,,2,organisation_head,1\nidentity,4,,2,stated,",
    );
    check(vec![heads(false)], &[UNITS, ABOVE, PEOPLE, inactive], "identity,2,,1,organisation_head,1");
}

#[test]
fn a_link_for_the_domain_goes_before_one_for_all_and_other_domains_count_for_nothing() {
    let links =
        ("manager_links", "managed_uid,identity_uid,domain\n4,1,\n4,3,security\n4,2,health\n5,5,security\n3,2,health");
    let secure = ManagerRule { domain: Some("security".to_owned()), ..rule(Kind::Identity, &[Resolver::Link]) };
    check(
        vec![rule(Kind::Identity, &[Resolver::Link]), secure],
        &[PEOPLE, ACTIVE, links],
        "identity,4,,1,link,\nidentity,4,security,3,link,",
    );
}

#[test]
fn an_account_is_managed_by_whoever_leads_its_owner() {
    check(
        vec![rule(Kind::Account, &[Resolver::Stated, Resolver::Link, Resolver::OrganisationHead])],
        &[
            UNITS,
            ABOVE,
            PEOPLE,
            ACTIVE,
            ("accounts", "uid,repository,identifier\n1,AD,cid\n2,AD,dan\n3,AD,svc\n4,AD,own"),
            ("ownership", "account_uid,identity_uid\n1,3\n2,4\n3,\n4,4"),
            ("manager_links", "account_uid,identity_uid\n3,5\n4,4"),
        ],
        "account,1,,2,organisation_head,1\naccount,2,,3,organisation_head,0\naccount,3,,5,link,\naccount,4,,3,organisation_head,0",
    );
}

#[test]
fn groups_applications_and_units_have_the_owner_their_row_names() {
    let both = [Resolver::Stated, Resolver::OrganisationHead];
    check(
        vec![rule(Kind::Group, &both), rule(Kind::Application, &both), rule(Kind::Organisation, &both)],
        &[
            UNITS,
            ABOVE,
            PEOPLE,
            ("identity_status", "uid,status\n1,active\n2,inactive\n3,active\n4,active"),
            ("groups", "uid,code,owner_uid\n1,G,4\n2,H,2"),
            ("applications", "uid,code,owner_uid,organisation_uid\n1,ERP,,2\n2,CRM,4,2"),
        ],
        "group,1,,4,stated,\napplication,1,,1,organisation_head,1\napplication,2,,4,stated,
         organisation,1,,1,stated,\norganisation,2,,1,organisation_head,1\norganisation,3,,3,stated,",
    );
}

#[test]
fn a_kind_no_resolver_knows_has_only_the_fallback() {
    let secure = |resolve: &[Resolver]| rule(Kind::Repository, resolve);
    let tables = [PEOPLE, ACTIVE, ("repositories", "uid,code\n1,AD")];
    check(vec![secure(&[Resolver::Stated, Resolver::Link, Resolver::Fallback])], &tables, "repository,1,,1,fallback,");
    check(vec![secure(&[Resolver::Stated])], &tables, "");
}

#[test]
fn people_who_manage_each_other_are_told_and_the_smallest_uid_has_no_manager() {
    let report = check_stage(
        &stage(vec![rule(Kind::Identity, &[Resolver::Stated])]),
        AS_OF,
        &[("identities", "uid,employee_id,manager_uid\n1,A,2\n2,B,1\n3,C,1"), ACTIVE],
        &[
            ("managers", "uid,identity_uid\n2,1\n3,1"),
            ("manager_cycle_members", "domain,cycle_uid,uid\n,1,1\n,1,2"),
            ("cut_manager_links", "domain,uid,parent_uid\n,1,2"),
            (
                "reference_problems",
                "table_name,column_name,problem,kind,key,occurrences\nmanagers,identity,cut,identity,A > B,1",
            ),
        ],
    );
    assert!(report.headline.ends_with("1 circles"), "{}", report.headline);
}

#[test]
fn another_manager_is_lost_and_gained_by_objects_of_both_loads() {
    let accounts = "uid,repository,identifier\n3,AD,cid";
    let before = [
        ("before_identities", "uid,employee_id\n1,ANN\n2,BOB\n4,DAN\n5,EVE"),
        (
            "before_managers",
            "kind,uid,identity_uid,domain\nidentity,4,1,\nidentity,5,1,\nidentity,2,1,security\naccount,3,1,\naccount,9,1,",
        ),
    ];
    check_stage(
        &stage(vec![rule(Kind::Identity, &[Resolver::Stated])]),
        AS_OF,
        &[PEOPLE, ACTIVE, ("accounts", accounts), ("before_accounts", accounts), before[0], before[1]],
        &[(
            "link_changes",
            "kind,uid,change,related_kind,related_uid,detail\nidentity,4,gained,identity,2,manager\nidentity,4,lost,identity,1,manager
             identity,5,lost,identity,1,manager\nidentity,2,lost,identity,1,security
             account,3,lost,identity,1,manager",
        )],
    );
}

#[test]
fn rows_may_name_people_by_mail_or_name_and_a_shared_one_names_nobody() {
    let people = (
        "identities",
        "uid,employee_id,email_norm,full_name_norm,organisation_uid,manager,manager_norm\n1,ANN,ann@x,ann berg,1,Jan@X,jan@x\n2,BOB,bob@x,jan novak,1,ann@x,ann@x\n3,CID,,jan novak,1,nobody@x,nobody@x\n4,DAN,jan@x,dan,1,,",
    );
    let by_mail = ManagerRule { by: By::Identity("email".to_owned()), ..rule(Kind::Identity, &[Resolver::Stated]) };
    check(vec![by_mail], &[people, ACTIVE], "identity,1,,4,stated by email,\nidentity,2,,1,stated by email,");
    let units =
        ("organisations", "uid,code,head,head_norm,head_uid\n1,ROOT,Ann Berg,ann berg,\n2,SALES,Jan Novak,jan novak,");
    let by_name = |of, resolver| ManagerRule { by: By::Identity("full_name".to_owned()), ..rule(of, &[resolver]) };
    let above = ("organisation_closure", "organisation_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n2,1,1");
    check(
        vec![by_name(Kind::Organisation, Resolver::Stated), by_name(Kind::Identity, Resolver::OrganisationHead)],
        &[people, ACTIVE, units, above],
        "organisation,1,,1,stated by full_name,\nidentity,2,,1,organisation_head by full_name,0
         identity,3,,1,organisation_head by full_name,0\nidentity,4,,1,organisation_head by full_name,0",
    );
}

#[test]
fn rows_may_name_people_by_what_their_accounts_are_called() {
    let tables = [
        PEOPLE,
        ACTIVE,
        (
            "groups",
            "uid,code,owner,owner_norm\n1,G,CN=cid,cn=cid\n2,H,CN=two,cn=two\n3,I,CN=none,cn=none\n4,J,CN=x,cn=x",
        ),
        (
            "accounts",
            "uid,repository,identifier,dn_norm\n1,AD,cid,cn=cid\n2,CRM,cid,cn=cid\n3,AD,a,cn=two\n4,AD,b,cn=two\n5,AD,c,cn=none",
        ),
        ("ownership", "account_uid,identity_uid\n1,3\n2,3\n3,1\n4,2\n5,"),
    ];
    let by_dn = ManagerRule { by: By::Account("dn".to_owned()), ..rule(Kind::Group, &[Resolver::Stated]) };
    check(vec![by_dn], &tables, "group,1,,3,stated by account.dn,");
}
