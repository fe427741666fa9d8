//! A run that is killed at any moment leaves the old state or the new one, and the next run gives the same bytes as one
//! that was never disturbed.
//!
//! `LEDGERLINE_KILLS=50 cargo test --test it kill` kills more often.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{LOADS, Part, Project, Seeded, parts_of, sample, timeslots_of};

/// Kills in one test.
const KILLS: u32 = 10;

/// The sample before any load; a run that finds an open timeslot rejects it.
#[track_caller]
fn fresh() -> Project {
    let project = sample();
    let plan = project.read("plans/weekly.toml").replace("[plan]\n", "[plan]\non_open = \"reject\"\n");
    project.write("plans/weekly.toml", plan);
    project
}

/// The sample after its first load.
#[track_caller]
fn after_the_first_load() -> Project {
    let project = fresh();
    project.weekly(LOADS[0]).code(0);
    project
}

/// The parts of the newest timeslot.
#[track_caller]
fn newest(project: &Project) -> Vec<Part> {
    parts_of(timeslots_of(&project.ledger()).last().expect("a timeslot"))
}

#[test]
fn a_run_that_is_killed_anywhere_leaves_the_old_state_or_the_new_and_the_next_gives_the_same_bytes() {
    let before = after_the_first_load();
    let undisturbed = before.copy();
    let began = Instant::now();
    undisturbed.weekly(LOADS[1]).code(0);
    let whole = began.elapsed();
    let expected = newest(&undisturbed);
    for delay in delays(whole, kills(), 9) {
        let project = before.copy();
        let is_new = kill_after(&project, LOADS[1], delay);
        let place = format!("killed after {} ms of {}", delay.as_millis(), whole.as_millis());
        assert_whole(&project, is_new, &place);
        if !is_new {
            project.weekly(LOADS[1]).code(0);
        }
        assert_eq!(newest(&project), expected, "{place}");
        project.run(&["verify", "--data"]).code(0).stderr_has("2 timeslots");
    }
}

#[test]
fn a_first_run_that_is_killed_anywhere_is_followed_by_one_that_gives_the_same_bytes() {
    let before = fresh();
    let undisturbed = before.copy();
    let began = Instant::now();
    undisturbed.weekly(LOADS[0]).code(0);
    let whole = began.elapsed();
    let expected = newest(&undisturbed);
    for delay in delays(whole, kills().div_ceil(3), 10) {
        let project = before.copy();
        if !kill_after(&project, LOADS[0], delay) {
            project.weekly(LOADS[0]).code(0);
        }
        assert_eq!(newest(&project), expected, "killed after {} ms of {}", delay.as_millis(), whole.as_millis());
        project.run(&["verify", "--data"]).code(0).stderr_has("1 timeslots");
    }
}

fn kills() -> u32 {
    std::env::var("LEDGERLINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Moments of a run: one in each share of it, at random within the share.
fn delays(whole: Duration, kills: u32, seed: u64) -> Vec<Duration> {
    let mut seeded = Seeded(seed);
    let share = whole / kills;
    (0..kills).map(|number| share * number + share.mul_f64(f64::from(seeded.percent()) / 100.0)).collect()
}

/// Starts a load and kills it. Whether its timeslot was confirmed by then.
#[track_caller]
fn kill_after(project: &Project, load: &str, delay: Duration) -> bool {
    let variable = format!("load={load}");
    let mut process = project.start(&["run", "weekly", "--var", &variable, "--as-of", load]);
    sleep(delay);
    process.kill().expect("the process is ours");
    process.wait().expect("the process is ours");
    let states = project.run(&["timeslots", "--format", "csv"]);
    // Killed before there was a ledger.
    states.exit_code() != 2 && states.code(0).csv().rows.iter().any(|row| row[0] == load && row[1] == "current")
}

/// Readers see the old state or the new one, without anybody having put anything right.
#[track_caller]
fn assert_whole(project: &Project, is_new: bool, place: &str) {
    let verified = project.run(&["verify", "--data"]);
    assert_eq!(verified.exit_code(), 0, "{place}: {verified}");
    let seen = project.query("SELECT COUNT(*) AS n FROM movements").number();
    assert_eq!(seen > 0, is_new, "{place}: {seen} movements are seen");
}
