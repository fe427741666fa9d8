//! Bad inputs, each with its verdict: the state of the source, what is rejected and why, and that nothing of the load
//! before is lost. Numbers are those of the catalogue of bad inputs (reliability, section 3).

mod cases;

use self::cases::{Case, Verdict, good};
use crate::support::{Project, timeslots_of};

const BEFORE: &str = "2026-01-05";
const NOW: &str = "2026-01-12";

const COLLECTOR: &str = r#"
[source]
files = "../extracts/hr*.csv"
format = "csv"
on_failure = "stop"

[table.identities.columns]
employee_id = "ID"
full_name = "NAME"
level = { from = "LEVEL", type = "integer" }
is_remote = { from = "REMOTE", type = "boolean" }
hired_on = { from = "START", formats = ["%Y-%m-%d"] }
"#;

/// A project with twenty people, confirmed.
#[track_caller]
fn project() -> Project {
    let project = Project::new().collector("hr", COLLECTOR).plan_of(&["hr"]).file("extracts/hr.csv", good());
    let plan = project.read("plans/load.toml").replace("[plan]\n", "[plan]\non_open = \"reject\"\n");
    project.write("plans/load.toml", plan);
    project.load(BEFORE).code(0);
    project
}

#[test]
fn a_file_that_is_missing_empty_or_cut_off() {
    check(cases::files());
}

#[test]
fn bytes_that_are_not_in_the_encoding_that_was_declared() {
    check(cases::encodings());
}

#[test]
fn a_header_that_is_not_the_one_that_was_agreed() {
    check(cases::headers());
}

#[test]
fn a_record_that_cannot_be_cut_into_its_fields() {
    check(cases::records());
}

#[test]
fn a_value_that_does_not_fit_an_optional_column_is_null_and_counted() {
    check(cases::values());
}

#[test]
fn a_key_that_is_missing_or_given_twice() {
    check(cases::keys());
}

/// Each case has its verdict, and deletes nobody.
#[track_caller]
fn check(cases: Vec<Case>) {
    let confirmed = project();
    let mut wrong = Vec::new();
    for case in cases {
        let project = confirmed.copy();
        let mut tell = |what: String| wrong.push(format!("{} {}: {what}", case.number, case.what));
        match verdict(&project, &case) {
            Ok(found) if found == case.verdict => {}
            Ok(found) => tell(format!("\n  expected {:?}\n  found    {found:?}", case.verdict)),
            Err(why) => tell(why),
        }
        if let Err(law) = nothing_is_lost(&project) {
            tell(law);
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Loads the bad file, first with a collector that stops, then, where it stopped, with one that carries.
fn verdict(project: &Project, case: &Case) -> Result<Verdict, String> {
    project.remove("extracts/hr.csv");
    for (name, bytes) in &case.files {
        project.write(&format!("extracts/{name}"), bytes);
    }
    let mut load = project.load(NOW);
    if load.exit_code() == 7 {
        if project.query("SELECT COUNT(*) AS n FROM identities WHERE stale_loads = 0").number() != 20 {
            return Err(format!("a load that stopped is seen: {load}"));
        }
        project.write("collectors/hr.toml", COLLECTOR.replace("\"stop\"", "\"carry\""));
        load = project.load(NOW);
    }
    if load.exit_code() != 0 || !load.stdout.contains(case.says) {
        return Err(format!("exit 0 and `{}` were expected: {load}", case.says));
    }
    let report = report(project);
    let nulled = report["tables"].as_array().expect("tables").iter();
    let nulled = nulled.flat_map(|table| table["nulled"].as_object().expect("nulled").values());
    let rejects = project.query("SELECT line, reason FROM rejects ORDER BY line, reason").rows;
    Ok(Verdict {
        state: report["state"].as_str().expect("a state").to_owned(),
        rejects: rejects.into_iter().map(|row| row.join(": ")).collect(),
        nulled: nulled.map(|count| count.as_u64().expect("a count")).sum(),
        stale: project.query("SELECT COUNT(*) AS n FROM identities WHERE stale_loads = 1").number(),
    })
}

/// What collect says of the source in the newest timeslot.
#[track_caller]
fn report(project: &Project) -> serde_json::Value {
    let timeslots = timeslots_of(&project.ledger());
    let newest = timeslots.last().expect("a timeslot");
    let text = std::fs::read_to_string(newest.join("manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("a manifest is JSON");
    assert_eq!(manifest["as_of"], NOW);
    manifest["stages"]["collect"][0].clone()
}

/// Everybody of the load before is still there, and every record is accounted for.
fn nothing_is_lost(project: &Project) -> Result<(), String> {
    let gone = project.query(
        "SELECT b.employee_id FROM before_identities b WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.uid = b.uid)",
    );
    if !gone.rows.is_empty() {
        return Err(format!("gone: {:?}", gone.lines()));
    }
    let deleted = project.query("SELECT COUNT(*) AS n FROM movements WHERE movement = 'deleted'").number();
    if deleted > 0 {
        return Err(format!("{deleted} deleted"));
    }
    for table in report(project)["tables"].as_array().expect("tables") {
        let count = |name: &str| table[name].as_u64().expect("a count");
        let sum = ["kept", "rejected", "filtered", "duplicate"].map(count).iter().sum::<u64>();
        if count("read") != sum {
            return Err(format!("{} records read, {sum} accounted for: {table}", count("read")));
        }
    }
    Ok(())
}

#[test]
fn a_key_given_twice_in_a_plan_and_an_unknown_key_are_told_with_their_line() {
    let project = project();
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("title = ", "title = \"Again\"\ntitle = "));
    project.load(NOW).code(2).stderr_has("LL0106").stderr_has("plans/load.toml:4");
    project.write("plans/load.toml", plan.replace("title = ", "titel = "));
    project.load(NOW).code(2).stderr_has("LL0102").stderr_has("titel").stderr_has("title");
}
