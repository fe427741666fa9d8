//! Runs that do not go through in one piece: selected stages, dry runs, runs that failed, were killed or told to end,
//! and the retry that takes them up.

mod asked;
mod explained;
mod items;

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::support::{LOADS, Output, Project, parts_of, sample, timeslots_of};

const FIRST: &str = "2026-01-05";
const SECOND: &str = "2026-01-12";

const PLAN: &str = r#"
[plan]
title = "Load"

[vars]
load = "one"

[stage.collect]
sources = ["people", "accounts"]

[stage.activate]

[stage.reconcile]
policy = "owners"

[stage.rules]

[stage.controls]

[stage.validate]
guards = false

[stage.confirm]
mode = "auto"
"#;

const PEOPLE: &str = "[source]\nfiles = \"../${load}/people.csv\"\nformat = \"csv\"\n[table.identities.columns]\nemployee_id = \"ID\"\nfull_name = \"NAME\"\nlast_badge_on = { from = \"BADGE\", type = \"date\", volatile = true }\n";
const ACCOUNTS: &str = "[source]\nfiles = \"../${load}/accounts.csv\"\nformat = \"csv\"\n[table.accounts.columns]\nrepository = { value = \"AD\" }\nidentifier = \"LOGIN\"\nemployee_id = \"ID\"\n";
const ORPHANS: &str = "-- title: Orphans\nSELECT a.uid, a.identifier FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = a.uid)\n";
const BADGES: &str = "-- title: Badges\n-- parameter days integer = 30\nSELECT i.uid FROM identities i WHERE i.last_badge_on < {as_of} - {days}\n";
const CONTROL: &str = "title = \"Orphans\"\nrisk = 2\nkind = \"rule\"\nrule = \"orphans\"\nsubject = \"account\"\n";

/// Two extracts of a company of three, and a rule and a control over them.
fn project() -> Project {
    Project::new()
        .plan("load", PLAN)
        .collector("people", PEOPLE)
        .collector("accounts", ACCOUNTS)
        .file("rules/orphans.sql", ORPHANS)
        .file("rules/badges.sql", BADGES)
        .file("controls/orphans.toml", CONTROL)
        .file("one/people.csv", "ID,NAME,BADGE\nE1,Ann,2025-12-20\nE2,Bob,2025-12-20\n")
        .file("one/accounts.csv", "LOGIN,ID\nann,E1\nbob,E2\nghost,\n")
        .file("two/people.csv", "ID,NAME,BADGE\nE1,Ann,2025-12-20\n")
        .file("two/accounts.csv", "LOGIN,ID\nann,E1\nghost,\n")
}

/// The states of all timeslots.
fn states(project: &Project) -> Vec<String> {
    let timeslots = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    timeslots.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect()
}

/// The names of the runs, oldest first.
fn runs(project: &Project) -> Vec<String> {
    project.run(&["runs", "--format", "csv"]).code(0).csv().only(&["run"]).concat()
}

fn again(project: &Project, as_of: &str) -> Output {
    project.run(&["run", "load", "--as-of", as_of, "--if-changed"])
}

#[test]
fn a_run_that_would_change_nothing_leaves_nothing_and_says_so_by_its_code() {
    let project = project();
    again(&project, FIRST).code(0);
    again(&project, SECOND).code(4).stderr_has("nothing differs");
    assert_eq!(states(&project), ["2026-01-05 current"]);
    assert_eq!(runs(&project).len(), 1, "no run is recorded either");
    let left: Vec<_> = fs::read_dir(project.ledger().join("runs")).expect("runs").flatten().collect();
    assert_eq!(left.len(), 1, "and no shadow is left: {left:?}");
}

#[test]
fn whatever_a_timeslot_would_say_anew_is_a_change() {
    let before = project();
    before.load(FIRST).code(0);
    let edits: [(&str, &str, &str); 6] = [
        ("one/people.csv", "Bob", "Rob"),
        ("one/accounts.csv", "ghost,", "ghost,E1"),
        ("one/accounts.csv", "ghost,\n", "ghost,\nann,E9\n"),
        ("rules/orphans.sql", "a.identifier FROM", "a.repository FROM"),
        ("controls/orphans.toml", "risk = 2", "risk = 3"),
        (
            "plans/load.toml",
            "guards = false",
            "guards = false\n[stage.validate.threshold.few]\nmetric = \"accounts.count\"\nmin = { hold = 9 }",
        ),
    ];
    for (file, from, to) in edits {
        let project = before.copy();
        let text = project.read(file);
        assert!(text.contains(from), "{file}");
        project.write(file, text.replace(from, to));
        let code = again(&project, SECOND).exit_code();
        assert!(code != 4, "{file}: `{from}` became `{to}`, and nothing was said to differ");
        assert_eq!(states(&project).len(), 2, "{file}");
    }
    // A volatile column is no movement; what a rule makes of it is a change all the same.
    let project = before.copy();
    again(&project, "2026-01-06").code(4);
    again(&project, "2026-02-06").code(0);
}

#[test]
fn a_finding_that_is_fixed_is_a_change_though_others_were_fixed_before() {
    let project = project();
    project.write("one/accounts.csv", "LOGIN,ID\nann,E1\nghost,\nstray,\n");
    project.load(FIRST).code(0);
    project.write("one/accounts.csv", "LOGIN,ID\nann,E1\nghost,\nstray,E2\n");
    again(&project, SECOND).code(0);
    again(&project, "2026-01-13").code(4);
    // Only a policy changes: no row moves, a finding goes.
    project.write(
        "policies/owners.toml",
        "[[ownerless]]\nid = \"ghosts\"\nreason = \"service\"\nwhere = \"a.identifier = 'ghost'\"\n",
    );
    again(&project, "2026-01-14").code(0);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM findings WHERE state = 'fixed'").number(), 2);
    again(&project, "2026-01-15").code(4);
}

#[test]
fn a_dry_run_tells_everything_and_keeps_nothing() {
    let project = project();
    project.load(FIRST).code(0);
    let log = fs::read_dir(project.ledger().join("log")).expect("a log").count();
    let told = project
        .run(&["run", "load", "--var", "load=two", "--as-of", SECOND, "--dry-run"])
        .code(0)
        .stdout_has("DRY RUN: it would be confirmed")
        .stdout_has("movements")
        .stdout_has("deleted")
        .stdout_has("by rule")
        .stdout_has("standing");
    assert!(!told.stdout.contains("ledgerline retry"), "there is nothing to go on with: {told}");
    assert_eq!(states(&project), ["2026-01-05 current"]);
    assert_eq!(fs::read_dir(project.ledger().join("log")).expect("a log").count(), log);
    assert!(!project.ledger().join("runs").join(&runs(&project)[1]).join("dry").exists());
    let held = project.read("plans/load.toml").replace("mode = \"auto\"", "mode = \"manual\"");
    project.write("plans/load.toml", held);
    project.run(&["run", "load", "--as-of", SECOND, "--dry-run"]).code(3).stdout_has("it would wait for approval");
    project.write("rules/orphans.sql", ORPHANS.replace("a.identifier", "CAST(a.identifier AS BIGINT) AS n"));
    project.run(&["run", "load", "--as-of", SECOND, "--dry-run"]).code(1).stdout_has("DRY RUN: it failed in rules");
    project.run(&["retry"]).code(2).stderr_has("no run left an open timeslot");
}

#[test]
fn a_stage_that_failed_is_tried_again_with_the_variables_and_the_day_of_the_run() {
    let project = project();
    project.load(FIRST).code(0);
    project.write("rules/orphans.sql", ORPHANS.replace("a.identifier", "CAST(a.identifier AS BIGINT) AS n"));
    let failed = project.run(&["run", "load", "--var", "load=two", "--as-of", SECOND]).code(1);
    let run = runs(&project).pop().expect("a run");
    let failed = failed.stdout_has("FAILED in rules").stdout_has(&format!("ledgerline retry {run}"));
    assert!(!failed.stdout.contains("ledgerline run"), "a plain run would load another extract: {failed}");
    let record: serde_json::Value =
        serde_json::from_str(&project.read(&format!("ledger/runs/{run}/run.json"))).expect("JSON");
    assert_eq!(
        (record["exit_code"].to_string(), record["verdict"]["failed"]["stage"].to_string()),
        ("1".to_owned(), "\"rules\"".to_owned())
    );
    assert!(
        record["millis"].as_u64().is_some_and(|millis| millis > 0)
            && record["head"].as_str().is_some_and(|head| head.contains(':')),
        "{record}"
    );
    let events = project.read(&format!("ledger/runs/{run}/events.jsonl"));
    assert!(events.lines().last().is_some_and(|last| last.contains("run_ended")), "{events}");
    // A run that cannot begin, because of the open timeslot, is not what a retry means.
    project.load("2026-01-19").code(3).stderr_has("ledgerline retry");
    project.write("rules/orphans.sql", ORPHANS);
    let retried = project.run(&["retry"]).code(0).stdout_has("CONFIRMED: timeslot 2026-01-12");
    assert!(!retried.stderr.contains(" collect "), "what stood was not done again: {retried}");
    assert_eq!(
        project.query("SELECT identifier FROM accounts").lines(),
        ["ann", "ghost"],
        "the extract of the first try"
    );
    project.run(&["retry", &run]).code(2);
}

#[test]
fn a_run_that_was_killed_is_taken_up_and_ends_as_if_nothing_had_happened() {
    let undisturbed = sample();
    undisturbed.weekly(LOADS[0]).code(0);
    let project = sample();
    let mut child = started(&project, "stage_ended");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(states(&project).len(), 1);
    project.run(&["runs"]).code(0).stdout_has("DID NOT END");
    project.run(&["retry"]).code(0).stdout_has(&format!("CONFIRMED: timeslot {}", LOADS[0]));
    let newest = |project: &Project| parts_of(timeslots_of(&project.ledger()).last().expect("a timeslot"));
    assert_eq!(newest(&project), newest(&undisturbed));
}

#[test]
fn a_run_that_is_told_to_end_keeps_what_stands_and_says_so() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let project = sample();
        let mut child = started(&project, "stage_ended");
        let told = std::process::Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(told.expect("kill is there").success());
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{signal}");
        let run = runs(&project).pop().expect("a run");
        let record = project.read(&format!("ledger/runs/{run}/run.json"));
        assert!(record.contains("interrupted") && record.contains(&format!("\"exit_code\": {code}")), "{record}");
        project.run(&["runs"]).code(0).stdout_has("INTERRUPTED");
        if code == 143 {
            project.run(&["retry", &run]).code(0).stdout_has("CONFIRMED");
        }
    }
}

/// The sample's first load, started, as soon as its events say something.
#[track_caller]
fn started(project: &Project, until: &str) -> Child {
    let mut child = project.start(&["run", "weekly", "--var", &format!("load={}", LOADS[0]), "--as-of", LOADS[0]]);
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(2) {
        let runs = fs::read_dir(project.ledger().join("runs")).into_iter().flatten().flatten();
        let said = |run: fs::DirEntry| fs::read_to_string(run.path().join("events.jsonl")).unwrap_or_default();
        if runs.map(said).any(|events| events.contains(until)) {
            return child;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    panic!("the run says nothing of `{until}`");
}

#[test]
fn a_variable_that_the_environment_gave_is_the_same_in_a_retry() {
    let project = project();
    let plan = project.read("plans/load.toml").replace("[vars]\nload = \"one\"\n", "");
    project.write("plans/load.toml", plan);
    project.write("rules/orphans.sql", ORPHANS.replace("a.identifier", "CAST(a.identifier AS BIGINT) AS n"));
    project.run_in(&[("load", "two")], &["run", "load", "--as-of", FIRST, "--until", "collect"]).code(5);
    project.run_in(&[("load", "one")], &["retry"]).code(1);
    project.write("rules/orphans.sql", ORPHANS);
    project.run_in(&[("load", "one")], &["retry"]).code(0);
    let run = &runs(&project)[2];
    assert!(project.read(&format!("ledger/runs/{run}/plan.json")).contains("\"load\": \"two\""));
}

#[test]
fn what_a_run_was_not_asked_for_is_left_to_a_retry() {
    let project = project();
    project
        .run(&["run", "load", "--as-of", FIRST, "--skip", "rules"])
        .code(5)
        .stdout_has("still needs rules, controls");
    project.run(&["confirm", FIRST]).code(5).stderr_has("rules, controls must run first");
    project.run(&["retry"]).code(0).stdout_has("CONFIRMED");
    project.run(&["run", "load", "--as-of", SECOND, "--until", "activate"]).code(5);
    project
        .run(&["run", "load", "--timeslot", SECOND, "--only", "reconcile"])
        .code(5)
        .stdout_has("still needs leavers, rules, controls, validate");
    project
        .run(&["run", "load", "--timeslot", SECOND, "--only", "activate"])
        .code(5)
        .stdout_has("still needs leavers, reconcile, rules, controls, validate");
    project.run(&["retry"]).code(0);
}

#[test]
fn stages_that_would_run_on_nothing_are_refused_before_anything_is_begun() {
    let project = project();
    for selection in [
        ["--only", "reconcile"],
        ["--from", "rules"],
        ["--skip", "collect"],
        ["--skip", "activate"],
        ["--only", "managers"],
    ] {
        project.run(&[&["run", "load", "--as-of", FIRST], &selection[..]].concat()).code(2);
    }
    assert_eq!(states(&project), Vec::<String>::new());
    project.run(&["run", "load", "--as-of", FIRST, "--until", "collect"]).code(5);
    project.run(&["run", "load", "--only", "reconcile"]).code(2).stderr_has(&format!("add `--timeslot {FIRST}`"));
    project
        .run(&["run", "load", "--timeslot", FIRST, "--only", "reconcile"])
        .code(2)
        .stderr_has("stage reconcile needs activate");
    assert_eq!(states(&project), [format!("{FIRST} sandbox")]);
}
