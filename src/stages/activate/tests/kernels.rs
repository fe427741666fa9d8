//! Random loads, by kernels and by queries: `check_stage_with` wants the same bytes of both.

use proptest::prelude::*;

use super::*;

/// A row of `rights`: account, group, permission, perimeter, day of the grant.
type Right = (Option<u8>, u8, u8, Option<u8>, Option<u8>);

fn right() -> impl Strategy<Value = Right> {
    let holder = prop_oneof![3 => (1..6_u8).prop_map(Some), 1 => Just(None)];
    (holder, 1..4_u8, 1..5_u8, proptest::option::of(0..2_u8), proptest::option::of(1..4_u8))
}

/// Rows of a source, none with the key of another of them.
fn text(rights: &[Right], source: &str) -> String {
    let mut keys = std::collections::BTreeSet::new();
    let mut text = String::new();
    for (account, group, permission, perimeter, day) in rights {
        let holder = account.map_or_else(|| format!(",{group}"), |account| format!("{account},"));
        let perimeter = perimeter.map_or("", |at| ["DE", "FR"][at as usize]);
        if keys.insert(format!("{holder},{permission},{perimeter}")) {
            let day = day.map(|day| format!("2026-01-0{day}")).unwrap_or_default();
            text.push_str(&format!("{holder},{permission},{perimeter},{day},{source},0\n"));
        }
    }
    text
}

fn objects(columns: &str, present: &[bool]) -> String {
    let present = present.iter().enumerate().filter(|(_, is_there)| **is_there);
    let rows = present.map(|(at, _)| format!("{0},{0},test,0\n", at + 1));
    format!("uid,{columns},source,stale_loads\n{}", rows.collect::<String>())
}

const COLUMNS: &str = "account_uid,group_uid,permission_uid,perimeter,granted_on,source,stale_loads\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn queries_and_kernels_make_the_same_of_rights(
        one in proptest::collection::vec(right(), 0..24),
        two in proptest::collection::vec(right(), 0..6),
        before in proptest::collection::vec(right(), 0..24),
        accounts in proptest::collection::vec(any::<bool>(), 6),
        groups in proptest::collection::vec(any::<bool>(), 4),
        permissions in proptest::collection::vec(any::<bool>(), 5),
    ) {
        let staged = format!("{COLUMNS}{}{}", text(&one, "one"), text(&two, "two"));
        let before = format!("{COLUMNS}{}", text(&before, "one"));
        let (accounts, groups) = (objects("identifier", &accounts), objects("code", &groups));
        let permissions = objects("code", &permissions);
        let keys = |kind: &str, n: usize| (1..=n).map(|at| format!("{kind},X,{at},{at}\n")).collect::<String>();
        let uids = format!("kind,namespace,key,uid\n{}{}{}", keys("account", 6), keys("group", 4), keys("permission", 5));
        let complete = |name| source(name, SourceState::Complete, "rights", 0);
        check_stage_with(
            &Activate::default(),
            AS_OF,
            &[complete("one"), complete("two"), source("test", SourceState::Complete, "accounts", 0)],
            &[
                ("staged_rights", &staged),
                ("before_rights", &before),
                ("staged_accounts", &accounts),
                ("staged_groups", &groups),
                ("staged_permissions", &permissions),
                ("uids", &uids),
            ],
            &[],
        );
    }

    #[test]
    fn a_relation_whose_key_begins_with_a_text_is_told_alike(
        one in proptest::collection::vec((0..3_u8, 1..4_u8, 1..5_u8), 0..12),
        two in proptest::collection::vec((0..3_u8, 1..4_u8, 1..5_u8), 0..6),
        before in proptest::collection::vec((0..3_u8, 1..4_u8, 1..5_u8), 0..12),
    ) {
        let text = |links: &[(u8, u8, u8)], source: &str| {
            let links: std::collections::BTreeSet<_> = links.iter().collect();
            let row = |link: &&(u8, u8, u8)| format!("R{},{},,{},{source},0\n", link.0, link.1, link.2);
            links.iter().map(row).collect::<String>()
        };
        let columns = "rule,organisation_uid,job_code,permission_uid,source,stale_loads\n";
        let staged = format!("{columns}{}{}", text(&one, "one"), text(&two, "two"));
        let before = format!("{columns}{}", text(&before, "one"));
        let complete = |name| source(name, SourceState::Complete, "theoretical_links", 0);
        check_stage_with(
            &Activate::default(),
            AS_OF,
            &[complete("one"), complete("two"), source("test", SourceState::Complete, "organisations", 0)],
            &[
                ("staged_theoretical_links", &staged),
                ("before_theoretical_links", &before),
                ("staged_organisations", &objects("code", &[true, false, true])),
                ("staged_permissions", &objects("code", &[true, true, false, true])),
            ],
            &[],
        );
    }
}
