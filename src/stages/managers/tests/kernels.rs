//! Random managers of both loads, by kernels and by queries: `check_stage` wants the same bytes of both.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn queries_and_kernels_make_the_same_of_changed_managers(
        heads in proptest::collection::vec(proptest::option::of(1..6_u8), 3),
        before in proptest::collection::vec((0..4_usize, 1..6_u8, proptest::option::of(0..2_usize), 1..6_u8), 0..12),
        listed_before in proptest::collection::vec(any::<bool>(), 5),
    ) {
        let heads = heads.iter().enumerate().map(|(at, head)| {
            format!("\n{0},U{0},,{1}", at + 1, head.map(|head| head.to_string()).unwrap_or_default())
        });
        let units = format!("uid,code,parent_uid,head_uid{}", heads.collect::<String>());
        let mut keys = std::collections::BTreeSet::new();
        // Somebody was managed: the engine stumbles where the query of such tables is without any row.
        let mut rows = vec!["\nidentity,9,,1,stated,".to_owned()];
        for (kind, uid, domain, manager) in before {
            let kind = ["identity", "organisation", "application", "planet"][kind];
            let domain = domain.map_or("", |at| ["security", "''"][at]);
            // The empty text and null are one domain.
            if keys.insert((kind, uid, domain.trim_matches('\'').to_owned())) {
                rows.push(format!("\n{kind},{uid},{domain},{manager},stated,"));
            }
        }
        rows.sort();
        let before = format!("{ALL}{}", rows.concat());
        let there = listed_before.iter().enumerate().filter(|(_, is_there)| **is_there);
        let there: String = std::iter::once((8, &true)).chain(there).map(|(at, _)| format!("\n{0},P{0}", at + 1)).collect();
        let (people, units_before) = (format!("uid,employee_id{there}"), format!("uid,code{there}"));
        let for_security = ManagerRule { domain: Some("security".to_owned()), ..rule(Kind::Identity, &[Resolver::OrganisationHead]) };
        check_stage(
            &stage(vec![rule(Kind::Identity, &[Resolver::Stated, Resolver::OrganisationHead]), for_security, rule(Kind::Organisation, &[Resolver::Stated])]),
            AS_OF,
            &[
                ("organisations", &units),
                ABOVE,
                PEOPLE,
                ACTIVE,
                ("before_managers", &before),
                ("before_identities", &people),
                ("before_organisations", &units_before),
            ],
            &[],
        );
    }
}
