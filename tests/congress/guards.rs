//! The guards: each new Congress replaces people, accounts and seats in bulk, and a person has to say that it is right.

use std::fs;

use serde_json::Value;

use super::project::{DATES, congress, guarded};
use crate::support::{Project, shared_data};

/// What holds each load but the first, by the movements of `EXPECTED.md`: identities lose 67 of 536, 15 of 538 and
/// 78 of 538; the second date lists few committees, so that most seats go, and come back with the third.
const HELD: [(&str, &[&str]); 3] = [
    (DATES[1], &["guard_leavers", "guard_removed_accounts", "guard_removed_identities", "guard_removed_memberships"]),
    (DATES[2], &["guard_added_memberships"]),
    (DATES[3], &["guard_leavers", "guard_removed_accounts", "guard_removed_identities", "guard_removed_memberships"]),
];

const REASON: &str = "a new Congress has met";

#[test]
fn every_new_congress_is_held_until_each_threshold_is_overridden_with_a_reason() {
    let Some(data) = shared_data("congress") else { return };
    let project = guarded(congress(&data));
    load(&project, DATES[0]).code(0);
    for (date, thresholds) in HELD {
        load(&project, date).code(3).says(&format!("HELD: timeslot {date}")).says(&thresholds.join(", "));
        assert_eq!(acts(&project, date).last().expect("an entry"), &format!("hold {}", thresholds.join(", ")));
        // One threshold that is left out refuses all of them, and so does one that holds nothing.
        project.run(&confirm(date, &thresholds[1..])).code(2).stderr_has(thresholds[0]);
        project.run(&confirm(date, &["guard_removed_groups"])).code(2).stderr_has("does not hold");
        assert_eq!(acts(&project, date).len(), 3, "what was refused is not in the log");
        project.run(&confirm(date, thresholds)).code(0).stdout_has(&format!("timeslot {date} is current"));
        let overridden = thresholds.iter().map(|threshold| format!("override {threshold} {REASON}"));
        let expected: Vec<String> = overridden.chain(["confirm".to_owned()]).collect();
        assert_eq!(acts(&project, date)[3..], expected);
    }
    project.run(&["verify", "--data"]).code(0).stderr_has("4 timeslots");
}

#[test]
fn a_held_load_says_which_rows_of_which_source_are_gone_and_whose_most_of_them_were() {
    let Some(data) = shared_data("congress") else { return };
    let project = guarded(congress(&data));
    load(&project, DATES[0]).code(0);
    load(&project, DATES[1])
        .code(3)
        .says("67 of 536 rows of `identities` from source `identities` are gone (12.5 %, the limit is 10 %), 538 are there now; most of them by organisation: rep-TX 7, rep-NY 6,")
        .says("625 of 2139 rows of `accounts` from source `accounts` are gone (29.2 %, the limit is 10 %), 1588 are there now; most of them by repository: committee-roster 435,")
        .says("3326 of 3866 rows of `memberships` from source `memberships` are gone (86.0 %, the limit is 10 %), 658 are there now; most of them by group: committee-roster/HSPW 66,");
    // The next but one brings the seats back.
    project.run(&confirm(DATES[1], HELD[0].1)).code(0);
    load(&project, DATES[2])
        .code(3)
        .says("3299 rows of `memberships` from source `memberships` are new, where 658 were before (501.4 %, the limit is 30 %); most of them by group: committee-roster/HSPW 67,");
    project.run(&["reject", DATES[2], "--reason", "another try"]).code(0);
}

#[test]
fn nothing_of_a_held_load_is_seen_and_whoever_refuses_it_may_load_again() {
    let Some(data) = shared_data("congress") else { return };
    let project = guarded(congress(&data));
    load(&project, DATES[0]).code(0);
    load(&project, DATES[1]).code(3);
    // Nothing of it is seen before somebody has decided; and who refuses may load again.
    let people = "SELECT COUNT(*) AS n FROM identities";
    assert_eq!(project.query(people).number(), 536);
    project.run(&["reject", DATES[1], "--reason", "half of the seats are missing"]).code(0);
    assert_eq!(acts(&project, DATES[1])[3..], ["reject half of the seats are missing"]);
    load(&project, DATES[1]).code(3);
    let again = format!("{}_2", DATES[1]);
    project.run(&confirm(&again, HELD[0].1)).code(0);
    assert_eq!(project.query(people).number(), 538);
}

#[track_caller]
fn load(project: &Project, date: &str) -> crate::support::Output {
    project.run(&["run", "load", "--var", &format!("date={date}"), "--as-of", date])
}

/// `confirm` with an override for each threshold.
fn confirm<'a>(timeslot: &'a str, thresholds: &[&'a str]) -> Vec<&'a str> {
    let overrides = thresholds.iter().flat_map(|threshold| ["--override", threshold]);
    ["confirm", timeslot].into_iter().chain(overrides).chain(["--reason", REASON]).collect()
}

/// What the log says was done about a timeslot, oldest first.
#[track_caller]
fn acts(project: &Project, timeslot: &str) -> Vec<String> {
    let log = project.ledger().join("log");
    let mut paths: Vec<_> = fs::read_dir(log).expect("a log").flatten().map(|item| item.path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("an entry"));
    let entries = texts.map(|text| serde_json::from_str::<Value>(&text).expect("an entry is JSON"));
    entries.filter(|entry| entry["timeslot"] == timeslot).map(|entry| told(&entry)).collect()
}

/// An entry in a few words.
#[track_caller]
fn told(entry: &Value) -> String {
    assert_eq!(entry["by"], "test", "{entry}");
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let listed = |name: &str| entry[name].as_array().into_iter().flatten().filter_map(Value::as_str);
    match text("act") {
        "hold" => format!("hold {}", listed("thresholds").collect::<Vec<_>>().join(", ")),
        "override" => format!("override {} {}", text("threshold"), text("reason")),
        "reject" => format!("reject {}", text("reason")),
        act => act.to_owned(),
    }
}
