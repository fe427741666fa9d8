//! What the faces say of timeslots: to whom, of what, and in which form.

use super::{FIRST, SECOND, project, states};

#[test]
fn data_for_programs_has_types_and_comes_as_csv_too() {
    let project = project();
    project.load(FIRST).code(0);
    let asked = "SELECT identifier, uid, uid = 1 AS is_first, display_name FROM accounts ORDER BY uid LIMIT 1";
    let told = project.run(&["query", asked, "--format", "json"]).code(0);
    let rows: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(rows.to_string(), r#"[{"identifier":"ann","uid":1,"is_first":true,"display_name":null}]"#);
    let told = project.run(&["timeslots", "--format", "json"]).code(0);
    let rows: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(rows[0]["accounts"].as_u64(), Some(3));
    let run = project.run(&["run", "load", "--as-of", SECOND, "--format", "csv"]).code(0).csv();
    assert!(run.lines().iter().any(|line| line == ",run,1,timeslot,2026-01-12"), "{run:?}");
    assert!(run.lines().iter().any(|line| line.starts_with("collect,sources,1,kept,")), "{run:?}");
    project.write("rules/orphans.sql", "-- title: Wrong\nSELECT a.nothing FROM accounts a\n");
    let found = project.run(&["check", "load", "--format", "csv"]).code(2).csv();
    assert_eq!(found.only(&["code", "severity", "line"]), [["LL0403", "error", "2"]]);
}

#[test]
fn a_reader_asks_only_what_it_may_see() {
    let project = project();
    project.load(FIRST).code(0);
    project.run(&["run", "load", "--as-of", SECOND, "--until", "collect"]).code(5);
    let ask = |id: &str| project.run(&["query", "SELECT COUNT(*) AS n FROM accounts", "--timeslot", id]);
    ask(SECOND).code(2).stderr_has("is a sandbox");
    project.run(&["reject", SECOND, "--reason", "a test"]).code(0);
    ask(SECOND).code(2).stderr_has("is rejected");
    project.run(&["hide", FIRST, "--reason", "a test"]).code(0);
    ask(FIRST).code(2).stderr_has("is hidden");
}

#[test]
fn history_and_diff_read_an_open_timeslot_that_is_named_and_what_is_computed() {
    let project = project();
    project.load(FIRST).code(0);
    project.run(&["run", "load", "--var", "load=two", "--as-of", SECOND, "--until", "controls"]).code(5);
    let whats = |arguments: &[&str]| {
        let told = project.run(&[&["history", "identity", "E2", "--format", "csv"], arguments].concat()).code(0).csv();
        told.only(&["timeslot", "what"]).iter().map(|row| row.join(" ")).collect::<Vec<_>>()
    };
    assert!(!whats(&[]).contains(&format!("{SECOND} absent")));
    assert!(whats(&["--timeslot", SECOND]).contains(&format!("{SECOND} absent")));
    project.run(&["reject", SECOND, "--reason", "a test"]).code(0);
    project.run(&["history", "identity", "E2", "--timeslot", SECOND]).code(2).stderr_has("is rejected");
    project.write("one/people.csv", "ID,NAME,BADGE\nE1,Ann,2025-12-20\n");
    project.write("one/accounts.csv", "LOGIN,ID\nann,E1\nbob,E2\nstray,\n");
    project.load(SECOND).code(0);
    let diff = |arguments: &[&str]| {
        project.run(&[&["diff", FIRST, "2026-01-12_2", "--format", "csv"], arguments].concat()).code(0).csv().lines()
    };
    let counts = diff(&[]);
    for line in ["ownership,2,2,0,1,0", "findings,1,1,1,0,1"] {
        assert!(counts.contains(&line.to_owned()), "{line} in {counts:?}");
    }
    assert_eq!(diff(&["--table", "ownership"]), ["modified,AD/bob,E2,leaved"]);
    assert_eq!(diff(&["--table", "findings"]), ["deleted,orphans,account,AD/ghost,", "new,orphans,account,AD/stray,"]);
    assert_eq!(diff(&["--table", "findings", "--by", "risk"]), ["findings,2,1,1,1,0,1"]);
}

#[test]
fn a_column_that_is_new_is_null_in_the_parent_and_one_that_changes_its_type_is_refused() {
    let project = project();
    project.load(FIRST).code(0);
    let people = project.read("collectors/people.toml");
    project.write("collectors/people.toml", format!("{people}floor = {{ from = \"FLOOR\", type = \"integer\" }}\n"));
    project.write("one/people.csv", "ID,NAME,BADGE,FLOOR\nE1,Ann,2025-12-20,4\nE2,Bob,2025-12-20,\n");
    project.write("rules/moved.sql", "-- title: Moved\nSELECT n.uid, n.floor, b.floor AS before_floor FROM identities n JOIN before_identities b ON b.uid = n.uid WHERE n.floor IS DISTINCT FROM b.floor\n");
    project.run(&["check", "load"]).code(0);
    project.load(SECOND).code(0);
    assert_eq!(project.query("SELECT uid, floor, before_floor FROM rule_moved").lines(), ["1,4,"]);
    let explained = project.run(&["explain", "load", "--timeslot", SECOND, "--format", "csv"]).code(0).csv();
    assert!(explained.only(&["decision"]).concat().iter().all(|decision| decision != "run"), "all of it stands");
    project.write("collectors/people.toml", format!("{people}floor = \"FLOOR\"\n"));
    project.write("rules/moved.sql", "-- title: Moved\nSELECT n.uid FROM identities n\n");
    project.run(&["check", "load"]).code(2).stderr_has("LL0304").stderr_has("collectors/people.toml:8:1");
    project.load("2026-01-19").code(2).stderr_has("and BIGINT in the current timeslot 2026-01-12");
    assert_eq!(states(&project).len(), 2);
}

#[test]
fn a_query_takes_the_variables_of_the_project() {
    let project = project();
    let text = project.read("ledgerline.toml").replace("\"ledger\"", "\"${where}\"");
    project.write("ledgerline.toml", text);
    project.run(&["run", "load", "--as-of", FIRST, "--var", "where=ledger"]).code(0);
    let asked = ["query", "SELECT COUNT(*) AS n FROM accounts", "--format", "csv", "--var"];
    assert_eq!(project.run(&[&asked[..], &["where=ledger"]].concat()).code(0).csv().number(), 3);
    project.run(&[&asked[..], &["where=ledger", "--var", "load=two"]].concat()).code(2).stderr_has("`load` was given");
}
