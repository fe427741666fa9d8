//! What is to be done about a schedule now.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, Zoned};

use super::due::{delay, due_after, last_due};
use crate::settings::schedule::{CatchUp, Schedule};

/// What is known of the due times of a schedule, each by its instant.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// When the schedule was first looked at as it is now: earlier due times do not count.
    pub since: Timestamp,
    /// Due times whose run was begun, or that were left out for another run: nothing is done about them again.
    pub settled: BTreeSet<Timestamp>,
    /// Due times that were told as missed. Where a clock was put back they may come again, and are begun.
    pub missed: BTreeSet<Timestamp>,
    /// What tells this machine and plan from others, for the jitter.
    pub seed: u64,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The due time whose run is to begin now.
    pub begin: Option<Zoned>,
    /// Due times that passed and whose runs never will begin; each is told once.
    pub missed: Vec<Zoned>,
    /// When there is something to do next, as far as the clock is right; `None` = never.
    pub next: Option<Timestamp>,
}

/// So late a run may begin where nothing is caught up: whoever looks every half minute is never later.
const MOMENT: SignedDuration = SignedDuration::from_mins(5);

/// Due times that passed are told one by one as long as they are not more; of more the last ones are told.
const MOST_MISSED: usize = 100;

/// Decides what is to be done at an instant.
#[must_use]
pub fn decide(schedule: &Schedule, known: &Known, now: Timestamp) -> Decision {
    let delay = delay(schedule, known.seed);
    // What is due later than this begins later than now.
    let ripe = now.saturating_sub(delay).unwrap_or(Timestamp::MIN);
    let newest = last_due(schedule, ripe).filter(|due| due.timestamp() > known.since);
    let begin = newest.as_ref().filter(|due| {
        let late = ripe.duration_since(due.timestamp());
        !known.settled.contains(&due.timestamp()) && late <= most_late(schedule)
    });
    let told = |due: &Timestamp| known.settled.contains(due) || known.missed.contains(due);
    let is_begun_now = |due: &Zoned| begin.is_some_and(|begin| begin.timestamp() == due.timestamp());
    let missed = passed(schedule, known, ripe).filter(|due| !told(&due.timestamp()) && !is_begun_now(due));
    Decision {
        missed: missed.collect(),
        next: due_after(schedule, ripe)
            .next()
            .map(|due| due.timestamp().saturating_add(delay).unwrap_or(Timestamp::MAX)),
        begin: begin.cloned(),
    }
}

fn most_late(schedule: &Schedule) -> SignedDuration {
    match schedule.catch_up {
        CatchUp::Last => SignedDuration::try_from(schedule.grace).unwrap_or(SignedDuration::MAX),
        CatchUp::None => MOMENT,
    }
}

/// The due times up to an instant of which nothing may be known yet: those behind the last that was settled or told, and
/// no more than the last hundred.
fn passed(schedule: &Schedule, known: &Known, until: Timestamp) -> impl Iterator<Item = Zoned> + use<> {
    let last = |times: &BTreeSet<Timestamp>| times.range(..=until).next_back().copied();
    let from = [last(&known.settled), last(&known.missed)].into_iter().flatten().max();
    let from = from.unwrap_or(known.since).max(known.since);
    let back = schedule.cron.clone().iter_before(
        until.saturating_add(SignedDuration::from_secs(1)).unwrap_or(until).to_zoned(schedule.zone.clone()),
    );
    let mut passed: Vec<Zoned> = back.take_while(|due| due.timestamp() > from).take(MOST_MISSED).collect();
    passed.reverse();
    passed.into_iter()
}
