//! Small tables in, small tables out.

use proptest::prelude::*;

use crate::settings::reconcile::{Compare, MatchRule, OnAmbiguous, OwnerlessRule, OwnersPolicy, Reconcile};
use crate::settings::template::Template;
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::check_stage;

const AS_OF: &str = "2026-11-21";

fn policy(ownerless: Vec<OwnerlessRule>, matches: Vec<MatchRule>) -> Reconcile {
    Reconcile { policy: OwnersPolicy { ownerless, matches }, decisions: None }
}

fn ownerless(id: &str, reason: &str, predicate: &str) -> OwnerlessRule {
    let place = Place::new(&SourceFile::new("owners.toml", predicate), 0..predicate.len());
    let predicate = SqlText { text: predicate.to_owned(), place };
    OwnerlessRule { id: id.to_owned(), reason: reason.to_owned(), predicate, repositories: Vec::new() }
}

fn matching(id: &str, account: &str, identity: &str, compare: Compare) -> MatchRule {
    let template = |text| Template::parse(text).expect("a template");
    MatchRule {
        id: id.to_owned(),
        account: template(account),
        identity: template(identity),
        compare,
        keep: String::new(),
        repositories: Vec::new(),
        on_ambiguous: OnAmbiguous::Next,
        is_remembered: true,
    }
}

fn by_employee_id() -> Reconcile {
    policy(Vec::new(), vec![matching("by_id", "employee_id", "employee_id", Compare::Equal)])
}

const PEOPLE: &str =
    "uid,employee_id,given_name,family_name,full_name,email,given_name_norm,family_name_norm,full_name_norm,email_norm
1,E1,Ann,Berg,Ann Berg,ann.berg@x,ann,berg,ann berg,ann.berg@x
2,E2,Éva,Dahl,Éva Dahl,eva.dahl@x,eva,dahl,eva dahl,eva.dahl@x
3,E3,Jan,Novak,Jan Novak,jan1@x,jan,novak,jan novak,jan1@x
4,E4,Jan,Novák,Jan Novák,jan2@x,jan,novak,jan novak,jan2@x
5,E5,Lu,O'Hara-Vik,Lu O'Hara-Vik,lu@x,lu,o'hara-vik,lu o'hara-vik,lu@x";

const ACCOUNTS: &str = "uid,repository,identifier,employee_id
1,AD,ann,E1
2,AD,eva,E2
3,AD,svc_x,E1
4,AD,nobody,E9
5,ERP,none,";

#[test]
fn an_account_that_names_exactly_one_identity_is_owned() {
    let report = check_stage(
        &by_employee_id(),
        AS_OF,
        &[("accounts", ACCOUNTS), ("identities", PEOPLE)],
        &[(
            "ownership",
            "account_uid,identity_uid,ownerless,description,rule,decided_on
             1,1,,,by_id,2026-11-21\n2,2,,,by_id,2026-11-21\n3,1,,,by_id,2026-11-21",
        )],
    );
    assert_eq!(report.headline, "5 accounts: 3 owned, 0 ownerless, 2 orphan");
}

#[test]
fn ownerless_rules_are_tried_before_match_rules_and_in_order() {
    let stage = policy(
        vec![
            ownerless("services", "service", "identifier LIKE 'svc%' -- by name"),
            ownerless("late", "other", "a.identifier LIKE 's%' OR a.identifier LIKE 'no%'"),
        ],
        by_employee_id().policy.matches,
    );
    check_stage(
        &stage,
        AS_OF,
        &[("accounts", ACCOUNTS), ("identities", PEOPLE)],
        &[(
            "ownership",
            "account_uid,identity_uid,ownerless,rule\n1,1,,by_id\n2,2,,by_id\n3,,service,services\n4,,other,late\n5,,other,late",
        )],
    );
}

#[test]
fn a_rule_speaks_of_its_repositories_only() {
    let mut stage = policy(vec![ownerless("all", "service", "TRUE")], by_employee_id().policy.matches);
    stage.policy.ownerless[0].repositories = vec!["ERP".to_owned(), "O'X".to_owned()];
    stage.policy.matches[0].repositories = vec!["CRM".to_owned()];
    let tables = [("accounts", ACCOUNTS), ("identities", PEOPLE)];
    check_stage(&stage, AS_OF, &tables, &[("ownership", "account_uid,rule\n5,all")]);
}

#[test]
fn names_match_without_accents_and_case() {
    let stage = policy(Vec::new(), vec![matching("by_name", "display_name", "full_name", Compare::Normalised)]);
    let accounts = "uid,repository,identifier,display_name,display_name_norm\n1,AD,a,EVA DAHL,eva dahl\n2,AD,b,Jan Novak,jan novak\n3,AD,c,,";
    check_stage(
        &stage,
        AS_OF,
        &[("accounts", accounts), ("identities", PEOPLE)],
        &[
            ("ownership", "account_uid,identity_uid\n1,2"),
            ("owner_matches", "account_uid,identity_uid,candidates,is_final\n1,2,1,true\n2,,2,false"),
        ],
    );
}

#[test]
fn a_name_that_several_share_leads_to_the_next_rule_or_stops() {
    let by_name = matching("by_name", "display_name", "full_name", Compare::Normalised);
    let by_mail = matching("by_mail", "email", "email", Compare::Equal);
    let accounts = "uid,repository,identifier,display_name,display_name_norm,email\n1,AD,a,Jan Novak,jan novak,jan2@x";
    let tables = [("accounts", accounts), ("identities", PEOPLE)];
    let next = policy(Vec::new(), vec![by_name.clone(), by_mail.clone()]);
    check_stage(&next, AS_OF, &tables, &[("ownership", "account_uid,identity_uid,rule\n1,4,by_mail")]);
    let stops = MatchRule { on_ambiguous: OnAmbiguous::Stop, ..by_name };
    let stop = policy(Vec::new(), vec![stops.clone(), by_mail.clone()]);
    let report = check_stage(&stop, AS_OF, &tables, &[("ownership", "account_uid\n")]);
    assert_eq!(report.tables[2].rows, [["by_name", "1", "1"]]);
    // A rule before it decides all the same.
    let before = policy(Vec::new(), vec![by_mail, stops]);
    check_stage(&before, AS_OF, &tables, &[("ownership", "account_uid,rule\n1,by_mail")]);
}

/// Before, 3 and 4 shared the name of account 2; now only 3 is left of them.
const ONE_JAN_LEFT: [(&str, &str); 4] = [
    ("accounts", "uid,repository,identifier,display_name_norm,email\n2,AD,jan,jan novak,office@x"),
    ("identities", "uid,employee_id,full_name_norm,email\n3,E3,jan novak,jan1@x\n5,E5,lu vik,office@x"),
    ("uids", "kind,namespace,key,uid\nidentity,,E3,3\nidentity,,E4,4\nidentity,,E5,5"),
    ("before_owner_candidates", "rule,account_uid,identity_uid,compared\nby_name,2,3,jan novak\nby_name,2,4,jan novak"),
];

#[test]
fn a_name_that_lost_one_of_its_bearers_still_tells_nobody_apart() {
    let stage = policy(Vec::new(), vec![matching("by_name", "display_name", "full_name", Compare::Normalised)]);
    let remembered = "account_uid,identity_uid,compared\n2,3,jan novak\n2,4,jan novak";
    let report = check_stage(
        &stage,
        AS_OF,
        &ONE_JAN_LEFT,
        &[
            ("ownership", "account_uid\n"),
            ("owner_candidates", remembered),
            ("owner_matches", "account_uid,identity_uid,candidates\n2,,2"),
        ],
    );
    assert_eq!(report.tables[2].rows, [["by_name", "1", "1"]]);
    // Nor does it when the last of them goes, or a third one comes.
    let [accounts, _, uids, before] = ONE_JAN_LEFT;
    let nobody = ("identities", "uid,employee_id,full_name_norm\n5,E5,lu vik");
    check_stage(&stage, AS_OF, &[accounts, nobody, uids, before], &[("owner_candidates", remembered)]);
    let third = ("identities", "uid,employee_id,full_name_norm\n6,E6,jan novak");
    let three = ("owner_candidates", "identity_uid\n3\n4\n6");
    check_stage(&stage, AS_OF, &[accounts, third, uids, before], &[("ownership", "account_uid\n"), three]);
}

#[test]
fn people_other_rules_and_the_account_itself_settle_who_was_in_question() {
    let by_name = matching("by_name", "display_name", "full_name", Compare::Normalised);
    let stops = MatchRule { on_ambiguous: OnAmbiguous::Stop, ..by_name.clone() };
    let by_mail = matching("by_mail", "email", "email", Compare::Equal);
    let [accounts, people, uids, before] = ONE_JAN_LEFT;
    let names_only = policy(Vec::new(), vec![by_name.clone()]);
    // A person said that it is not the one who left.
    let decisions = format!("{DECISIONS}\nAD,jan,forbid,E4,x,eve,2026-01-01,,");
    let tables = [accounts, people, uids, before, ("decisions", &decisions)];
    check_stage(&names_only, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n2,3")]);
    // Another rule tells, unless the name is to stop it; a name that nobody has any more stops nothing.
    let next = policy(Vec::new(), vec![by_name, by_mail.clone()]);
    check_stage(&next, AS_OF, &ONE_JAN_LEFT, &[("ownership", "account_uid,identity_uid\n2,5")]);
    let stop = policy(Vec::new(), vec![stops, by_mail]);
    check_stage(&stop, AS_OF, &ONE_JAN_LEFT, &[("ownership", "account_uid\n")]);
    let nobody = ("identities", "uid,employee_id,full_name_norm,email\n5,E5,lu vik,office@x");
    let tables = [accounts, nobody, uids, before];
    check_stage(&stop, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n2,5")]);
    // The policy does not want it remembered.
    let mut forgets = names_only.clone();
    forgets.policy.matches[0].is_remembered = false;
    check_stage(&forgets, AS_OF, &ONE_JAN_LEFT, &[("ownership", "account_uid,identity_uid\n2,3")]);
    // The account got another name.
    let renamed = ("accounts", "uid,repository,identifier,display_name_norm,email\n2,AD,jan,lu vik,");
    let tables = [renamed, people, uids, before];
    check_stage(&names_only, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n2,5")]);
}

#[test]
fn of_a_name_that_many_share_the_first_twenty_are_in_question() {
    let stage = policy(Vec::new(), vec![matching("by_name", "display_name", "full_name", Compare::Normalised)]);
    let rows: String = (1..=25).map(|uid| format!("\n{uid},E{uid},test user")).collect();
    let people = format!("uid,employee_id,full_name_norm{rows}");
    let accounts = "uid,repository,identifier,display_name_norm\n1,AD,a,test user";
    let tables = [("accounts", accounts), ("identities", people.as_str())];
    let counted =
        ("(SELECT CAST(COUNT(*) AS BIGINT) AS n, MAX(identity_uid) AS last FROM owner_candidates) t", "n,last\n20,20");
    check_stage(&stage, AS_OF, &tables, &[counted, ("ownership", "account_uid\n")]);
}

#[test]
fn a_template_takes_first_characters() {
    let stage = policy(
        Vec::new(),
        vec![matching("short", "identifier", "{given_name:1}{family_name}@{employee_id}", Compare::Equal)],
    );
    let accounts = "uid,repository,identifier\n1,AD,ABerg@E1\n2,AD,ÉDahl@E2\n3,AD,EDahl@E2";
    check_stage(
        &stage,
        AS_OF,
        &[("accounts", accounts), ("identities", PEOPLE)],
        &[("ownership", "account_uid,identity_uid\n1,1\n2,2")],
    );
}

#[test]
fn letters_and_digits_match_with_what_is_kept() {
    let mut rule = matching("login", "identifier", "{given_name}.{family_name}", Compare::Alphanumeric);
    let accounts = "uid,repository,identifier,identifier_norm
1,AD,Lu.OHara_Vik,lu.ohara_vik\n2,AD,eva_.dahl,eva_.dahl\n3,AD,luoharavik,luoharavik\n4,AD,jan.novak,jan.novak";
    let tables = [("accounts", accounts), ("identities", PEOPLE)];
    check_stage(&policy(Vec::new(), vec![rule.clone()]), AS_OF, &tables, &[("ownership", "account_uid\n")]);
    rule.keep = ".".to_owned();
    let expected = [("ownership", "account_uid,identity_uid\n1,5\n2,2")];
    check_stage(&policy(Vec::new(), vec![rule]), AS_OF, &tables, &expected);
}

#[test]
fn a_piece_that_is_null_or_empty_matches_nothing() {
    let people = "uid,employee_id,given_name_norm,family_name_norm\n1,E1,,berg\n2,E2,王,伟\n3,E3,li,wei";
    let accounts = "uid,repository,identifier,identifier_norm\n1,AD,berg,berg\n2,AD,伟,伟\n3,AD,liwei,liwei";
    let stage =
        policy(Vec::new(), vec![matching("login", "identifier", "{given_name}{family_name}", Compare::Alphanumeric)]);
    let tables = [("accounts", accounts), ("identities", people)];
    check_stage(&stage, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n3,3")]);
}

const DECISIONS: &str = "repository,identifier,decision,value,reason,who,decided_on,problem,line";

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
    let by_name = matching("by_name", "display_name", "full_name", Compare::Normalised);
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
    let by_name = matching("by_name", "display_name", "full_name", Compare::Normalised);
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
fn without_rules_nothing_but_decisions_and_flags_decides() {
    let accounts = "uid,repository,identifier,ownerless\n1,AD,a,service\n2,AD,b,";
    let tables = [("accounts", accounts), ("identities", PEOPLE)];
    check_stage(&policy(Vec::new(), Vec::new()), AS_OF, &tables, &[("ownership", "account_uid,rule\n1,stated")]);
}

#[test]
fn identities_gain_and_lose_accounts() {
    check_stage(
        &by_employee_id(),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("identities", PEOPLE),
            ("before_identities", "uid,employee_id,full_name\n1,E1,Ann Berg\n2,E2,Éva Dahl\n8,E8,Zoé Vik"),
            (
                "before_ownership",
                "account_uid,identity_uid,rule,decided_on\n1,1,by_id,2025-01-01\n2,8,by_id,2025-01-01",
            ),
            ("link_changes", "kind,uid,change,related_kind,related_uid\naccount,1,gained,group,1"),
        ],
        &[(
            "link_changes",
            "kind,uid,change,related_kind,related_uid\naccount,1,gained,group,1\nidentity,1,gained,account,3\nidentity,8,lost,account,2",
        )],
    );
}

/// An account's employee id, the flag its source states, its former owner, and its former rule.
type Odd = (Option<u8>, bool, Option<u8>, usize);

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_account_is_owned_or_ownerless_or_an_orphan_and_never_two_of_them(
        accounts in prop::collection::vec((prop::option::of(0..6_u8), any::<bool>(), prop::option::of(1..9_u8), 0..4_usize), 1..12),
    ) {
        let uids = 1_i64..;
        let row = |(uid, (id, is_stated, _, _)): (i64, &Odd)| {
            let id = id.map_or_else(String::new, |id| format!("E{id}"));
            format!("\n{uid},AD,a{uid},{id},{}", if *is_stated { "service" } else { "" })
        };
        let rows: String = uids.clone().zip(&accounts).map(row).collect();
        let before = |(uid, (_, _, owner, rule)): (i64, &Odd)| {
            let rule = ["by_id", "pin", "stated", "leaved"][*rule];
            let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
            let (owner, reason) = if rule == "stated" || rule == "leaved" || owner.is_empty() { ("", "x") } else { (owner.as_str(), "") };
            format!("\n{uid},{owner},{reason},{rule},2025-01-01")
        };
        let before: String = uids.zip(&accounts).filter(|(_, account)| account.2.is_some()).map(before).collect();
        let decisions = format!("{DECISIONS}\nAD,a1,pin,E2,x,eve,2026-01-01,,\nAD,a2,forbid,E1,x,eve,2026-01-01,,\nAD,a3,class,desk,x,eve,2026-01-01,,");
        let report = check_stage(
            &policy(vec![ownerless("none", "none", "employee_id = 'E0'")], by_employee_id().policy.matches),
            AS_OF,
            &[
                ("accounts", &format!("uid,repository,identifier,employee_id,ownerless{rows}")),
                ("identities", PEOPLE),
                ("decisions", &decisions),
                ("uids", "kind,namespace,key,uid\nidentity,,E1,1"),
                ("before_identities", "uid,employee_id,full_name\n1,E1,A\n2,E2,B\n8,E8,C"),
                ("before_ownership", &format!("account_uid,identity_uid,ownerless,rule,decided_on{before}")),
            ],
            &[
                // Nobody is decided twice, and an owner excludes a reason for having none.
                ("(SELECT account_uid FROM ownership GROUP BY account_uid HAVING COUNT(*) > 1) t", "account_uid\n"),
                ("(SELECT account_uid FROM ownership WHERE (identity_uid IS NULL) = (ownerless IS NULL)) t", "account_uid\n"),
                ("(SELECT o.account_uid AS uid FROM ownership o LEFT JOIN accounts a ON a.uid = o.account_uid WHERE a.uid IS NULL) t", "uid\n"),
            ],
        );
        let counts: Vec<usize> = report.tables[0].rows[0][1..].iter().map(|count| count.parse().expect("a count")).collect();
        prop_assert_eq!(counts[0], accounts.len());
        prop_assert_eq!(counts[0], counts[1] + counts[2] + counts[3]);
    }
}
