//! Items of stages that are run alone, left out, or in error.

use super::{BADGES, FIRST, ORPHANS, SECOND, project, runs};
use crate::support::Project;

/// The stages that a timeslot still needs, as its manifest says.
fn left_out(project: &Project, timeslot: &str) -> serde_json::Value {
    let manifest = project.read(&format!("ledger/open/{timeslot}/manifest.json"));
    serde_json::from_str::<serde_json::Value>(&manifest).expect("a manifest is JSON")["left_out"].clone()
}

#[test]
fn an_item_that_is_skipped_leaves_what_depends_on_it_undone_and_the_timeslot_stale() {
    let project = project();
    project
        .run(&["run", "load", "--as-of", FIRST, "--skip", "rules:orphans"])
        .code(5)
        .stdout_has("still needs rules, controls")
        .stderr_has("rule_orphans/orphans (it was left out)")
        .stderr_has("control_hits/orphans (`rule_orphans` is not there)");
    project.run(&["confirm", FIRST]).code(5).stderr_has("rules, controls");
    let manifest = project.read(&format!("ledger/open/{FIRST}/manifest.json"));
    assert!(manifest.contains("\"rule_badges\"") && !manifest.contains("\"rule_orphans\""), "{manifest}");
    project
        .run(&["run", "load", "--timeslot", FIRST, "--only", "rules:orphans"])
        .code(5)
        .stdout_has("needs controls, validate");
    assert_eq!(left_out(&project, FIRST), serde_json::Value::Null, "the other rule stood already");
    project.run(&["run", "load", "--timeslot", FIRST, "--only", "controls:orphans,validate"]).code(0);
    project.run(&["confirm", FIRST]).code(0);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM findings").number(), 1);
}

#[test]
fn an_item_that_is_rerun_alone_leaves_the_others_as_they_stand() {
    let project = project();
    project.run(&["run", "load", "--as-of", FIRST, "--until", "rules"]).code(5);
    project.write("rules/badges.sql", BADGES.replace("= 30", "= 1"));
    project.write("rules/orphans.sql", ORPHANS.replace("a.identifier FROM", "a.repository FROM"));
    let run = project.run(&["run", "load", "--timeslot", FIRST, "--only", "rules:badges"]).code(5);
    let run = run.stderr_has("rule_orphans/orphans (it was left out)");
    assert!(!run.stderr.contains("rule_badges"), "what was made is no longer told: {run}");
    assert_eq!(project.query_of(FIRST, "SELECT COUNT(*) AS n FROM rule_badges").number(), 2);
    assert_eq!(project.query_of(FIRST, "SELECT * FROM rule_orphans").columns, ["uid", "identifier"]);
    project.run(&["retry"]).code(0);
    assert_eq!(project.query("SELECT * FROM rule_orphans").columns, ["uid", "repository"]);
}

#[test]
fn a_source_that_is_skipped_is_carried_and_one_that_is_not_known_is_named() {
    let project = project();
    project.load(FIRST).code(0);
    project
        .run(&["run", "load", "--var", "load=two", "--as-of", SECOND, "--skip", "collect:people"])
        .code(5)
        .stdout_has("this run leaves it out; its rows are carried")
        .stdout_has("still needs collect");
    assert_eq!(project.query_of(SECOND, "SELECT employee_id FROM identities").lines(), ["E1", "E2"]);
    assert_eq!(project.query_of(SECOND, "SELECT identifier FROM accounts").lines(), ["ann", "ghost"]);
    project
        .run(&["run", "load", "--timeslot", SECOND, "--only", "collect:people"])
        .code(2)
        .stderr_has("what this timeslot has of accounts would be thrown away");
    for (picks, told) in [
        ("collect:poeple", "stage collect has no item `poeple`"),
        ("rules:orphan", "stage rules has no item `orphan`"),
        ("validate:none", "stage validate has no item `none`"),
        ("reconcile:owner", "stage reconcile has no item `owner`"),
    ] {
        project.run(&["run", "load", "--timeslot", SECOND, "--skip", picks]).code(2).stderr_has(told);
    }
    project
        .run(&["run", "load", "--timeslot", SECOND, "--skip", "rules:orphan"])
        .code(2)
        .stderr_has("did you mean `orphans`");
    project.run(&["retry"]).code(0);
    assert_eq!(project.query("SELECT employee_id FROM identities").lines(), ["E1"]);
}

#[test]
fn items_in_error_are_left_out_where_that_is_allowed_and_hold_the_timeslot_by_name() {
    let project = project();
    project.write("rules/orphans.sql", "-- title: Wrong\nSELECT a.nothing FROM accounts a\n");
    project.load(FIRST).code(2).stderr_has("LL0403");
    let run = project.run(&["run", "load", "--as-of", FIRST, "--allow-check-errors"]).code(3);
    run.stdout_has("rules:orphans")
        .stderr_has("LL0403")
        .stderr_has("control_hits/orphans (`rule_orphans` is not there)");
    let run = runs(&project).pop().expect("a run");
    assert!(project.read(&format!("ledger/runs/{run}/plan.json")).contains("\"allow_check_errors\": true"));
    assert!(project.read(&format!("ledger/runs/{run}/run.json")).contains("rules:orphans"));
    let hold = project.read("ledger/log/00000003.json");
    assert!(hold.contains("\"hold\"") && hold.contains("rules:orphans"), "{hold}");
    project.run(&["confirm", FIRST]).code(2).stderr_has("--override");
    project.run(&["confirm", FIRST, "--override", "rules:orphans", "--reason", "known"]).code(0);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM rule_badges").number(), 0, "the other rule ran");
    // Nothing that a load needs can be left out.
    project
        .write("policies/owners.toml", "[[ownerless]]\nid = \"x\"\nreason = \"service\"\nwhere = \"a.nothing = 1\"\n");
    project.run(&["run", "load", "--as-of", SECOND, "--allow-check-errors"]).code(2);
}
