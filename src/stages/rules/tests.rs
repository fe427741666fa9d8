//! Small tables in, small tables out.

use proptest::prelude::*;

use crate::kernels::answering;
use crate::settings::rules::{Parameter, Rule, Rules};
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::{check_stage, rows};
use crate::stages::fill::fill;
use crate::table::Type;

const AS_OF: &str = "2026-11-21";
const ACCOUNTS: &str = "uid,identifier,last_logon_on,source\n1,ann,2026-11-20,test\n2,bob,2026-01-01,test\n3,cat,,test";

fn rule(id: &str, sql: &str, parameters: &[(&str, Type, &str)]) -> Rule {
    let file = SourceFile::new(format!("rules/{id}.sql"), sql);
    let place = Place::new(&file, 0..sql.len());
    let parameter = |(name, kind, default): &(&str, Type, &str)| Parameter {
        name: (*name).to_owned(),
        kind: *kind,
        is_list: false,
        default: String::new(),
        value: (*default).to_owned(),
        set_at: None,
        place: place.clone(),
    };
    Rule {
        id: id.parse().expect("a rule id"),
        title: format!("About {id}"),
        tags: Vec::new(),
        parameters: parameters.iter().map(parameter).collect(),
        tests: Vec::new(),
        sql: SqlText { text: sql.to_owned(), place: place.clone() },
        path: file.path().to_owned(),
    }
}

#[test]
fn a_rule_speaks_of_the_day_of_the_load() {
    let idle = rule(
        "idle",
        "SELECT a.uid, a.last_logon_on AS last_on FROM accounts a\nWHERE a.last_logon_on < {as_of} - {days} AND a.identifier <> {but};",
        &[("but", Type::Text, "it's"), ("days", Type::Integer, "90")],
    );
    let report = check_stage(
        &Rules { rules: vec![idle] },
        AS_OF,
        &[("accounts", ACCOUNTS), ("before_rule_idle", "uid:integer,last_on:date\n7,2026-01-01\n8,2026-01-01")],
        &[("rule_idle", "uid,last_on\n2,2026-01-01")],
    );
    assert_eq!(report.headline, "1 rules with 1 rows");
    assert_eq!(report.tables[0].rows, [["idle", "About idle", "1", "2", ""]]);
}

#[test]
fn a_rule_uses_the_answer_of_another_in_whatever_order_they_stand() {
    let never =
        rule("never_idle", "SELECT n.uid FROM rule_never n WHERE n.uid > {low}", &[("low", Type::Integer, "-1")]);
    let first = rule("never", "SELECT uid FROM accounts WHERE last_logon_on IS NULL", &[]);
    check_stage(
        &Rules { rules: vec![never, first] },
        AS_OF,
        &[("accounts", ACCOUNTS)],
        &[("rule_never", "uid\n3"), ("rule_never_idle", "uid\n3")],
    );
}

#[test]
fn parameters_are_literals_of_their_type() {
    let kinds = [
        ("a", Type::Text, "O'Brien"),
        ("b", Type::Integer, "-5"),
        ("c", Type::Boolean, "true"),
        ("d", Type::Date, "2026-01-31"),
        ("e", Type::Timestamp, "2026-01-31T23:00:00-02:00"),
        ("f", Type::Double, "0.5"),
    ];
    let rule = rule("r", "{a} {b} {c} {d} {e} {f} '{a}'", &kinds);
    let filled = fill(&rule, AS_OF.parse().unwrap());
    assert_eq!(
        filled.text,
        "'O''Brien' (-5) TRUE DATE '2026-01-31' TIMESTAMP '2026-02-01 01:00:00' CAST(0.5 AS DOUBLE) '{a}'"
    );
    let list = Parameter { is_list: true, ..rule.parameters[0].clone() };
    let several = Rule {
        parameters: vec![Parameter { value: "A, O'B,".to_owned(), ..list }],
        ..self::rule("r", "x IN ({a})", &[])
    };
    assert_eq!(fill(&several, AS_OF.parse().unwrap()).text, "x IN ('A', 'O''B', '')");
    let own = |part: &str| filled.origin(filled.text.find(part).expect("it is there"));
    assert_eq!((own("O'"), own("(-5"), own("TRUE"), own("'{a}'")), (0, 4, 8, 24));
}

/// The text of a question of the pack.
fn question(file: &str) -> String {
    file.lines().skip_while(|line| line.starts_with("--")).collect::<Vec<_>>().join("\n")
}

/// A question that a kernel answers.
fn holders() -> String {
    question(include_str!("../../../packs/standard/shared/pack_holders.sql"))
}

/// Another one, with parameters.
fn atypical(min_people: &str, share: &str) -> Rule {
    let text = question(include_str!("../../../packs/standard/shared/pack_atypical_rights.sql"));
    rule("pack_atypical_rights", &text, &[("min_people", Type::Integer, min_people), ("share", Type::Double, share)])
}

#[test]
fn a_kernel_answers_the_question_of_the_pack_and_no_other() {
    let is_known = |query: &str| answering(query).is_some();
    assert!(is_known(&holders()) && !is_known(&holders().replace("active", "inactive")) && !is_known(""));
    let atypical = fill(&atypical("5", "0.1"), AS_OF.parse().unwrap()).text;
    assert!(is_known(&atypical) && !is_known(&atypical.replace("<=", "<")));
    let known = [ACCOUNTS_KNOWN, BARE, MEMBERS, REACHED].map(question);
    assert!(known.iter().all(|query| is_known(query)));
    assert!(is_known(&fill(&public("0.5"), AS_OF.parse().unwrap()).text));
    assert!(is_known(&fill(&sensitive("3"), AS_OF.parse().unwrap()).text));
}

const ACCOUNTS_KNOWN: &str = include_str!("../../../packs/standard/shared/pack_accounts.sql");
const BARE: &str = include_str!("../../../packs/standard/shared/pack_bare.sql");
const MEMBERS: &str = include_str!("../../../packs/standard/shared/pack_members.sql");
const REACHED: &str = include_str!("../../../packs/standard/shared/pack_reached.sql");

fn public(least: &str) -> Rule {
    let text = question(include_str!("../../../packs/standard/shared/pack_public_groups.sql"));
    rule("pack_public_groups", &text, &[("least", Type::Double, least)])
}

fn sensitive(level: &str) -> Rule {
    let text = question(include_str!("../../../packs/standard/shared/pack_sensitive_rights.sql"));
    rule("pack_sensitive_rights", &text, &[("level", Type::Integer, level)])
}

/// Groups that are in others, with all above each.
fn closure(above: &[(u8, u8)]) -> String {
    let own = (1..5_u8).map(|group| (group, group));
    let all: std::collections::BTreeSet<(u8, u8)> = own.chain(above.iter().copied()).collect();
    let all: Vec<(u8, u8)> = all.into_iter().collect();
    rows("group_uid,ancestor_uid,depth", &all, |(group, above)| format!("{group},{above},{}", u8::from(group != above)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn queries_and_kernels_make_the_same_of_holders(
        held in prop::collection::vec((1..6_u8, 1..6_u8, 0..3_usize), 0..30),
        people in prop::collection::vec(any::<Option<bool>>(), 4),
    ) {
        let held = rows("identity_uid,permission_uid,perimeter", &held, |(person, permission, place)| {
            format!("{person},{permission},{}", ["", "FR", "DE"][*place])
        });
        let people: Vec<(usize, Option<bool>)> = (1..).zip(people).collect();
        let status = rows("uid,status", &people, |(uid, is_active)| {
            format!("{uid},{}", is_active.map_or("", |is_active| if is_active { "active" } else { "inactive" }))
        });
        check_stage(
            &Rules { rules: vec![rule("pack_holders", &holders(), &[])] },
            AS_OF,
            &[("effective_rights", &held), ("identity_status", &status)],
            &[],
        );
    }

    #[test]
    fn queries_and_kernels_make_the_same_of_what_few_colleagues_have(
        held in prop::collection::vec((1..12_u8, 1..5_u8, 0..2_usize), 0..60),
        people in prop::collection::vec((0..3_usize, 0..3_usize, 0..4_usize), 10),
        min_people in 0..5_u8,
        share in 0..11_u8,
    ) {
        let held = rows("identity_uid,permission_uid,perimeter", &held, |(person, permission, place)| {
            format!("{person},{permission},{}", ["", "FR"][*place])
        });
        let people: Vec<(usize, (usize, usize, usize))> = (1..).zip(people).collect();
        let listed = rows("uid,organisation_uid,job_code", &people, |(uid, (unit, job, _))| {
            format!("{uid},{},{}", ["", "1", "2"][*unit], ["", "PAY", "CLERK"][*job])
        });
        let status = rows("uid,status", &people, |(uid, (_, _, status))| {
            format!("{uid},{}", ["inactive", "active", "active", "active"][*status])
        });
        check_stage(
            &Rules { rules: vec![atypical(&min_people.to_string(), &format!("{:.1}", f64::from(share) / 10.0))] },
            AS_OF,
            &[("effective_rights", &held), ("identities", &listed), ("identity_status", &status)],
            &[],
        );
    }

    #[test]
    fn queries_and_kernels_make_the_same_of_accounts_and_their_owners(
        accounts in prop::collection::vec((0..3_usize, any::<Option<bool>>(), any::<Option<bool>>(), 0..3_usize), 0..12),
        owned in prop::collection::vec((0..5_u8, 0..3_usize), 12),
        people in prop::collection::vec((0..3_usize, 0..3_usize, 0..3_usize), 4),
    ) {
        let days = ["", "2026-01-01", "2026-02-02"];
        let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
        let accounts: Vec<_> = (1..).zip(accounts).collect::<Vec<(usize, _)>>();
        let listed = rows("uid,repository,is_enabled,is_privileged,created_on,last_logon_on,source", &accounts, |(uid, account)| {
            let (source, is_enabled, is_privileged, day) = account;
            let (enabled, privileged) = (flag(*is_enabled), flag(*is_privileged));
            format!("{uid},R{source},{enabled},{privileged},{},{},s{source}", days[*day], days[2 - *day])
        });
        let owned: Vec<_> = (1..).zip(owned).filter(|(_, (owner, _))| *owner > 0).collect::<Vec<(usize, _)>>();
        let ownership = rows("account_uid,identity_uid,ownerless,decided_on", &owned, |(account, (owner, day))| {
            let owner = if *owner < 4 { owner.to_string() } else { String::new() };
            format!("{account},{owner},{},{}", if owner.is_empty() { "leaved" } else { "" }, days[*day])
        });
        let people: Vec<_> = (1..).zip(people).collect::<Vec<(usize, _)>>();
        let status = rows("uid,status", &people[1..], |(uid, (status, ..))| {
            format!("{uid},{}", ["active", "inactive", ""][*status])
        });
        let identities = rows("uid,hired_on,departure_on", &people[..3], |(uid, (_, hired, departed))| {
            format!("{uid},{},{}", days[*hired], days[*departed])
        });
        check_stage(
            &Rules { rules: vec![rule("pack_accounts", &question(ACCOUNTS_KNOWN), &[])] },
            AS_OF,
            &[("accounts", &listed), ("ownership", &ownership), ("identity_status", &status), ("identities", &identities)],
            &[],
        );
    }

    #[test]
    fn queries_and_kernels_make_the_same_of_what_accounts_hold(
        rights in prop::collection::vec((0..6_u8, 0..5_u8, 0..6_u8), 0..20),
        members in prop::collection::vec((0..6_u8, 1..5_u8), 0..20),
        above in prop::collection::vec((1..5_u8, 1..5_u8), 0..5),
        known in prop::collection::vec((any::<Option<bool>>(), 0..4_u8, 0..2_usize), 5),
        permissions in prop::collection::vec((0..5_u8, 0..3_usize), 5),
        level in -1..5_i8,
        least in 0..11_u8,
    ) {
        let uid = |uid: u8| if uid == 0 { String::new() } else { uid.to_string() };
        let rights = rows("account_uid,group_uid,permission_uid", &rights, |(account, group, permission)| {
            let group = if *account == 0 { *group } else { 0 };
            format!("{},{},{}", uid(*account), uid(group), uid(*permission))
        });
        let members = rows("account_uid,member_group_uid,group_uid", &members, |(account, group)| {
            format!("{},{},{group}", uid(*account), if *account == 0 { "1" } else { "" })
        });
        let known: Vec<(usize, _)> = (1..).zip(known).collect();
        let known = rows("account_uid:integer,repository,is_open:boolean,identity_uid:integer", &known, |(account, known)| {
            let (is_open, owner, repository) = known;
            let is_open = is_open.map(|is_open| is_open.to_string()).unwrap_or_default();
            format!("{account},{},{is_open},{}", ["AD", "ERP"][*repository], uid(*owner))
        });
        let permissions: Vec<(usize, _)> = (1..).zip(permissions).collect();
        let permissions = rows("uid,sensitivity,application,code", &permissions, |(permission, (sensitivity, application))| {
            format!("{permission},{},{},P{permission}", uid(*sensitivity), ["", "ERP", "CRM"][*application])
        });
        let level = level.to_string();
        let least = format!("{:.1}", f64::from(least) / 10.0);
        let rules = vec![
            rule("pack_bare", &question(BARE), &[]),
            rule("pack_members", &question(MEMBERS), &[]),
            rule("pack_reached", &question(REACHED), &[]),
            public(&least),
            sensitive(&level),
        ];
        check_stage(
            &Rules { rules },
            AS_OF,
            &[
                ("rights", &rights),
                ("memberships", &members),
                ("group_closure", &closure(&above)),
                ("groups", "uid,repository,source\n1,AD,test\n2,AD,test\n3,ERP,test\n4,,test"),
                ("permissions", &permissions),
                ("rule_pack_accounts", &known),
            ],
            &[],
        );
    }
}
