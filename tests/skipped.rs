//! A source that may fail, and without which controls over its tables say nothing.

use crate::support::Project;

const RIGHTS: &str = r#"
[source]
files = "../rights.csv"
format = "csv"
on_failure = "skip"

[table.permissions.columns]
application = { value = "ERP" }
code = "ROLE"

[table.rights.columns]
repository = { value = "AD" }
account = "LOGIN"
application = { value = "ERP" }
permission = "ROLE"
"#;

const WITHOUT_RIGHTS: &str = "-- title: Accounts without a right\n\nSELECT a.uid FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM rights r WHERE r.account_uid = a.uid)\n";
const NAMED_BOB: &str = "-- title: Bob\n\nSELECT a.uid FROM accounts a WHERE a.identifier = 'bob'\n";

fn control(rule: &str) -> String {
    format!("title = \"About {rule}\"\nrisk = 1\nkind = \"rule\"\nrule = \"{rule}\"\nsubject = \"account\"\n")
}

const FINDINGS: &str =
    "SELECT f.control, a.identifier, f.state, f.opened_on FROM findings f JOIN accounts a ON a.uid = f.uid";

#[test]
fn controls_over_what_a_skipped_source_fills_are_not_evaluated_and_their_findings_stand_on() {
    let project = Project::new()
        .accounts()
        .collector("rights", RIGHTS)
        .plan_of(&["accounts", "rights"])
        .file("rules/without_rights.sql", WITHOUT_RIGHTS)
        .file("rules/bob.sql", NAMED_BOB)
        .file("controls/useless.toml", control("without_rights"))
        .file("controls/bob.toml", control("bob"))
        .file("accounts.csv", "LOGIN\nann\nbob\n")
        .file("rights.csv", "LOGIN,ROLE\nann,READ\n");
    let plan = project.read("plans/load.toml");
    project.write(
        "plans/load.toml",
        plan.replace("[stage.validate]", "[stage.rules]\n\n[stage.controls]\n\n[stage.validate]"),
    );
    project.load("2026-01-05").code(0);
    assert_eq!(project.query(FINDINGS).lines(), ["bob,bob,opened,2026-01-05", "useless,bob,opened,2026-01-05"]);
    // The rights are gone for a load, and a third account comes.
    project.remove("rights.csv");
    project.write("accounts.csv", "LOGIN\nann\nbob\ncat\n");
    project
        .load("2026-01-12")
        .code(0)
        .stderr_has("1 controls not evaluated")
        .stdout_has("controls not evaluated: what the parent found stands on")
        .stdout_has("1 controls are not evaluated, because source `rights` is failed: `useless`");
    assert_eq!(project.query(FINDINGS).lines(), ["bob,bob,persisting,2026-01-05", "useless,bob,persisting,2026-01-05"]);
    assert_eq!(
        project.query("SELECT control, source, state, table_name FROM skipped_controls").lines(),
        ["useless,rights,failed,rights"]
    );
    project.write("rights.csv", "LOGIN,ROLE\nann,READ\nbob,READ\n");
    project.load("2026-01-19").code(0);
    assert_eq!(
        project.query(FINDINGS).lines(),
        ["bob,bob,persisting,2026-01-05", "useless,bob,fixed,2026-01-05", "useless,cat,opened,2026-01-19"]
    );
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM skipped_controls").number(), 0);
}
