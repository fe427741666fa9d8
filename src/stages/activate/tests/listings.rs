//! Who is still listed where, and when somebody is gone.

use super::{AS_OF, source};
use crate::collect::source::{SourceReport, SourceState};
use crate::settings::activate::Activate;
use crate::stages::check::{Csv, check_stage_with};

use SourceState::{Complete, Failed, Partial};

/// Ann is listed by both sources and her row is that of HR, Bob by the contractors, Cid by HR.
const PEOPLE: &str = "uid,employee_id,family_name,organisation,row_hash,source,stale_loads
1,E1,Berg,,11,hr,0
2,E2,Dahl,,12,contractors,0
3,E3,Lund,,13,hr,0";

const LISTED: &str = "uid,source,missed_loads,last_listed_on,missed_on
1,hr,0,,
1,contractors,0,,
2,contractors,0,,
3,hr,0,,";

fn two(hr: SourceState, contractors: SourceState) -> [SourceReport; 2] {
    [source("hr", hr, "identities", 0), source("contractors", contractors, "identities", 0)]
}

fn staged(rows: &[(&str, &str)]) -> String {
    let mut text = "uid,employee_id,family_name,row_hash,source,stale_loads".to_owned();
    for (uid, source) in rows {
        text.push_str(&format!("\n{uid},E{uid},Name{uid},1{uid},{source},0"));
    }
    text
}

#[track_caller]
fn check(settings: &Activate, sources: &[SourceReport], listed: &str, rows: &[(&str, &str)], expected: &[Csv<'_>]) {
    let staged = staged(rows);
    let inputs = [("before_identities", PEOPLE), ("before_listings", listed), ("staged_identities", staged.as_str())];
    check_stage_with(settings, AS_OF, sources, &inputs, expected);
}

#[test]
fn whoever_another_source_lists_is_not_gone() {
    check(
        &Activate::default(),
        &two(Complete, Complete),
        LISTED,
        &[("1", "contractors"), ("2", "contractors")],
        &[
            ("identities", "uid,source\n1,contractors\n2,contractors"),
            ("absences", "uid,is_gone\n3,true"),
            (
                "listings",
                "uid,source,missed_loads,last_listed_on,missed_on
                 1,contractors,0,,\n1,hr,1,2026-11-21,2026-11-21\n2,contractors,0,,\n3,hr,1,2026-11-21,2026-11-21",
            ),
        ],
    );
}

#[test]
fn whoever_a_partial_source_may_list_stays_though_the_source_of_the_row_is_complete() {
    check(
        &Activate::default(),
        &two(Complete, Partial),
        LISTED,
        &[("2", "contractors")],
        &[
            ("identities", "uid,source,stale_loads\n1,hr,1\n2,contractors,0"),
            ("absences", "uid,missed_loads,missed_on,is_gone\n1,0,,false\n3,1,2026-11-21,true"),
        ],
    );
}

#[test]
fn a_source_that_failed_counts_nobody_out_and_resets_nothing() {
    let before = LISTED.replace("3,hr,0,,", "3,hr,1,2026-11-07,2026-11-14");
    let settings = Activate { grace_loads: 1, ..Activate::default() };
    check(
        &settings,
        &two(Failed, Complete),
        &before,
        &[("1", "contractors"), ("2", "contractors")],
        &[
            ("identities", "uid\n1\n2\n3"),
            ("absences", "uid,missed_loads,last_listed_on,missed_on,is_gone\n3,1,2026-11-07,2026-11-14,false"),
        ],
    );
    check(
        &settings,
        &two(Complete, Complete),
        &before,
        &[("1", "contractors"), ("2", "contractors")],
        &[("identities", "uid\n1\n2"), ("absences", "uid,missed_loads,is_gone\n3,2,true")],
    );
}

#[test]
fn only_sources_that_count_keep_somebody_from_being_gone() {
    check(
        &Activate { authoritative: vec!["hr".to_owned()], ..Activate::default() },
        &two(Complete, Partial),
        LISTED,
        &[("1", "contractors")],
        &[
            // Bob was never listed by HR: for him the contractors count.
            ("identities", "uid,source\n1,contractors\n2,contractors"),
            ("absences", "uid,missed_loads,is_gone\n1,1,true\n2,0,false\n3,1,true"),
        ],
    );
}

#[test]
fn whom_a_reject_names_is_not_missed() {
    let rejects = "source,table_name,reason,kind,uid\nhr,identities,bad date,identity,3";
    let reports = [source("hr", Complete, "identities", 1), source("contractors", Complete, "identities", 0)];
    let rows = staged(&[("1", "hr"), ("2", "contractors")]);
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &reports,
        &[
            ("before_identities", PEOPLE),
            ("before_listings", LISTED),
            ("staged_identities", &rows),
            ("staged_rejects", rejects),
        ],
        &[("identities", "uid\n1\n2\n3"), ("absences", "uid,missed_loads,is_gone\n3,0,false")],
    );
}

#[test]
fn a_parent_without_listings_says_by_its_rows_who_listed_whom() {
    let rows = staged(&[("1", "hr"), ("2", "contractors")]);
    check_stage_with(
        &Activate { grace_loads: 1, ..Activate::default() },
        AS_OF,
        &two(Complete, Complete),
        &[("before_identities", PEOPLE), ("staged_identities", &rows)],
        &[("identities", "uid\n1\n2\n3"), ("absences", "uid,missed_loads,is_gone\n3,1,false")],
    );
}

#[test]
fn who_was_gone_in_the_parent_is_followed_no_more() {
    let listed = format!("{LISTED}\n9,hr,1,2026-11-07,2026-11-14");
    check(
        &Activate::default(),
        &two(Complete, Complete),
        &listed,
        &[("1", "hr"), ("1", "contractors"), ("2", "contractors"), ("3", "hr")],
        &[("absences", "uid\n"), ("listings", "uid,source\n1,hr\n1,contractors\n2,contractors\n3,hr")],
    );
}
