//! Years of restarts and clock steps. Due times are counted here without any cron library: day by day on the zone's clocks.
//!
//! `LEDGERLINE_SCHEDULE_SEEDS=50` runs as many worlds of each zone; the usual one takes seconds.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{at, schedule};
use crate::schedule::{Known, decide};
use crate::settings::schedule::Schedule;

/// With every way to put clocks: north and south, at midnight, by half an hour, never, and far from Greenwich.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Paris",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
];

/// Patterns with what they mean, in words that this file can count by.
const PATTERNS: [(&str, Meaning); 3] = [
    ("30 2 * * *", Meaning { hour: Some(2), minute: 30, is_sunday: false }),
    ("0 0 * * SUN", Meaning { hour: Some(0), minute: 0, is_sunday: true }),
    ("15 * * * *", Meaning { hour: None, minute: 15, is_sunday: false }),
];

#[derive(Clone, Copy)]
struct Meaning {
    /// `None`: every hour.
    hour: Option<i8>,
    minute: i8,
    is_sunday: bool,
}

const BEGIN: &str = "2026-01-01T12:00:00Z";
const END: &str = "2029-01-01T12:00:00Z";

/// Every due time, from the meaning alone.
fn due_times(meaning: Meaning, zone: &TimeZone) -> BTreeSet<Timestamp> {
    let mut due = BTreeSet::new();
    if meaning.hour.is_none() {
        // Zones here differ from UTC by quarters of an hour: each of those is looked at.
        let mut instant = at("2025-12-30T00:00:00Z");
        while instant < at("2029-01-15T00:00:00Z") {
            if zone.to_datetime(instant).minute() == meaning.minute {
                due.insert(instant);
            }
            instant += SignedDuration::from_mins(15);
        }
        return due;
    }
    let mut day = date(2025, 12, 30);
    while day < date(2029, 1, 15) {
        if !meaning.is_sunday || day.weekday() == jiff::civil::Weekday::Sunday {
            due.extend(meaning.hour.map(|hour| first_at(day.at(hour, meaning.minute, 0, 0), zone)));
        }
        day = day.tomorrow().expect("years are few");
    }
    due
}

/// The first instant at which the zone's clocks show a time, or a later one where they leave it out.
fn first_at(time: DateTime, zone: &TimeZone) -> Timestamp {
    let near = time.to_zoned(TimeZone::UTC).expect("years are few").timestamp();
    let mut instant = near - SignedDuration::from_hours(27);
    // Clocks here are never put by more than a day, and at whole minutes.
    while zone.to_datetime(instant) < time {
        let apart = time.duration_since(zone.to_datetime(instant));
        instant += if apart > SignedDuration::from_hours(26) {
            SignedDuration::from_hours(1)
        } else {
            SignedDuration::from_mins(15)
        };
    }
    instant
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn seconds(&mut self, most: u64) -> SignedDuration {
        SignedDuration::from_secs((self.roll() % most).cast_signed() + 1)
    }
}

/// How rough a world is.
struct Weather {
    /// The longest time without a process, in seconds.
    longest_down: u64,
    /// The most by which the clock is wrong, in seconds.
    most_wrong: u64,
}

/// What came of a world.
struct Outcome {
    begun: BTreeSet<Timestamp>,
    missed: BTreeSet<Timestamp>,
    /// What had to be begun: at each look the newest due time, where it was within its grace.
    expected: BTreeSet<Timestamp>,
    /// Where the clock stood at the end, and the furthest it ever was.
    last: Timestamp,
    furthest: Timestamp,
}

/// Lives through the years. The process looks when it starts, when the next due time comes by its clock, and half a minute
/// behind each step of the clock at most; it may die right before it writes down that it begins.
fn live(schedule: &Schedule, due: &BTreeSet<Timestamp>, weather: &Weather, seed: u64) -> Outcome {
    let mut dice = Dice(seed);
    let mut known = Known { since: at(BEGIN), ..Known::default() };
    let grace = SignedDuration::try_from(schedule.grace).expect("hours");
    let (mut real, mut wrong) = (at(BEGIN), SignedDuration::ZERO);
    let mut outcome = Outcome {
        begun: BTreeSet::new(),
        missed: BTreeSet::new(),
        expected: BTreeSet::new(),
        last: real,
        furthest: real,
    };
    let mut next_event = real + dice.seconds(20 * 86_400);
    while real < at(END) {
        let now = real + wrong;
        let decision = decide(schedule, &known, now);
        let newest = due.range(..=now).next_back().filter(|newest| **newest > known.since);
        outcome.expected.extend(newest.filter(|newest| now.duration_since(**newest) <= grace));
        outcome.furthest = outcome.furthest.max(now);
        let dies = dice.roll().is_multiple_of(50);
        if let Some(begin) = decision.begin.as_ref().filter(|_| !dies) {
            assert!(known.settled.insert(begin.timestamp()), "{begin} was begun twice");
            outcome.begun.insert(begin.timestamp());
        }
        known.missed.extend(decision.missed.iter().map(jiff::Zoned::timestamp));
        outcome.missed.extend(decision.missed.iter().map(jiff::Zoned::timestamp));
        if dies {
            real += dice.seconds(weather.longest_down);
            continue;
        }
        let next = decision.next.expect("patterns go on").duration_since(now);
        assert!(next > SignedDuration::ZERO, "it would look again at once");
        if real + next < next_event {
            real += next;
            continue;
        }
        real = next_event;
        match dice.roll() % 3 {
            0 => real += dice.seconds(weather.longest_down),
            1 => {
                let step = dice.seconds(weather.most_wrong);
                wrong = if dice.roll().is_multiple_of(2) { step } else { -step };
                real += dice.seconds(30);
            }
            _ => {
                wrong = SignedDuration::ZERO;
                real += dice.seconds(30);
            }
        }
        next_event = real + dice.seconds(20 * 86_400);
    }
    outcome.last = real + wrong;
    outcome
}

fn seeds() -> u64 {
    std::env::var("LEDGERLINE_SCHEDULE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(1)
}

#[test]
#[expect(clippy::print_stdout, reason = "how many worlds there were must be seen")]
fn every_due_time_begins_once_whatever_restarts_and_clocks_do() {
    let gentle = Weather { longest_down: 7_200, most_wrong: 7_200 };
    let rough = Weather { longest_down: 4 * 86_400, most_wrong: 3 * 86_400 };
    let (mut worlds, mut total) = (0, 0);
    for zone in ZONES {
        for (pattern, meaning) in PATTERNS {
            let schedule = schedule(pattern, zone);
            let due = due_times(meaning, &schedule.zone);
            for seed in 0..seeds() {
                let about = format!("{pattern} in {zone}, seed {seed}");
                for weather in [&gentle, &rough] {
                    let outcome = live(&schedule, &due, weather, seed);
                    assert_eq!(outcome.begun.difference(&outcome.expected).next(), None, "{about}: begun for nothing");
                    // What would have been begun as the process died may have passed by the time there was another.
                    let all: BTreeSet<Timestamp> = outcome.begun.union(&outcome.missed).copied().collect();
                    let real = due.range(at(BEGIN)..=outcome.furthest).copied().collect::<BTreeSet<_>>();
                    assert_eq!(all.difference(&real).next(), None, "{about}: no such due time");
                    let passed = due.range(at(BEGIN)..outcome.last.min(at(END)) - SignedDuration::from_hours(96));
                    let is_gentle = weather.longest_down == gentle.longest_down;
                    // Of more than a hundred that passed at once the last hundred are told.
                    if meaning.hour.is_some() || is_gentle {
                        let lost = passed.filter(|due| !all.contains(due)).count();
                        assert_eq!(lost, 0, "{about}: due times of which nothing is told");
                    }
                    if meaning.hour.is_some() && is_gentle {
                        let not_begun = outcome.missed.difference(&outcome.begun).next();
                        assert_eq!(not_begun, None, "{about}: missed");
                    }
                    worlds += 1;
                    total += outcome.begun.len();
                }
            }
        }
    }
    println!("{worlds} worlds of three years: {total} runs begun, none twice");
}
