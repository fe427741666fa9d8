//! Whether data or configuration moved something, in whole runs.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"
given_name = "GIVEN"
full_name = "NAME"
organisation = "UNIT"
"#;

const UNITS: &str = r#"
[source]
files = "../units.csv"
format = "csv"

[table.organisations.columns]
code = "UNIT"
head = "HEAD"
"#;

const RIGHTS: &str = r#"
[source]
files = "../rights.csv"
format = "csv"

[table.applications.columns]
code = { value = "ERP" }

[table.permissions]
on_duplicate = "first"

[table.permissions.columns]
application = { value = "ERP" }
code = "ROLE"

[table.rights.columns]
repository = { value = "AD" }
account = "LOGIN"
application = { value = "ERP" }
permission = "ROLE"
"#;

const PLAN: &str = r#"
[plan]
title = "Load"

[stage.collect]
sources = ["units", "people", "accounts", "rights"]

[stage.activate]

[stage.reconcile]
policy = "owners"

[stage.managers]
policy = "managers"

[stage.rules]
rules = ["*"]

[stage.controls]
controls = ["*"]

[stage.validate]
guards = false

[stage.confirm]
mode = "auto"
"#;

const POST: &str = "-- title: Who may post\nSELECT i.uid, i.employee_id FROM identities i JOIN effective_rights e ON e.identity_uid = i.uid JOIN permissions p ON p.uid = e.permission_uid WHERE p.code = 'POST'";

fn by_login(text: &str) -> String {
    format!("[[match]]\nid = \"by_login\"\naccount = \"identifier\"\nidentity = \"{text}\"\n")
}

/// Ann and Bob with an account each; Bob's says something else than his given name.
fn project() -> Project {
    Project::new()
        .collector("people", PEOPLE)
        .collector("units", UNITS)
        .collector("rights", RIGHTS)
        .accounts()
        .plan("load", PLAN)
        .file("policies/owners.toml", by_login("{given_name}"))
        .file("policies/managers.toml", "[[manager]]\nof = \"identities\"\nresolve = [\"organisation_head\"]\n")
        .file("rules/may_post.sql", POST)
        .file(
            "controls/posting.toml",
            "title = \"Posting\"\nrisk = 3\nkind = \"rule\"\nrule = \"may_post\"\nsubject = \"identity\"\n",
        )
        .file("units.csv", "UNIT,HEAD\nSALES,E1\nSHOP,E2\n")
        .file("people.csv", "ID,GIVEN,NAME,UNIT\nE1,ann,Ann,SALES\nE2,bob,robert,SALES\nE3,cid,Cid,SALES\n")
        .file("accounts.csv", "LOGIN\nann\nrobert\n")
        .file("rights.csv", "LOGIN,ROLE\nann,READ\nrobert,POST\n")
}

const CAUSES: &str = "SELECT table_name, part, cause FROM causes ORDER BY table_name, part";
const MOVED: &str = "SELECT table_name, movement, cause, COUNT(*) AS n FROM movements GROUP BY table_name, movement, cause ORDER BY table_name, movement, cause";
const LINKED: &str = "SELECT l.table_name, l.kind, u.key, l.change, r.key AS related, l.cause FROM link_changes l
    JOIN uids u ON u.kind = l.kind AND u.uid = l.uid JOIN uids r ON r.kind = l.related_kind AND r.uid = l.related_uid
    ORDER BY l.table_name, l.kind, u.key, l.change, r.key";

/// The rows of the table of a summary that tells what moved links, findings and gaps, each as one text.
fn told(summary: &str) -> Vec<String> {
    let rows = summary.lines().skip_while(|line| *line != "what moved links, findings and gaps").skip(3);
    let rows = rows.take_while(|line| line.starts_with("  "));
    rows.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn where_only_the_text_of_a_rule_changed_its_findings_moved_by_configuration() {
    let project = project();
    let first = project.load("2026-01-05").code(0);
    assert!(told(&first.stdout).is_empty());
    assert!(project.query(CAUSES).lines().is_empty());
    project.write("rules/may_post.sql", POST.replace("'POST'", "'READ'"));
    let second = project.load("2026-01-12").code(0);
    // Ann reads; nothing that was collected moved, and no link did.
    assert_eq!(told(&second.stdout), ["findings 1 0 1 0"]);
    assert!(project.query(MOVED).lines().is_empty());
    assert!(project.query(LINKED).lines().is_empty());
    let causes = project.query(CAUSES).lines();
    assert!(causes.iter().all(|row| row.ends_with(",configuration")), "{causes:?}");
    for table in ["rule_may_post,", "findings,posting"] {
        assert!(causes.iter().any(|row| row.starts_with(table)), "{table}: {causes:?}");
    }
    // Nothing but the day went on.
    assert!(told(&project.load("2026-01-19").code(0).stdout).is_empty());
    // Bob, who has no account yet, gets one that reads: by data.
    project.write("accounts.csv", "LOGIN\nann\nrobert\nbob\n");
    project.write("rights.csv", "LOGIN,ROLE\nann,READ\nrobert,POST\nbob,READ\n");
    let fourth = told(&project.load("2026-01-26").code(0).stdout);
    assert!(fourth.contains(&"findings 1 1 0 0".to_owned()), "{fourth:?}");
}

#[test]
fn where_only_a_policy_changed_links_and_findings_moved_by_configuration() {
    let project = project();
    project.load("2026-01-05").code(0);
    project.write("policies/owners.toml", by_login("{full_name}") + "compare = \"normalised\"\n");
    let second = project.load("2026-01-12").code(0);
    assert_eq!(
        told(&second.stdout),
        ["findings 1 0 1 0", "links in effective_rights 3 0 3 0", "links in ownership 2 0 2 0"]
    );
    assert!(project.query(MOVED).lines().is_empty());
    let gained = "SELECT l.table_name, l.kind || ' ' || u.key AS of_whom, r.key AS related, l.cause FROM link_changes l
        JOIN uids u ON u.kind = l.kind AND u.uid = l.uid JOIN uids r ON r.kind = l.related_kind AND r.uid = l.related_uid
        WHERE l.change = 'gained'";
    assert_eq!(project.query(gained).lines(), crate::stage_docs::block("activate", "table,of,gained,cause"));
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM link_changes WHERE change = 'lost'").number(), 0);
    let causes = project.query(CAUSES).lines();
    assert!(causes.iter().all(|row| row.ends_with(",configuration")), "{causes:?}");
    for table in ["ownership,decided", "effective_rights,effective_rights", "rule_may_post,", "findings,"] {
        assert!(causes.iter().any(|row| row.starts_with(table)), "{table}: {causes:?}");
    }
}

#[test]
fn data_moves_what_it_moves_and_a_day_that_passes_is_no_configuration() {
    let project = project();
    project.load("2026-01-05").code(0);
    project.write("people.csv", "ID,GIVEN,NAME,UNIT\nE1,ann,Ann,SALES\nE2,robert,robert,SHOP\nE3,cid,Cid,SALES\n");
    project.load("2026-01-12").code(0);
    assert_eq!(project.query(MOVED).lines(), ["identities,modified,data,1"]);
    assert_eq!(
        project.query("SELECT attribute, old_value, new_value, cause FROM changes ORDER BY attribute").lines(),
        ["given_name,bob,robert,data", "organisation,SALES,SHOP,data"]
    );
    let linked = project.query(LINKED).lines();
    assert!(linked.contains(&"identities,organisation,SALES,lost,E2,data".to_owned()), "{linked:?}");
    assert!(linked.contains(&"identities,organisation,SHOP,gained,E2,data".to_owned()), "{linked:?}");
    assert!(linked.contains(&"ownership,identity,E2,gained,robert,data".to_owned()), "{linked:?}");
    assert!(linked.iter().all(|row| row.ends_with(",data")), "{linked:?}");
    project.load("2026-01-19").code(0);
    assert!(project.query(CAUSES).lines().iter().all(|row| row.ends_with(",data")));
}

#[test]
fn a_collector_that_reads_the_same_file_otherwise_moves_by_configuration_and_only_its_own_rows() {
    let project = project();
    project.load("2026-01-05").code(0);
    let people = PEOPLE.replace("full_name = \"NAME\"", "full_name = { from = \"NAME\", case = \"upper\" }");
    project.write("collectors/people.toml", &people);
    project.write("units.csv", "UNIT,HEAD\nSALES,E2\nSHOP,E2\n");
    project.load("2026-01-12").code(0);
    assert_eq!(project.query(MOVED).lines(), ["identities,modified,configuration,3", "organisations,modified,data,1"]);
    let causes = project.query(CAUSES).lines();
    assert!(causes.contains(&"identities,people,configuration".to_owned()), "{causes:?}");
    assert!(causes.contains(&"organisations,units,data".to_owned()), "{causes:?}");
    // Whoever leads a unit manages its people: both of what managers are made from moved.
    assert!(causes.iter().any(|row| row.starts_with("managers,") && row.ends_with(",both")), "{causes:?}");
    project.write("people.csv", "ID,GIVEN,NAME,UNIT\nE1,ann,Ann,SALES\nE2,bob,Robert,SHOP\n");
    project.write("collectors/people.toml", PEOPLE);
    project.load("2026-01-19").code(0);
    let moved = project.query(MOVED).lines();
    assert_eq!(moved, ["identities,deleted,both,1", "identities,modified,both,2"]);
}
