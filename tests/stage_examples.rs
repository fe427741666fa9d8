//! The worked examples of the pages about collect, rules and confirm: one project over two loads gives what they print.

use std::path::Path;

use crate::stage_docs::block;
use crate::support::Project;

const HR: &str = r#"
[source]
files = "../hr.csv"
format = "csv"
on_failure = "carry"

[table.identities]
keep = "full_name <> 'Test'"

[table.identities.columns]
employee_id = "ID"
full_name = "NAME"
departure_on = "END"
"#;

const ACCOUNTS: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "login"
department = "department"
last_logon_on = "last logon"
"#;

const PLAN: &str = r#"
[plan]
title = "Load"

[stage.collect]
sources = ["hr", "accounts"]

[stage.activate]

[stage.reconcile]
policy = "owners"

[stage.rules]

[stage.rules.parameters.idle]
days = 180

[stage.validate]
guards = false

[stage.validate.threshold.idle]
sql = "SELECT COUNT(*) FROM rule_idle r"
max = { hold = 1 }

[stage.confirm]
mode = "auto"
"#;

const FIRST: &str = "ID,NAME,END\nE1,Ann Berg,\nE2,Bob Dahl,\nE3,Cleo Lund,\nE4,Dan Moe,\n";

/// A block with its first line, as a file has it.
fn file(page: &str, first: &str) -> String {
    format!("{first}\n{}\n", block(page, first).join("\n"))
}

fn project() -> Project {
    Project::new()
        .collector("hr", HR)
        .collector("accounts", ACCOUNTS)
        .plan("load", PLAN)
        .file("rules/idle.sql", file("rules", "-- title: Accounts that nobody has used for a while"))
        .file("rules/idle_by_unit.sql", file("rules", "-- title: How many of them a unit has"))
        .file("accounts.csv", file("rules", "login,department,last logon"))
        .file("hr.csv", FIRST)
}

/// The entries of the log: number, timeslot, act, and why.
fn entries(ledger: &Path) -> Vec<String> {
    let mut files: Vec<_> =
        std::fs::read_dir(ledger.join("log")).expect("a log").map(|file| file.expect("an entry").path()).collect();
    files.sort();
    let entry = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("an entry");
        let entry: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let why = match (text("threshold").as_str(), entry["thresholds"][0].as_str()) {
            (_, Some(threshold)) => threshold.to_owned(),
            ("", None) => text("reason"),
            (threshold, None) => format!("{threshold}: {}", text("reason")),
        };
        format!("{},{},{},{why}", entry["number"], text("timeslot"), text("act"))
    };
    files.iter().map(entry).collect()
}

#[test]
fn the_examples_of_rules_collect_and_confirm_are_what_two_loads_give() {
    let project = project();
    project.run(&["check", "load"]).code(0);
    project.load("2026-01-05").code(3);
    project.run(&["confirm", "2026-01-05"]).code(2).stderr_has("is held by idle");
    project.run(&["confirm", "2026-01-05", "--override", "idle", "--reason", "they are known"]).code(0);
    let answer = project.query("SELECT department, accounts FROM rule_idle_by_unit").lines();
    assert_eq!(answer, block("rules", "department,accounts"));

    project.write("hr.csv", file("collect", "ID,NAME,END"));
    let load = project.load("2026-01-12").code(3);
    let counts = load.stdout.lines().find(|line| line.trim_start().starts_with("hr ")).expect("the source's line");
    let [_, state, _, read, kept, rejected, filtered, duplicate, _, nulled] =
        counts.split_whitespace().collect::<Vec<_>>()[..]
    else {
        panic!("other columns than expected: {counts}");
    };
    assert_eq!(state, "complete");
    assert_eq!(
        [[read, kept, rejected, filtered, duplicate, nulled].join(",")].as_slice(),
        block("collect", "read,kept,rejected,filtered,duplicate,values made null")
    );
    let rejects = project.query_of("2026-01-12", "SELECT line, reason, raw FROM rejects").rows;
    let mut rejects: Vec<String> = rejects.iter().map(|row| format!("{},{},\"{}\"", row[0], row[1], row[2])).collect();
    rejects.sort();
    assert_eq!(rejects, block("collect", "line,reason,row"));
    let people = "SELECT employee_id, full_name, departure_on, stale_loads FROM identities";
    assert_eq!(project.query_of("2026-01-12", people).lines(), block("collect", "person,name,departure,stale loads"));
    project.run(&["reject", "2026-01-12", "--reason", "E4 is to be mended first"]).code(0);
    assert_eq!(entries(&project.ledger()), block("confirm", "entry,timeslot,act,why"));

    // Only the header: what is not there is not gone.
    project.write("hr.csv", "ID,NAME,END\n");
    project.load("2026-01-19").code(3).says("partial");
    assert_eq!(
        project.query_of("2026-01-19", "SELECT employee_id, stale_loads FROM identities").lines(),
        ["E1,1", "E2,1", "E3,1", "E4,1"]
    );
}
