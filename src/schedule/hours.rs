//! Hours that do not exist or occur twice: where clocks are put forward or back.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::settings::schedule::Schedule;

/// A due time that falls into an hour that does not exist or occurs twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddHour {
    /// The time as the pattern has it, on the zone's clocks.
    pub time: DateTime,
    /// What is odd about it.
    pub odd: Odd,
    /// When its run begins.
    pub due: Zoned,
}

/// What is odd about an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// Clocks are put forward over it.
    Missing,
    /// Clocks are put back behind it.
    Twice,
}

/// More due times than this in a day: the plan runs every so often, and no hour in particular is meant.
const OFTEN: usize = 6;

/// The odd hours of a schedule between two instants, ascending; none for a plan that runs every so often.
#[must_use]
pub fn odd_hours(schedule: &Schedule, from: Timestamp, until: Timestamp) -> Vec<OddHour> {
    let mut found = Vec::new();
    for transition in schedule.zone.following(from).take_while(|transition| transition.timestamp() <= until) {
        let after = schedule.zone.to_offset(transition.timestamp());
        let before = schedule.zone.to_offset(transition.timestamp() - SignedDuration::from_secs(1));
        let (old, new) = (before.to_datetime(transition.timestamp()), after.to_datetime(transition.timestamp()));
        let (odd, start, end) = if old < new { (Odd::Missing, old, new) } else { (Odd::Twice, new, old) };
        if old == new || on_day_of(schedule, start) > OFTEN {
            continue;
        }
        for time in times(schedule, start, end) {
            let due = match odd {
                Odd::Missing => {
                    super::due_after(schedule, transition.timestamp() - SignedDuration::from_secs(1)).next()
                }
                Odd::Twice => schedule.zone.to_ambiguous_zoned(time).earlier().ok(),
            };
            found.extend(due.map(|due| OddHour { time, odd, due }));
        }
    }
    found
}

/// The times of the pattern from one on and before another, as if clocks were never put forward or back.
fn times(schedule: &Schedule, start: DateTime, end: DateTime) -> impl Iterator<Item = DateTime> {
    let start = start.to_zoned(TimeZone::UTC).ok();
    let cron = schedule.cron.clone();
    start
        .into_iter()
        .flat_map(move |start| cron.clone().iter_from(start, croner::Direction::Forward).map(|due| due.datetime()))
        .take_while(move |time| *time < end)
}

fn on_day_of(schedule: &Schedule, time: DateTime) -> usize {
    let day = time.date().to_datetime(jiff::civil::Time::midnight());
    day.checked_add(SignedDuration::from_hours(24)).map_or(0, |next| times(schedule, day, next).take(OFTEN + 1).count())
}
