//! What a run notices of keys and columns besides the rows: spellings, headers that changed, collectors that changed.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"
full_name = "NAME"
"#;

fn project() -> Project {
    let project = Project::new().collector("people", PEOPLE).plan_of(&["people"]);
    let text = project.read("ledgerline.toml");
    project
        .file("ledgerline.toml", text + "\n[keys.identities]\ncase = \"upper\"\n")
        .file("people.csv", "ID,NAME\nE1,Ann\nE2,Bob\n")
}

#[test]
fn keys_that_are_equal_in_key_form_alone_are_told_with_both_spellings() {
    let project = project();
    project.write("people.csv", "ID,NAME\nE1,Ann\ne1,Ann\nE2,Bob\ne2 ,Rob\nE3,Cid\nE3,Cid\n");
    project.load("2026-01-05").code(0).stdout_has(
        "2 keys of `identities` written in several ways, equal in key form alone: `E1` and `e1`; `E2` and `e2 `",
    );
    let rejects = "SELECT DISTINCT reason FROM rejects";
    let reason = "the key `E2` is given 2 times with different values, written `E2` and `e2 `";
    assert_eq!(project.query(rejects).lines(), [reason]);
}

#[test]
fn a_column_that_nobody_takes_is_told_once_and_then_where_it_comes_or_goes() {
    let project = project();
    project.write("people.csv", "ID,NAME,ROOM\nE1,Ann,1\n");
    project.load("2026-01-05").code(0).stdout_has("columns that no table takes: `ROOM`");
    project.write("people.csv", "ID,NAME,ROOM\nE1,Ann,2\n");
    let load = project.load("2026-01-12").code(0);
    assert!(!load.stdout.contains("ROOM"), "{load}");
    project.write("people.csv", "DESK,ID,NAME\n5,E1,Ann\n");
    project
        .load("2026-01-19")
        .code(0)
        .stdout_has("columns that timeslot 2026-01-12 did not have, and no table takes: `DESK`")
        .stdout_has("columns that timeslot 2026-01-12 had and that are gone: `ROOM`");
}

#[test]
fn what_a_collector_fills_more_or_less_is_told_and_is_no_movement() {
    let project = project();
    project.write("people.csv", "ID,NAME,MAIL,ROOM\nE1,Ann,a@x,1\n");
    project.write("collectors/people.toml", format!("{PEOPLE}email = \"MAIL\"\n"));
    project.load("2026-01-05").code(0);
    project.write("collectors/people.toml", format!("{PEOPLE}room = \"ROOM\"\n"));
    let load = project.load("2026-01-12").code(0).stdout_has("columns that collectors fill, against the parent");
    let row = load.stdout.lines().find(|line| line.contains("room")).expect("a row of the table");
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["identities", "people", "room", "email"]);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM movements").number(), 0);
    let load = project.load("2026-01-19").code(0);
    assert!(!load.stdout.contains("against the parent"), "{load}");
}

#[test]
fn a_value_that_does_not_fit_becomes_the_default_where_that_is_asked_and_is_counted() {
    let project = project();
    project.write("people.csv", "ID,NAME,BOSS\nE1,Ann,yes\nE2,Bob,perhaps\nE3,Cid,\n");
    let boss = r#"is_boss = { from = "BOSS", type = "boolean", default = "false", on_bad_value = "default" }"#;
    project.write("collectors/people.toml", format!("{PEOPLE}{boss}\n"));
    project.load("2026-01-05").code(0);
    let query = "SELECT employee_id, is_boss FROM identities ORDER BY employee_id NULLS LAST";
    assert_eq!(project.query(query).lines(), ["E1,true", "E2,false", "E3,false"]);
    let manifest: serde_json::Value =
        serde_json::from_str(&project.read("ledger/timeslot=2026-01-05/manifest.json")).expect("JSON");
    let counted = &manifest["stages"]["collect"][0]["tables"][0]["nulled"];
    assert_eq!(counted.to_string(), r#"{"BOSS":1}"#, "what did not fit, and not what was empty");
}
