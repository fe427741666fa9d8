//! Several managers, what people say about managers, and those who cannot manage.

use std::path::PathBuf;

use super::*;

/// With an overlay; what stands in it is a table of the test.
fn overlaid(managers: Vec<ManagerRule>) -> Managers {
    Managers { overlay: Some(PathBuf::new()), ..stage(managers) }
}

const SAID: &str = "kind,namespace,key,domain,action,manager,valid_from,valid_until,reason,who,problem,line";
const KEYS: Csv<'_> = (
    "uids",
    "kind,namespace,key,uid\nidentity,'',ANN,1\nidentity,'',BOB,2\nidentity,'',CID,3\nidentity,'',DAN,4\nidentity,'',EVE,5\ngroup,AD,STAFF,1",
);

/// Dan's row names Bob, and so on up the units.
fn heads() -> Vec<ManagerRule> {
    vec![rule(Kind::Identity, &[Resolver::Stated, Resolver::OrganisationHead])]
}

#[track_caller]
fn check_said(rows: &str, expected: &[Csv<'_>]) {
    let said = format!("{SAID}\n{rows}");
    let tables = [UNITS, ABOVE, PEOPLE, ACTIVE, KEYS, ("manager_overlay", said.as_str())];
    check_stage(&overlaid(heads()), AS_OF, &tables, expected);
}

const TOLD: &str = "uid,identity_uid,resolver,delegator_uid,reason";

#[test]
fn without_a_word_the_resolvers_decide() {
    check_said("", &[("managers", &format!("{TOLD}\n2,1,organisation_head,,\n3,2,organisation_head,,\n4,2,stated,,"))]);
}

#[test]
fn who_is_set_manages_and_nobody_else() {
    check_said(
        "identity,,DAN,,set,EVE,,,moved,eve,,\nidentity,,DAN,,set,CID,,,moved,eve,,",
        &[(
            "managers",
            &format!(
                "{TOLD}\n2,1,organisation_head,,\n3,2,organisation_head,,\n4,3,overlay,,moved\n4,5,overlay,,moved"
            ),
        )],
    );
}

#[test]
fn who_is_added_manages_too_and_is_told_once() {
    check_said(
        "identity,,DAN,,add,EVE,,,helps,eve,,\nidentity,,CID,,add,BOB,,,too,eve,,",
        &[(
            "managers",
            &format!("{TOLD}\n2,1,organisation_head,,\n3,2,overlay,,too\n4,2,stated,,\n4,5,overlay,,helps"),
        )],
    );
}

#[test]
fn where_a_manager_is_taken_away_the_next_resolver_is_asked() {
    check_said(
        "identity,,DAN,,remove,BOB,,,quarrel,eve,,\nidentity,,CID,,remove,BOB,,,quarrel,eve,,",
        &[("managers", &format!("{TOLD}\n2,1,organisation_head,,\n4,3,organisation_head,,"))],
    );
}

#[test]
fn a_delegate_stands_in_from_the_first_day_to_the_last_but_never_for_themselves() {
    let bob = |from: &str, until: &str| format!("identity,,BOB,,delegate,DAN,{from},{until},leave,bob,,");
    let away = format!("{TOLD}\n2,1,organisation_head,,\n3,4,organisation_head,2,leave\n4,2,stated,,");
    let back = format!("{TOLD}\n2,1,organisation_head,,\n3,2,organisation_head,,\n4,2,stated,,");
    for (from, until, expected) in [
        ("2026-11-21", "2026-11-21", &away),
        ("2026-11-01", "", &away),
        ("", "2026-11-20", &back),
        ("2026-11-22", "", &back),
    ] {
        check_said(&bob(from, until), &[("managers", expected)]);
    }
}

#[test]
fn what_was_said_and_does_not_hold_is_told_with_its_reason() {
    let report = check_stage(
        &overlaid(heads()),
        AS_OF,
        &[
            UNITS,
            ABOVE,
            PEOPLE,
            ("identity_status", "uid,status\n1,active\n2,active\n3,active\n4,active\n5,inactive"),
            KEYS,
            (
                "manager_overlay",
                &format!(
                    "{SAID}\nidentity,,DAN,,set,ANN,,2026-11-20,was away,eve,,\nidentity,,DAN,,set,CID,2026-12-01,,will be,eve,,
                     identity,,DAN,,add,EVE,,,x,eve,,\nidentity,,ZOE,,set,ANN,,,x,eve,,\nidentity,,DAN,,set,ZOE,,,x,eve,,
                     identity,,DAN,,set,DAN,,,x,eve,,\n,,,,,,,,,,3 fields where 10 are expected,7"
                ),
            ),
        ],
        &[(
            "manager_orders",
            "uid,identity_uid,problem\n4,1,expired\n4,3,not yet valid\n4,5,the manager is not active\n,1,this load has no such object
             4,,nobody has the key of the manager\n4,4,nobody manages themselves\n,,3 fields where 10 are expected",
        )],
    );
    let told = report.tables.iter().find(|table| table.title.starts_with("what people said")).expect("the table");
    assert_eq!(told.rows.len(), 7);
}

#[test]
fn an_inactive_manager_is_told_with_who_took_over() {
    let inactive = ("identity_status", "uid,status\n1,active\n2,inactive\n3,active\n4,active\n5,active");
    check_stage(
        &stage(heads()),
        AS_OF,
        &[UNITS, ABOVE, PEOPLE, inactive],
        &[(
            "manager_problems",
            "kind,uid,resolver,identity_uid,problem,next_resolver,next_uid
             identity,1,stated,1,self,,\nidentity,3,organisation_head,2,inactive,organisation_head,1\nidentity,4,stated,2,inactive,organisation_head,3\nidentity,5,stated,9,absent,,",
        )],
    );
}

#[test]
fn heads_who_may_not_manage_are_told_where_their_unit_was_asked_and_the_nearest_who_may_stands_above_them() {
    // Bob and Cid lead 2 and 3; who is gone altogether leads 4, in which Fay is.
    let units = ("organisations", "uid,code,parent_uid,head_uid\n1,ROOT,,1\n2,SALES,1,2\n3,NORTH,2,3\n4,SOUTH,2,9");
    let above = (
        "organisation_closure",
        "organisation_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n2,1,1\n3,3,0\n3,2,1\n3,1,2\n4,4,0\n4,2,1\n4,1,2",
    );
    let people = (
        "identities",
        "uid,employee_id,organisation_uid,manager_uid\n1,ANN,1,\n2,BOB,2,\n3,CID,3,\n4,DAN,3,\n5,EVE,3,1\n6,FAY,4,",
    );
    let status = ("identity_status", "uid,status\n1,active\n2,inactive\n3,inactive\n4,active\n5,active\n6,active");
    let told = |rule: ManagerRule, expected: &str| {
        let columns = "uid,resolver,identity_uid,problem,next_resolver,next_uid";
        let expected = format!("{columns}{expected}");
        check_stage(&stage(vec![rule]), AS_OF, &[units, above, people, status], &[("manager_problems", &expected)]);
    };
    let heads = rule(Kind::Identity, &[Resolver::Stated, Resolver::OrganisationHead]);
    // Eve's row names Ann: her unit is not asked. Nobody is told as their own head.
    told(
        heads.clone(),
        "\n3,organisation_head,2,inactive,organisation_head,1\n4,organisation_head,2,inactive,organisation_head,1
         4,organisation_head,3,inactive,organisation_head,1\n6,organisation_head,2,inactive,organisation_head,1
         6,organisation_head,9,absent,organisation_head,1",
    );
    told(
        ManagerRule { climb: Some(0), ..heads.clone() },
        "\n4,organisation_head,3,inactive,,\n6,organisation_head,9,absent,,",
    );
    told(ManagerRule { allow_inactive: true, ..heads }, "\n6,organisation_head,9,absent,organisation_head,2");
}

#[test]
fn whoever_people_name_may_be_inactive_or_oneself_where_the_rule_of_that_matter_allows_it() {
    let lenient = ManagerRule {
        domain: Some("review".to_owned()),
        allow_inactive: true,
        allow_self: true,
        ..rule(Kind::Identity, &[Resolver::Stated])
    };
    let rules = vec![rule(Kind::Identity, &[Resolver::Stated]), lenient];
    let status = ("identity_status", "uid,status\n1,active\n2,active\n3,inactive\n4,active");
    let said = format!(
        "{SAID}\nidentity,,DAN,review,set,CID,,,x,eve,,1\nidentity,,DAN,,set,CID,,,x,eve,,2\nidentity,,BOB,review,add,BOB,,,x,eve,,3
         identity,,BOB,,add,BOB,,,x,eve,,4\nidentity,,ANN,review,set,EVE,,,x,eve,,5\nidentity,,ANN,review,delegate,CID,,,x,eve,,6
         group,AD,STAFF,review,set,CID,,,x,eve,,7"
    );
    check_stage(
        &overlaid(rules),
        AS_OF,
        &[UNITS, ABOVE, PEOPLE, status, KEYS, ("groups", "uid,repository,code\n1,AD,STAFF"), ("manager_overlay", &said)],
        &[
            (
                "manager_orders",
                "line,problem\n1,\n2,the manager is not active\n3,\n4,nobody manages themselves\n5,the manager is not listed
                 6,the manager is not active\n7,the manager is not active",
            ),
            (
                "managers WHERE resolver = 'overlay'",
                "kind,uid,domain,identity_uid\nidentity,2,review,2\nidentity,4,review,3",
            ),
        ],
    );
}

const LINKS: &str =
    "account_uid,application_uid,group_uid,organisation_uid,managed_uid,identity_uid,domain,valid_from,valid_until";

#[test]
fn everybody_whom_links_name_manages_where_the_rule_says_so() {
    let links = format!("{LINKS}\n,,,,4,1,,,\n,,,,4,3,,,\n,,,,4,5,review,,\n,,,,5,1,,,");
    let tables = [UNITS, ABOVE, PEOPLE, ACTIVE, ("manager_links", links.as_str())];
    let all = |domain: Option<&str>| ManagerRule {
        all: true,
        domain: domain.map(str::to_owned),
        ..rule(Kind::Identity, &[Resolver::Link])
    };
    check(vec![all(None)], &tables, "identity,4,,1,link,\nidentity,4,,3,link,\nidentity,5,,1,link,");
    // A link for the very matter goes before those for all.
    check(vec![all(Some("review"))], &tables, "identity,4,review,5,link,\nidentity,5,review,1,link,");
    check(vec![rule(Kind::Identity, &[Resolver::Link])], &tables, "identity,4,,1,link,\nidentity,5,,1,link,");
}

#[test]
fn a_link_holds_from_its_first_day_to_its_last() {
    let links =
        format!("{LINKS}\n,,,,1,5,,2026-11-21,\n,,,,2,5,,,2026-11-21\n,,,,3,5,,2026-11-22,\n,,,,4,5,,,2026-11-20");
    let tables = [UNITS, ABOVE, PEOPLE, ACTIVE, ("manager_links", links.as_str())];
    check(vec![rule(Kind::Identity, &[Resolver::Link])], &tables, "identity,1,,5,link,\nidentity,2,,5,link,");
}

#[test]
fn several_managers_change_one_by_one() {
    let links = format!("{LINKS}\n,,,,4,1,,,\n,,,,4,3,,,");
    let all = ManagerRule { all: true, ..rule(Kind::Identity, &[Resolver::Link]) };
    check_stage(
        &stage(vec![all]),
        AS_OF,
        &[
            UNITS,
            ABOVE,
            PEOPLE,
            ACTIVE,
            ("manager_links", &links),
            ("before_managers", &format!("{ALL}\nidentity,4,,1,link,\nidentity,4,,2,link,")),
            ("before_identities", "uid,employee_id\n4,DAN"),
        ],
        &[(
            "link_changes",
            "kind,uid,change,related_uid,detail,table_name\nidentity,4,gained,3,manager,managers\nidentity,4,lost,2,manager,managers",
        )],
    );
}

/// What another product's manual shows of its own resolution, with other names: whoever leads a unit manages its people,
/// a leader is managed by who leads the unit above, and where nobody leads, nobody manages.
#[test]
fn a_leader_is_managed_from_above_and_a_unit_without_leaders_by_nobody() {
    let units = ("organisations", "uid,code,parent_uid,head_uid\n1,COURT,,1\n2,FLEET,1,2\n3,TAVERN,,\n4,REEF,,4");
    let above = ("organisation_closure", "organisation_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n2,1,1\n3,3,0\n4,4,0");
    let people = (
        "identities",
        "uid,employee_id,organisation_uid\n1,IRIS,1\n2,GUNNAR,2\n3,CLARA,2\n4,LUDO,4\n5,BERT,4\n6,MIRA,3",
    );
    let active = ("identity_status", "uid,status\n1,active\n2,active\n3,active\n4,active\n5,active\n6,active");
    let gone = ("identity_status", "uid,status\n1,active\n2,active\n3,active\n4,inactive\n5,active\n6,active");
    let heads = rule(Kind::Identity, &[Resolver::OrganisationHead]);
    let led = "identity,2,,1,organisation_head,1\nidentity,3,,2,organisation_head,0";
    check(vec![heads.clone()], &[units, above, people, active], &format!("{led}\nidentity,5,,4,organisation_head,0"));
    check(vec![heads.clone()], &[units, above, people, gone], led);
    let oneself = ManagerRule { allow_self: true, ..heads };
    check(
        vec![oneself],
        &[units, above, people, active],
        "identity,1,,1,organisation_head,0\nidentity,2,,2,organisation_head,0\nidentity,3,,2,organisation_head,0
         identity,4,,4,organisation_head,0\nidentity,5,,4,organisation_head,0",
    );
}
