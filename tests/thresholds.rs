//! Thresholds over whole loads: what is held is not seen, what was allowed beforehand passes, and what is compared is what
//! the plan says.

use std::ops::Range;

use crate::support::{Output, Project};

const FIRST: &str = "2026-01-05";
const SECOND: &str = "2026-01-12";

const ACCOUNTS: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
status = "STATUS"
"#;

/// A hundred accounts, loaded, in a project with these thresholds.
#[track_caller]
fn hundred(thresholds: &str) -> Project {
    let project = Project::new().collector("accounts", ACCOUNTS).plan_of(&["accounts"]);
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", format!("{plan}\n{thresholds}"));
    put(&project, 0..100, |_| "enabled");
    project.load(FIRST).code(0);
    project
}

/// Writes the extract: accounts of these numbers, each with its status.
#[track_caller]
fn put(project: &Project, numbers: impl Iterator<Item = u32>, status: impl Fn(u32) -> &'static str) {
    let rows: String = numbers.map(|number| format!("user{number:03},{}\n", status(number))).collect();
    project.write("accounts.csv", format!("LOGIN,STATUS\n{rows}"));
}

fn enabled(_: u32) -> &'static str {
    "enabled"
}

/// How many accounts everybody sees, and how many of them are disabled.
#[track_caller]
fn seen(project: &Project) -> (u64, u64) {
    let count =
        |condition: &str| project.query(&format!("SELECT COUNT(*) AS n FROM accounts WHERE {condition}")).number();
    (count("TRUE"), count("status = 'disabled'"))
}

/// Limits to what is added, changed and deleted: so many may be.
fn stops([added, changed, deleted]: [u32; 3]) -> String {
    format!(
        r#"
[stage.validate.threshold.added]
metric = "accounts.new"
max = {{ hold = {added} }}

[stage.validate.threshold.changed]
metric = "accounts.modified"
max = {{ hold = {changed} }}

[stage.validate.threshold.deleted]
metric = "accounts.deleted"
max = {{ hold = {deleted} }}
"#
    )
}

/// Thresholds as the stories of midPoint have them: a task stops on the 5th account that is added, on the 3rd whose status
/// changes, and on the 6th that is deleted. A limit is reached by as many.
const STORIES: [u32; 3] = [4, 2, 5];

/// Loads an extract in which one limit is reached. Nothing of it is seen, under whatever name it is asked for, and it goes.
#[track_caller]
fn blocked(project: &Project, threshold: &str) {
    project.load(SECOND).code(3).stdout_has(&format!("HELD: timeslot {SECOND} reached a threshold: {threshold}"));
    assert_eq!(seen(project), (100, 0), "{threshold}: what is held is not seen");
    let history = project.run(&["query", "SELECT COUNT(*) AS n FROM accounts", "--as-of", SECOND, "--format", "csv"]);
    assert_eq!(history.code(0).csv().number(), 100);
    assert!(!project.ledger().join(format!("timeslot={SECOND}")).exists());
    let open = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    let open = open.rows.iter().find(|row| row[1] == "held").expect("one is held")[0].clone();
    project.run(&["reject", &open, "--reason", "a test"]).code(0);
}

/// The counts of midPoint's stories about thresholds. There, a task that stops has done what it did until then: of 10 adds 4
/// stand, of 5 changes 2, of 25 deletions 5. Here, nothing of a load that stops is ever seen.
#[test]
fn of_a_load_that_midpoint_would_stop_half_way_nothing_is_seen() {
    let project = hundred(&stops(STORIES));
    put(&project, 0..110, enabled);
    blocked(&project, "added");
    let disabled = |number: u32| if number < 5 { "disabled" } else { "enabled" };
    let project = hundred(&stops(STORIES));
    put(&project, 0..100, disabled);
    blocked(&project, "changed");
    let project = hundred(&stops(STORIES));
    put(&project, 25..100, enabled);
    blocked(&project, "deleted");
    // One more would be too many.
    for (numbers, expected) in [(0..104, 104), (5..100, 95)] {
        let project = hundred(&stops(STORIES));
        put(&project, numbers, enabled);
        project.load(SECOND).code(0);
        assert_eq!(seen(&project), (expected, 0));
    }
    let project = hundred(&stops(STORIES));
    put(&project, 0..100, |number| if number < 2 { "disabled" } else { "enabled" });
    project.load(SECOND).code(0);
    assert_eq!(seen(&project), (100, 2));
    // Without a limit, everything goes.
    let project = hundred("");
    put(&project, 25..100, enabled);
    project.load(SECOND).code(0);
    assert_eq!(seen(&project), (75, 0));
}

/// The other set of midPoint's thresholds: a task stops on the 10th account that is added, on the 5th that changes, on the 5th
/// that is deleted. Of 10 adds its simulation makes none and its execution 9, of 5 changes 4, of 25 deletions 4; without a limit all 25.
const TASKS: [u32; 3] = [9, 4, 4];

/// The status of the account of a number.
type Status = fn(u32) -> &'static str;

/// What the ledger has: its log, its timeslots, and which timeslots there are.
fn left(project: &Project) -> (Vec<String>, String) {
    let names = |folder: &str| {
        let items = std::fs::read_dir(project.ledger().join(folder)).expect("a folder of the ledger").flatten();
        items.map(|item| format!("{folder}/{}", item.file_name().display())).collect::<Vec<_>>()
    };
    let mut all = [names("log"), names(".")].concat();
    all.sort();
    (all, project.run(&["timeslots", "--format", "csv"]).code(0).stdout)
}

/// Simulates a load with a dry run, which must tell that a limit holds it and leave nothing behind.
#[track_caller]
fn simulated(project: &Project, threshold: &str) {
    let before = left(project);
    project
        .run(&["run", "load", "--as-of", SECOND, "--dry-run"])
        .code(3)
        .stdout_has(&format!("DRY RUN: it would be held by {threshold}; nothing was kept, current is still {FIRST}"));
    assert_eq!(left(project), before, "{threshold}: a simulation leaves nothing behind");
    assert_eq!(seen(project), (100, 0), "{threshold}: a simulation shows nothing");
    let runs = std::fs::read_dir(project.ledger().join("runs")).expect("the runs").flatten();
    for run in runs {
        assert!(!run.path().join("dry").exists(), "{}", run.path().display());
    }
}

#[test]
fn midpoints_tasks_with_limits_are_simulated_and_executed_and_nothing_of_what_stops_is_seen() {
    let disabled = |number: u32| if number < 5 { "disabled" } else { "enabled" };
    let all = |_: u32| "enabled";
    let stories: [(&str, Range<u32>, Status); 3] =
        [("added", 0..110, all), ("changed", 0..100, disabled), ("deleted", 25..100, all)];
    for (threshold, numbers, status) in stories {
        let project = hundred(&stops(TASKS));
        put(&project, numbers.clone(), status);
        simulated(&project, threshold);
        blocked(&project, threshold);
        // Without a limit: the simulation says that all would go, and leaves it; the execution does it.
        let project = hundred("");
        put(&project, numbers.clone(), status);
        let before = left(&project);
        project
            .run(&["run", "load", "--as-of", SECOND, "--dry-run"])
            .code(0)
            .stdout_has("DRY RUN: it would be confirmed; nothing was kept");
        assert_eq!((left(&project), seen(&project)), (before, (100, 0)));
        project.load(SECOND).code(0);
        let changed = if threshold == "changed" { 5 } else { 0 };
        assert_eq!(seen(&project), (u64::from(numbers.end - numbers.start), changed));
    }
    // One less than the limit passes: as many as a task does before it stops.
    let less: [(Range<u32>, Status, (u64, u64)); 3] = [
        (0..109, all, (109, 0)),
        (0..100, |number| if number < 4 { "disabled" } else { "enabled" }, (100, 4)),
        (4..100, all, (96, 0)),
    ];
    for (numbers, status, expected) in less {
        let project = hundred(&stops(TASKS));
        put(&project, numbers, status);
        project.run(&["run", "load", "--as-of", SECOND, "--dry-run"]).code(0).stdout_has("it would be confirmed");
        project.load(SECOND).code(0);
        assert_eq!(seen(&project), expected);
    }
}

/// Runs the second load with what is allowed beforehand.
#[track_caller]
fn allowing(project: &Project, thresholds: &[&str]) -> Output {
    let mut arguments = vec!["run", "load", "--as-of", SECOND, "--reason", "a merger", "--approved-by", "Bea"];
    for threshold in thresholds {
        arguments.extend(["--allow", threshold]);
    }
    project.run(&arguments)
}

#[test]
fn what_was_allowed_beforehand_passes_once_and_the_log_says_who_approved_it() {
    let project = hundred(&stops(STORIES));
    put(&project, 0..110, enabled);
    for lacking in [&[][..], &["--reason", "a merger"], &["--approved-by", "Bea"]] {
        let arguments = [&["run", "load", "--as-of", SECOND, "--allow", "added"], lacking].concat();
        project.run(&arguments).code(2).stderr_has("required arguments were not provided");
    }
    allowing(&project, &["addad"])
        .code(2)
        .stderr_has("there is no threshold `addad`")
        .stderr_has("did you mean `added`");
    assert_eq!(seen(&project), (100, 0));
    allowing(&project, &["added"])
        .code(0)
        .stderr_has("threshold added was reached and passes: a merger, approved by Bea");
    assert_eq!(seen(&project), (110, 0));
    let log: String = (1..=8).map(|number| project.read(&format!("ledger/log/{number:08}.json"))).collect();
    let told = [
        "\"act\": \"hold\"",
        "\"act\": \"override\"",
        "\"threshold\": \"added\"",
        "\"reason\": \"a merger\"",
        "\"approved_by\": \"Bea\"",
    ];
    for piece in told {
        assert!(log.contains(piece), "{piece} is not in the log: {log}");
    }
    // The next run is judged as ever.
    put(&project, 0..120, enabled);
    project.load("2026-01-19").code(3);
}

#[test]
fn what_was_not_allowed_holds_beside_what_was() {
    let project = hundred(&stops(STORIES));
    put(&project, 25..110, enabled);
    allowing(&project, &["added"]).code(3).stdout_has("reached a threshold: deleted");
    assert_eq!(seen(&project), (100, 0));
    let confirm = ["confirm", SECOND, "--override", "deleted", "--reason", "a merger"];
    project.run(&confirm).code(0);
    assert_eq!(seen(&project), (85, 0));
}

#[test]
fn with_four_eyes_what_was_allowed_beforehand_waits_for_somebody_else() {
    let project = hundred(&stops(STORIES));
    let plan = project.read("plans/load.toml").replace("mode = \"auto\"", "mode = \"auto\"\nfour_eyes = true");
    project.write("plans/load.toml", plan);
    put(&project, 0..110, enabled);
    allowing(&project, &["added"]).code(3).stdout_has("waits for approval");
    assert_eq!(seen(&project), (100, 0));
    project.run(&["confirm", SECOND]).code(3).stderr_has("takes four eyes");
    assert_eq!(seen(&project), (100, 0));
}

#[test]
fn loads_are_compared_with_a_label_and_with_the_median_of_those_before() {
    let project = hundred(
        r#"
[stage.validate.threshold.since_then]
metric = "accounts.count"
drop = { hold = "5 %" }
baseline = "label:audit"

[stage.validate.threshold.drift]
metric = "accounts.count"
change = { warn = "2 %" }
baseline = "median of 9"
"#,
    );
    let load = |day: &str, accounts: u32| {
        put(&project, 0..accounts, enabled);
        project.load(day)
    };
    load("2026-01-12", 99)
        .code(0)
        .stdout_has("no timeslot called audit measured it")
        .stdout_has("`accounts.count` is 99 and is not compared: not yet, 1 of 8 loads measured it before");
    project.run(&["label", FIRST, "audit", "--reason", "the auditors were here"]).code(0);
    for (day, accounts, loads) in
        [("01-19", 98, 2), ("01-26", 97, 3), ("02-02", 98, 4), ("02-09", 99, 5), ("02-16", 98, 6), ("02-23", 97, 7)]
    {
        load(&format!("2026-{day}"), accounts)
            .code(0)
            .stdout_has(&format!("is not compared: not yet, {loads} of 8 loads measured it before"));
    }
    // 100, 99, 98, 97, 98, 99, 98 and 97 before, of the nine asked for: the middle is 98.
    load("2026-03-02", 96)
        .code(0)
        .stdout_has("`accounts.count` changed from 98 (median of 9 loads) to 96 (by 2, 2.0 %)");
    load("2026-03-09", 95)
        .code(3)
        .stdout_has("`accounts.count` fell from 100 (audit) to 95 (by 5, 5.0 %), the limit is 5 %");
    // DuckDB gets the tables that it is compared with, too.
    let sql = project.run(&["explain", "load", "--timeslot", "2026-03-09", "--sql"]).code(0);
    sql.stdout_has("VIEW \"last_9_metrics\"").stdout_has("VIEW \"at_audit_metrics\"");
}

#[test]
fn a_median_of_fewer_loads_than_eight_is_refused() {
    let project = hundred("");
    let plan = project.read("plans/load.toml");
    let median = |loads: u32| {
        format!(
            "{plan}\n[stage.validate.threshold.drift]\nmetric = \"accounts.count\"\nchange = {{ warn = 1 }}\nbaseline = \"median of {loads}\"\n"
        )
    };
    project.write("plans/load.toml", median(7));
    project.run(&["check", "load"]).code(2).says("a median is taken of 8 to 100 loads, not of `7`");
    project.write("plans/load.toml", median(8));
    project.run(&["check", "load"]).code(0);
}

#[test]
fn what_the_past_suggests_is_a_plan_that_loads_and_holds_what_is_far_from_it() {
    let project = hundred("");
    project.run(&["thresholds", "suggest"]).code(2).stderr_has("a band takes at least 4");
    for (day, accounts) in [("2026-01-12", 101), ("2026-01-19", 102), ("2026-01-26", 103), ("2026-02-02", 104)] {
        put(&project, 0..accounts, enabled);
        project.load(day).code(0);
    }
    let suggested = project.run(&["thresholds", "suggest", "--table", "accounts"]).code(0).stdout;
    assert!(suggested.contains("# From 5 confirmed timeslots, 2026-01-05 to 2026-02-02."), "{suggested}");
    assert!(suggested.contains("[stage.validate.threshold.accounts_status_fill]"), "{suggested}");
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", format!("{plan}\n{suggested}"));
    project.run(&["check", "load"]).code(0);
    put(&project, 0..105, enabled);
    project.load("2026-02-09").code(0);
    put(&project, 0..105, |number| if number < 90 { "enabled" } else { "" });
    project.load("2026-02-16").code(3).stdout_has("accounts_status_fill");
}
