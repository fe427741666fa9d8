//! What schedules say, held against calendars, and against worlds in which machines restart and clocks are put.

mod calendar;
mod simulation;

use std::time::Duration;

use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::settings::schedule::{CatchUp, Overlap, Schedule};
use crate::source::{Place, SourceFile};

fn schedule(pattern: &str, zone: &str) -> Schedule {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    Schedule {
        cron: parser.parse(pattern).expect("a pattern"),
        pattern: pattern.to_owned(),
        place: Place::new(&SourceFile::new("plan.toml", pattern), 0..pattern.len()),
        zone: TimeZone::get(zone).expect("a zone"),
        zone_name: zone.to_owned(),
        catch_up: CatchUp::Last,
        grace: Duration::from_hours(12),
        overlap: Overlap::Skip,
        jitter: Duration::ZERO,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}
