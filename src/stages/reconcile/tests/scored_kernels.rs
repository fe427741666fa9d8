//! Random accounts and people under random rules that add up, by kernels and by queries: `check_stage` wants the same
//! bytes of both.

use std::sync::Arc;

use proptest::prelude::*;

use super::{DECISIONS, ownerless, policy};
use crate::settings::reconcile::{AccountClass, ClassRule, Form, OnAmbiguous};
use crate::settings::scoring::{Comparison, Key, Likeness, Millionths, ONE, ScoredRule, Scoring};
use crate::settings::template::Template;
use crate::settings::transliteration::Transliteration;
use crate::stages::check::{check_stage, rows};

const AS_OF: &str = "2026-11-21";
const NAMES: [&str; 12] =
    ["ann", "anna", "annika", "bob", "robert", "smith", "smyth", "éva maria", "щука", "shchuka", "mueller", ""];
const BORN: [&str; 4] = ["19700102", "19700103", "1970", ""];

fn template(text: &str) -> Template {
    Template::parse(text).expect("a template")
}

fn likeness() -> impl Strategy<Value = Likeness> {
    prop_oneof![
        prop_oneof![Just(Form::Equal), Just(Form::Alphanumeric), Just(Form::Normalised)].prop_map(Likeness::Same),
        (1..4_u32).prop_map(|at_least| Likeness::Prefix { at_least }),
        (1..3_u32).prop_map(|at_most| Likeness::EditDistance { at_most }),
        (500_000..950_000_u32).prop_map(|at_least| Likeness::JaroWinkler { at_least }),
        (100_000..700_000_u32).prop_map(|at_least| Likeness::Trigram { at_least }),
        Just(Likeness::Nickname { alike: 700_000 }),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let columns = || prop_oneof![Just("given"), Just("family"), Just("born"), Just("{given:2}.{family}")];
    let confidence = prop_oneof![Just(Vec::new()), Just(vec![800_000]), Just(vec![ONE, 750_000, 333_333]),];
    (columns(), proptest::collection::vec(columns(), 1..3), likeness(), confidence).prop_map(
        |(account, identity, likeness, confidence): (_, _, _, Vec<Millionths>)| {
            // Only distances have several.
            let is_edited = matches!(likeness, Likeness::EditDistance { .. });
            let confidence = if is_edited { confidence } else { confidence.into_iter().take(1).collect() };
            let identity = identity.into_iter().map(template).collect();
            Comparison { account: template(account), identity, keep: String::new(), likeness, confidence }
        },
    )
}

fn rule() -> impl Strategy<Value = ScoredRule> {
    let share = || prop_oneof![Just(ONE), 1..ONE];
    let keys = prop_oneof![
        Just(vec![("given", "given")]),
        Just(vec![("{family:1}", "{family:1}")]),
        Just(vec![("born", "born"), ("{given:1}{born:4}", "{given:1}{born:4}")]),
    ];
    let confirm = prop_oneof![2 => Just(Vec::new()), 1 => proptest::collection::vec(comparison(), 1..3)];
    let speaks = (any::<bool>(), 0..4_u8);
    (1..3_u32, share(), share(), proptest::collection::vec(comparison(), 1..3), keys, confirm, speaks).prop_map(
        |(tier, weight, confidence, on, keys, confirm, (confirm_single, speaks))| {
            let key = |(account, identity)| Key { account: template(account), identity: template(identity) };
            let is_exact = on.iter().any(|comparison| comparison.likeness.is_exact());
            ScoredRule {
                id: String::new(),
                tier,
                weight,
                confidence,
                on,
                block: if is_exact { Vec::new() } else { keys.into_iter().map(key).collect() },
                confirm,
                confirm_single,
                ignore_if_matched_by: Vec::new(),
                repositories: if speaks == 1 { vec!["AD".to_owned()] } else { Vec::new() },
                classes: if speaks == 2 { vec![AccountClass::Personal] } else { Vec::new() },
            }
        },
    )
}

fn scoring() -> impl Strategy<Value = Scoring> {
    let rules = proptest::collection::vec((rule(), proptest::option::of(0..4_usize)), 1..5);
    (rules, 300_000..=ONE, 0..600_000_u32, any::<[bool; 2]>(), 2..5_u32).prop_map(
        |(rules, owner_at, candidate_at, [stops, is_remembered], most_per_key)| {
            let count = rules.len();
            let mut rules: Vec<ScoredRule> = (rules.into_iter().enumerate())
                .map(|(at, (mut rule, beside))| {
                    rule.id = format!("r{at}");
                    let beside = beside.filter(|other| *other < count && *other != at);
                    rule.ignore_if_matched_by = beside.map(|other| format!("r{other}")).into_iter().collect();
                    rule
                })
                .collect();
            rules.sort_by_key(|rule| rule.tier);
            Scoring {
                rules,
                owner_at,
                candidate_at: candidate_at.min(owner_at),
                on_ambiguous: if stops { OnAmbiguous::Stop } else { OnAmbiguous::Next },
                is_remembered,
                most_per_key,
                nicknames: vec![("bob".to_owned(), "robert".to_owned()), ("robert".to_owned(), "bob".to_owned())],
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn queries_and_kernels_make_the_same_of_rules_that_add_up(
        scoring in scoring(),
        accounts in proptest::collection::vec((0..12_usize, 0..12_usize, 0..4_usize, 0..3_usize), 8),
        people in proptest::collection::vec((0..12_usize, 0..12_usize, 0..4_usize), 8),
        before in proptest::collection::btree_map((1..9_u8, 1..9_u8), (0..3_usize, 0..4_usize, any::<bool>()), 0..8),
        forbidden in proptest::collection::btree_set((1..9_usize, 1..9_u8), 0..4),
        forgotten in proptest::option::of(0..3_usize),
        is_written in any::<bool>(),
    ) {
        let numbered: Vec<_> = (1_usize..).zip(accounts).collect();
        let header = "uid,repository,identifier,given,given_norm,family,family_norm,born,row_hash:integer";
        let account = |changed: bool| {
            rows(header, &numbered, |(uid, (given, family, born, code))| {
                let code = ["AD", "ERP", "SVC"][*code];
                // Every third account says something else than before.
                let hash = if changed && uid % 3 == 0 { 9 } else { 1 };
                format!("{uid},{code},a{uid},{0},{0},{1},{1},{2},{hash}", NAMES[*given], NAMES[*family], BORN[*born])
            })
        };
        let people: Vec<_> = (1_usize..).zip(people).collect();
        let people = rows("uid,employee_id,given,given_norm,family,family_norm,born", &people, |(uid, (given, family, born))| {
            format!("{uid},E{uid},{0},{0},{1},{1},{2}", NAMES[*given], NAMES[*family], BORN[*born])
        });
        let before = rows("account_uid,identity_uid,score:double,outcome,tier:integer,rule,arithmetic", &before, |((account, identity), (outcome, rule, is_known))| {
            let outcome = ["several", "remembered", "candidate"][*outcome];
            format!("{account},{identity},{},{outcome},1,r{rule},r{rule} 0.5", if *is_known { "0.5" } else { "" })
        });
        let decisions = rows(DECISIONS, &forbidden, |(account, identity)| {
            let code = ["AD", "ERP", "SVC"][numbered[account - 1].1.3];
            format!("{code},a{account},forbid,E{identity},x,eve,2026-01-01,,")
        });
        let forgotten = rows("kind,name", forgotten, |which| {
            ["repository,AD", "rule,r0", "rule,AD"][which].to_owned()
        });
        let uids = rows("kind,namespace,key,uid", 1..9, |uid| format!("identity,,E{uid},{uid}"));
        let mut stage = policy(Vec::new(), Vec::new());
        stage.policy.classes = vec![ClassRule {
            id: "services".to_owned(),
            class: AccountClass::Service,
            has_owner: true,
            repositories: vec!["SVC".to_owned()],
            predicate: ownerless("x", "x", "identifier IS NOT NULL").predicate,
        }];
        stage.policy.scoring = Some(scoring);
        if is_written {
            let letters = Transliteration::parse("щ=shch,ue=u,у=u,к=k,а=a,y=i");
            stage.policy.write_letters(&Arc::new(letters));
        }
        check_stage(
            &stage,
            AS_OF,
            &[
                ("accounts", &account(true)),
                ("before_accounts", &account(false)),
                ("identities", &people),
                ("before_owner_scores", &before),
                ("decisions", &decisions),
                ("forgotten_owners", &forgotten),
                ("uids", &uids),
            ],
            &[],
        );
    }
}
