//! The runbooks, tried: the commands are taken from the pages themselves and run on the sample project in the state that each
//! page is about. A command that no test ran fails the test.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::smtp::{Smtp, settings};
use crate::support::{LOADS, Output, Project, sample, told};

/// A page, and which of its steps were run.
struct Runbook {
    steps: Vec<(String, String)>,
    done: RefCell<BTreeSet<String>>,
}

impl Runbook {
    /// Reads `docs/runbooks/<name>.md`.
    #[track_caller]
    fn open(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks").join(format!("{name}.md"));
        let page = std::fs::read_to_string(&path).expect("the runbook is there");
        for part in ["**Symptom.**", "**What it means.**", "## That it worked"] {
            assert!(page.contains(part), "`{name}` has no `{part}`");
        }
        let sections = page.split("\n## ").skip(1);
        let mut steps = Vec::new();
        for section in sections {
            let (title, body) = section.split_once('\n').expect("a heading has a body");
            for block in body.split("```sh\n").skip(1) {
                let (commands, _) = block.split_once("\n```").expect("a block ends");
                steps.push((title.to_owned(), commands.to_owned()));
            }
        }
        Self { steps, done: RefCell::new(BTreeSet::new()) }
    }

    /// Runs the commands below a heading in the project's folder, as a person would type them.
    #[track_caller]
    fn run(&self, project: &Project, title: &str, variables: &[(&str, &str)]) -> Output {
        let commands: Vec<&str> =
            self.steps.iter().filter(|(of, _)| of == title).map(|(_, commands)| commands.as_str()).collect();
        assert!(!commands.is_empty(), "no commands below `{title}`");
        self.done.borrow_mut().insert(title.to_owned());
        shell(project, &commands.join("\n"), variables)
    }

    /// Every step was run.
    #[track_caller]
    fn is_tried(&self) {
        let all: BTreeSet<String> = self.steps.iter().map(|(title, _)| title.clone()).collect();
        assert_eq!(all, *self.done.borrow(), "steps that were not tried");
    }
}

/// Runs a script in which `ledgerline` is this program, until a command fails.
#[track_caller]
fn shell(project: &Project, script: &str, variables: &[(&str, &str)]) -> Output {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_ledgerline"));
    let folder = program.parent().expect("a program lies in a folder").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-e", "-u", "-c", script])
        .current_dir(project.path())
        .env("PATH", format!("{folder}:{path}"))
        .env("LEDGERLINE_USER", "test")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output();
    Output::new(&[script], output.expect("sh is there"))
}

/// The sample after its first loads.
fn after(loads: usize) -> Project {
    let project = sample();
    for load in &LOADS[..loads] {
        project.weekly(load).code(0);
    }
    project
}

#[test]
fn every_runbook_is_tried() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks");
    let pages = std::fs::read_dir(folder).expect("there are runbooks").flatten();
    let tests = include_str!("runbooks.rs");
    let mut count = 0;
    for page in pages {
        let name = page.path().file_stem().expect("a page has a name").to_string_lossy().into_owned();
        assert!(tests.contains(&format!("Runbook::open(\"{name}\")")), "no test tries `{name}`");
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn a_held_load_is_let_pass_or_refused() {
    let book = Runbook::open("held_load");
    let held = after(1);
    let plan = held.read("plans/weekly.toml");
    held.write(
        "plans/weekly.toml",
        format!("{plan}\n[stage.validate.threshold.few]\nmetric = \"accounts.count\"\nmax = {{ hold = 1 }}\n"),
    );
    held.weekly(LOADS[1]).code(3);
    let variables = [("ID", LOADS[1]), ("THRESHOLD", "few")];
    book.run(&held, "What holds it", &variables).code(0).stdout_has("held by few").stdout_has("accounts.count");
    let refused = held.copy();
    book.run(&held, "It is right: let it pass", &variables).code(0).stdout_has("is current");
    book.run(&refused, "It is wrong: refuse it", &variables).code(0).stdout_has("is rejected");
    for (project, current) in [(&held, LOADS[1]), (&refused, LOADS[0])] {
        let worked = book.run(project, "That it worked", &variables).code(0).stdout_has("decision");
        let status = worked.stdout.lines().find(|line| line.starts_with("current timeslot")).expect("a status");
        assert!(status.ends_with(current) && !worked.stdout.contains("open timeslot"), "{worked}");
    }
    book.is_tried();
}

#[test]
fn a_failed_source_is_mended_or_given_up() {
    let book = Runbook::open("failed_source");
    let failed = after(1);
    let extract = "sample-data/2026-11-09/hr_identities.csv";
    let text = failed.read(extract);
    failed.remove(extract);
    failed.weekly(LOADS[1]).code(7);
    let variables = [("PLAN", "weekly"), ("LOAD", LOADS[1]), ("ID", LOADS[1])];
    book.run(&failed, "Which source, and why", &variables).says("hr_identities").says("FAILED");
    let given_up = failed.copy();
    failed.write(extract, text);
    book.run(&failed, "The file is mended: take the run up", &variables).code(0).stdout_has("CONFIRMED");
    book.run(&given_up, "The file will not come: give the load up", &variables).code(0).stdout_has("is rejected");
    let worked = book.run(&failed, "That it worked", &variables).code(0).stdout_has("14 of 14 complete");
    assert!(!worked.stdout.contains("open timeslot"), "{worked}");
    book.run(&given_up, "That it worked", &variables).code(0).stdout_has("14 of 14 complete");
    book.is_tried();
}

#[test]
fn a_full_disk_gets_room_and_the_load_goes_on() {
    let book = Runbook::open("disk_full");
    let project = after(1);
    // No file may grow beyond 24 blocks: a write then fails as on a full disk.
    let load = "trap '' XFSZ; ulimit -f 24; ledgerline run weekly --var load=$LOAD --as-of $LOAD";
    shell(&project, load, &[("LOAD", LOADS[1])]).code(1).says("File too large");
    book.run(&project, "What takes the room", &[]).code(0).stdout_has("open timeslot").stdout_has("ledger/runs");
    // As a probe that was killed two hours ago leaves it.
    shell(&project, "mkdir ledger/runs/.killed-probe && touch -d '2 hours ago' ledger/runs/.killed-probe", &[]).code(0);
    book.run(&project, "Make room", &[]).code(0).stdout_has("would").stdout_has("done");
    assert!(!project.ledger().join("runs/.killed-probe").exists());
    book.run(&project, "Go on", &[]).code(0).stdout_has("CONFIRMED");
    book.run(&project, "That it worked", &[]).code(0).stdout_has(LOADS[1]).stderr_has("as confirmed");
    book.is_tried();
}

#[test]
fn a_wrong_load_is_taken_out_of_sight_and_loaded_again() {
    let book = Runbook::open("wrong_load_confirmed");
    let project = after(2);
    let variables = [("ID", LOADS[1]), ("BEFORE", LOADS[0]), ("PLAN", "weekly"), ("LOAD", LOADS[1]), ("DAY", LOADS[1])];
    book.run(&project, "See what is wrong", &variables).code(0).stdout_has("current").stdout_has("identities");
    let hidden = book.run(&project, "Take it out of sight", &variables).code(0);
    hidden.stdout_has("is hidden").stdout_has("2026-11-09_2 is current");
    book.run(&project, "That it worked", &variables).code(0).stdout_has("hidden").stderr_has("as confirmed");
    book.is_tried();
}

#[test]
fn mails_wait_for_a_lost_relay_and_are_sent_when_it_is_back() {
    let book = Runbook::open("lost_mail_relay");
    let project = after(1);
    let port = Smtp::free_port();
    project.write("ledgerline.toml", project.read("ledgerline.toml") + &settings(port));
    let load = format!("load={}", LOADS[1]);
    project.run(&["run", "weekly", "--batch", "--var", &load, "--as-of", LOADS[1]]).code(0).stderr_has("was not sent");
    book.run(&project, "What waits, and why", &[]).code(0).stdout_has("did not take the mail");
    book.run(&project, "Whether the server takes mails", &[]).code(1).stderr_has("was not sent");
    let server = Smtp::listen(port);
    book.run(&project, "Whether the server takes mails", &[]).code(0).stderr_has("took the mail");
    book.run(&project, "Send what waits", &[]).code(0).stderr_has("was taken");
    assert!(server.mails().iter().any(|mail| mail.contains("weekly 2026-11-09: CONFIRMED")));
    book.run(&project, "That it worked", &[]).code(0).stdout_has("no mail waits");
    book.is_tried();
}

#[test]
fn a_ledger_is_read_without_our_program() {
    let book = Runbook::open("emergency_read_access");
    let project = after(2);
    let variables = [("ID", LOADS[1])];
    book.run(&project, "Which timeslot is current", &variables)
        .code(0)
        .stdout_has("timeslot=2026-11-09")
        .stdout_has("log/");
    let counted = book.run(&project, "That it worked", &variables).code(0);
    let count = project.query("SELECT COUNT(*) AS n FROM accounts").number();
    assert_eq!(counted.stdout.trim(), count.to_string());
    // Our program has no part in it; the views that are asked for are there.
    let views = project.read("ledger/views.sql");
    for view in ["accounts_current", "effective_rights_named"] {
        assert!(views.contains(&format!("VIEW {view} AS")), "{views}");
    }
    let asked = book.run(&project, "Ask it", &variables);
    if asked.stderr.contains("No module named 'duckdb'") {
        told("SKIPPED: there is no DuckDB for Python");
    } else {
        asked.code(0).stdout_has(&format!("({count},)"));
    }
    book.run(&project, "Whether it is as it was confirmed", &variables).code(0);
    let manifest = project.ledger().join("timeslot=2026-11-09/manifest.json");
    std::fs::remove_file(&manifest).expect("a manifest");
    std::fs::write(&manifest, "{}").expect("a changed one");
    book.run(&project, "Whether it is as it was confirmed", &variables).code(1).says("manifest.json: FAILED");
    book.is_tried();
}

#[test]
fn a_damaged_ledger_is_restored_from_its_copy() {
    let book = Runbook::open("restore");
    let project = after(2);
    let backups = tempfile::tempdir().expect("a folder");
    let backup = backups.path().join("ledger").display().to_string();
    let head = project.read("ledger/HEAD").trim().get(..18).expect("a head").to_owned();
    let variables = [("BACKUP", backup.as_str()), ("HEAD", head.as_str())];
    book.run(&project, "Make a copy, regularly", &variables).code(0);
    let part = std::fs::read_dir(project.ledger().join("timeslot=2026-11-09/accounts")).expect("a table");
    std::fs::remove_file(part.flatten().next().expect("a part").path()).expect("a part");
    book.run(&project, "See what is damaged", &variables).code(1).stdout_has("timeslot=2026-11-09/accounts/");
    book.run(&project, "Put the copy in its place", &variables).code(0);
    book.run(&project, "That it worked", &variables).code(0).stdout_has("2026-11-09").stderr_has("as confirmed");
    // The copy is a ledger: the next load goes on from it. An older copy lacks what was kept.
    project.weekly(LOADS[2]).code(0);
    let newer = project.read("ledger/HEAD").trim().get(..18).expect("a head").to_owned();
    std::fs::rename(project.ledger(), project.path().join("newer")).expect("aside");
    shell(&project, "cp -a \"$BACKUP\" ledger", &variables).code(0);
    book.run(&project, "That it worked", &[("HEAD", newer.as_str())]).code(1).stdout_has("does not contain");
    book.is_tried();
}
