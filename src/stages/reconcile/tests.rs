//! Small tables in, small tables out.

mod candidates;
mod decided;
mod kernels;
mod scored;
mod scored_kernels;

use proptest::prelude::*;

use crate::settings::reconcile::{
    AccountClass, Form, MatchRule, OnAmbiguous, OnReturn, OwnerlessRule, OwnersPolicy, Reconcile,
};
use crate::settings::template::Template;
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::check_stage;

const AS_OF: &str = "2026-11-21";

const DECISIONS: &str = "repository,identifier,decision,value,reason,who,decided_on,problem,line";

fn policy(ownerless: Vec<OwnerlessRule>, matches: Vec<MatchRule>) -> Reconcile {
    Reconcile {
        policy: OwnersPolicy {
            classes: Vec::new(),
            ownerless,
            matches,
            scoring: None,
            carry_days: None,
            on_return: OnReturn::Propose,
        },
        decisions: None,
    }
}

fn ownerless(id: &str, reason: &str, predicate: &str) -> OwnerlessRule {
    let place = Place::new(&SourceFile::new("owners.toml", predicate), 0..predicate.len());
    let predicate = SqlText { text: predicate.to_owned(), place };
    OwnerlessRule { id: id.to_owned(), reason: reason.to_owned(), predicate, repositories: Vec::new() }
}

fn matching(id: &str, account: &str, identity: &str, compare: Form) -> MatchRule {
    let template = |text| Template::parse(text).expect("a template");
    MatchRule {
        id: id.to_owned(),
        account: template(account),
        identity: template(identity),
        compare,
        keep: String::new(),
        repositories: Vec::new(),
        classes: Vec::new(),
        on_ambiguous: OnAmbiguous::Next,
        is_remembered: true,
    }
}

fn by_employee_id() -> Reconcile {
    policy(Vec::new(), vec![matching("by_id", "employee_id", "employee_id", Form::Equal)])
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
    let stage = policy(Vec::new(), vec![matching("by_name", "display_name", "full_name", Form::Normalised)]);
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
fn a_template_takes_first_characters() {
    let stage = policy(
        Vec::new(),
        vec![matching("short", "identifier", "{given_name:1}{family_name}@{employee_id}", Form::Equal)],
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
    let mut rule = matching("login", "identifier", "{given_name}.{family_name}", Form::Alphanumeric);
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
        policy(Vec::new(), vec![matching("login", "identifier", "{given_name}{family_name}", Form::Alphanumeric)]);
    let tables = [("accounts", accounts), ("identities", people)];
    check_stage(&stage, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n3,3")]);
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
            "kind,uid,change,related_kind,related_uid\naccount,1,gained,group,1\nidentity,1,gained,account,3\nidentity,8,lost,account,2
             account,3,gained,identity,1\naccount,2,lost,identity,8",
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
