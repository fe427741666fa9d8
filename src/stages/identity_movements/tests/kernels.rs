//! Random people of both loads, by kernels and by queries: `check_stage` wants the same bytes of both.

use proptest::prelude::*;

use super::*;

/// Unit, its code, job and title.
type Person = (Option<u8>, u8, Option<u8>, u8);

fn person() -> impl Strategy<Value = Option<Person>> {
    let person = (proptest::option::of(1..3_u8), 1..3_u8, proptest::option::of(1..3_u8), 1..3_u8);
    proptest::option::of(person)
}

fn people(people: &[Option<Person>]) -> String {
    let cell = |number: Option<u8>| number.map(|number| number.to_string()).unwrap_or_default();
    let rows = (1..).zip(people).filter_map(|(uid, person): (u8, _)| {
        let (unit, code, job, title) = (*person)?;
        Some(format!("\n{uid},E{uid},U{code},{},{},T{title}", cell(unit), cell(job)))
    });
    format!("uid,employee_id,organisation,organisation_uid,job_code,job_title{}", rows.collect::<String>())
}

/// Owners of accounts; 0 is nobody.
fn owners(owners: &[Option<u8>]) -> String {
    let rows = (1..).zip(owners).filter_map(|(account, owner): (u8, _)| {
        let owner = (*owner)?;
        Some(format!("\n{account},{}", if owner == 0 { String::new() } else { owner.to_string() }))
    });
    format!("account_uid,identity_uid{}", rows.collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn queries_and_kernels_make_the_same_of_people(
        now in proptest::collection::vec(person(), 6),
        before in proptest::collection::vec(person(), 6),
        owners_now in proptest::collection::vec(proptest::option::of(0..7_u8), 6),
        owners_before in proptest::collection::vec(proptest::option::of(0..7_u8), 6),
        changes in proptest::collection::vec((0..2_usize, 1..7_u8, 0..3_usize), 0..6),
        knows in any::<[bool; 2]>(),
    ) {
        let (now, before) = (people(&now), people(&before));
        let (owners_now, owners_before) = (owners(&owners_now), owners(&owners_before));
        let changes: std::collections::BTreeSet<String> = changes.into_iter().map(|(kind, uid, related)| {
            let related = ["permission", "identity", "account"][related];
            format!("\n{},{uid},gained,{related},3,", ["identity", "account"][kind])
        }).collect();
        let changes = format!("kind,uid,change,related_kind,related_uid,detail{}", changes.into_iter().collect::<String>());
        let mut tables: Vec<Csv<'_>> = vec![
            ("identities", &now),
            ("before_identities", &before),
            ("ownership", &owners_now),
            ("before_ownership", &owners_before),
            ("link_changes", &changes),
        ];
        if knows[0] {
            tables.push(RIGHTS_BEFORE);
        }
        if knows[1] {
            tables.push(("before_managers", "kind,uid,identity_uid\n"));
        }
        check_stage(&identity_movements(Managed::Yes), "2026-11-21", &tables, &[]);
    }
}
