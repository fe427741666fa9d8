//! Random rights models, by kernels and by queries: `check_stage` wants the same bytes of both.

use proptest::prelude::*;

use super::*;
use crate::stages::check::{cell, rows};

const ALL: [u8; 5] = [10, 11, 12, 20, 30];
const JOBS: [&str; 3] = ["BUYER", "CLERK", ""];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn queries_and_kernels_make_the_same_of_models(
        links in proptest::collection::vec((proptest::option::of(1..4_u8), 0..3_usize, 0..5_usize, 0..3_usize, 0..3_usize, 0..4_usize), 0..8),
        people in proptest::collection::vec((proptest::option::of(1..4_u8), 0..3_usize, any::<bool>()), 6),
        held in proptest::collection::vec((1..7_u8, 0..5_usize, any::<bool>()), 0..20),
        before in proptest::collection::vec((1..7_u8, 0..5_usize, any::<bool>()), 0..20),
        excuses in proptest::collection::vec((1..7_u8, 0..5_usize, proptest::option::of(0..3_usize)), 0..6),
        use_collected in any::<bool>(),
        has_grant in any::<bool>(),
    ) {
        let links = rows("organisation_uid,job_code,permission_uid,rule,perimeter,valid_from,valid_until", &links, |(unit, job, permission, rule, place, days)| {
            let (rule, place) = (["buyers", "R1", ""][*rule], ["", "DE", "FR"][*place]);
            let days = [",", "2026-11-21,2026-11-21", "2026-11-22,", ",2026-11-20"][*days];
            format!("{},{},{},{rule},{place},{days}", cell(*unit), JOBS[*job], ALL[*permission])
        });
        let numbered: Vec<_> = (1_usize..).zip(people).collect();
        let identities = rows("uid,employee_id,organisation_uid,job_code", &numbered, |(uid, (unit, job, _))| {
            format!("{uid},E{uid},{},{}", cell(*unit), JOBS[*job])
        });
        let status = rows("uid,status", &numbered, |(uid, (_, _, is_active))| {
            format!("{uid},{}", if *is_active { "active" } else { "inactive" })
        });
        let held = rows("identity_uid,permission_uid,perimeter", &held, |(uid, permission, is_there)| {
            format!("{uid},{},{}", ALL[*permission], if *is_there { "DE" } else { "" })
        });
        let before = rows("identity_uid,permission_uid,gap,perimeter,first_seen_on", &before, |(uid, permission, is_over)| {
            let place = if *uid == 6 { "DE" } else { "" };
            format!("{uid},{},{},{place},2026-01-04", ALL[*permission], if *is_over { "over" } else { "under" })
        });
        let derogations = rows("identity_uid,permission_uid,until_on", &excuses, |(uid, permission, until)| {
            let until = until.map_or("", |at| ["2026-11-20", "2026-11-21", "2027-01-01"][at]);
            format!("{uid},{},{until}", ALL[*permission])
        });
        let grants = if has_grant { vec![grant("buyers", "i.job_code = 'BUYER'", &["ERP/BUYER"], &["CRM/WRITE"])] } else { Vec::new() };
        let stage = RightsModel { policy: policy(use_collected, grants) };
        check_stage(
            &stage,
            "2026-11-21",
            &[
                PERMISSIONS,
                ROLES,
                UNITS,
                ("theoretical_links", &links),
                ("identities", &identities),
                ("identity_status", &status),
                ("effective_rights", &held),
                ("before_entitlement_gaps", &before),
                ("derogations", &derogations),
            ],
            &[],
        );
    }
}
