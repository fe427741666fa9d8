//! Who left, over several loads with partial ones between them, and what holds where many leave.

use crate::stage_docs::block;
use crate::support::{Page, Project, user};

const HR: &str = r#"
[source]
files = "../hr.csv"
format = "csv"
min_rows = 4
on_failure = "carry"

[table.identities.columns]
employee_id = "ID"
full_name = "ID"
status = "STATUS"
departure_on = "END"
"#;

const ACCOUNTS: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
employee_id = "ID"
"#;

/// The plan, with what it says of leavers.
fn plan(leavers: &str) -> String {
    format!(
        r#"
[plan]
title = "Load"

[stage.collect]
sources = ["contractors", "hr", "accounts"]

[stage.activate]
{leavers}
[stage.reconcile]
policy = "owners"

[stage.validate]
guards = false

[stage.confirm]
mode = "auto"
"#
    )
}

const LEAVERS: &str = "[stage.leavers]\ngrace_loads = 1\ninactive_when = { status = ['left'] }\n";

/// A project with people of two feeds, and accounts of some of them.
fn project(leavers: &str) -> Project {
    let contractors = HR.replace("hr.csv", "contractors.csv").replace("min_rows = 4", "min_rows = 1");
    Project::new()
        .collector("hr", HR)
        .collector("contractors", &contractors)
        .collector("accounts", ACCOUNTS)
        .plan("load", &plan(leavers))
        .file("accounts.csv", "LOGIN,ID\nann,ANN\nbob,BOB\ncleo,CLEO\nfay,FAY\n")
}

fn lists(project: &Project, hr: &[&str], contractors: &[&str]) {
    for (file, rows) in [("hr.csv", hr), ("contractors.csv", contractors)] {
        project.write(file, format!("ID,STATUS,END\n{}\n", rows.join("\n")));
    }
}

const FIRST: &[&str] = &["ANN,,", "BOB,,", "CLEO,,", "EVA,,"];
const THEN: &[&str] = &["ANN,left,", "BOB,,2026-01-09", "EVA,,", "FAY,,"];

const DEPARTURES: &str =
    "SELECT employee_id, reason, departed_on, detected_on, last_listed_on, missed_loads, sources FROM departures";

#[test]
fn the_example_of_leavers_is_what_four_loads_give() {
    let project = project(LEAVERS);
    let mut found = Vec::new();
    let loads: [(&str, &[&str], &[&str]); 4] = [
        ("2026-01-05", FIRST, &["FAY,,", "GIL,,"]),
        ("2026-01-12", THEN, &["GIL,,"]),
        ("2026-01-19", &["EVA,,"], &["GIL,,"]),
        ("2026-01-26", THEN, &["GIL,,"]),
    ];
    for (day, hr, contractors) in loads {
        lists(&project, hr, contractors);
        project.load(day).code(0);
        found.extend(project.query(DEPARTURES).lines().iter().map(|line| format!("{day},{line}")));
    }
    let header = "load,person,reason,departed_on,detected_on,last_listed_on,missed_loads,sources";
    assert_eq!(found, block("leavers", header));
    let overdue = "SELECT a.identifier, d.employee_id, v.due_on, v.days_overdue FROM overdue_accounts v
        JOIN accounts a ON a.uid = v.account_uid JOIN departures d ON d.uid = v.identity_uid";
    assert_eq!(project.query(overdue).lines(), block("leavers", "account,owner,due_on,days_overdue"));
    assert_eq!(project.query("SELECT o.ownerless FROM ownership o WHERE o.rule = 'leaved'").lines(), ["leaved"]);
    // Who comes back is there again, and nothing is overdue.
    lists(&project, &["ANN,,", "BOB,,", "CLEO,,", "EVA,,", "FAY,,"], &["GIL,,"]);
    project.load("2026-02-02").code(0);
    assert!(project.query(DEPARTURES).rows.is_empty());
    assert!(project.query("SELECT account_uid FROM overdue_accounts").rows.is_empty());
}

#[test]
fn a_cut_feed_makes_no_leaver_of_whom_another_feed_may_list() {
    let project = project("[stage.leavers]\n");
    lists(&project, &["ANN,,", "BOB,,", "CLEO,,", "EVA,,"], &["ANN,,", "GIL,,"]);
    project.load("2026-01-05").code(0);
    // The contractors' feed is empty, so nobody knows whether it still lists Ann, whom HR no longer lists.
    lists(&project, &["BOB,,", "CLEO,,", "EVA,,", "DAN,,"], &[]);
    project.load("2026-01-12").code(0);
    let people = "SELECT i.employee_id, i.stale_loads FROM identities i";
    assert_eq!(project.query(people).lines(), ["ANN,1", "BOB,0", "CLEO,0", "DAN,0", "EVA,0", "GIL,1"]);
    assert!(project.query(DEPARTURES).rows.is_empty());
    lists(&project, &["BOB,,", "CLEO,,", "EVA,,", "DAN,,"], &["GIL,,"]);
    project.load("2026-01-19").code(0);
    assert_eq!(project.query(DEPARTURES).lines(), ["ANN,absent,2026-01-19,2026-01-19,2026-01-05,1,contractors, hr"]);
}

#[test]
fn only_a_feed_that_counts_says_that_somebody_left() {
    let project = project("[stage.leavers]\nauthoritative = [\"hr\"]\n");
    lists(&project, FIRST, &["ANN,,", "GIL,,"]);
    project.load("2026-01-05").code(0);
    lists(&project, &["BOB,,", "CLEO,,", "EVA,,", "DAN,,"], &["ANN,,", "GIL,,"]);
    project.load("2026-01-12").code(0);
    let status = "SELECT i.employee_id, s.status, s.reason FROM identity_status s JOIN identities i ON i.uid = s.uid WHERE s.status <> 'active'";
    assert_eq!(project.query(status).lines(), ["ANN,inactive,absent"]);
    assert_eq!(
        project
            .query("SELECT d.employee_id FROM overdue_accounts v JOIN departures d ON d.uid = v.identity_uid")
            .lines(),
        Vec::<String>::new()
    );
    project.load("2026-01-19").code(0).says("1 open for too long after their owner left");
}

#[test]
fn many_leavers_at_once_hold_the_timeslot_unless_the_brake_is_off() {
    let everybody = |status: &str| -> Vec<String> { (1..=12).map(|id| format!("E{id:02},{status},")).collect() };
    let project = project("[stage.leavers]\nactive = \"i.status = 'A'\"\n");
    let list = |status: &str| {
        let rows = everybody(status);
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        lists(&project, &rows, &["GIL,A,"]);
    };
    list("A");
    project.load("2026-01-05").code(0);
    list("active");
    project.load("2026-01-12").code(3).says(
        "12 of 13 active people are inactive or gone (92.3 %, the limit is 10 %); most of them by reason: by_rule 12; such as E01 E01, E02 E02",
    );
    project.run(&["reject", "2026-01-12", "--reason", "other words"]).code(0);
    project.write(
        "plans/load.toml",
        plan("[stage.leavers]\nactive = \"i.status = 'A'\"\n[stage.leavers.brake]\nenabled = false\n"),
    );
    project.load("2026-01-12").code(0);
}

#[test]
fn a_first_load_without_anybody_active_is_held() {
    let project = project("[stage.leavers]\nactive = \"i.status = 'A'\"\n");
    lists(&project, &["ANN,a,", "BOB,a,", "CLEO,a,", "EVA,a,"], &["GIL,a,"]);
    project.load("2026-01-05").code(3).says("0 of 5 listed people are active");
}

#[test]
fn a_load_of_the_same_files_brings_the_absent_nearer_to_gone_and_then_nothing() {
    let project = project(LEAVERS);
    lists(&project, FIRST, &["GIL,,"]);
    project.load("2026-01-05").code(0);
    lists(&project, &["ANN,,", "BOB,,", "DAN,,", "EVA,,"], &["GIL,,"]);
    let again = |day: &str| project.run(&["run", "load", "--batch", "--if-changed", "--as-of", day]);
    again("2026-01-12").code(0).says("1 absent, not gone yet");
    again("2026-01-13").code(0);
    assert_eq!(
        project.query("SELECT employee_id, departed_on, detected_on FROM departures").lines(),
        ["CLEO,2026-01-12,2026-01-13"]
    );
    // The account that she left is due on the 13th: from then on it is overdue, and how long is no news.
    again("2026-01-14").code(0).says("1 open for too long after their owner left");
    again("2026-01-15").code(4);
}

#[test]
fn the_page_of_somebody_who_left_says_why_and_which_accounts_are_still_open() {
    let project = project(LEAVERS);
    user(&project, "vera", &["auditor"]);
    for (day, hr) in [("2026-01-05", FIRST), ("2026-01-12", THEN), ("2026-01-19", THEN), ("2026-01-26", THEN)] {
        lists(&project, hr, &["GIL,,"]);
        project.load(day).code(0);
    }
    let page = Page::serve(&project, &[]);
    let vera = page.sign_in("vera");
    // Bob is listed and has left; Cleo is listed no more; Eva is there.
    let bob = vera.get("/identities/BOB").text;
    assert!(bob.contains("Left") && bob.contains("departed on") && bob.contains("2026-01-09"), "{bob}");
    assert!(bob.contains("Accounts that are still open") && bob.contains("href=\"/accounts/AD/bob"), "{bob}");
    let cleo = vera.get("/identities/CLEO");
    assert!(cleo.status == 200 && cleo.text.contains("CLEO (CLEO)"), "{}", cleo.text);
    assert!(cleo.text.contains("last listed on") && cleo.text.contains("2026-01-05"), "{}", cleo.text);
    assert!(cleo.text.contains("Accounts that are still open"), "{}", cleo.text);
    assert!(!vera.get("/identities/EVA").text.contains("detected on"));
    assert_eq!(vera.get("/identities/NOBODY").status, 404);
}
