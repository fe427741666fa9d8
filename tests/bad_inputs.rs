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

#[test]
fn a_pipe_or_a_directory_in_place_of_a_file_is_refused_at_once() {
    let project = project();
    project.remove("extracts/hr.csv");
    let pipe = project.path().join("extracts/hr.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there").success());
    project.load(NOW).code(7).stderr_has("it is a pipe, a socket or a device, not a file");
    project.remove("extracts/hr.csv");
    project.write("collectors/hr.toml", COLLECTOR.replace("hr*.csv", "hr.csv"));
    std::fs::create_dir(&pipe).expect("a folder");
    project.load(NOW).code(7).stderr_has("it is a directory, not a file");
}

#[test]
fn a_file_that_changes_while_it_is_read_makes_its_source_failed() {
    let project = project();
    let people = (1..=20_000).map(|n| format!("E{n:05},Person {n},{n},true,2020-01-01\n"));
    let text = ["ID,NAME,LEVEL,REMOTE,START\n".to_owned()].into_iter().chain(people).collect::<Vec<_>>().concat();
    project.write("extracts/hr.csv", text);
    project.write("collectors/hr.toml", COLLECTOR.replace("\"stop\"", "\"carry\""));
    let file = std::fs::File::options().write(true).open(project.path().join("extracts/hr.csv")).expect("a file");
    let mut load = project.start(&["run", "plans/load.toml", "--as-of", NOW]);
    let status = loop {
        if let Some(status) = load.try_wait().expect("it runs") {
            break status;
        }
        file.set_modified(std::time::SystemTime::now()).expect("a time");
        std::thread::sleep(std::time::Duration::from_millis(1));
    };
    assert_eq!(status.code(), Some(0));
    let report = report(&project);
    assert_eq!(report["state"], "failed");
    assert!(report["remarks"][0].as_str().expect("a remark").contains("changed while it was read"), "{report}");
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM identities WHERE stale_loads = 1").number(), 20);
    // The next load, of the file left in peace, takes nothing over from it.
    project.load("2026-01-19").code(0);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM identities WHERE stale_loads = 0").number(), 20_000);
}
