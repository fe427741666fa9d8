//! Whether a plan is due in hours that do not exist or occur twice.

use jiff::{SignedDuration, Timestamp};

use crate::plan::{Plan, codes};
use crate::problem::{Problem, Problems};
use crate::schedule::{Odd, OddHour, odd_hours};
use crate::settings::schedule::Schedule;

/// So far ahead is looked: clocks are put forward and back once in it, at least.
const AHEAD: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// Warns of due times in the next two years that clocks leave out or show twice: of the first of either.
#[must_use]
pub fn check_schedule(plan: &Plan, now: Timestamp) -> Problems {
    let mut problems = Problems::new();
    let Some(schedule) = &plan.schedule else { return problems };
    let found = odd_hours(schedule, now, now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX));
    for odd in [Odd::Missing, Odd::Twice] {
        if let Some(hour) = found.iter().find(|hour| hour.odd == odd) {
            let problem = Problem::warning(codes::ODD_HOUR, message(hour, schedule)).at(schedule.place.clone());
            problems.add(problem.hint("a plan that is due an hour or two later or earlier is always due at its hour"));
        }
    }
    problems
}

fn message(hour: &OddHour, schedule: &Schedule) -> String {
    let OddHour { time, odd, due } = hour;
    let (day, zone) = (time.date(), &schedule.zone_name);
    let (time, begins) = (time.strftime("%H:%M"), due.strftime("%H:%M %:z"));
    match odd {
        Odd::Missing => format!("{time} does not exist on {day} in {zone}: the plan is due at {begins} instead"),
        Odd::Twice => format!("{time} occurs twice on {day} in {zone}: the plan is due once, at {begins}"),
    }
}
