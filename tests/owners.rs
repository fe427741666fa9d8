//! Owners by rules that add up, and what the commands say about them.

use crate::support::Project;

/// The block of the page about reconcile that begins with a line, without that line.
#[track_caller]
fn block(first: &str) -> String {
    crate::stage_docs::block("reconcile", first).join("\n")
}

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"
[table.identities.columns]
employee_id = "ID"
given_name = "FIRST"
family_name = "LAST"
badge = "BADGE"
"#;

const ACCOUNTS: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"
[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
given_name = { from = "FIRST", match = true }
family_name = { from = "LAST", match = true }
badge = "BADGE"
"#;

fn example() -> Project {
    Project::new()
        .collector("people", PEOPLE)
        .collector("accounts", ACCOUNTS)
        .plan_of(&["people", "accounts"])
        .file("people.csv", block("people.csv"))
        .file("accounts.csv", block("accounts.csv"))
        .file("policies/owners.toml", block("# policies/owners.toml"))
}

#[test]
fn the_example_of_reconcile_is_what_a_run_gives() {
    let project = example();
    project.load("2026-01-05").code(0).says("2 owned").says("in question by score");
    let scores = "SELECT a.identifier, i.employee_id, s.score, s.outcome, s.tier, s.arithmetic FROM owner_scores s
        JOIN accounts a ON a.uid = s.account_uid JOIN identities i ON i.uid = s.identity_uid";
    let expected = block("account,person,score,outcome,tier,arithmetic");
    assert_eq!(project.query(scores).lines(), expected.lines().collect::<Vec<_>>());
    let candidates = project.run(&["reconcile", "candidates", "load", "AD", "smith2", "--format", "csv"]).code(0).csv();
    let told = candidates.only(&["employee_id", "rule", "account_text", "identity_text", "degree"]);
    assert!(told.contains(&["E1", "names", "John", "John", "full"].map(str::to_owned).to_vec()), "{told:?}");
    assert!(told.contains(&["E2", "names", "John", "Mary", "none"].map(str::to_owned).to_vec()), "{told:?}");
    project.run(&["reconcile", "candidates", "load", "AD", "nobody"]).code(2).stderr_has("no account AD/nobody");
}

#[test]
fn coverage_follows_the_rules_and_a_trial_keeps_nothing() {
    let project = example();
    project.load("2026-01-05").code(0);
    let covered = project.run(&["reconcile", "coverage", "load", "--format", "csv"]).code(0).csv();
    let columns = ["rule", "processed", "matched", "ambiguous", "unresolved", "before", "after"];
    let lines: Vec<String> = covered.only(&columns).iter().map(|row| row.join(",")).collect();
    assert_eq!(lines[0], "before the rules,4,0,0,4,0.0 %,0.0 %");
    assert!(lines.contains(&"all,4,1,0,3,0.0 %,25.0 %".to_owned()), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("badge,3,1,0,2,25.0 %,50.0 %"));
    let owners = project.read("policies/owners.toml");
    project.write("policies/owners.toml", owners.replace("owner_at = 0.9", "owner_at = 0.5"));
    let changed = project.run(&["reconcile", "try", "load", "--format", "csv"]).code(0);
    changed.stderr_has("1 would be decided that are orphans");
    let afresh = project.run(&["reconcile", "try", "load", "--afresh", "--coverage", "--format", "csv"]).code(0).csv();
    assert_eq!(afresh.only(&["matched"]).iter().filter(|row| row[0] != "0").count(), 3);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM ownership").number(), 2, "nothing is kept");
}

#[test]
fn rules_are_suggested_from_the_owners_that_are_known() {
    let project = example();
    project.load("2026-01-05").code(0);
    let suggested = project.run(&["reconcile", "suggest", "--precision", "50", "--format", "csv"]).code(0).csv();
    let rows = suggested.only(&["account", "identity", "precision", "found"]);
    assert!(rows.iter().all(|row| row[2].ends_with(" %")), "{rows:?}");
    let toml = project.run(&["reconcile", "suggest", "--precision", "50", "--toml"]).code(0);
    let policy = project.read("policies/owners.toml");
    project.write("policies/owners.toml", format!("{policy}\n{}", toml.stdout));
    project.run(&["check", "load"]).code(0);
}

#[test]
fn a_rule_by_likeness_says_whom_to_compare() {
    let project = example();
    let policy = project.read("policies/owners.toml");
    project.write("policies/owners.toml", policy.replace("block = [", "# block = ["));
    project
        .run(&["check", "load"])
        .code(2)
        .stderr_has("LL0204")
        .stderr_has("everybody would be compared with everybody");
}
