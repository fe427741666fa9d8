//! The Congress as a project: sources stay where they are, only the configuration is written.

use std::path::Path;

use super::answers::Movement;
use crate::support::Project;

/// The dates of the extracts, oldest first.
pub(super) const DATES: [&str; 4] = ["2020-12-01", "2021-03-01", "2022-12-01", "2023-03-01"];

const COLLECTORS: [(&str, &str); 6] = [
    (
        "organisations",
        r#"
[table.organisations.columns]
code = "org_id"
name = "name"
parent = "parent_id"
head = "head_employee_id"
"#,
    ),
    (
        "identities",
        r#"
[table.identities.columns]
employee_id = "employee_id"
given_name = "given_name"
family_name = "family_name"
full_name = "full_name"
organisation = "org_id"
job_title = "job_title"
status = "status"
hired_on = "start_date"
departure_on = "end_date"
"#,
    ),
    (
        "repositories",
        r#"
[table.repositories.columns]
code = "repository"
name = "name"
category = "kind"
"#,
    ),
    (
        "accounts",
        r#"
[table.accounts]
on_duplicate = "first"

[table.accounts.columns]
repository = "repository"
identifier = "account_id"
login = "login"
display_name = "display_name"
employee_id = "employee_id"
status = "status"
category = "kind"
"#,
    ),
    (
        "groups",
        r#"
[table.groups.columns]
repository = "repository"
code = "group_id"
name = "name"

[table.group_nesting]
keep = "parent IS NOT NULL"

[table.group_nesting.columns]
repository = "repository"
group = "group_id"
parent = "parent_group_id"
"#,
    ),
    (
        "memberships",
        r#"
[table.memberships.columns]
repository = "repository"
group = "group_id"
account = "account_id"
role = "role"
"#,
    ),
];

/// A project over the extracts.
#[must_use]
pub(super) fn congress(data: &Path) -> Project {
    let mut project = Project::new().plan_of(&COLLECTORS.map(|(source, _)| source));
    for (source, tables) in COLLECTORS {
        let files = data.join("snapshots/${date}").join(format!("{source}.csv"));
        let text = format!("[source]\nfiles = \"{}\"\nformat = \"csv\"\n{tables}", files.display());
        project = project.collector(source, &text);
    }
    project
}

/// The project with the built-in guards.
#[must_use]
#[track_caller]
pub(super) fn guarded(project: Project) -> Project {
    let plan = project.read("plans/load.toml");
    assert!(plan.contains("guards = false\n"), "guards are off");
    project.write("plans/load.toml", plan.replace("guards = false\n", ""));
    project
}

/// Loads the four dates in order.
#[track_caller]
pub(super) fn load_all(project: &Project) {
    for date in DATES {
        project.run(&["run", "load", "--var", &format!("date={date}"), "--as-of", date]).code(0);
    }
}

/// Keys of what moved, sorted. Uids are joined back to keys; an unresolved membership moves by its text.
#[track_caller]
pub(super) fn movements(project: &Project, from: &str, to: &str, table: &str, movement: Movement) -> Vec<String> {
    let of = |table: &str| format!("m.table_name = '{table}' AND m.movement = '{movement}'");
    let key = |alias: &str, kind: &str, uid: &str| {
        format!("JOIN uids {alias} ON {alias}.kind = '{kind}' AND {alias}.uid = m.{uid}")
    };
    let sql = match table {
        "memberships" => format!(
            "SELECT g.namespace, g.key, a.key AS account FROM movements m {} {} WHERE {}",
            key("a", "account", "uid"),
            key("g", "group", "related_uid"),
            of("memberships"),
        ),
        "accounts" | "groups" => format!(
            "SELECT k.namespace, k.key FROM movements m {} WHERE {}",
            key("k", table.trim_end_matches('s'), "uid"),
            of(table)
        ),
        "repositories" => {
            format!("SELECT k.key FROM movements m {} WHERE {}", key("k", "repository", "uid"), of(table))
        }
        "identities" => format!("SELECT k.key FROM movements m {} WHERE {}", key("k", "identity", "uid"), of(table)),
        other => {
            format!(
                "SELECT k.key FROM movements m {} WHERE {}",
                key("k", other.trim_end_matches('s'), "uid"),
                of(other)
            )
        }
    };
    let mut keys = project.query_of(to, &sql).lines();
    if table == "memberships" {
        keys.extend(unresolved(project, from, to, movement));
        keys.sort_unstable();
    }
    keys
}

/// Unresolved memberships that moved: by their texts in the two timeslots, so that the two side parts are compared
/// apart from how movements write them, and as many as movements has.
#[track_caller]
fn unresolved(project: &Project, from: &str, to: &str, movement: Movement) -> Vec<String> {
    let texts = |timeslot: &str| {
        let sql = "SELECT group_repository, group_key, account_key FROM unresolved_memberships";
        project.query_of(timeslot, sql).lines()
    };
    let (before, now) = (texts(from), texts(to));
    let moved: Vec<String> = match movement {
        Movement::New => now.into_iter().filter(|line| !before.contains(line)).collect(),
        Movement::Deleted => before.into_iter().filter(|line| !now.contains(line)).collect(),
        Movement::Modified => Vec::new(),
    };
    let sql = format!(
        "SELECT COUNT(*) AS n FROM movements WHERE table_name = 'unresolved_memberships' AND movement = '{movement}'"
    );
    assert_eq!(
        project.query_of(to, &sql).number(),
        moved.len() as u64,
        "{movement} unresolved memberships {from} to {to}"
    );
    moved
}
