//! The ledger as an outsider sees it: sums that other programs can check, damage that is found and named, and what a
//! person decides about a timeslot.

mod damage;
mod disk;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use self::damage::{Damage, flip, of_every_kind};
use crate::support::{Project, timeslots_of};

const FIRST: &str = "2026-01-05";
const SECOND: &str = "2026-01-12";

const PEOPLE: &str = "ID,NAME\nE01,Ann\nE02,Bob\nE03,Cem\n";

/// People that never change, and accounts that do.
#[track_caller]
fn project() -> Project {
    let people = "[source]\nfiles = \"../people.csv\"\nformat = \"csv\"\n\n[table.identities.columns]\nemployee_id = \"ID\"\nfull_name = \"NAME\"\n";
    let accounts = "[source]\nfiles = \"../accounts.csv\"\nformat = \"csv\"\n\n[table.accounts.columns]\nrepository = { value = \"AD\" }\nidentifier = \"LOGIN\"\nemployee_id = \"ID\"\n";
    Project::new()
        .collector("people", people)
        .collector("accounts", accounts)
        .plan_of(&["people", "accounts"])
        .file("people.csv", PEOPLE)
        .file("accounts.csv", "LOGIN,ID\nann,E01\nbob,E02\n")
}

/// The project with two confirmed timeslots.
#[track_caller]
fn two_timeslots() -> Project {
    let project = project();
    project.load(FIRST).code(0);
    project.write("accounts.csv", "LOGIN,ID\nann,E01\ncem,E03\n");
    project.load(SECOND).code(0);
    project
}

#[test]
fn sha256sum_proves_a_timeslot_without_our_program() {
    let project = two_timeslots();
    let timeslots = timeslots_of(&project.ledger());
    assert_eq!(timeslots.len(), 2);
    for timeslot in timeslots {
        assert!(sums_hold(&timeslot), "{}", timeslot.display());
        flip(&timeslot.join("manifest.json"));
        assert!(!sums_hold(&timeslot), "a changed byte is found: {}", timeslot.display());
    }
}

fn sums_hold(timeslot: &Path) -> bool {
    let output = Command::new("sha256sum").args(["--strict", "-c", "SHA256SUMS"]).current_dir(timeslot).output();
    output.expect("sha256sum is there").status.success()
}

#[test]
fn an_untouched_ledger_verifies_and_contains_its_head() {
    let project = two_timeslots();
    let verified = project.run(&["verify", "--data"]).code(0).stderr_has("2 timeslots").stderr_has("as confirmed");
    let head = head(&verified.stderr);
    project.run(&["verify", "--expect", &head]).code(0);
    project.run(&["verify", "--expect", &head.replacen("6:", "5:", 1)]).code(1).stdout_has("does not contain");
}

/// The head that `verify` shows.
fn head(stderr: &str) -> String {
    stderr.trim().rsplit_once("log ").expect("verify shows the head").1.to_owned()
}

#[test]
fn every_damage_is_found_and_the_file_named_with_every_timeslot_that_shares_it() {
    let confirmed = two_timeslots();
    let mut missed = Vec::new();
    for damage in of_every_kind() {
        let project = confirmed.copy();
        let path = find(&project, &damage);
        (damage.deed)(&path);
        let found = project.run(&["verify", "--data"]);
        let said = format!("{}{}", found.stdout, found.stderr);
        let named = damage.named.map_or_else(|| damage.place.replace('*', ""), str::to_owned);
        let is_named = said.contains(&named);
        let names_all = damage.timeslots.is_none_or(|timeslots| said.contains(timeslots));
        if found.exit_code() != 1 || !is_named || !names_all {
            missed.push(format!("{}: exit {}, {said}", damage.what, found.exit_code()));
        }
    }
    assert!(missed.is_empty(), "\n{}\n", missed.join("\n"));
}

/// The file of the ledger that a damage is about.
#[track_caller]
fn find(project: &Project, damage: &Damage) -> PathBuf {
    find_file(project, damage.place)
}

/// A file of the ledger; `*` stands for the end of its name.
#[track_caller]
fn find_file(project: &Project, place: &str) -> PathBuf {
    let Some(place) = place.strip_suffix('*') else { return project.ledger().join(place) };
    let (folder, start) = place.rsplit_once('/').expect("a place lies in a folder");
    let items = fs::read_dir(project.ledger().join(folder)).expect("a folder of the ledger").flatten();
    let found = items
        .map(|item| item.path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)));
    found.expect("a file of the ledger")
}

#[test]
fn an_end_of_the_log_that_was_cut_off_is_found_by_the_head_noted_outside() {
    let project = two_timeslots();
    let head = head(&project.run(&["verify"]).code(0).stderr);
    fs::remove_file(project.ledger().join("log/00000006.json")).expect("the last entry");
    project.run(&["verify", "--expect", &head]).code(1).stdout_has("does not contain");
    // Without a head to compare with, the timeslot that the log no longer confirms is still told.
    project.run(&["verify"]).code(1).stdout_has("timeslot=2026-01-12").stdout_has("not confirmed by the log");
}

#[test]
fn nothing_is_written_behind_a_log_that_lost_its_end() {
    let project = two_timeslots();
    project.run(&["run", "load", "--as-of", "2026-01-19", "--until", "collect"]).code(5);
    let begin = project.ledger().join("log/00000007.json");
    let text = fs::read(&begin).expect("the entry that began the open timeslot");
    fs::remove_file(&begin).expect("the last entry");
    project.load("2026-01-19").code(1).stderr_has("the last writer left it at 7:").stderr_has("now ends at 6:");
    project.run(&["hide", SECOND, "--reason", "a test"]).code(1);
    project.run(&["verify"]).code(1).stdout_has("the last writer left it at 7:");
    assert!(project.ledger().join("open/2026-01-19/manifest.json").exists(), "nothing was taken for left over");
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM accounts").number(), 2, "readers go on");
    fs::write(&begin, text).expect("put back");
    project.run(&["retry"]).code(0);
    // Without the memory, a confirmed timeslot that the log does not know still tells.
    fs::remove_file(project.ledger().join("HEAD")).expect("the memory");
    fs::remove_file(project.ledger().join("log/00000009.json")).expect("the last entry");
    project.load("2026-01-26").code(1).stderr_has("timeslot=2026-01-19");
}

#[test]
fn a_crash_between_an_entry_and_the_memory_of_it_is_no_damage() {
    let project = two_timeslots();
    let head = project.read("ledger/HEAD");
    project.run(&["hide", SECOND, "--reason", "a test"]).code(0);
    assert_ne!(project.read("ledger/HEAD"), head);
    project.remove("ledger/HEAD");
    project.write("ledger/HEAD", head);
    project.run(&["verify"]).code(0);
    project.run(&["show", SECOND, "--reason", "a test"]).code(0);
    assert!(project.read("ledger/HEAD").starts_with("8:"));
}

#[test]
fn a_confirm_that_a_crash_cut_off_before_its_move_is_seen_and_the_next_writer_moves_it() {
    let project = two_timeslots();
    let confirmed = project.ledger().join(format!("timeslot={SECOND}"));
    fs::rename(&confirmed, project.ledger().join("open").join(SECOND)).expect("as it was before the move");
    assert_eq!(project.query("SELECT identifier FROM accounts").lines(), ["ann", "cem"]);
    project.run(&["verify", "--data"]).code(0).stderr_has("2 timeslots");
    project.load("2026-01-19").code(0);
    assert!(confirmed.exists());
}

#[test]
fn files_that_a_crash_left_in_the_open_timeslot_go_with_the_next_writer() {
    let project = project();
    project.run(&["run", "load", "--as-of", FIRST, "--until", "collect"]).code(5);
    let left_over = project.ledger().join("open").join(FIRST).join("staged/accounts/accounts-0.parquet");
    fs::write(&left_over, b"PAR1").expect("half a part");
    project.run(&["run", "load", "--timeslot", FIRST, "--from", "activate"]).code(0);
    project.run(&["verify", "--data"]).code(0);
    assert!(!left_over.exists());
}

#[test]
fn a_ledger_whose_format_file_is_gone_is_no_place_for_a_new_one() {
    let project = two_timeslots();
    fs::remove_file(project.ledger().join("FORMAT")).expect("a ledger has a format");
    project.load("2026-01-19").code(1).stderr_has("ledger/FORMAT");
    assert!(!project.ledger().join("FORMAT").exists());
}

#[test]
fn a_hidden_timeslot_is_out_of_sight_until_it_is_shown() {
    let project = two_timeslots();
    let logins = "SELECT identifier FROM accounts";
    assert_eq!(project.query(logins).lines(), ["ann", "cem"]);
    project.run(&["hide", SECOND, "--reason", "wrong extract"]).code(0);
    assert_eq!(project.query(logins).lines(), ["ann", "bob"]);
    assert_eq!(timeslots_of(&project.ledger()).len(), 1);
    project.run(&["verify", "--data"]).code(0).stderr_has("2 timeslots");
    project.run(&["show", SECOND, "--reason", "it was right"]).code(0);
    assert_eq!(project.query(logins).lines(), ["ann", "cem"]);
    project.run(&["show", SECOND, "--reason", "again"]).code(2).stderr_has("not hidden");
}

#[test]
fn an_open_timeslot_refuses_a_new_run_until_it_is_decided() {
    let project = project();
    project.load(FIRST).code(0);
    project.run(&["run", "load", "--as-of", SECOND, "--until", "collect"]).code(5);
    project.load(SECOND).code(3).stderr_has("ledgerline retry").stderr_has(&format!("ledgerline reject {SECOND}"));
    project.run(&["reject", SECOND, "--reason", "a test"]).code(0);
    project.load(SECOND).code(0);
    let states = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    let states: Vec<String> = states.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect();
    assert_eq!(states, ["2026-01-05 confirmed", "2026-01-12 rejected", "2026-01-12_2 current"]);
}

#[test]
fn a_sandbox_is_taken_up_where_it_was_left() {
    let project = project();
    project.run(&["run", "load", "--as-of", FIRST, "--until", "collect"]).code(5);
    project.run(&["query", "SELECT 1 AS one"]).code(2).stderr_has("no timeslot has been confirmed");
    project.run(&["run", "load", "--timeslot", FIRST, "--from", "activate"]).code(0);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM accounts").number(), 2);
}

#[test]
fn a_locked_ledger_is_left_alone_and_still_answers() {
    let project = two_timeslots();
    let lock = File::options().write(true).open(project.ledger().join("lock")).expect("the lock file");
    lock.lock().expect("the lock");
    project.load("2026-01-19").code(6).stderr_has("locked by test, run 2").stderr_has(", pid ");
    project.run(&["hide", SECOND, "--reason", "a test"]).code(6);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM accounts").number(), 2);
    drop(lock);
    project.load("2026-01-19").code(0);
}
