//! The thresholds that every load has.

use proptest::prelude::*;

use super::*;
use crate::stages::check::{cell, rows};

/// Memberships of account 1 in groups from one number to another, and unresolved ones.
fn memberships(groups: std::ops::RangeInclusive<u32>) -> String {
    let rows = groups.map(|group| format!("\n1,,{group},,dir,0"));
    format!("account_uid,member_group_uid,group_uid,role,source,stale_loads{}", rows.collect::<String>())
}

#[test]
fn rows_that_vanish_in_bulk_hold_and_say_where() {
    let moved: String = (11..=20).map(|group| format!("\nmemberships,deleted,account,1,group,{group}")).collect();
    let uids: String = (1..=20).map(|group| format!("\ngroup,AD,G{group},{group}")).collect();
    let report = check_stage(
        &guards(),
        AS_OF,
        &[
            ("before_memberships", &memberships(1..=20)),
            ("memberships", &memberships(1..=10)),
            (
                "before_unresolved_memberships",
                "account_repository,account_key,member_group_repository,member_group_key,group_repository,group_key,source\nAD,a,,,AD,G11,dir\nAD,b,,,AD,G11,dir",
            ),
            (
                "unresolved_memberships",
                "account_repository,account_key,member_group_repository,member_group_key,group_repository,group_key,source\nAD,a,,,AD,G11,dir",
            ),
            ("movements", &format!("table_name,movement,kind,uid,related_kind,related_uid{moved}")),
            ("uids", &format!("kind,namespace,key,uid\naccount,AD,ann,1{uids}")),
        ],
        &[
            (
                "metrics WHERE threshold LIKE 'guard_%d_memberships'",
                "threshold,by_value,before_value,value\nguard_removed_memberships,dir,22.0,11.0\nguard_added_memberships,dir,22.0,22.0",
            ),
            (
                "threshold_results WHERE severity <> 'ok'",
                "threshold,by_value,side,severity,limit_text\nguard_removed_memberships,dir,drop,hold,10 %",
            ),
        ],
    );
    assert_eq!(
        report.tables[0].rows,
        [[
            "hold",
            "guard_removed_memberships",
            "11 of 22 rows of `memberships` from source `dir` are gone (50.0 %, the limit is 10 %), 11 are there now; most of them by group: AD/G11 2, AD/G12 1, AD/G13 1; such as AD/ann > AD/G11, AD/ann > AD/G12, AD/ann > AD/G13, AD/ann > AD/G14, AD/ann > AD/G15, AD/ann > AD/G16, AD/ann > AD/G17, AD/ann > AD/G18, AD/ann > AD/G19, AD/ann > AD/G20"
        ]]
    );
}

#[test]
fn a_guard_names_ten_of_the_rows_and_of_those_nobody_could_resolve_too() {
    let unresolved =
        "account_repository,account_key,member_group_repository,member_group_key,group_repository,group_key,source";
    let gone: String = (1..=9).map(|number| format!("\nAD,a{number},,,AD,G,dir")).collect();
    let report = check_stage(
        &guards(),
        AS_OF,
        &[
            ("before_unresolved_memberships", &format!("{unresolved}{gone}\n,,AD,inner,AD,G,dir")),
            ("unresolved_memberships", &format!("{unresolved}\nAD,a1,,,AD,G,dir")),
            ("accounts", "uid\n1"),
        ],
        &[("threshold_results WHERE severity <> 'ok'", "threshold\nguard_removed_memberships")],
    );
    let told = &report.tables[0].rows[0][2];
    let named = "most of them by group: AD/G 9; such as AD/a2 > AD/G, AD/a3 > AD/G, AD/a4 > AD/G, AD/a5 > AD/G, AD/a6 > AD/G, AD/a7 > AD/G, AD/a8 > AD/G, AD/a9 > AD/G, AD/inner > AD/G";
    assert!(told.ends_with(named), "{told}");
    assert_eq!(report.tables[0].mailed_rows()[0][2], told.split("; such as").next().expect("a text"));
}

#[test]
fn a_table_that_came_empty_and_owners_that_were_lost_are_named() {
    let [before, _, movements] = moved_accounts(3, 3, 0);
    let report = check_stage(
        &guards(),
        AS_OF,
        &[(before.0, &before.1), ("accounts", "uid,repository,identifier,source"), (movements.0, &movements.1)],
        &[("threshold_results WHERE severity = 'hold'", "threshold\nguard_empty_accounts")],
    );
    assert_eq!(
        report.tables[0].rows[0][2],
        "`accounts` has 0 rows, it had 3; most of them by repository: AD 3; such as AD/a1, AD/a2, AD/a3"
    );
    let owned: String = (1..=20).map(|uid| format!("\n{uid},1,")).collect();
    let report = check_stage(
        &guards(),
        AS_OF,
        &[
            ("accounts", &accounts(&[("AD", 15), ("CRM", 5)])),
            ("before_accounts", &accounts(&[("AD", 15), ("CRM", 5)])),
            ("ownership", "account_uid,identity_uid,ownerless\n20,1,"),
            ("before_ownership", &format!("account_uid,identity_uid,ownerless{owned}")),
        ],
        &[],
    );
    assert_eq!(
        report.tables[0].rows[0][2],
        "19 of 20 accounts that had an owner are still there and have none (95.0 %, the limit is 5 %); most of them by repository: AD 15, CRM 4; such as AD/a1, AD/a10, AD/a11, AD/a12, AD/a13, AD/a14, AD/a15, AD/a2, AD/a3, AD/a4"
    );
}

/// Accounts and movements such that so many of so many vanish and so many come.
fn moved_accounts(before: usize, removed: usize, added: usize) -> [(&'static str, String); 3] {
    let row = |uid: usize| format!("\n{uid},AD,a{uid},dir");
    let header = "uid,repository,identifier,source";
    let gone: String = (1..=removed).map(|uid| format!("\naccounts,deleted,account,{uid}")).collect();
    [
        ("before_accounts", format!("{header}{}", (1..=before).map(row).collect::<String>())),
        ("accounts", format!("{header}{}", (removed + 1..=before + added).map(row).collect::<String>())),
        ("movements", format!("table_name,movement,kind,uid{gone}")),
    ]
}

#[test]
fn the_limits_of_the_guards_are_shares_and_numbers() {
    let cases = [
        ((100, 10, 0), "guard_removed_accounts"),
        ((100, 9, 0), ""),
        ((40, 4, 0), ""),
        ((6000, 500, 0), ""),
        ((6000, 501, 0), "guard_removed_accounts"),
        ((100, 0, 29), ""),
        ((100, 0, 30), "guard_added_accounts"),
        ((50, 0, 19), ""),
        ((0, 0, 20), "guard_added_accounts"),
        ((3, 3, 0), "guard_empty_accounts"),
    ];
    for ((before, removed, added), reached) in cases {
        let tables = moved_accounts(before, removed, added);
        let inputs: Vec<(&str, &str)> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let expected = format!("threshold\n{reached}");
        check_stage(&guards(), AS_OF, &inputs, &[("threshold_results WHERE severity = 'hold'", &expected)]);
    }
}

#[test]
fn accounts_that_lose_their_owners_hold() {
    let owned = |uids: std::ops::RangeInclusive<u32>| {
        let rows = uids.map(|uid| format!("\n{uid},1,"));
        format!("account_uid,identity_uid,ownerless{}", rows.collect::<String>())
    };
    for (from, reached) in [(2, ""), (3, "guard_owners_lost")] {
        let now = format!("{}\n1,,leaved", owned(from..=20));
        check_stage(
            &guards(),
            AS_OF,
            &[
                ("accounts", &accounts(&[("AD", 20)])),
                ("before_accounts", &accounts(&[("AD", 20)])),
                ("ownership", &now),
                ("before_ownership", &owned(1..=20)),
            ],
            &[("threshold_results WHERE severity = 'hold'", &format!("threshold\n{reached}"))],
        );
    }
}

#[test]
fn a_source_that_is_not_complete_holds_unless_it_may_be_carried() {
    let source = |name: &str, state, stale_loads| SourceReport {
        source: name.to_owned(),
        state,
        remarks: vec!["the file is missing".to_owned()],
        drift: Vec::new(),
        files: Vec::new(),
        tables: Vec::new(),
        stale_loads,
        fingerprint: String::new(),
        configuration: String::new(),
        unknown: None,
        reused: false,
    };
    let sources = [source("hr", SourceState::Failed, 3), source("ad", SourceState::Complete, 0)];
    for (max_stale_loads, severity) in [(None, "hold"), (Some(3), "warn"), (Some(2), "hold")] {
        let report = check_stage_with(
            &Validate { max_stale_loads, ..guards() },
            AS_OF,
            &sources,
            &[("accounts", "uid\n1")],
            &[("threshold_results", &format!("threshold,severity\nguard_source_hr,{severity}\nguard_source_ad,ok"))],
        );
        assert_eq!(
            report.tables[0].rows[0][2],
            "source `hr` is failed (the file is missing), 3 loads in a row: what it does not bring is carried from the parent"
        );
    }
}

#[test]
fn a_table_that_no_source_brings_any_more_is_told() {
    check_stage(
        &guards(),
        AS_OF,
        &[("before_rights", "account_uid,permission_uid,source\n1,1,erp\n2,1,erp"), ("accounts", "uid\n1")],
        &[("threshold_results WHERE severity = 'hold'", "threshold,before_value,value\nguard_empty_rights,2.0,0.0\n")],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn queries_and_sieves_make_the_same_of_what_moved(
        now in proptest::collection::btree_set((proptest::option::of(1..5_u8), proptest::option::of(6..8_u8), 1..5_u8), 0..12),
        before in proptest::collection::btree_set((proptest::option::of(1..5_u8), proptest::option::of(6..8_u8), 1..5_u8), 0..12),
        told in proptest::collection::vec((0..3_usize, any::<bool>(), 1..8_u8, proptest::option::of(1..8_u8)), 0..10),
        people in proptest::collection::btree_set(1..9_u8, 0..8),
        people_before in proptest::collection::btree_set(1..9_u8, 0..8),
    ) {
        let memberships = |held: &std::collections::BTreeSet<(Option<u8>, Option<u8>, u8)>| {
            rows("account_uid,member_group_uid,group_uid,role,source,stale_loads", held, |(account, member, group)| {
                format!("{},{},{group},,dir{},0", cell(*account), cell(*member), group % 2)
            })
        };
        let identities = |uids: &std::collections::BTreeSet<u8>| {
            rows("uid,organisation,source", uids, |uid| format!("{uid},U{},hr", uid % 3))
        };
        let told = rows("table_name,movement,kind,uid,related_kind,related_uid", &told, |(table, is_new, uid, related)| {
            let movement = if *is_new { "new" } else { "deleted" };
            let (table, kind) = [("memberships", "account"), ("memberships", "group"), ("identities", "identity")][*table];
            let related = related.filter(|_| table == "memberships");
            format!("{table},{movement},{kind},{uid},{},{}", related.map_or("", |_| "group"), cell(related))
        });
        let keys = rows("kind,namespace,key,uid", 1..8_u8, |uid| format!("group,AD,G{uid},{uid}"));
        check_stage(
            &guards(),
            AS_OF,
            &[
                ("memberships", &memberships(&now)),
                ("before_memberships", &memberships(&before)),
                ("identities", &identities(&people)),
                ("before_identities", &identities(&people_before)),
                ("movements", &told),
                ("uids", &keys),
            ],
            &[],
        );
    }
}
