//! What is decided before any rule: by people, by the source, by the parent.

use super::*;

#[test]
fn decisions_of_people_go_before_everything() {
    let decisions = format!(
        "{DECISIONS}\nAD,ann,pin,E2,swapped,eve,2026-01-01,,\nAD,eva,class,shared,desk,eve,2026-01-01,,
         AD,gone,pin,E1,x,eve,2026-01-01,,\nAD,nobody,pin,E9,x,eve,2026-01-01,,\nAD,svc_x,,,,,,no decision,7"
    );
    let accounts = ACCOUNTS.replace("employee_id", "employee_id,ownerless").replace("ann,E1", "ann,E1,stated_reason");
    check_stage(
        &by_employee_id(),
        AS_OF,
        &[
            ("accounts", &accounts),
            ("identities", PEOPLE),
            ("decisions", &decisions),
            ("before_ownership", "account_uid,identity_uid,rule,decided_on\n2,2,by_id,2025-01-01"),
        ],
        &[
            (
                "ownership",
                "account_uid,identity_uid,ownerless,description,rule,decided_on
                 1,2,,swapped,pin,2026-11-21\n2,,shared,desk,class,2026-11-21\n3,1,,,by_id,2026-11-21",
            ),
            (
                "decision_problems",
                "line,identifier,problem\n,gone,no account of this key is in this load
                 ,nobody,no identity of this employee id is in this load\n7,svc_x,no decision",
            ),
        ],
    );
}

#[test]
fn a_decision_that_stays_keeps_its_day_and_one_that_goes_frees_the_account() {
    let decisions = format!("{DECISIONS}\nAD,ann,pin,E2,swapped,eve,2026-01-01,,");
    check_stage(
        &by_employee_id(),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("identities", PEOPLE),
            ("decisions", &decisions),
            ("before_identities", PEOPLE),
            (
                "before_ownership",
                "account_uid,identity_uid,ownerless,rule,decided_on\n1,2,,pin,2025-01-01\n2,1,,pin,2025-01-01\n4,,shared,class,2025-01-01",
            ),
        ],
        &[(
            "ownership",
            "account_uid,identity_uid,rule,decided_on\n1,2,pin,2025-01-01\n2,2,by_id,2026-11-21\n3,1,by_id,2026-11-21",
        )],
    );
}

#[test]
fn a_forbidden_owner_is_neither_carried_nor_matched() {
    let by_name = matching("by_name", "display_name", "full_name", Form::Normalised);
    let accounts = "uid,repository,identifier,display_name_norm,employee_id\n1,AD,ann,ann berg,E1\n2,AD,jan,jan novak,\n3,AD,eva,,E2";
    let decisions = format!(
        "{DECISIONS}\nAD,ann,forbid,E1,x,eve,2026-01-01,,\nAD,jan,forbid,E3,x,eve,2026-01-01,,\nAD,jan,forbid,E7,x,eve,2026-01-01,,\nAD,eva,forbid,E2,x,eve,2026-01-01,,"
    );
    let stage = policy(Vec::new(), vec![by_employee_id().policy.matches.remove(0), by_name]);
    check_stage(
        &stage,
        AS_OF,
        &[
            ("accounts", accounts),
            ("identities", PEOPLE),
            ("decisions", &decisions),
            ("uids", "kind,namespace,key,uid\nidentity,,E1,1\nidentity,,E2,2\nidentity,,E3,3\nidentity,,E7,7"),
            ("before_identities", "uid,employee_id,full_name\n2,E2,Éva Dahl\n7,E7,Gone"),
            (
                "before_ownership",
                "account_uid,identity_uid,rule,decided_on\n2,7,by_name,2025-01-01\n3,2,by_id,2025-01-01",
            ),
        ],
        &[("ownership", "account_uid,identity_uid,rule\n2,4,by_name")],
    );
}

#[test]
fn a_broken_account_is_decided_by_nothing() {
    let accounts = "uid,repository,identifier,employee_id,ownerless\n1,AD,ann,E1,\n2,AD,eva,E2,service\n3,AD,svc_x,E1,\n4,AD,jan,E3,";
    let decisions = format!(
        "{DECISIONS}\nAD,ann,break,,x,eve,2026-01-01,,\nAD,ann,pin,E1,x,eve,2026-01-01,,\nAD,eva,break,,x,eve,2026-01-01,,\nAD,svc_x,break,,x,eve,2026-01-01,,"
    );
    let report = check_stage(
        &policy(vec![ownerless("services", "service", "identifier LIKE 'svc%'")], by_employee_id().policy.matches),
        AS_OF,
        &[
            ("accounts", accounts),
            ("identities", PEOPLE),
            ("decisions", &decisions),
            ("before_identities", PEOPLE),
            (
                "before_ownership",
                "account_uid,identity_uid,rule,decided_on\n1,1,by_id,2025-01-01\n4,3,by_id,2025-01-01",
            ),
        ],
        &[
            ("ownership", "account_uid,identity_uid,rule,decided_on\n4,3,by_id,2025-01-01"),
            ("decision_problems", "identifier,decision,problem\nann,pin,a break of this account stands above it"),
        ],
    );
    assert_eq!(report.headline, "4 accounts: 1 owned, 0 ownerless, 3 orphan; 1 carried, 0 newly leaved");
}

#[test]
fn what_is_forgotten_is_found_anew_and_the_rest_is_carried() {
    let by_name = matching("by_name", "display_name", "full_name", Form::Normalised);
    let stage = policy(Vec::new(), vec![by_employee_id().policy.matches.remove(0), by_name]);
    let accounts = "uid,repository,identifier,display_name_norm,employee_id\n1,AD,ann,,E2\n2,AD,jan,lu vik,\n3,CRM,eva,,E1\n4,CRM,jan,lu vik,\n5,AD,old,,";
    let people = "uid,employee_id,full_name_norm\n1,E1,ann berg\n2,E2,eva dahl\n5,E5,lu vik";
    let check = |forgotten: &str, expected: &str| {
        check_stage(
            &stage,
            AS_OF,
            &[
                ("accounts", accounts),
                ("identities", people),
                ("forgotten_owners", &format!("kind,name{forgotten}")),
                ("before_identities", "uid,employee_id\n1,E1\n2,E2\n9,E9"),
                (
                    "before_ownership",
                    "account_uid,identity_uid,ownerless,rule,decided_on\n1,1,,by_id,2025-01-01\n3,2,,by_id,2025-01-01\n5,9,,by_mail,2025-01-01",
                ),
                (
                    "before_owner_candidates",
                    "rule,account_uid,identity_uid,compared\nby_name,2,5,lu vik\nby_name,2,8,lu vik\nby_name,4,5,lu vik\nby_name,4,8,lu vik",
                ),
            ],
            &[("ownership", &format!("account_uid,identity_uid,rule\n{expected}"))],
        );
    };
    check("", "1,1,by_id\n3,2,by_id\n5,,leaved");
    check("\nrule,by_id\nrepository,by_id", "1,2,by_id\n3,1,by_id\n5,,leaved");
    check("\nrule,AD\nrepository,AD", "1,2,by_id\n2,5,by_name\n3,2,by_id");
    check("\nrule,by_name", "1,1,by_id\n2,5,by_name\n3,2,by_id\n4,5,by_name\n5,,leaved");
    check("\nrule,by_mail", "1,1,by_id\n3,2,by_id");
}

#[test]
fn what_the_source_states_follows_the_source() {
    let accounts =
        "uid,repository,identifier,employee_id,ownerless\n1,AD,a,E1,service\n2,AD,b,E2,shared\n3,AD,c,E1,\n4,AD,d,E9,";
    check_stage(
        &by_employee_id(),
        AS_OF,
        &[
            ("accounts", accounts),
            ("identities", PEOPLE),
            (
                "before_ownership",
                "account_uid,identity_uid,ownerless,rule,decided_on
                 1,,service,stated,2025-01-01\n2,2,,by_id,2025-01-01\n3,,service,stated,2025-01-01\n4,,service,stated,2025-01-01",
            ),
        ],
        &[(
            "ownership",
            "account_uid,identity_uid,ownerless,rule,decided_on
             1,,service,stated,2025-01-01\n2,,shared,stated,2026-11-21\n3,1,,by_id,2026-11-21",
        )],
    );
}

const BEFORE_PEOPLE: &str = "uid,employee_id,full_name\n1,E1,Ann Berg\n2,E2,Éva Dahl\n8,E8,Zoé Vik";

#[test]
fn owners_are_carried_with_their_rule_and_day_whatever_the_rules_say_now() {
    let report = check_stage(
        &by_employee_id(),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("identities", PEOPLE),
            ("identity_status", "uid,status,reason\n1,inactive,departed"),
            ("before_identities", BEFORE_PEOPLE),
            (
                "before_ownership",
                "account_uid,identity_uid,ownerless,description,rule,decided_on
                 1,2,,,old_rule,2025-01-01\n3,1,,,by_id,2025-01-01\n4,,service,,services,2025-01-01\n9,1,,,by_id,2025-01-01",
            ),
        ],
        &[(
            "ownership",
            "account_uid,identity_uid,ownerless,rule,decided_on
             1,2,,old_rule,2025-01-01\n2,2,,by_id,2026-11-21\n3,1,,by_id,2025-01-01\n4,,service,services,2025-01-01",
        )],
    );
    assert_eq!(report.headline, "5 accounts: 3 owned, 1 ownerless, 1 orphan; 3 carried, 0 newly leaved");
}

#[test]
fn an_account_whose_owner_is_no_longer_listed_is_leaved_and_stays_so() {
    let decisions = format!("{DECISIONS}\nAD,svc_x,pin,E8,x,eve,2026-01-01,,");
    let report = check_stage(
        &by_employee_id(),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("identities", PEOPLE),
            ("decisions", &decisions),
            ("before_identities", BEFORE_PEOPLE),
            (
                "before_ownership",
                "account_uid,identity_uid,ownerless,description,rule,decided_on
                 1,8,,,by_id,2025-01-01\n2,,leaved,Éva Dahl,leaved,2025-01-01\n3,8,,,pin,2025-01-01",
            ),
        ],
        &[(
            "ownership",
            "account_uid,identity_uid,ownerless,description,rule,decided_on
             1,,leaved,Zoé Vik,leaved,2026-11-21\n2,,leaved,Éva Dahl,leaved,2025-01-01\n3,,leaved,Zoé Vik,leaved,2026-11-21",
        )],
    );
    assert_eq!(report.headline, "5 accounts: 0 owned, 3 ownerless, 2 orphan; 1 carried, 2 newly leaved");
    assert_eq!(report.tables[2].rows, [["AD", "ann", "Zoé Vik"], ["AD", "svc_x", "Zoé Vik"]]);
}

#[test]
fn whoever_left_and_is_listed_again_is_proposed_or_owns_again_or_stays_away() {
    let accounts = "uid,repository,identifier\n1,AD,ann\n2,AD,eva\n3,AD,svc";
    let before = "account_uid,identity_uid,ownerless,description,rule,decided_on,former_uid\n1,,leaved,Ann Berg,leaved,2026-01-01,1\n2,,leaved,Zoe Vik,leaved,2026-01-01,8\n3,,leaved,Ann Berg,leaved,2025-01-01,";
    let tables =
        [("accounts", accounts), ("identities", PEOPLE), ("before_ownership", before), ("before_identities", PEOPLE)];
    let stays = "account_uid,identity_uid,rule,decided_on,former_uid\n1,,leaved,2026-01-01,1\n2,,leaved,2026-01-01,8\n3,,leaved,2025-01-01,";
    let candidates = "rule,account_uid,identity_uid,compared";
    let mut stage = by_employee_id();
    let proposed = format!("{candidates}\nreturned,1,1,Ann Berg");
    check_stage(&stage, AS_OF, &tables, &[("ownership", stays), ("owner_candidates", &proposed)]);
    stage.policy.on_return = OnReturn::Ignore;
    check_stage(&stage, AS_OF, &tables, &[("ownership", stays), ("owner_candidates", &format!("{candidates}\n"))]);
    stage.policy.on_return = OnReturn::Restore;
    let back = stays.replace("1,,leaved,2026-01-01,1", "1,1,returned,2026-11-21,");
    check_stage(&stage, AS_OF, &tables, &[("ownership", &back)]);
    // Who may not own it does not get it back either.
    let decisions = format!("{DECISIONS}\nAD,ann,forbid,E1,x,eve,2026-01-01,,");
    let forbidden =
        [&tables[..], &[("decisions", &decisions), ("uids", "kind,namespace,key,uid\nidentity,,E1,1")]].concat();
    check_stage(&stage, AS_OF, &forbidden, &[("ownership", stays)]);
}

#[test]
fn what_a_rule_found_long_ago_is_found_anew_where_the_policy_says_so() {
    let accounts = "uid,repository,identifier,employee_id\n1,AD,ann,E1\n2,AD,eva,E9\n3,AD,jan,E3\n4,AD,gone,";
    let before = "account_uid,identity_uid,ownerless,rule,decided_on\n1,1,,by_id,2025-11-20\n2,2,,by_id,2025-11-20\n3,3,,by_id,2025-11-21\n4,,leaved,leaved,2020-01-01";
    let tables =
        [("accounts", accounts), ("identities", PEOPLE), ("before_ownership", before), ("before_identities", PEOPLE)];
    let mut stage = by_employee_id();
    stage.policy.carry_days = Some(365);
    let found =
        "account_uid,identity_uid,rule,decided_on\n1,1,by_id,2026-11-21\n3,3,by_id,2025-11-21\n4,,leaved,2020-01-01";
    check_stage(&stage, AS_OF, &tables, &[("ownership", found)]);
    stage.policy.carry_days = None;
    let carried = "account_uid,decided_on\n1,2025-11-20\n2,2025-11-20\n3,2025-11-21\n4,2020-01-01";
    check_stage(&stage, AS_OF, &tables, &[("ownership", carried)]);
}

#[test]
fn owners_whom_their_rule_would_not_find_now_are_told_and_stay_owners() {
    let accounts =
        "uid,repository,identifier,employee_id\n1,AD,ann,E1\n2,AD,eva,E3\n3,AD,jan,E9\n4,AD,lu,E5\n5,AD,pinned,E9";
    let people = format!("{PEOPLE}\n6,E5,Lu,Two,Lu Two,l@x,lu,two,lu two,l@x");
    let before = "account_uid,identity_uid,rule,decided_on\n1,1,by_id,2026-01-01\n2,2,by_id,2026-01-01\n3,3,by_id,2026-01-01\n4,5,by_id,2026-01-01\n5,1,other_rule,2026-01-01";
    let drifted = "account_uid,identity_uid,rule,drift,found_uid,first_seen_on\n3,3,by_id,gone,,2026-11-14";
    let tables = [
        ("accounts", accounts),
        ("identities", people.as_str()),
        ("before_ownership", before),
        ("before_identities", people.as_str()),
        ("before_owner_drift", drifted),
    ];
    let expected = "account_uid,identity_uid,rule,drift,found_uid,first_seen_on\n2,2,by_id,other,3,2026-11-21\n3,3,by_id,gone,,2026-11-14\n4,5,by_id,shared,,2026-11-21\n5,1,other_rule,unruled,,2026-11-21";
    let owned = "account_uid,identity_uid\n1,1\n2,2\n3,3\n4,5\n5,1";
    let report = check_stage(&by_employee_id(), AS_OF, &tables, &[("owner_drift", expected), ("ownership", owned)]);
    let drift = report.tables.iter().find(|table| table.title == "drift").expect("it is told");
    let told = ["by_id gone 1", "by_id other 1", "by_id shared 1", "other_rule unruled 1"];
    assert_eq!(drift.rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>(), told);
}

#[test]
fn a_class_that_is_somebodys_sets_the_class_and_leaves_the_owner_to_rules() {
    // Ann's account is called a service by its source, Eva's was one by a rule, svc_x is one by a rule still; nobody's owner
    // left, and none is pinned besides.
    let accounts = ACCOUNTS.replace("employee_id", "employee_id,ownerless").replace("ann,E1", "ann,E1,service");
    let said = ["ann", "eva", "svc_x", "nobody"].map(|account| format!("AD,{account},class,admin,x,eve,2026-01-01,,"));
    let decisions = format!(
        "{DECISIONS}\n{}\nERP,none,class,personal,x,eve,2026-01-01,,\nERP,none,pin,E4,x,eve,2026-01-01,,",
        said.join("\n")
    );
    let mut stage = policy(
        vec![ownerless("services", "service", "identifier LIKE 'svc%'")],
        vec![MatchRule {
            classes: vec![AccountClass::Admin],
            ..matching("by_id", "employee_id", "employee_id", Form::Equal)
        }],
    );
    let before = "account_uid,identity_uid,ownerless,rule,decided_on\n2,,service,old,2025-01-01\n4,9,,by_id,2025-01-01";
    let tables = [
        ("accounts", accounts.as_str()),
        ("identities", PEOPLE),
        ("decisions", &decisions),
        ("before_ownership", before),
        ("before_identities", "uid,employee_id,full_name\n9,E9,Zoe"),
    ];
    let expected = [
        (
            "account_classes",
            "account_uid,class,rule\n1,admin,class\n2,admin,class\n3,admin,class\n4,admin,class\n5,personal,class",
        ),
        (
            "ownership",
            "account_uid,identity_uid,ownerless,rule,decided_on
             1,1,,by_id,2026-11-21\n2,2,,by_id,2026-11-21\n3,1,,by_id,2026-11-21\n4,,leaved,leaved,2026-11-21\n5,4,,pin,2026-11-21",
        ),
    ];
    check_stage(&stage, AS_OF, &tables, &expected);
    // Whom the rule found is carried from then on.
    stage.policy.matches.clear();
    let owned = "account_uid,identity_uid,ownerless,rule,decided_on\n1,1,,by_id,2025-02-02";
    check_stage(
        &stage,
        AS_OF,
        &[tables[0], tables[1], tables[2], ("before_ownership", owned), ("before_identities", PEOPLE)],
        &[("ownership", "account_uid,identity_uid,rule,decided_on\n1,1,by_id,2025-02-02\n5,4,pin,2026-11-21")],
    );
}
