//! Views over all loads, in whole runs: since when a row is there, how often it went, and for how many loads in a row.

use crate::support::Project;

const RETURNED: &str = "-- title: Accounts that came back\nSELECT a.uid, a.identifier, s.since, s.loads FROM accounts a JOIN accounts_seen s ON s.uid = a.uid WHERE s.gap_count > 0";

const STAYING: &str =
    "title = \"Answers that stay\"\nrisk = 1\nkind = \"rule\"\nrule = \"returned\"\nsubject = \"account\"\n";

fn project() -> Project {
    let project = Project::new()
        .accounts()
        .plan_of(&["accounts"])
        .file("rules/returned.sql", RETURNED)
        .file("controls/staying.toml", STAYING);
    let plan = project.read("plans/load.toml");
    let with_rules = "[stage.rules]\nrules = [\"*\"]\n\n[stage.controls]\ncontrols = [\"*\"]\n\n[stage.validate]";
    project.write("plans/load.toml", plan.replace("[stage.validate]", with_rules));
    project
}

fn load(project: &Project, as_of: &str, logins: &[&str]) {
    project.write("accounts.csv", format!("LOGIN\n{}\n", logins.join("\n")));
    project.load(as_of).code(0);
}

const SEEN: &str = "SELECT k.key, s.first_seen, s.last_seen, s.gone_on, s.since, s.loads, s.gap_count, s.loads_seen
    FROM accounts_seen s JOIN uids k ON k.kind = 'account' AND k.uid = s.uid ORDER BY k.key";

#[test]
fn a_row_has_a_first_and_a_last_day_and_counts_its_gaps() {
    let project = project();
    load(&project, "2026-01-05", &["ann", "bob"]);
    load(&project, "2026-01-12", &["ann", "cid"]);
    load(&project, "2026-01-19", &["ann", "bob", "cid"]);
    load(&project, "2026-01-26", &["ann", "bob"]);
    let page =
        crate::stage_docs::block("activate", "account,first_seen,last_seen,gone_on,since,loads,gap_count,loads_seen");
    assert_eq!(project.query(SEEN).lines(), page);
    // As the timeslot of that day saw it.
    assert_eq!(
        project.query_of("2026-01-12", SEEN).lines(),
        [
            "ann,2026-01-05,2026-01-12,,2026-01-05,2,0,2",
            "bob,2026-01-05,2026-01-05,2026-01-12,,0,0,1",
            "cid,2026-01-12,2026-01-12,,2026-01-12,1,0,1",
        ]
    );
    assert_eq!(project.query("SELECT identifier, since, loads FROM rule_returned").lines(), ["bob,2026-01-19,2"]);
    assert_eq!(
        project
            .query("SELECT s.identifier, s.first_seen, s.loads, s.gap_count FROM rule_returned_seen s ORDER BY s.loads")
            .lines(),
        ["bob,2026-01-19,2,0"]
    );
    project.run(&["hide", "2026-01-12", "--reason", "a test"]).code(0);
    let seen = project.query(SEEN).lines();
    assert_eq!(seen[1], "bob,2026-01-05,2026-01-26,,2026-01-05,3,0,3");
    assert_eq!(seen[2], "cid,2026-01-19,2026-01-19,2026-01-26,,0,0,1");
}

#[test]
fn a_timeslot_is_explained_by_the_loads_that_were_in_sight_when_it_was_made() {
    let project = project();
    load(&project, "2026-01-05", &["ann", "bob"]);
    load(&project, "2026-01-12", &["ann"]);
    load(&project, "2026-01-19", &["ann", "bob"]);
    let explain = |more: &[&str]| {
        let arguments = ["explain", "load", "--timeslot", "2026-01-19", "--table", "rule_returned"];
        project.run(&[&arguments[..], more].concat()).code(0)
    };
    let stands = || explain(&["--format", "csv"]).csv().only(&["decision", "why"]);
    assert_eq!(stands(), [["reuse", "it stands"]]);
    let before = explain(&["--sql"]).stdout;
    project.run(&["hide", "2026-01-12", "--reason", "a test"]).code(0);
    // The rule found Bob, who came back behind the load that is hidden now.
    assert_eq!(project.query("SELECT identifier FROM rule_returned").lines(), ["bob"]);
    assert_eq!(stands(), [["reuse", "it stands"]]);
    let views = |sql: &str| sql.lines().filter(|line| line.contains("accounts_at_")).count();
    assert_eq!(views(&explain(&["--sql"]).stdout), views(&before));
    // What is hidden before a load is made is none of its past.
    load(&project, "2026-01-26", &["ann", "bob"]);
    project.run(&["show", "2026-01-12", "--reason", "a test"]).code(0);
    let latest = ["explain", "load", "--timeslot", "2026-01-26", "--table", "rule_returned", "--format", "csv"];
    assert_eq!(project.run(&latest).code(0).csv().only(&["decision", "why"]), [["reuse", "it stands"]]);
}

#[test]
fn a_load_that_numbers_otherwise_is_followed_by_its_keys() {
    let project = project();
    load(&project, "2026-01-05", &["ann"]);
    load(&project, "2026-01-12", &["ann", "bob"]);
    project.run(&["hide", "2026-01-12", "--reason", "a test"]).code(0);
    load(&project, "2026-01-19", &["ann", "cid"]);
    load(&project, "2026-01-26", &["ann", "bob", "cid"]);
    project.run(&["show", "2026-01-12", "--reason", "a test"]).code(0);
    assert_eq!(
        project.query(SEEN).lines(),
        [
            "ann,2026-01-05,2026-01-26,,2026-01-05,4,0,4",
            "bob,2026-01-12,2026-01-26,,2026-01-26,1,1,2",
            "cid,2026-01-19,2026-01-26,,2026-01-19,2,0,2",
        ]
    );
}

#[test]
fn a_table_that_is_not_followed_has_no_view() {
    let project = project();
    load(&project, "2026-01-05", &["ann"]);
    project.run(&["query", "SELECT * FROM uids_seen"]).code(1);
    project.write("rules/returned.sql", RETURNED.replace("accounts_seen", "movements_seen"));
    project.run(&["check"]).code(2).stderr_has("movements_seen");
}
