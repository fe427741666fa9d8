//! The project that `init` writes, through two loads: what the faces then say of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::execute::execute;
use super::output::Format;
use super::{Failure, guarded, init, machine, open, project};
use crate::diff::{Diff, DiffError};
use crate::history::{Happening, history};
use crate::ledger::{Ledger, State};
use crate::runs::Command;
use crate::table::Kind;

struct Sample {
    _keep: TempDir,
    folder: PathBuf,
}

impl Sample {
    /// The project of `init`, not yet run.
    fn new() -> Self {
        let keep = TempDir::new().expect("a folder");
        let folder = keep.path().join("project");
        init::run(&init::Arguments { folder: folder.clone() }).expect("a project");
        Self { _keep: keep, folder }
    }

    /// Runs the plan and returns the exit code.
    #[track_caller]
    fn load(&self, as_of: &str) -> u8 {
        let command = Command {
            plan: PathBuf::from("weekly"),
            vars: BTreeMap::new(),
            environment: BTreeMap::new(),
            as_of: as_of.parse().ok(),
            timeslot: None,
            from: None,
            until: None,
            only: Vec::new(),
            skip: Vec::new(),
            forget: Vec::new(),
            dry_run: false,
            if_changed: false,
            full: false,
            allow_check_errors: false,
            allowance: None,
            batch: true,
            due: None,
        };
        execute(&command, Some(self.folder.clone()), Format::Csv).expect("the plan runs")
    }

    fn change(&self, extract: &str, from: &str, to: &str) {
        let path = self.folder.join("extracts").join(extract);
        let text = fs::read_to_string(&path).expect("the extract");
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replace(from, to)).expect("written");
    }

    fn ledger(&self) -> Ledger {
        Ledger::open(&self.folder.join("ledger")).expect("the ledger")
    }

    /// Two loads: Ben becomes a controller, Cleo leaves with her account, Dan joins.
    fn two_loads() -> Self {
        let sample = Self::new();
        assert_eq!(sample.load("2026-11-02"), 0);
        sample.change(
            "hr.csv",
            "E2,Ben,Sorrel,ben.sorrel@example.org,Buyer",
            "E2,Ben,Sorrel,ben.sorrel@example.org,Controller",
        );
        sample.change("hr.csv", "E3,Cleo,Marsh,cleo.marsh@example.org", "e4,Dan,Holt,dan.holt@example.org");
        sample.change("directory.csv", "cleo.marsh,Cleo Marsh,,E3,true,2026-11-12\n", "");
        assert_eq!(sample.load("2026-11-09"), 0);
        sample
    }
}

fn texts(rows: Vec<Vec<Option<String>>>) -> Vec<String> {
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(",")).collect()
}

fn below(folder: &Path) -> Vec<String> {
    let list = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = list.map(|item| item.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_project_that_init_writes_runs_at_once_to_a_confirmed_timeslot() {
    let sample = Sample::new();
    assert_eq!(sample.load("2026-11-02"), 0);
    let ledger = sample.ledger();
    let standings = ledger.standings().expect("standings");
    assert_eq!(standings.all().iter().map(|standing| standing.state).collect::<Vec<_>>(), [State::Confirmed]);
    let run = &below(&ledger.runs_folder())[0];
    let kept = below(&ledger.runs_folder().join(run));
    assert_eq!(kept, ["events.jsonl", "plan.json", "report.html", "run.json"], "no mail without [mail]");
    let views = fs::read_to_string(ledger.root().join("views.sql")).expect("the views");
    assert!(views.contains("CREATE OR REPLACE VIEW accounts_current AS SELECT * FROM read_parquet('timeslot=2026-11-02/accounts/*.parquet'"), "{views}");
    fs::remove_file(ledger.root().join("views.sql")).expect("gone, as after a crash behind the commit");
    drop(ledger.lock("a test").expect("the lock"));
    assert_eq!(fs::read_to_string(ledger.root().join("views.sql")).expect("back"), views);
    assert!(!views.contains("VIEW rights_"), "a table that has no rows has no view: {views}");
    assert!(init::run(&init::Arguments { folder: sample.folder.clone() }).is_err(), "a folder in use is left alone");
}

#[test]
fn two_loads_differ_both_ways_down_to_the_attribute() {
    let sample = Sample::two_loads();
    let ledger = sample.ledger();
    let [old, new] =
        ["2026-11-02", "2026-11-09"].map(|id| ledger.timeslot(&id.parse().expect("an id")).expect("a timeslot"));
    let engine = machine::engine(&open::project(Some(sample.folder.clone())).expect("the project")).expect("an engine");
    let there = Diff::new(&old, &new, &engine).expect("comparable");
    let counts = texts(there.counts(None, None).expect("counts").1);
    assert_eq!(counts[..2], ["identities,3,3,1,1,1", "accounts,4,3,0,0,1"]);
    assert_eq!(counts[2..], ["ownership,4,3,0,0,1", "effective_rights,0,0,0,0,0"], "of what is computed");
    let owners = texts(there.details("ownership", false).expect("details").1);
    assert_eq!(owners, ["deleted,AD/cleo.marsh,E3,"]);
    let by = texts(there.counts(Some("ownership"), Some("rule")).expect("counts").1);
    assert_eq!(by.iter().filter(|line| line.ends_with(",0,0,1")).count(), 1, "{by:?}");
    let details = texts(there.details("identities", false).expect("details").1);
    assert_eq!(details, ["deleted,E3,,,", "modified,E2,job_title,Buyer,Controller", "new,E4,,,"]);
    let keys = texts(there.details("accounts", true).expect("keys").1);
    assert_eq!(keys, ["deleted,AD/cleo.marsh"]);
    let by = texts(there.counts(Some("identities"), Some("job_title")).expect("counts").1);
    assert_eq!(by, ["identities,Buyer,1,0,0,0,0", "identities,Controller,1,2,0,1,0", "identities,Engineer,1,1,1,0,1"]);

    let back = Diff::new(&new, &old, &engine).expect("comparable");
    let details = texts(back.details("identities", false).expect("details").1);
    assert_eq!(details, ["deleted,E4,,,", "modified,E2,job_title,Controller,Buyer", "new,E3,,,"]);
    assert!(matches!(there.counts(Some("people"), None), Err(DiffError::UnknownTable { .. })));
    assert!(matches!(there.counts(Some("accounts"), Some("colour")), Err(DiffError::UnknownColumn { .. })));
}

#[test]
fn a_pair_of_neighbours_differs_by_what_was_stored_as_movements() {
    let sample = Sample::two_loads();
    let ledger = sample.ledger();
    let [old, new] =
        ["2026-11-02", "2026-11-09"].map(|id| ledger.timeslot(&id.parse().expect("an id")).expect("a timeslot"));
    let engine = machine::engine(&open::project(Some(sample.folder.clone())).expect("the project")).expect("an engine");
    let diff = Diff::new(&old, &new, &engine).expect("comparable");
    let computed: u64 = texts(diff.counts(None, None).expect("counts").1)
        .iter()
        .filter(|row| row.starts_with("identities") || row.starts_with("accounts"))
        .flat_map(|row| row.split(',').skip(3).map(|cell| cell.parse::<u64>().expect("a count")).collect::<Vec<_>>())
        .sum();
    assert_eq!(computed, new.manifest.tables["movements"].rows());
}

#[test]
fn a_panic_ends_in_plain_words_with_a_code_of_its_own() {
    assert_eq!(guarded(|| panic!("a test says so")), 70);
    assert_eq!(guarded(|| 3), 3);
}

#[test]
fn an_object_is_followed_through_its_timeslots() {
    let sample = Sample::two_loads();
    let engine = machine::engine(&open::project(Some(sample.folder.clone())).expect("the project")).expect("an engine");
    let told = |key: &str| {
        let told = history(&sample.ledger(), Kind::Identity, "", key, &engine, None, None).expect("a history");
        let attributes = told.into_iter().filter(|told| ["present", "absent", "changed"].contains(&told.what));
        attributes
            .map(|told| format!("{} {} {}", told.timeslot, told.what, told.now.unwrap_or_default()).trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("E2"), ["2026-11-02 present", "2026-11-09 present", "2026-11-09 changed Controller"]);
    assert_eq!(told("E3"), ["2026-11-02 present", "2026-11-09 absent"]);
    assert!(history(&sample.ledger(), Kind::Identity, "", "E9", &engine, None, None).is_err());
    let last = history(&sample.ledger(), Kind::Identity, "", "E2", &engine, None, Some(1)).expect("a history");
    let is_last = |told: &Happening| told.timeslot.to_string() == "2026-11-09" && told.what != "changed";
    assert!(!last.is_empty() && last.iter().all(is_last), "what it is then is no change: {last:?}");
}

#[test]
fn an_export_has_every_file_the_plans_name_and_checks_by_itself() {
    let sample = Sample::new();
    fs::write(sample.folder.join("collectors/unused.toml"), "[source]\n").expect("written");
    fs::write(sample.folder.join("users.toml"), "[anna]\n").expect("written");
    let target = sample.folder.with_file_name("export");
    let export =
        |target: &Path| project::run(&project::command(target.to_owned()), Some(sample.folder.clone()), Format::Csv);
    export(&target).expect("exported");
    let manifest = fs::read_to_string(target.join("MANIFEST")).expect("the manifest");
    let paths: Vec<&str> = manifest.lines().filter_map(|line| line.split("  ").nth(1)).collect();
    let wanted = [
        "collectors/directory.toml",
        "collectors/hr.toml",
        "ledgerline.toml",
        "plans/weekly.toml",
        "policies/owners.toml",
    ];
    assert_eq!(paths, wanted);
    let plan = open::plan(Some(target.clone()), Path::new("weekly"), &open::Given::none());
    assert!(plan.is_ok(), "the export loads by itself");
    assert!(matches!(export(&target), Err(Failure::Usage(_))), "a folder in use is left alone");

    fs::write(sample.folder.join("collectors/hr.toml"), "[source]\n").expect("written");
    assert!(matches!(export(&sample.folder.with_file_name("second")), Err(Failure::Problems(_))));
    assert!(!sample.folder.with_file_name("second").exists(), "what does not check is not exported");
}

#[test]
fn a_mail_is_kept_though_no_server_takes_it_and_the_run_is_what_it_was() {
    let sample = Sample::new();
    let path = sample.folder.join("ledgerline.toml");
    let text = fs::read_to_string(&path).expect("the project");
    let mail = "[mail]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\n";
    fs::write(&path, format!("{text}\n{mail}")).expect("written");
    assert_eq!(sample.load("2026-11-02"), 0);
    let runs = sample.ledger().runs_folder();
    let run = &below(&runs)[0];
    let kept = fs::read_to_string(runs.join(run).join("mail.eml")).expect("the mail");
    assert!(kept.contains("Subject: [My company] weekly 2026-11-02: CONFIRMED"), "{kept}");
    let sorry = fs::read_to_string(runs.join(run).join("mail.err")).expect("why it was not sent");
    assert!(sorry.contains("127.0.0.1:9"), "{sorry}");
}
