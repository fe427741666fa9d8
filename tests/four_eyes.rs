//! Who launched a load that takes four eyes may not decide that it becomes current.

use std::process::Command;

use crate::support::{Output, Project, told};

/// A project whose load is held by a threshold.
fn held(four_eyes: bool) -> Project {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let plan = project
        .read("plans/load.toml")
        .replace("mode = \"auto\"", &format!("mode = \"auto\"\nfour_eyes = {four_eyes}"));
    project.write("plans/load.toml", format!("{plan}\n{HOLDS}"));
    project.load("2026-01-05").code(3);
    project
}

const HOLDS: &str = "[stage.validate.threshold.enough]\nmetric = \"accounts.count\"\nmin = { hold = 100 }\n";

fn confirm_as(project: &Project, person: &str) -> Output {
    let arguments = ["confirm", "2026-01-05", "--override", "enough", "--reason", "small"];
    project.run_in(&[("LEDGERLINE_USER", person)], &arguments)
}

/// The same under another account of the machine; `None` where this process may not take one.
fn confirm_as_another(project: &Project, person: &str) -> Option<Output> {
    // Whoever shares a ledger is of its group, which here is that of root.
    let others = ["--reuid=65534", "--regid=65534", "--groups=0"];
    if !Command::new("setpriv").args(others).arg("true").status().is_ok_and(|status| status.success()) {
        told("SKIPPED: another account can only be had as root");
        return None;
    }
    let open = Command::new("chmod").args(["-R", "a+rwX"]).arg(project.path()).status();
    assert!(open.expect("chmod is there").success());
    let arguments = ["confirm", "2026-01-05", "--override", "enough", "--reason", "small"];
    let program = project.command(&arguments);
    // Where the program lies, another account may not look.
    let copy = project.path().join("ledgerline");
    std::fs::copy(program.get_program(), &copy).expect("a copy");
    let output = Command::new("setpriv")
        .args(others)
        .arg(&copy)
        .args(arguments)
        .current_dir(project.path())
        .env("LEDGERLINE_USER", person)
        .output();
    Some(Output::new(&arguments, output.expect("it was there")))
}

#[test]
fn without_four_eyes_whoever_ran_it_may_let_it_pass() {
    confirm_as(&held(false), "test").code(0);
}

#[test]
fn whoever_ran_it_may_not_let_it_pass_under_any_name() {
    let project = held(true);
    for person in ["test", "somebody else"] {
        confirm_as(&project, person).code(3).stderr_has("takes four eyes").stderr_has("another person confirms it");
    }
    let log = project.run(&["timeslots", "--format", "csv"]).code(0);
    assert!(log.stdout.contains("2026-01-05,held"), "{log}");
    // To refuse one's own is always well.
    project.run(&["reject", "2026-01-05", "--reason", "a mistake"]).code(0);
}

#[test]
fn another_person_lets_it_pass_and_whoever_runs_it_again_is_no_other() {
    let project = held(true);
    // The name of whoever launched it is refused under another account too.
    let Some(own) = confirm_as_another(&project, "test") else { return };
    own.code(3).stderr_has("takes four eyes");
    // Whoever runs stages of it again is no other person any more, and a plan that says something else changes nothing.
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("four_eyes = true", "four_eyes = false"));
    project.run_in(&[("LEDGERLINE_USER", "bea")], &["retry"]).code(3);
    confirm_as_another(&project, "bea").expect("as before").code(3).stderr_has("bea may not let it pass");
    confirm_as(&project, "cleo").code(3);
    confirm_as_another(&project, "cleo").expect("as before").code(0).stdout_has("2026-01-05 is current");
}

#[test]
fn what_nothing_holds_is_confirmed_by_the_rules_of_its_plan() {
    let project = held(true);
    project.run(&["reject", "2026-01-05", "--reason", "a mistake"]).code(0);
    project.write("plans/load.toml", project.read("plans/load.toml").replace(HOLDS, ""));
    project.load("2026-01-06").code(0);
}

#[test]
fn whoever_runs_a_load_that_takes_four_eyes_does_not_approve_beforehand_what_it_lets_pass() {
    let project = held(true);
    project.run(&["reject", "2026-01-05", "--reason", "a mistake"]).code(0);
    let run = |approver: &str, person: &str| {
        let arguments =
            ["run", "load", "--as-of", "2026-01-06", "--allow", "enough", "--reason", "small", "--approved-by"];
        project.run_in(&[("LEDGERLINE_USER", person)], &[&arguments[..], &[approver]].concat())
    };
    for own in ["test", " Test ", "test (account)"] {
        run(own, "test").code(2).stderr_has("nobody approves a load of their own").stderr_has("--approved-by");
    }
    assert!(!project.run(&["timeslots", "--format", "csv"]).code(0).stdout.contains("2026-01-06"));
    // Somebody else approves it. The log keeps both names, and the load waits for somebody who looks at it.
    run("Bea", "test").code(3).stderr_has("threshold enough was reached and passes: small, approved by Bea");
    let log: String = std::fs::read_dir(project.ledger().join("log"))
        .expect("the log")
        .flatten()
        .map(|entry| std::fs::read_to_string(entry.path()).expect("an entry"))
        .filter(|entry| entry.contains("\"override\""))
        .collect();
    assert!(log.contains("\"approved_by\": \"Bea\"") && log.contains("\"by\": \"test\""), "{log}");
    // Who ran stages of what is open approves nothing of it either.
    let again =
        ["run", "load", "--timeslot", "2026-01-06", "--from", "validate", "--allow", "enough", "--reason", "small"];
    let again = [&again[..], &["--approved-by", "test"]].concat();
    project.run_in(&[("LEDGERLINE_USER", "cleo")], &again).code(2).stderr_has("nobody approves a load of their own");
}

#[test]
fn without_four_eyes_whoever_runs_a_load_may_be_who_approved_it() {
    let project = held(false);
    project.run(&["reject", "2026-01-05", "--reason", "a mistake"]).code(0);
    let arguments =
        ["run", "load", "--as-of", "2026-01-06", "--allow", "enough", "--reason", "small", "--approved-by", "test"];
    project.run(&arguments).code(0);
}
