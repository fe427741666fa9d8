//! The standard pack of controls in a project: what it finds, what it says that it cannot, and what the commands say of it.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"
full_name = "NAME"
departure_on = "LEAVES"
"#;

const DIRECTORY: &str = r#"
[source]
files = "../directory.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
employee_id = "ID"
is_enabled = "ENABLED"
last_logon_on = "USED"
"#;

const TWO_CONTROLS: &str = "pack_controls = [\"account_un*\", \"account_of_inactive_open\", \"account_password_old\"]";

/// A project whose plan `load` takes the standard pack, with more settings of the stage.
fn project(settings: &str) -> Project {
    let project = Project::new()
        .collector("people", PEOPLE)
        .collector("directory", DIRECTORY)
        .plan_of(&["people", "directory"])
        .file("people.csv", "ID,NAME,LEAVES\nE1,Ann Berg,\nE2,Bob Holm,2026-01-01\n")
        .file(
            "directory.csv",
            "LOGIN,ID,ENABLED,USED\nann,E1,true,2026-01-04\nbob,E2,true,2025-06-01\nold,,true,2025-11-01\n",
        );
    let plan = project.read("plans/load.toml");
    let stages = format!("[stage.leavers]\n\n[stage.controls]\npacks = [\"standard\"]\n{settings}\n\n[stage.validate]");
    project.write("plans/load.toml", plan.replace("[stage.validate]", &stages));
    project
}

const FINDINGS: &str =
    "SELECT f.control, a.identifier, f.state, f.risk FROM findings f JOIN accounts a ON a.uid = f.uid
                        ORDER BY f.control NULLS LAST, a.identifier NULLS LAST";

#[test]
fn a_plan_with_one_line_has_findings_of_a_pack_and_what_it_lacks_is_stored_and_told() {
    let project = project(TWO_CONTROLS);
    let reason = "`accounts.password_set_on` is not collected";
    project
        .load("2026-01-05")
        .code(0)
        .stderr_has("1 controls not evaluated")
        .stdout_has("controls not evaluated: what this project does not collect")
        .stdout_has(reason);
    assert_eq!(
        project.query(FINDINGS).lines(),
        ["account_of_inactive_open,bob,opened,4", "account_unused,bob,opened,2"]
    );
    let stored = project.query("SELECT control, lacks, reason FROM unevaluated_controls");
    assert_eq!(stored.lines(), [format!("account_password_old,accounts.password_set_on,{reason}")]);
    project
        .run(&["controls", "list", "--plan", "load"])
        .code(0)
        .stdout_has("account_unused")
        .stdout_has(reason)
        .stderr_has("3 controls, 1 of them not evaluated");
}

#[test]
fn what_a_plan_and_its_profile_set_holds_and_is_reported_with_its_place() {
    let settings = format!(
        "{TWO_CONTROLS}\nprofile = \"${{profile}}\"\n\n[stage.controls.set.account_unused]\nrisk = 5\nparameters = {{ days = 60 }}\n\n[stage.controls.profiles.usual]\n\n[stage.controls.profiles.pilot]\naccount_of_inactive_open = {{ enabled = false }}\n"
    );
    let project = project(&settings);
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("[stage.collect]", "[vars]\nprofile = \"usual\"\n\n[stage.collect]"));
    project
        .load("2026-01-05")
        .code(0)
        .stdout_has("what of controls differs from their defaults")
        .stdout_has("plans/load.toml:");
    assert_eq!(
        project.query(FINDINGS).lines(),
        ["account_of_inactive_open,bob,opened,4", "account_unused,bob,opened,5", "account_unused,old,opened,5"]
    );
    project
        .run(&["run", "plans/load.toml", "--as-of", "2026-01-12", "--var", "profile=pilot"])
        .code(0)
        .stdout_has("account_of_inactive_open  enabled  false  true");
    assert_eq!(project.query(FINDINGS).lines(), ["account_unused,bob,persisting,5", "account_unused,old,persisting,5"]);
    project
        .run(&["controls", "show", "account_unused", "--plan", "load"])
        .code(0)
        .stdout_has("days = 60 (set at ")
        .stdout_has("; 90 by default)")
        .stdout_has("ISO/IEC 27001:2022 Annex A 5.16, 5.18")
        .stdout_has("FROM accounts a");
    project.run(&["check"]).code(0);
}

#[test]
fn a_control_alone_is_made_again_with_the_findings_that_are_made_with_it() {
    let project = project(TWO_CONTROLS);
    project.load("2026-01-05").code(0);
    project.run(&["run", "plans/load.toml", "--as-of", "2026-01-12", "--until", "validate"]).code(0);
    project.run(&["run", "plans/load.toml", "--timeslot", "2026-01-12", "--only", "controls:account_unused"]).code(5);
    let lines = project.query_of("2026-01-12", FINDINGS).lines();
    assert_eq!(lines, ["account_of_inactive_open,bob,persisting,4", "account_unused,bob,persisting,2"]);
}

#[test]
fn controls_are_tested_by_name_and_an_unknown_one_is_told() {
    let project = Project::new();
    project
        .run(&["controls", "test", "account_unused", "group_in_a_circle"])
        .code(0)
        .stdout_has("account_unused")
        .stderr_has("2 controls, 2 tests: 0 do not hold");
    project.run(&["controls", "show", "account_unusd"]).code(2).stderr_has("did you mean `account_unused`?");
}

#[test]
fn the_tests_of_rules_behind_controls_of_the_project_are_run_too() {
    let rule = "-- title: Bob\n-- test: bob is found\n-- given accounts | uid | identifier\n--                | 1   | bob\n-- expect | uid\n--        | 2\n\
                SELECT a.uid FROM accounts a WHERE a.identifier = 'bob'\n";
    let project = project(TWO_CONTROLS).file("rules/bob.sql", rule).file(
        "controls/bob.toml",
        "title = \"Bob\"\nrisk = 1\nkind = \"rule\"\nrule = \"bob\"\nsubject = \"account\"\n",
    );
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("[stage.controls]", "[stage.rules]\n\n[stage.controls]"));
    project
        .run(&["controls", "test", "bob", "--plan", "load"])
        .code(2)
        .stdout_has("fails")
        .stderr_has("it finds `1` instead of `2`");
    project.write("rules/bob.sql", rule.replace("--        | 2", "--        | 1"));
    project.run(&["controls", "test", "bob", "account_unused", "--plan", "load"]).code(0);
}
