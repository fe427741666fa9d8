//! The due times of a schedule.

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::settings::schedule::Schedule;

/// The due times behind an instant, ascending. A time that clocks leave out is due when they go on, a fixed time that
/// they show twice is due the first time only; every hour that really passes is one of `0 * * * *`.
pub fn due_after(schedule: &Schedule, after: Timestamp) -> impl Iterator<Item = Zoned> + use<> {
    schedule.cron.clone().iter_after(after.to_zoned(schedule.zone.clone()))
}

/// The last due time that is not behind an instant; `None` where there never was one.
#[must_use]
pub fn last_due(schedule: &Schedule, at: Timestamp) -> Option<Zoned> {
    schedule.cron.find_previous_occurrence(&at.to_zoned(schedule.zone.clone()), true).ok()
}

/// How long behind its due time a run begins, from the schedule's jitter. `seed` is what tells machines and plans apart:
/// the same machine begins the same plan always as late.
pub(super) fn delay(schedule: &Schedule, seed: u64) -> SignedDuration {
    let most = schedule.jitter.as_secs();
    let delay = if most == 0 { 0 } else { seed % (most + 1) };
    SignedDuration::from_secs(i64::try_from(delay).unwrap_or(0))
}
