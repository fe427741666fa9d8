//! Real data: members of the United States Congress, their committees and their accounts, at four dates. What is
//! new, modified and deleted was computed apart from us (`EXPECTED.md` beside the data) and must come out exactly.

mod answers;
mod gone;
mod guards;
mod project;

use std::collections::BTreeMap;

use self::answers::{Answers, Movement, OBJECTS};
use self::project::{DATES, congress, load_all, movements};
use crate::support::{Project, shared_data};

#[test]
fn four_dates_load_to_the_rows_and_movements_that_were_computed_apart() {
    let Some(data) = shared_data("congress") else { return };
    let project = congress(&data);
    load_all(&project);
    let answers = Answers::read(&data);
    for date in DATES {
        assert_rows(&project, date, &answers);
    }
    for dates in DATES.windows(2) {
        assert_movements(&project, dates[0], dates[1], &answers);
        assert_joiners_and_leavers(&project, dates[1], answers.joiners_and_leavers(dates[0], dates[1]));
    }
    assert_unresolved(&project);
}

/// Every table has the rows of its file; a membership of an unlisted committee stands in the side part.
#[track_caller]
fn assert_rows(project: &Project, date: &str, answers: &Answers) {
    for table in OBJECTS {
        let rows = project.query_of(date, &format!("SELECT COUNT(*) AS n FROM {table}")).number();
        assert_eq!(rows, answers.rows(date, table), "rows of {table} on {date}");
    }
    let all = "SELECT (SELECT COUNT(*) FROM memberships) + (SELECT COUNT(*) FROM unresolved_memberships) AS n";
    assert_eq!(project.query_of(date, all).number(), answers.rows(date, "memberships"), "memberships on {date}");
}

/// Each object and membership that moved, by its key, and nothing else.
#[track_caller]
fn assert_movements(project: &Project, from: &str, to: &str, answers: &Answers) {
    for table in OBJECTS.into_iter().chain(["memberships"]) {
        for movement in [Movement::New, Movement::Modified, Movement::Deleted] {
            let found = movements(project, from, to, table, movement);
            let expected = answers.keys(from, to, table, movement);
            assert_eq!(found.len(), answers.count(from, to, table, movement), "{movement} {table} {from} to {to}");
            assert_eq!(found, expected, "{movement} {table} {from} to {to}");
        }
    }
}

#[track_caller]
fn assert_joiners_and_leavers(project: &Project, to: &str, expected: (u64, u64)) {
    let count = |sql: &str| project.query_of(to, sql).number();
    let joiners = count(
        "SELECT COUNT(*) AS n FROM identities i WHERE NOT EXISTS (SELECT 1 FROM before_identities b WHERE b.uid = i.uid)",
    );
    let leavers = count(
        "SELECT COUNT(*) AS n FROM before_identities b WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.uid = b.uid)",
    );
    assert_eq!((joiners, leavers), expected, "joiners and leavers until {to}");
}

/// Only the first date has seats in a committee that is not listed: 21, and the problem names that committee.
#[track_caller]
fn assert_unresolved(project: &Project) {
    let counts: BTreeMap<&str, u64> = DATES
        .into_iter()
        .map(|date| (date, project.query_of(date, "SELECT COUNT(*) AS n FROM unresolved_memberships").number()))
        .collect();
    assert_eq!(counts, BTreeMap::from([(DATES[0], 21), (DATES[1], 0), (DATES[2], 0), (DATES[3], 0)]));
}

#[test]
fn the_same_data_loaded_again_moves_nothing() {
    let Some(data) = shared_data("congress") else { return };
    let project = congress(&data);
    project.run(&["run", "load", "--var", "date=2023-03-01", "--as-of", "2023-03-01"]).code(0);
    project.run(&["run", "load", "--var", "date=2023-03-01", "--as-of", "2023-03-08"]).code(0).says("all unchanged");
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM movements").number(), 0);
}
