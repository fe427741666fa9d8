//! Due times where clocks are put, and what is decided about single ones.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Zoned;

use super::{at, schedule};
use crate::schedule::due::last_due;
use crate::schedule::{Known, Odd, decide, due_after, odd_hours};
use crate::settings::schedule::{CatchUp, Schedule};

fn next(pattern: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
    let due = due_after(&schedule(pattern, zone), at(from)).take(count);
    due.map(|due| due.strftime("%Y-%m-%dT%H:%M%:z").to_string()).collect()
}

#[test]
fn a_time_that_clocks_leave_out_is_due_when_they_go_on() {
    let paris = ["2026-03-29T03:00+02:00", "2026-04-05T02:00+02:00"];
    assert_eq!(next("0 2 * * SUN", "Europe/Paris", "2026-03-28T12:00:00Z", 2), paris);
    assert_eq!(next("30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", 1), ["2026-03-29T03:00+02:00"]);
    assert_eq!(next("0 2 * * SUN", "America/New_York", "2026-03-07T12:00:00Z", 1), ["2026-03-08T03:00-04:00"]);
}

#[test]
fn a_fixed_time_that_clocks_show_twice_is_due_once() {
    let paris = ["2026-10-25T02:00+02:00", "2026-11-01T02:00+01:00"];
    assert_eq!(next("0 2 * * SUN", "Europe/Paris", "2026-10-24T12:00:00Z", 2), paris);
    assert_eq!(next("0 1 * * SUN", "America/New_York", "2026-10-31T12:00:00Z", 1), ["2026-11-01T01:00-04:00"]);
}

#[test]
fn every_hour_that_passes_is_one_of_an_hourly_schedule() {
    let autumn = ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"];
    assert_eq!(next("0 * * * *", "Europe/Paris", "2026-10-24T23:30:00Z", 3), autumn);
    let spring = ["2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"];
    assert_eq!(next("0 * * * *", "Europe/Paris", "2026-03-28T23:30:00Z", 2), spring);
}

#[test]
fn the_last_due_time_is_the_one_before_the_next() {
    let schedule = schedule("30 3 * * SUN", "Europe/Paris");
    let last = |now: &str| last_due(&schedule, at(now)).map(|due| due.timestamp().to_string());
    assert_eq!(last("2026-11-22T02:30:00Z").as_deref(), Some("2026-11-22T02:30:00Z"));
    assert_eq!(last("2026-11-22T02:30:00.999Z").as_deref(), Some("2026-11-22T02:30:00Z"));
    assert_eq!(last("2026-11-22T02:29:59.999Z").as_deref(), Some("2026-11-15T02:30:00Z"));
}

#[test]
fn odd_hours_are_found_for_fixed_times_alone() {
    let odd = |pattern: &str, zone: &str| -> Vec<(String, Odd, String)> {
        let found = odd_hours(&schedule(pattern, zone), at("2026-11-22T00:00:00Z"), at("2028-01-01T00:00:00Z"));
        found.into_iter().map(|odd| (odd.time.to_string(), odd.odd, odd.due.timestamp().to_string())).collect()
    };
    let text = |time: &str, odd, due: &str| (time.to_owned(), odd, due.to_owned());
    let paris = [
        text("2027-03-28T02:30:00", Odd::Missing, "2027-03-28T01:00:00Z"),
        text("2027-10-31T02:30:00", Odd::Twice, "2027-10-31T00:30:00Z"),
    ];
    assert_eq!(odd("30 2 * * *", "Europe/Paris"), paris);
    assert_eq!(odd("30 2 * * SUN", "Europe/Paris"), paris);
    for (pattern, zone) in [
        ("30 3 * * *", "Europe/Paris"),
        ("30 2 * * MON", "Europe/Paris"),
        ("30 2 * * *", "UTC"),
        ("30 2 * * *", "Asia/Tokyo"),
        ("30 * * * *", "Europe/Paris"),
    ] {
        assert_eq!(odd(pattern, zone), [], "{pattern} in {zone}");
    }
}

fn decided(schedule: &Schedule, known: &Known, now: &str) -> (Option<String>, Vec<String>) {
    let text = |due: &Zoned| due.timestamp().to_string();
    let decision = decide(schedule, known, at(now));
    (decision.begin.as_ref().map(text), decision.missed.iter().map(text).collect())
}

fn since(text: &str) -> Known {
    Known { since: at(text), ..Known::default() }
}

#[test]
fn of_several_due_times_that_passed_the_last_is_caught_up_and_the_others_are_missed() {
    let hourly = schedule("0 * * * *", "UTC");
    let known = since("2026-11-22T08:30:00Z");
    let missed = vec!["2026-11-22T09:00:00Z".to_owned(), "2026-11-22T10:00:00Z".to_owned()];
    assert_eq!(decided(&hourly, &known, "2026-11-22T11:20:00Z"), (Some("2026-11-22T11:00:00Z".to_owned()), missed));
}

#[test]
fn what_is_later_than_its_grace_is_missed() {
    let daily = schedule("0 3 * * *", "UTC");
    let known = since("2026-11-20T12:00:00Z");
    assert_eq!(decided(&daily, &known, "2026-11-21T15:00:00Z").0.as_deref(), Some("2026-11-21T03:00:00Z"));
    let missed = vec!["2026-11-21T03:00:00Z".to_owned()];
    assert_eq!(decided(&daily, &known, "2026-11-21T15:00:01Z"), (None, missed.clone()));
    let known = Known { missed: missed.iter().map(|due| at(due)).collect(), ..known };
    assert_eq!(decided(&daily, &known, "2026-11-21T16:00:00Z"), (None, vec![]));
}

#[test]
fn without_catching_up_a_moment_is_late() {
    let daily = Schedule { catch_up: CatchUp::None, ..schedule("0 3 * * *", "UTC") };
    let known = since("2026-11-20T12:00:00Z");
    assert_eq!(decided(&daily, &known, "2026-11-21T03:04:00Z").0.as_deref(), Some("2026-11-21T03:00:00Z"));
    assert_eq!(decided(&daily, &known, "2026-11-21T03:06:00Z"), (None, vec!["2026-11-21T03:00:00Z".to_owned()]));
}

#[test]
fn a_new_schedule_does_not_begin_what_was_due_before_it() {
    let daily = schedule("0 3 * * *", "UTC");
    assert_eq!(decided(&daily, &since("2026-11-21T03:00:01Z"), "2026-11-21T04:00:00Z"), (None, vec![]));
}

#[test]
fn what_was_settled_is_not_begun_again_when_the_clock_is_put_back() {
    let daily = schedule("0 3 * * *", "UTC");
    let settled = BTreeSet::from([at("2026-11-21T03:00:00Z")]);
    let known = Known { settled, ..since("2026-11-20T12:00:00Z") };
    for now in ["2026-11-21T02:00:00Z", "2026-11-21T03:00:00Z", "2026-11-21T05:00:00Z"] {
        assert_eq!(decided(&daily, &known, now), (None, vec![]), "{now}");
    }
}

#[test]
fn the_jitter_of_a_machine_is_always_the_same() {
    let daily = Schedule { jitter: Duration::from_mins(10), ..schedule("0 3 * * *", "UTC") };
    let known = Known { seed: 601 + 90, ..since("2026-11-20T12:00:00Z") };
    assert_eq!(decided(&daily, &known, "2026-11-21T03:01:29Z"), (None, vec![]));
    assert_eq!(decided(&daily, &known, "2026-11-21T03:01:30Z").0.as_deref(), Some("2026-11-21T03:00:00Z"));
    let next = decide(&daily, &known, at("2026-11-21T02:00:00Z")).next;
    assert_eq!(next, Some(at("2026-11-21T03:01:30Z")));
}
