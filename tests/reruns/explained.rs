//! What `explain` says of the next run, and what that run then does.

use super::{FIRST, SECOND, project, runs};
use crate::support::Project;

/// What `explain` says of each source and model: `stage item decision`.
#[track_caller]
fn explained(project: &Project, arguments: &[&str]) -> Vec<String> {
    let told = project.run(&[&["explain", "load", "--format", "csv"], arguments].concat()).code(0).csv();
    told.only(&["stage", "model", "decision"]).iter().map(|row| row.join(" ")).collect()
}

#[test]
fn explain_tells_the_next_run_before_the_first_and_after() {
    let project = project();
    let first = explained(&project, &[]);
    assert!(
        first.contains(&"collect people read".to_owned()) && first.contains(&"rules orphans run".to_owned()),
        "{first:?}"
    );
    assert!(!first.iter().any(|line| line.ends_with("reuse")), "{first:?}");
    assert!(!project.ledger().exists(), "explain writes nothing");
    project.run(&["explain", "load", "--sql"]).code(0).stdout_has("-- rules: rule_orphans/orphans (sql)");
    project.load(FIRST).code(0);
    project.load(SECOND).code(0);
    let third = explained(&project, &["--as-of", "2026-01-19"]);
    for line in ["collect people reuse", "activate accounts reuse", "reconcile decisions reuse", "rules badges run"] {
        assert!(third.contains(&line.to_owned()), "{line} in {third:?}");
    }
    project.write("one/accounts.csv", "LOGIN,ID\nann,E1\n");
    let fourth = explained(&project, &["--as-of", "2026-01-19"]);
    for line in ["collect people reuse", "collect accounts read", "activate accounts run", "rules orphans run"] {
        assert!(fourth.contains(&line.to_owned()), "{line} in {fourth:?}");
    }
    project.run(&["explain", "load"]).code(0).stdout_has("one/accounts.csv` is not what the parent was collected from");
}

#[test]
fn what_explain_foretells_is_what_the_run_then_does() {
    let project = project();
    project.load(FIRST).code(0);
    project.load(SECOND).code(0);
    project.write("one/accounts.csv", "LOGIN,ID\nann,E1\nbob,E2\nghost,\nnew,\n");
    for as_of in ["2026-01-19", "2026-01-26", "2026-02-02"] {
        let mut foretold = explained(&project, &["--as-of", as_of]);
        project.load(as_of).code(0);
        let run = runs(&project).pop().expect("a run");
        let events = project.read(&format!("ledger/runs/{run}/events.jsonl"));
        let mut done: Vec<String> = Vec::new();
        for event in events.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("an event")) {
            let progress = &event["kind"]["progress"];
            let Some(stage) = progress["stage"].as_str() else { continue };
            let item = progress["item"].as_str().expect("an item").rsplit('/').next().expect("a name");
            let did = match (progress["how"].as_str(), stage) {
                (Some("reused"), _) => "reuse",
                (_, "collect") => "read",
                _ => "run",
            };
            done.push(format!("{stage} {item} {did}"));
        }
        // What is made anew may turn out to be as it was, so that what reads it is taken over all the same.
        let reused = |lines: &[String]| lines.iter().filter(|line| line.ends_with(" reuse")).count();
        for line in foretold.iter().filter(|line| line.ends_with(" reuse")) {
            assert!(done.contains(line), "as of {as_of}: {line} in {done:?}");
        }
        assert!(reused(&foretold) > 3 && reused(&foretold) <= reused(&done), "as of {as_of}: {foretold:?}");
        let items = |lines: &mut Vec<String>| {
            for line in lines.iter_mut() {
                line.truncate(line.rfind(' ').unwrap_or(0));
            }
            lines.sort();
            lines.clone()
        };
        assert_eq!(items(&mut foretold), items(&mut done), "as of {as_of}");
    }
}
