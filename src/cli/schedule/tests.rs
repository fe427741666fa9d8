//! Schedules as systemd takes them, held against systemd.

use std::process::Command;

use jiff::Timestamp;

use super::calendar::calendar;
use super::install::{shell_word, unit_word};

#[test]
fn a_pattern_is_written_as_systemd_writes_it() {
    let one = |pattern: &str| calendar(pattern).map(|events| events.join(" or "));
    assert_eq!(one("30 3 * * SUN").as_deref(), Some("Sun *-*-* 03:30:00"));
    assert_eq!(one("30 3 * * 0,7").as_deref(), Some("Sun *-*-* 03:30:00"));
    assert_eq!(one("0 22 * * 1-5").as_deref(), Some("Mon,Tue,Wed,Thu,Fri *-*-* 22:00:00"));
    assert_eq!(one("*/20 * * * *").as_deref(), Some("*-*-* *:00,20,40:00"));
    assert_eq!(one("0 4 1,15 JAN-MAR *").as_deref(), Some("*-01,02,03-01,15 04:00:00"));
    assert_eq!(one("0 4 1 * MON").as_deref(), Some("*-*-01 04:00:00 or Mon *-*-* 04:00:00"));
    assert_eq!(one("@daily").as_deref(), Some("*-*-* 00:00:00"));
    for pattern in ["0 4 L * *", "0 4 * * FRI#2", "0 4 * * 5L", "0 4 15W * *", "0 4 * *", "0 25 * * *"] {
        assert_eq!(one(pattern), None, "{pattern}");
    }
}

/// The next due times in UTC, as systemd reckons them.
fn by_systemd(event: &str, from: &str, count: usize) -> Option<Vec<Timestamp>> {
    let output = Command::new("systemd-analyze")
        .args(["calendar", "--base-time", from, "--iterations", &count.to_string(), event])
        .env("TZ", "UTC")
        .env("LC_ALL", "C")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_due =
        |line: &&str| line.contains("Next elapse:") || line.contains("Iteration #") || line.contains("Iter. #");
    let read = |line: &str| -> Option<Timestamp> {
        let (_, due) = line.split_once(": ")?;
        let civil = jiff::civil::DateTime::strptime("%a %Y-%m-%d %H:%M:%S UTC", due.trim()).ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|due| due.timestamp())
    };
    Some(text.lines().filter(is_due).filter_map(read).collect())
}

#[test]
fn systemd_finds_a_plan_due_when_the_pattern_does() {
    use croner::parser::{CronParser, Seconds};
    let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
    let from = "2026-11-22 12:00:00";
    let start: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    for pattern in [
        "30 3 * * SUN",
        "0 22 * * 1-5",
        "*/20 2-4 * * *",
        "0 4 1,15 JAN-MAR *",
        "5 0-23/6 * * *",
        "0 4 29 2 *",
        "@weekly",
        "7 7 */9 * *",
    ] {
        let [event] = calendar(pattern).expect("systemd has words").try_into().expect("one event");
        let Some(found) = by_systemd(&event, from, 12) else {
            // What it is compared with is not on this machine.
            return;
        };
        let cron = parser.parse(pattern).expect("a pattern");
        let due = cron.iter_after(start.to_zoned(jiff::tz::TimeZone::UTC)).take(12).map(|due| due.timestamp());
        assert_eq!(found, due.collect::<Vec<_>>(), "{pattern}: {event}");
    }
}

#[test]
fn paths_with_odd_characters_stay_one_word() {
    let path = std::path::Path::new;
    assert_eq!(unit_word(path("/srv/iga")), "/srv/iga");
    assert_eq!(unit_word(path("/srv/my iga/100%")), "\"/srv/my iga/100%%\"");
    assert_eq!(unit_word(path("/srv/$x\"y")), "\"/srv/$$x\\\"y\"");
    assert_eq!(shell_word(path("/srv/iga-1.2_x")), "/srv/iga-1.2_x");
    assert_eq!(shell_word(path("/srv/my iga/it's 5%")), "'/srv/my iga/it'\\''s 5\\%'");
}
