//! Retention as an administrator sees it: what stays and why, what is to go and when, and what is left as proof.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{Page, Project, user};

const LOADS: [&str; 6] = ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"];

/// Kills in one test.
const KILLS: u32 = 12;

/// A project with six confirmed timeslots, and a plan `tidy` that keeps the last two; what it marks may go at once.
#[track_caller]
fn project() -> Project {
    let project = Project::new().accounts().plan_of(&["accounts"]);
    let plan = project.read("plans/load.toml");
    project.write("plans/tidy.toml", format!("{plan}\n[stage.maintain]\nkeep_last = 2\npurge_after = \"0 s\"\n"));
    for (load, as_of) in LOADS.iter().enumerate() {
        let logins: Vec<String> = (0..=load).map(|number| format!("user{number}\n")).collect();
        project.write("accounts.csv", format!("LOGIN\n{}", logins.concat()));
        project.load(as_of).code(0);
    }
    project
}

/// The value of a column for each timeslot, as `timeslots` tells it.
#[track_caller]
fn told(project: &Project, column: usize) -> Vec<String> {
    let timeslots = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    timeslots.rows.into_iter().map(|row| row[column].clone()).collect()
}

fn states(project: &Project) -> Vec<String> {
    told(project, 1)
}

/// The names of files below a folder of the ledger.
#[track_caller]
fn files(project: &Project, folder: &str) -> Vec<String> {
    let found = Command::new("find").args([folder, "-type", "f"]).current_dir(project.ledger()).output();
    let found = String::from_utf8(found.expect("find is there").stdout).expect("names of ours");
    let mut files: Vec<String> = found.lines().map(str::to_owned).collect();
    files.sort();
    files
}

#[test]
fn a_dry_run_says_of_each_timeslot_why_it_stays_or_goes_and_changes_nothing() {
    let project = project();
    let told = project.run(&["maintain", "tidy", "--dry-run"]).code(0);
    told.stdout_has("timeslot 2026-12-28")
        .stdout_has("current; last 2")
        .stdout_has("what the current timeslot was compared with; last 2")
        .stdout_has("mark timeslot 2026-12-14 to go after")
        .stdout_has("no rule keeps it");
    assert_eq!(states(&project), ["confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "current"]);
    assert_eq!(self::told(&project, 10), [""; 6]);
}

#[test]
fn what_nothing_keeps_is_marked_then_purged_and_its_manifest_stays_as_proof() {
    let project = project();
    project.run(&["maintain", "tidy"]).code(0).stdout_has("mark timeslot 2026-11-23");
    assert!(told(&project, 10)[..4].iter().all(|to_go| to_go.ends_with("no rule keeps it")));
    // Two of the four are kept by people, in time.
    project.run(&["hold", "2026-11-23", "--reason", "case 17"]).code(0).stdout_has("on legal hold");
    project.run(&["label", "2026-12-07", "audit-2026", "--reason", "auditors"]).code(0).stdout_has("labelled");
    project.run(&["maintain", "tidy"]).code(0).stdout_has("purge timeslot 2026-11-30");
    assert_eq!(states(&project), ["confirmed", "purged", "confirmed", "purged", "confirmed", "current"]);
    assert_eq!(
        files(&project, "purged/2026-11-30"),
        ["SHA256SUMS", "manifest.json"].map(|name| format!("purged/2026-11-30/{name}"))
    );
    project.run(&["verify", "--data"]).code(0).stderr_has("4 timeslots (2 more were purged)");
    project.run(&["query", "SELECT 1", "--timeslot", "2026-11-30"]).code(2).stderr_has("is purged");
    // What went is still counted, from the manifest.
    assert_eq!(told(&project, 4), ["1", "2", "3", "4", "5", "6"]);
    // Its proof is proof: who changes it is found out.
    let manifest = project.ledger().join("purged/2026-11-30/manifest.json");
    let text = fs::read_to_string(&manifest).expect("it stays");
    fs::remove_file(&manifest).expect("the folder is ours");
    fs::write(&manifest, text.replace("accounts", "Accounts")).expect("the folder is ours");
    project.run(&["verify"]).code(1).stdout_has("is not the manifest that stayed");
}

#[test]
fn a_label_names_one_timeslot_wherever_one_is_asked_for() {
    let project = project();
    project.run(&["label", "2026-11-23", "quarter-3", "--reason", "report"]).code(0);
    project.run(&["label", "2026-11-30", "quarter-3", "--reason", "report"]).code(2).stderr_has("already");
    let count = "SELECT COUNT(*) AS n FROM accounts";
    assert_eq!(project.query_of("quarter-3", count).number(), 1);
    assert_eq!(project.query_of("current", count).number(), 6);
    project.run(&["diff", "quarter-3", "current"]).code(0).stdout_has("2026-11-23");
    project.run(&["explain", "load", "--timeslot", "quarter-3"]).code(0);
    project.run(&["query", count, "--timeslot", "quarter-4"]).code(2).stderr_has("labels are: quarter-3");
    project.run(&["label", "quarter-3", "quarter-3", "--remove", "--reason", "over"]).code(0);
    project.run(&["query", count, "--timeslot", "quarter-3"]).code(2).stderr_has("labels are: none");
}

#[test]
fn who_releases_a_timeslot_gives_it_as_long_again() {
    let project = project();
    project.run(&["maintain", "tidy"]).code(0);
    project.run(&["release", "2026-11-23", "--reason", "wait"]).code(0);
    project.run(&["maintain", "tidy"]).code(0).stdout_has("mark timeslot 2026-11-23");
    assert_eq!(states(&project)[0], "confirmed");
    project.run(&["release", "2026-12-28", "--reason", "wait"]).code(2).stderr_has("is not to go");
}

#[test]
fn a_timeslot_that_is_not_as_it_was_confirmed_does_not_go() {
    let project = project();
    project.run(&["maintain", "tidy"]).code(0);
    let manifest = project.ledger().join("timeslot=2026-11-23/manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::remove_file(&manifest).expect("the folder is ours");
    fs::write(&manifest, text.replace("accounts", "Accounts")).expect("the folder is ours");
    project.run(&["maintain", "tidy"]).code(1).stderr_has("nothing is purged");
    assert_eq!(states(&project)[0], "confirmed");
}

#[test]
fn sizes_say_what_a_purge_would_free_and_it_does() {
    let project = project();
    let freed = |project: &Project| -> u64 {
        let sizes = project.run(&["timeslots", "--sizes", "--format", "csv"]).code(0).csv();
        sizes
            .rows
            .iter()
            .filter(|row| LOADS[..4].contains(&row[0].as_str()))
            .map(|row| row[4].parse::<u64>().expect("bytes"))
            .sum()
    };
    let taken = |project: &Project| -> u64 {
        let mut du = Command::new("du");
        du.args(["-sb", "--exclude=runs", "--exclude=log", "--exclude=views*", "."]).current_dir(project.ledger());
        let output = du.output().expect("du is there");
        let text = String::from_utf8(output.stdout).expect("digits");
        text.split_whitespace().next().and_then(|bytes| bytes.parse().ok()).expect("bytes")
    };
    let (before, promised) = (taken(&project), freed(&project));
    project.run(&["maintain", "tidy"]).code(0);
    project.run(&["maintain", "tidy"]).code(0);
    // What stays of each is its manifest, its sums and the folder itself; what several share goes with the last of them.
    assert!(before - taken(&project) > promised / 2, "{} of {promised} were freed", before - taken(&project));
    project.run(&["maintain", "--statistics"]).code(0).stdout_has("accounts");
}

/// Files of the ledger but what tells times and processes.
#[track_caller]
fn whole(project: &Project) -> Vec<String> {
    let all = files(project, ".");
    all.into_iter().filter(|path| !path.starts_with("./runs/") && !path.ends_with("/lock")).collect()
}

#[test]
fn a_purge_that_a_crash_cut_off_behind_its_commit_is_finished_by_the_next_writer() {
    let project = project();
    project.run(&["maintain", "tidy"]).code(0);
    let before = project.copy();
    project.run(&["maintain", "tidy"]).code(0);
    let parts = files(&before, "timeslot=2026-11-23");
    // Nothing but the entry; the folder was moved; some of its parts are gone.
    for removed in [None, Some(0), Some(2)] {
        let crashed = project.copy();
        let target = crashed.ledger().join("purged/2026-11-23");
        fs::remove_dir_all(&target).expect("it was purged");
        let place = if removed.is_some() { target } else { crashed.ledger().join("timeslot=2026-11-23") };
        copy(&before.ledger().join("timeslot=2026-11-23"), &place);
        for part in parts.iter().filter(|part| part.ends_with(".parquet")).take(removed.unwrap_or(0)) {
            let path = place.join(part.strip_prefix("timeslot=2026-11-23/").expect("a file of it"));
            fs::remove_file(path).expect("a part");
        }
        let place = format!("{removed:?} parts removed");
        let verified = crashed.run(&["verify", "--data"]);
        assert_eq!(verified.exit_code(), 0, "{place}: {verified}");
        crashed.run(&["query", "SELECT 1", "--timeslot", "2026-11-23"]).code(2);
        crashed.run(&["maintain", "tidy"]).code(0);
        assert_eq!(whole(&crashed), whole(&project), "{place}");
        crashed.run(&["verify", "--data"]).code(0).stderr_has("4 more were purged");
    }
}

#[track_caller]
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp is there");
    assert!(copied.success());
}

#[test]
fn a_purge_that_is_killed_anywhere_leaves_the_old_state_or_the_new() {
    let before = project();
    before.run(&["maintain", "tidy"]).code(0);
    let undisturbed = before.copy();
    let began = Instant::now();
    undisturbed.run(&["maintain", "tidy"]).code(0);
    let whole_time = began.elapsed();
    let expected = whole(&undisturbed);
    for kill in 0..KILLS {
        let project = before.copy();
        // What is read before anything is written takes the first half.
        let delay = whole_time / 2 + whole_time / 2 * kill / KILLS;
        let mut process = project.start(&["maintain", "tidy"]);
        sleep(delay.max(Duration::from_millis(1)));
        process.kill().expect("the process is ours");
        process.wait().expect("the process is ours");
        let place = format!("killed after {} ms of {}", delay.as_millis(), whole_time.as_millis());
        let verified = project.run(&["verify", "--data"]);
        assert_eq!(verified.exit_code(), 0, "{place}: {verified}");
        for (timeslot, state) in LOADS.iter().zip(states(&project)) {
            let is_read =
                project.run(&["query", "SELECT COUNT(*) FROM accounts", "--timeslot", timeslot]).exit_code() == 0;
            assert_eq!(is_read, state != "purged", "{place}: {timeslot} is {state}");
        }
        project.run(&["maintain", "tidy"]).code(0);
        assert_eq!(whole(&project), expected, "{place}");
        project.run(&["verify", "--data"]).code(0);
    }
}

#[test]
fn parts_with_the_bytes_of_the_parents_take_no_room_of_their_own() {
    let project = Project::new().accounts().plan_of(&["accounts"]).file("accounts.csv", "LOGIN\nann\nbob\n");
    project.load(LOADS[0]).code(0);
    // Nothing is taken over, and all comes to the same bytes.
    project.run(&["run", "load", "--as-of", LOADS[1], "--full"]).code(0);
    let sizes = project.run(&["timeslots", "--sizes", "--format", "csv"]).code(0).csv();
    let second: Vec<u64> = sizes.rows[1][2..5].iter().map(|number| number.parse().expect("a number")).collect();
    let manifest = fs::metadata(project.ledger().join("timeslot=2026-11-30/manifest.json")).expect("it is there");
    let sums = fs::metadata(project.ledger().join("timeslot=2026-11-30/SHA256SUMS")).expect("it is there");
    let parts = second[2] - manifest.len() - sums.len();
    assert!(parts < 10_000, "{parts} bytes of parts are not shared: {second:?}");
    project.run(&["verify", "--data"]).code(0);
}

#[test]
fn the_page_and_programs_label_and_hold_and_show_what_is_to_go() {
    let project = project();
    project.run(&["maintain", "tidy"]).code(0);
    user(&project, "bob", &["approver"]);
    let page = Page::serve(&project, &[]);
    let bob = page.sign_in("bob");
    let listed = bob.get("/timeslots").text;
    assert!(listed.contains("to go after") && listed.contains("no rule keeps it"), "{listed}");
    let (first, second) = ("/timeslots/2026-11-23", "/timeslots/2026-11-30");
    let label = [("label", "quarter-3"), ("reason", "a report")];
    assert_eq!(bob.post(&format!("{first}/label"), &label).status, 303);
    assert_eq!(bob.post(&format!("{second}/label"), &label).status, 409, "a label names one timeslot");
    assert_eq!(bob.post(&format!("{second}/label"), &[("label", "Q 3"), ("reason", "x")]).status, 400);
    assert_eq!(bob.post(&format!("{second}/hold"), &[("reason", "case 17")]).status, 303);
    let listed = bob.get("/timeslots").text;
    assert!(listed.contains("quarter-3") && listed.contains("legal hold: case 17"), "{listed}");
    assert!(bob.get(second).text.contains("Release"));
    let program = page.program(&project, "bob");
    let done = program.call(&format!("/api/v1{second}/release"), "{\"reason\": \"closed\"}");
    assert!(done.status == 200 && done.text.contains("is released"), "{}", done.text);
    let told = program.get("/api/v1/timeslots/2026-11-23").text;
    assert!(
        told.contains("quarter-3") && told.contains("\"to_go\": null") || told.contains("\"to_go\":null"),
        "{told}"
    );
}
