//! Random accounts and people, by kernels and by queries: `check_stage` wants the same bytes of both.

use super::*;
use crate::stages::check::rows;

const LOGINS: [&str; 5] = ["a.berg", "A-Berg", "aberg", "x", ""];
const GIVEN: [&str; 3] = ["ann", "éva", ""];
const FAMILY: [&str; 3] = ["berg", "dahl", "x"];
const CODES: [&str; 3] = ["AD", "ERP", ""];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn queries_and_kernels_make_the_same_of_match_rules(
        accounts in proptest::collection::vec((0..5_usize, 0..3_usize, 0..4_u8), 7),
        people in proptest::collection::vec((0..3_usize, 0..3_usize, 0..4_u8), 6),
        before in proptest::collection::vec((0..2_usize, 1..8_u8, 1..8_u8, 0..5_usize), 0..10),
        owned_before in proptest::collection::vec((1..9_u8, proptest::option::of(1..8_u8)), 0..5),
        forbidden in proptest::collection::vec((1..8_usize, 1..7_u8), 0..3),
        forgotten in proptest::option::of(0..4_usize),
        is_remembered in any::<bool>(),
        stops in any::<bool>(),
        only_ad in any::<bool>(),
    ) {
        let by_number = matching("by_number", "{badge}", "{badge}", Form::Equal);
        let by_login = MatchRule {
            keep: ".".to_owned(),
            is_remembered,
            on_ambiguous: if stops { OnAmbiguous::Stop } else { OnAmbiguous::Next },
            repositories: if only_ad { vec!["AD".to_owned()] } else { Vec::new() },
            ..matching("by_login", "login", "{given_name:1}.{family_name}", Form::Alphanumeric)
        };
        let numbered: Vec<_> = (1_usize..).zip(accounts).collect();
        let accounts = rows("uid,repository,identifier,login,login_norm,badge:integer", &numbered, |(uid, (login, code, badge))| {
            format!("{uid},{1},a{uid},{0},{0},{2}", LOGINS[*login], CODES[*code], if *badge == 0 { String::new() } else { badge.to_string() })
        });
        let numbered_people: Vec<_> = (1_usize..).zip(people).collect();
        let people = rows("uid,employee_id,given_name_norm,family_name_norm,badge:integer", &numbered_people, |(uid, (given, family, badge))| {
            format!("{uid},E{uid},{},{},{badge}", GIVEN[*given], FAMILY[*family])
        });
        let before = rows("rule,account_uid,identity_uid,compared", &before, |(rule, account, identity, text)| {
            format!("{},{account},{identity},{}", ["by_number", "by_login"][*rule], ["a.berg", "aberg", "1", "2", "x"][*text])
        });
        let mut seen = std::collections::BTreeSet::new();
        let owned_before: Vec<_> = owned_before.into_iter().filter(|(account, _)| seen.insert(*account)).collect();
        let owned_before = rows("account_uid,identity_uid,ownerless,rule,decided_on", &owned_before, |(account, identity)| match identity {
            Some(identity) => format!("{account},{identity},,by_login,2026-11-14"),
            None => format!("{account},,service,services,2026-11-14"),
        });
        let decisions = rows(DECISIONS, &forbidden, |(account, identity)| {
            let code = numbered.get(account - 1).map_or("", |(_, (_, code, _))| CODES[*code]);
            format!("{code},a{account},forbid,E{identity},x,eve,2026-01-01,,")
        });
        let forgotten = rows("kind,name", forgotten, |which| {
            ["repository,AD", "rule,by_login", "rule,AD", "repository,by_login"][which].to_owned()
        });
        let uids = rows("kind,namespace,key,uid", 1..8, |uid| format!("identity,,E{uid},{uid}"));
        check_stage(
            &policy(Vec::new(), vec![by_number, by_login]),
            AS_OF,
            &[
                ("accounts", &accounts),
                ("identities", &people),
                ("before_owner_candidates", &before),
                ("before_ownership", &owned_before),
                ("before_identities", &people),
                ("decisions", &decisions),
                ("forgotten_owners", &forgotten),
                ("uids", &uids),
            ],
            &[],
        );
    }

    #[test]
    fn queries_and_kernels_make_the_same_of_what_stands_before_the_rules(
        accounts in proptest::collection::vec((0..3_usize, 0..4_usize), 9),
        listed in proptest::collection::vec(any::<bool>(), 6),
        before in proptest::collection::vec((any::<bool>(), proptest::option::of(1..8_u8), 0..6_usize, 0..3_usize, proptest::option::of(1..8_u8)), 10),
        restores in any::<bool>(),
        carry_days in proptest::option::of(0..12_u32),
        decisions in proptest::collection::vec((1..9_usize, 0..4_usize, proptest::option::of(1..8_u8), any::<bool>()), 0..6),
        forgotten in proptest::option::of(0..4_usize),
    ) {
        let numbered: Vec<_> = (1_usize..).zip(accounts).collect();
        let accounts = rows("uid,repository,identifier,ownerless", &numbered, |(uid, (code, stated))| {
            format!("{uid},{},a{uid},{}", CODES[*code], ["service", "", "", ""][*stated])
        });
        let people: Vec<_> = (1_usize..).zip(listed).collect();
        let person = |(uid, _): &(usize, bool)| format!("{uid},E{uid},{}", ["Ann", "", "Éva, B."][uid % 3].replace(',', ";"));
        let people_before = rows("uid,employee_id,full_name", &people, person);
        let people = rows("uid,employee_id,full_name", people.iter().filter(|(_, is_listed)| *is_listed), person);
        let before = rows(
            "account_uid,identity_uid,ownerless,description,rule,decided_on,former_uid",
            (1_usize..).zip(before).filter(|(_, (is_known, ..))| *is_known),
            |(uid, (_, owner, rule, text, former))| {
                let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
                let ownerless = if owner.is_empty() { "leaved" } else { "" };
                let rule = ["pin", "class", "stated", "by_login", "", "leaved"][rule];
                let former = former.map(|former| former.to_string()).unwrap_or_default();
                format!("{uid},{owner},{ownerless},{},{rule},2026-11-1{text},{former}", ["", "said so", "''"][text])
            },
        );
        let mut seen = std::collections::BTreeSet::new();
        // As the file is read: of one account a pin, or a class that nobody owns; a class that is somebody's may stand beside a pin.
        let is_somebodys = |decision: usize, value: Option<u8>| decision == 1 && value.is_some_and(|word| word % 2 == 0);
        let decisions: Vec<_> = decisions
            .into_iter()
            .filter(|(account, decision, value, _)| *decision > 1 || seen.insert((*account, is_somebodys(*decision, *value))))
            .collect();
        let decisions = rows(DECISIONS, &decisions, |(account, decision, value, is_sound)| {
            let code = numbered.get(account - 1).map_or("", |(_, (code, _))| CODES[*code]);
            let problem = if *is_sound { "" } else { "unknown" };
            let value = match (decision, value) {
                // Of two classes in four it says that it is somebody's.
                (1, Some(word)) => ["admin", "shared", "personal", "leaved"][usize::from(*word) % 4].to_owned(),
                (_, value) => value.map(|value| format!("E{value}")).unwrap_or_default(),
            };
            format!("{code},a{account},{},{value},x,eve,2026-01-01,{problem},", ["pin", "class", "break", "forbid"][*decision])
        });
        let forgotten = rows("kind,name", forgotten, |which| {
            ["repository,AD", "rule,by_login", "rule,AD", "repository,by_login"][which].to_owned()
        });
        let uids = rows("kind,namespace,key,uid", 1..8, |uid| format!("identity,,E{uid},{uid}"));
        let mut stage = policy(Vec::new(), Vec::new());
        stage.policy.on_return = if restores { OnReturn::Restore } else { OnReturn::Propose };
        stage.policy.carry_days = carry_days;
        check_stage(
            &stage,
            AS_OF,
            &[
                ("accounts", &accounts),
                ("identities", &people),
                ("before_identities", &people_before),
                ("before_ownership", &before),
                ("decisions", &decisions),
                ("forgotten_owners", &forgotten),
                ("uids", &uids),
            ],
            &[],
        );
    }
}
