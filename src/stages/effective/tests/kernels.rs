//! Random holdings, by kernels and by queries: `check_stage` wants the same bytes of both.

use proptest::prelude::*;

use super::*;
use crate::stages::check::{cell, rows};

const CATALOGUE: &str = "uid,application,code\n1,A,1\n2,A,2\n3,B,3\n4,B,4\n5,C,5";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn queries_and_kernels_make_the_same_of_holdings(
        owners in proptest::collection::vec(proptest::option::of(1..5_u8), 8),
        members in proptest::collection::vec((1..9_u8, 1..6_u8), 0..20),
        above in proptest::collection::vec((1..6_u8, 1..6_u8), 0..8),
        includes in proptest::collection::vec((1..7_u8, 1..7_u8, 1..3_u8), 0..6),
        rights in proptest::collection::vec((1..9_u8, 1..6_u8, any::<bool>(), 1..7_u8, proptest::option::of(0..3_u8)), 0..40),
        before in proptest::collection::vec((1..5_u8, 1..7_u8, proptest::option::of(0..3_u8)), 0..20),
        listed in proptest::collection::vec(any::<bool>(), 5),
    ) {
        let perimeter = |at: Option<u8>| at.map_or("", |at| ["north", "Ost", "süd"][at as usize]);
        let numbered: Vec<(usize, Option<u8>)> = owners.into_iter().enumerate().collect();
        let ownership = rows("account_uid,identity_uid", &numbered, |(at, owner)| format!("{},{}", at + 1, cell(*owner)));
        let memberships = rows("account_uid,group_uid", &members, |(account, group)| format!("{account},{group}"));
        let itself: Vec<(u8, u8)> = (1..6).map(|group| (group, group)).chain(above).collect();
        let closure = rows("group_uid,ancestor_uid,depth", &itself, |(group, over)| format!("{group},{over},{}", u8::from(group != over)));
        let included: Vec<(u8, u8, u8)> = (1..6).map(|permission| (permission, permission, 0)).chain(includes.into_iter().filter(|(a, b, _)| a != b)).collect();
        let mut seen = std::collections::BTreeSet::new();
        let included: Vec<(u8, u8, u8)> = included.into_iter().filter(|(a, b, _)| seen.insert((*a, *b))).collect();
        let roles = rows("permission_uid,included_uid,depth", &included, |(permission, within, depth)| format!("{permission},{within},{depth}"));
        let rights = rows("account_uid,group_uid,permission_uid,perimeter", &rights, |(account, group, is_group, permission, place)| {
            let holder = if *is_group { format!(",{group}") } else { format!("{account},") };
            format!("{holder},{permission},{}", perimeter(*place))
        });
        let before = rows("identity_uid,permission_uid,perimeter", &before, |(identity, permission, place)| format!("{identity},{permission},{}", perimeter(*place)));
        let people: Vec<usize> = (1..=5).filter(|at| listed[at - 1]).collect();
        let identities = rows("uid,employee_id", &people, |uid| format!("{uid},E{uid}"));
        check(
            &[
                ("ownership", &ownership),
                ("memberships", &memberships),
                ("group_closure", &closure),
                ("permission_closure", &roles),
                ("rights", &rights),
                ("identities", &identities),
                ("before_identities", "uid,employee_id\n1,E1\n2,E2\n4,E4"),
                ("before_effective_rights", &before),
                ("permissions", CATALOGUE),
                ("before_permissions", "uid,application,code\n1,A,1\n2,A,2\n4,B,4\n5,C,5"),
                ("applications", "uid,code\n1,A\n2,B\n3,C"),
                ("before_applications", "uid,code\n1,A\n2,B\n4,D"),
            ],
            &[],
        );
    }
}
