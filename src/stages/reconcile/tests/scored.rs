//! Rules that add up.

use std::sync::Arc;

use super::{DECISIONS, matching, ownerless, policy};
use crate::settings::reconcile::{AccountClass, ClassRule, Form, MatchRule, OnAmbiguous, Reconcile};
use crate::settings::scoring::{Comparison, Key, Likeness, Millionths, ONE, ScoredRule, Scoring};
use crate::settings::template::Template;
use crate::settings::transliteration::Transliteration;
use crate::stages::check::check_stage;

const AS_OF: &str = "2026-11-21";

fn template(text: &str) -> Template {
    Template::parse(text).expect("a template")
}

fn compare(account: &str, identity: &[&str], likeness: Likeness) -> Comparison {
    let identity = identity.iter().map(|text| template(text)).collect();
    Comparison { account: template(account), identity, keep: String::new(), likeness, confidence: Vec::new() }
}

fn same(account: &str, identity: &str) -> Comparison {
    compare(account, &[identity], Likeness::Same(Form::Alphanumeric))
}

fn rule(id: &str, tier: u32, weight: Millionths, on: Vec<Comparison>) -> ScoredRule {
    ScoredRule {
        id: id.to_owned(),
        tier,
        weight,
        confidence: ONE,
        on,
        block: Vec::new(),
        confirm: Vec::new(),
        confirm_single: true,
        ignore_if_matched_by: Vec::new(),
        repositories: Vec::new(),
        classes: Vec::new(),
    }
}

fn by(account: &str, identity: &str) -> Vec<Key> {
    vec![Key { account: template(account), identity: template(identity) }]
}

fn scoring(rules: Vec<ScoredRule>) -> Scoring {
    Scoring {
        rules,
        owner_at: ONE,
        candidate_at: 250_000,
        on_ambiguous: OnAmbiguous::Next,
        is_remembered: true,
        most_per_key: 200,
        nicknames: vec![("bob".to_owned(), "robert".to_owned())],
    }
}

fn stage(rules: Vec<ScoredRule>) -> Reconcile {
    let mut stage = policy(Vec::new(), Vec::new());
    stage.policy.scoring = Some(scoring(rules));
    stage
}

/// Names, a number, and a row hash.
const PEOPLE: &str = "uid,employee_id,given_name,family_name,given_name_norm,family_name_norm,badge,full_name
1,E1,John,Smith,john,smith,0402061111,John Smith
2,E2,Mary,Smith,mary,smith,0657132222,Mary Smith
3,E3,Robert,Dahl,robert,dahl,777,Robert Dahl";

fn accounts(rows: &[&str]) -> String {
    let header =
        "uid,repository,identifier,given_name,family_name,given_name_norm,family_name_norm,badge,row_hash:integer";
    format!("{header}\n{}", rows.join("\n"))
}

/// A tier that decides alone, and a second one that adds up what remains.
fn tiers() -> Vec<ScoredRule> {
    let given = || same("given_name", "given_name");
    let family = || same("family_name", "family_name");
    let number = || compare("badge", &["badge"], Likeness::Same(Form::Digits));
    let beside = |rule: ScoredRule, other: &str| ScoredRule { ignore_if_matched_by: vec![other.to_owned()], ..rule };
    vec![
        rule("all", 1, ONE, vec![given(), family(), number()]),
        beside(rule("names", 2, 500_000, vec![given(), family()]), "all"),
        beside(rule("family", 2, 250_000, vec![family()]), "names"),
        beside(rule("given", 2, 100_000, vec![given()]), "names"),
        beside(rule("number", 2, 750_000, vec![number()]), "all"),
    ]
}

#[test]
fn points_of_all_tiers_tried_add_up_and_whoever_alone_has_enough_owns() {
    let accounts = accounts(&[
        "1,AD,a,John,Smith,john,smith,040206-1111,1",
        "2,AD,b,Jupiter,Smith,jupiter,smith,0402061111,1",
        "3,AD,c,John,Smith,john,smith,999,1",
        "4,AD,d,John,Johnson,john,johnson,999,1",
        "5,AD,e,John,Johnson,john,johnson,0402061111,1",
    ]);
    let report = check_stage(
        &stage(tiers()),
        AS_OF,
        &[("accounts", &accounts), ("identities", PEOPLE)],
        &[
            (
                "owner_scores",
                "account_uid,identity_uid,score,outcome,tier,rule,arithmetic
                 1,1,1.0,owner,1,all,all 1
                 2,1,1.0,owner,2,number,family 0.250000 + number 0.750000
                 2,2,0.25,candidate,2,family,family 0.250000
                 3,1,0.5,candidate,2,names,names 0.500000
                 3,2,0.25,candidate,2,family,family 0.250000
                 5,1,0.85,candidate,2,number,given 0.100000 + number 0.750000",
            ),
            ("ownership", "account_uid,identity_uid,rule,decided_on\n1,1,all,2026-11-21\n2,1,number,2026-11-21"),
            ("residual_accounts", "account_uid\n1\n2\n3\n4\n5"),
        ],
    );
    assert_eq!(report.headline, "5 accounts: 2 owned, 0 ownerless, 3 orphan");
}

#[test]
fn likeness_is_confidence_and_comparisons_of_a_rule_multiply() {
    let edit = |at_most| compare("given_name", &["given_name"], Likeness::EditDistance { at_most });
    let trigram = compare("family_name", &["family_name"], Likeness::Trigram { at_least: 200_000 });
    let names =
        ScoredRule { block: by("{family_name:2}", "{family_name:2}"), ..rule("names", 1, ONE, vec![edit(3), trigram]) };
    let accounts = accounts(&[
        "1,AD,a,John,Smith,john,smith,,1",
        "2,AD,b,Yohn,Smith,yohn,smith,,1",
        "3,AD,c,Yoohn,Smith,yoohn,smith,,1",
        "4,AD,d,john,smits,john,smits,,1",
        "5,AD,e,john,smath,john,smath,,1",
        "6,AD,f,john,dmith,john,dmith,,1",
    ]);
    let scores = "account_uid,identity_uid,score,outcome\n1,1,1.0,owner\n2,1,0.5,candidate\n3,1,0.333333,candidate\n4,1,0.5,candidate\n5,1,0.333333,candidate";
    let tables = [("accounts", accounts.as_str()), ("identities", PEOPLE)];
    check_stage(&stage(vec![names.clone()]), AS_OF, &tables, &[("owner_scores", scores)]);
    let fixed = |mut rule: ScoredRule| {
        rule.on[0] = Comparison { confidence: vec![ONE, ONE], ..edit(1) };
        rule.on[1].confidence = vec![ONE];
        rule.on[1].likeness = Likeness::Trigram { at_least: 500_000 };
        rule
    };
    let scores = "account_uid,identity_uid,score,outcome\n1,1,1.0,owner\n2,1,1.0,owner\n4,1,1.0,owner";
    check_stage(&stage(vec![fixed(names)]), AS_OF, &tables, &[("owner_scores", scores)]);
}

#[test]
fn names_are_alike_by_prefix_by_winkler_by_nickname_and_by_what_someone_is_called_too() {
    let kinds = [
        ("prefix", compare("family_name", &["family_name"], Likeness::Prefix { at_least: 3 })),
        ("winkler", compare("given_name", &["given_name"], Likeness::JaroWinkler { at_least: 700_000 })),
        ("nickname", compare("given_name", &["given_name"], Likeness::Nickname { alike: 900_000 })),
        ("alias", compare("given_name", &["given_name", "alias"], Likeness::Same(Form::Equal))),
    ];
    let rules: Vec<ScoredRule> = kinds
        .into_iter()
        .map(|(id, comparison)| ScoredRule { block: by("badge", "badge"), ..rule(id, 1, ONE, vec![comparison]) })
        .collect();
    let people = "uid,employee_id,given_name,family_name,given_name_norm,family_name_norm,badge,badge_norm,alias\n1,E1,robert,dahlberg,robert,dahlberg,b,b,Ian";
    let rows = [("1", "rupert", "xx"), ("2", "bob", "xx"), ("3", "Ian", "xx"), ("4", "zz", "dahl")];
    let rows = rows.map(|(uid, given, family)| format!("\n{uid},AD,{uid},{given},{family},{given},{family},b,b,1"));
    let header = "uid,repository,identifier,given_name,family_name,given_name_norm,family_name_norm,badge,badge_norm,row_hash:integer";
    let accounts = format!("{header}{}", rows.concat());
    check_stage(
        &stage(rules),
        AS_OF,
        &[("accounts", &accounts), ("identities", people)],
        &[(
            "owner_scores",
            "account_uid,score,arithmetic\n1,0.8,winkler 0.800000\n2,0.9,nickname 0.900000\n3,1.0,alias 1\n4,0.5,prefix 0.500000",
        )],
    );
}

#[test]
fn what_several_share_must_be_confirmed_and_a_single_one_where_that_is_asked() {
    let number = |confirm_single| ScoredRule {
        confirm: vec![same("family_name", "family_name")],
        confirm_single,
        ..rule("number", 1, ONE, vec![compare("badge", &["badge"], Likeness::Same(Form::Equal))])
    };
    let people = "uid,employee_id,family_name,family_name_norm,badge\n1,E1,Gold,gold,1003\n2,E2,Gold,gold,1003\n3,E3,Green,green,1003\n4,E4,Smith,smith,7220";
    let accounts =
        accounts(&["1,AD,a,,Gold,,gold,1003,1", "2,AD,b,,Green,,green,1003,1", "3,AD,c,,SmithXXXX,,smithxxxx,7220,1"]);
    let tables = [("accounts", accounts.as_str()), ("identities", people)];
    let strict = "account_uid,identity_uid,outcome\n1,1,several\n1,2,several\n2,3,owner";
    check_stage(&stage(vec![number(true)]), AS_OF, &tables, &[("owner_scores", strict)]);
    let lax = format!("{strict}\n3,4,owner");
    check_stage(&stage(vec![number(false)]), AS_OF, &tables, &[("owner_scores", &lax)]);
}

#[test]
fn a_rule_that_decides_alone_comes_first_and_what_is_forbidden_is_never_in_question() {
    let mut stage = stage(tiers());
    stage.policy.matches = vec![matching("badge", "badge", "badge", Form::Equal)];
    let accounts = accounts(&[
        "1,AD,a,Mary,Smith,mary,smith,0402061111,1",
        "2,AD,b,John,Smith,john,smith,,1",
        "3,AD,c,John,Smith,john,smith,,1",
    ]);
    let decisions = format!("{DECISIONS}\nAD,c,forbid,E1,x,eve,2026-01-01,,");
    check_stage(
        &stage,
        AS_OF,
        &[
            ("accounts", &accounts),
            ("identities", PEOPLE),
            ("decisions", &decisions),
            ("uids", "kind,namespace,key,uid\nidentity,,E1,1"),
        ],
        &[
            ("residual_accounts", "account_uid\n2\n3"),
            ("owner_scores", "account_uid,identity_uid,score\n2,1,0.5\n2,2,0.25\n3,2,0.25"),
            ("ownership", "account_uid,identity_uid,rule\n1,1,badge"),
        ],
    );
}

#[test]
fn a_key_that_too_many_share_makes_no_pairs_and_is_told() {
    let mut stage = stage(tiers());
    stage.policy.scoring.as_mut().expect("rules").most_per_key = 1;
    let accounts = accounts(&["1,AD,a,John,Smith,john,smith,,1", "2,AD,b,Robert,Dahl,robert,dahl,,1"]);
    check_stage(
        &stage,
        AS_OF,
        &[("accounts", &accounts), ("identities", PEOPLE)],
        &[
            ("crowded_keys", "rule,compared,accounts,identities\nfamily,smith,1,2"),
            ("owner_scores", "account_uid,identity_uid,score\n1,1,0.5\n2,3,0.5"),
        ],
    );
}

#[test]
fn several_who_were_sure_once_stay_in_question_until_the_account_changes() {
    let mut stage = stage(vec![rule("family", 1, ONE, vec![same("family_name", "family_name")])]);
    let accounts = accounts(&["1,AD,a,J,Smith,j,smith,,1", "2,AD,b,J,Smith,j,smith,,2"]);
    let before = accounts.replace(",2", ",9");
    let people = "uid,employee_id,family_name,family_name_norm\n1,E1,Smith,smith";
    let scores = "account_uid,identity_uid,score:double,outcome,tier,rule,arithmetic\n1,1,1,several,1,family,family 1\n1,2,1,several,1,family,family 1\n2,1,1,several,1,family,family 1\n2,2,1,several,1,family,family 1";
    let tables = [
        ("accounts", accounts.as_str()),
        ("before_accounts", before.as_str()),
        ("identities", people),
        ("before_owner_scores", scores),
    ];
    let expected = "account_uid,identity_uid,outcome\n1,1,several\n1,2,remembered\n2,1,owner";
    check_stage(&stage, AS_OF, &tables, &[("owner_scores", expected), ("ownership", "account_uid\n2")]);
    let forgotten = [&tables[..], &[("forgotten_owners", "kind,name\nrule,family")]].concat();
    check_stage(&stage, AS_OF, &forgotten, &[("ownership", "account_uid\n1\n2")]);
    stage.policy.scoring.as_mut().expect("rules").is_remembered = false;
    check_stage(&stage, AS_OF, &tables, &[("ownership", "account_uid\n1\n2")]);
}

#[test]
fn names_of_another_alphabet_are_compared_as_they_are_written_in_latin_letters() {
    let mut stage =
        stage(vec![rule("names", 1, ONE, vec![same("given_name", "given_name"), same("family_name", "family_name")])]);
    stage.policy.matches =
        vec![matching("full", "{given_name}.{family_name}", "{given_name}.{family_name}", Form::Normalised)];
    let accounts = accounts(&[
        "1,AD,a,Юлия,Щука,юлия,щука,,1",
        "2,AD,b,Juergen,Groß,juergen,groß,,1",
        "3,AD,c,Jurgen,G'ross,jurgen,g'ross,,1",
    ]);
    let people = "uid,employee_id,given_name,family_name,given_name_norm,family_name_norm,badge,full_name
1,E1,Iuliia,Shchuka,iuliia,shchuka,,
2,E2,Jürgen,Gross,jurgen,gross,,";
    let tables = [("accounts", accounts.as_str()), ("identities", people)];
    check_stage(&stage, AS_OF, &tables, &[("ownership", "account_uid,identity_uid,rule\n3,2,names")]);
    let letters = Transliteration::parse("ю=iu,л=l,и=i,я=ia,щ=shch,у=u,к=k,а=a,ue=u,ß=ss");
    stage.policy.write_letters(&Arc::new(letters));
    let expected = "account_uid,identity_uid,rule\n1,1,full\n2,2,full\n3,2,names";
    check_stage(&stage, AS_OF, &tables, &[("ownership", expected)]);
}

#[test]
fn where_nothing_is_left_nobody_is_compared() {
    let tables = [("identities", PEOPLE), ("accounts", "uid,repository,identifier,ownerless\n1,AD,a,service")];
    let expected = [("owner_scores", "account_uid\n"), ("ownership", "account_uid,rule\n1,stated")];
    check_stage(&stage(tiers()), AS_OF, &tables, &expected);
}

#[test]
fn an_owner_whose_score_has_sunk_drifts() {
    let accounts = accounts(&["1,AD,a,John,Smith,john,smith,0402061111,1", "2,AD,b,Mary,Dahl,mary,dahl,,1"]);
    let before = "account_uid,identity_uid,rule,decided_on\n1,1,all,2026-01-01\n2,2,names,2026-01-01";
    let tables = [
        ("accounts", accounts.as_str()),
        ("identities", PEOPLE),
        ("before_ownership", before),
        ("before_identities", PEOPLE),
    ];
    let expected = "account_uid,identity_uid,rule,drift,first_seen_on\n2,2,names,less,2026-11-21";
    check_stage(&stage(tiers()), AS_OF, &tables, &[("owner_drift", expected)]);
}

#[test]
fn classes_come_first_and_a_rule_may_speak_of_some_of_them() {
    let mut names = rule("names", 1, ONE, vec![same("family_name", "family_name"), same("given_name", "given_name")]);
    names.classes = vec![AccountClass::Admin];
    let mut stage = stage(vec![names]);
    let class = |id: &str, class: AccountClass, predicate: &str| ClassRule {
        id: id.to_owned(),
        class,
        predicate: ownerless(id, "x", predicate).predicate,
        repositories: Vec::new(),
        has_owner: class.is_somebodys(),
    };
    stage.policy.classes = vec![
        class("admins", AccountClass::Admin, "identifier LIKE 'adm%'"),
        class("services", AccountClass::Service, "a.identifier LIKE '%svc%' -- by name"),
    ];
    stage.policy.matches =
        vec![MatchRule { classes: vec![AccountClass::Personal], ..matching("badge", "badge", "badge", Form::Equal) }];
    let accounts = accounts(&[
        "1,AD,adm-svc-j,John,Smith,john,smith,0402061111,1",
        "2,AD,svc-x,Mary,Smith,mary,smith,0657132222,1",
        "3,AD,mary,Mary,Smith,mary,smith,0657132222,1",
        "4,AD,desk,Mary,Smith,mary,smith,0657132222,1",
        "5,AD,john,John,Smith,john,smith,,1",
    ]);
    let decisions = format!("{DECISIONS}\nAD,desk,class,shared,x,eve,2026-01-01,,");
    check_stage(
        &stage,
        AS_OF,
        &[("accounts", &accounts), ("identities", PEOPLE), ("decisions", &decisions)],
        &[
            ("account_classes", "account_uid,class,rule\n1,admin,admins\n2,service,services\n4,shared,class"),
            (
                "ownership",
                "account_uid,identity_uid,ownerless,rule\n1,1,,names\n2,,service,services\n3,2,,badge\n4,,shared,class",
            ),
        ],
    );
}
