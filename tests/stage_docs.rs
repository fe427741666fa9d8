//! The worked examples of the pages about stages: whole runs give the very tables that the pages print.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"
organisation = "UNIT"
manager = "BOSS"
status = "STATUS"
"#;

const UNITS: &str = r#"
[source]
files = "../units.csv"
format = "csv"

[table.organisations.columns]
code = "UNIT"
parent = "PARENT"
head = "HEAD"
"#;

const PLAN: &str = r#"
[plan]
title = "Load"

[stage.collect]
sources = ["units", "people"]

[stage.activate]

[stage.leavers]
active = "i.status = 'A'"

[stage.reconcile]
policy = "owners"

[stage.managers]
policy = "managers"
overlay = "managers.csv"

[stage.validate]
guards = false

[stage.confirm]
mode = "auto"
"#;

const RULES: &str = r#"
[[manager]]
of = "identities"
resolve = ["stated", "organisation_head"]

[[manager]]
of = "identities"
domain = "review"
resolve = ["stated", "organisation_head"]
"#;

/// The block of a page that begins with a line, without that line.
#[track_caller]
pub(crate) fn block(page: &str, first: &str) -> Vec<String> {
    let page =
        std::fs::read_to_string(format!("{}/docs/stages/{page}.md", env!("CARGO_MANIFEST_DIR"))).expect("the page");
    let lines = page.lines().skip_while(|line| *line != first).skip(1).take_while(|line| *line != "```");
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    assert!(!lines.is_empty(), "the page has no block `{first}`");
    lines
}

const MANAGED: &str =
    "SELECT i.employee_id, m.domain, b.employee_id AS manager, m.resolver, d.employee_id AS stands_in_for, m.reason
    FROM managers m JOIN identities i ON i.uid = m.uid JOIN identities b ON b.uid = m.identity_uid
    LEFT JOIN identities d ON d.uid = m.delegator_uid WHERE m.kind = 'identity'";

#[test]
fn the_example_of_managers_is_what_a_run_gives() {
    let overlay = block("managers", "policies/managers.csv").join("\n");
    let project = Project::new()
        .collector("people", PEOPLE)
        .collector("units", UNITS)
        .plan("load", PLAN)
        .file("policies/managers.toml", RULES)
        .file("policies/managers.csv", overlay)
        .file("units.csv", "UNIT,PARENT,HEAD\nCOMPANY,,INES\nLAB,COMPANY,NILS\n")
        .file(
            "people.csv",
            "ID,UNIT,BOSS,STATUS\nINES,COMPANY,,A\nNILS,LAB,,A\nCARLA,LAB,,A\nDIRK,LAB,OTTO,A\nOTTO,COMPANY,,LEFT\n",
        );
    project.load("2026-01-12").code(0);
    let expected = block("managers", "person,domain,manager,resolver,stands in for,reason");
    let of_lab = format!("{MANAGED} AND i.employee_id <> 'OTTO'");
    assert_eq!(project.query(&of_lab).lines(), expected);
    assert_eq!(
        project.query("SELECT problem, next_resolver FROM manager_problems WHERE domain IS NULL").lines(),
        ["inactive,organisation_head"]
    );
    project.load("2026-02-09").code(0).stdout_has("expired");
    let of_dirk = format!("{MANAGED} AND i.employee_id = 'DIRK'");
    assert_eq!(
        project.query(&of_dirk).lines(),
        ["DIRK,,NILS,organisation_head,,", "DIRK,review,INES,overlay,,conflict of interest"]
    );
    let lost = "SELECT change, detail, cause FROM link_changes WHERE table_name = 'managers'";
    assert_eq!(project.query(lost).lines(), ["gained,manager,data", "lost,manager,data"]);
    project.load("2026-03-09").code(0);
    assert_eq!(
        project.query(&of_dirk).lines(),
        ["DIRK,,NILS,organisation_head,,", "DIRK,review,NILS,organisation_head,,"]
    );
}

#[test]
fn an_overlay_that_is_not_there_or_has_other_columns_is_told() {
    let project = Project::new()
        .collector("people", PEOPLE)
        .collector("units", UNITS)
        .plan("load", PLAN)
        .file("policies/managers.toml", RULES)
        .file("units.csv", "UNIT,PARENT,HEAD\nCOMPANY,,INES\n")
        .file("people.csv", "ID,UNIT,BOSS,STATUS\nINES,COMPANY,,A\n");
    project.run(&["check"]).code(2).stderr_has("managers.csv` does not exist");
    project.write("policies/managers.csv", "kind,key\n");
    project.load("2026-01-12").code(1).says("managers.csv");
}
