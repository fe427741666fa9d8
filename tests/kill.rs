//! A run that is killed at any moment leaves the old state or the new one, and the next run gives the same bytes as one
//! that was never disturbed.
//!
//! `LEDGERLINE_KILLS=50 cargo test --test it kill` kills more often.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{LOADS, Part, Project, Seeded, parts_of, sample, timeslots_of};

/// Kills in one test.
const KILLS: usize = 10;

/// The sample after its first load; a run that finds an open timeslot rejects it.
#[track_caller]
fn after_the_first_load() -> Project {
    let project = sample();
    let plan = project.read("plans/weekly.toml").replace("[plan]\n", "[plan]\non_open = \"reject\"\n");
    project.write("plans/weekly.toml", plan);
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
    let kills = std::env::var("LEDGERLINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let mut seeded = Seeded(9);
    for number in 0..kills {
        // Spread over the whole run, and at random within each share of it.
        let share = (number as f64 + seeded.below(1000) as f64 / 1000.0) / kills as f64;
        let project = before.copy();
        let delay = whole.mul_f64(share);
        let is_new = kill_after(&project, delay);
        let place = format!("kill {number} after {} ms of {}", delay.as_millis(), whole.as_millis());
        assert_whole(&project, is_new, &place);
        if !is_new {
            project.weekly(LOADS[1]).code(0);
        }
        assert_eq!(newest(&project), expected, "{place}");
        project.run(&["verify", "--data"]).code(0).stderr_has("2 timeslots");
    }
}

/// Starts the second load and kills it. Whether its timeslot was confirmed by then.
#[track_caller]
fn kill_after(project: &Project, delay: Duration) -> bool {
    let load = format!("load={}", LOADS[1]);
    let mut process = project.start(&["run", "weekly", "--var", &load, "--as-of", LOADS[1]]);
    sleep(delay);
    process.kill().expect("the process is ours");
    process.wait().expect("the process is ours");
    let states = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    states.rows.iter().any(|row| row[0] == LOADS[1] && row[1] == "current")
}

/// Readers see the old state or the new one, without anybody having put anything right.
#[track_caller]
fn assert_whole(project: &Project, is_new: bool, place: &str) {
    let verified = project.run(&["verify", "--data"]);
    assert_eq!(verified.exit_code(), 0, "{place}: {verified}");
    let seen = project.query("SELECT COUNT(*) AS n FROM movements").number();
    assert_eq!(seen > 0, is_new, "{place}: {seen} movements are seen");
}
