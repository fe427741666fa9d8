//! `[schedule]` of a plan.

use std::time::Duration;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::project::zone;
use crate::plan::raw::plan::ScheduleTable;
use crate::problem::Problems;
use crate::settings::schedule::{CatchUp, Overlap, Schedule};

const HINT: &str = "write minute, hour, day of month, month and day of week, such as `30 3 * * SUN`";

/// How late a run may begin where the plan does not say.
const GRACE: Duration = Duration::from_hours(12);

/// Checks a schedule. `otherwise` is the zone of the project.
pub(super) fn check(
    raw: ScheduleTable,
    otherwise: &TimeZone,
    spot: Spot<'_>,
    problems: &mut Problems,
) -> Option<Schedule> {
    let ScheduleTable { cron: pattern, zone: named, catch_up, grace, overlap, jitter } = raw;
    let zone = match &named {
        Some(name) => zone(name, spot.key("zone"), problems)?,
        None => otherwise.clone(),
    };
    let cron = cron(&pattern, spot.key("cron"), problems)?;
    let grace = grace.map_or(GRACE, |grace| grace.0);
    let jitter = jitter.map_or(Duration::ZERO, |jitter| jitter.0);
    if jitter > grace {
        let problem = spot.key("jitter").error(codes::KEYS_DISAGREE, "`jitter` is longer than `grace`");
        problems
            .add(problem.hint("a run that begins so late would be missed; `grace` is 12 hours where it is not given"));
    }
    let zone_name = named.or_else(|| zone.iana_name().map(str::to_owned)).unwrap_or_else(|| "UTC".to_owned());
    let place = spot.key("cron").on_value();
    Some(Schedule { cron, pattern, place, zone, zone_name, catch_up, grace, overlap, jitter })
}

/// A schedule of which nothing but its pattern is said: the last due time is caught up, and it waits for whatever is under way.
pub(super) fn plain(pattern: String, zone: TimeZone, spot: Spot<'_>, problems: &mut Problems) -> Option<Schedule> {
    let cron = cron(&pattern, spot, problems)?;
    Some(Schedule {
        cron,
        pattern,
        place: spot.on_value(),
        zone_name: zone.iana_name().unwrap_or("UTC").to_owned(),
        zone,
        catch_up: CatchUp::Last,
        grace: GRACE,
        overlap: Overlap::Queue,
        jitter: Duration::ZERO,
    })
}

/// What a pattern means.
fn cron(pattern: &str, spot: Spot<'_>, problems: &mut Problems) -> Option<Cron> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = match parser.parse(pattern) {
        Ok(cron) => cron,
        Err(error) => {
            let why = error.to_string().replace("CronPattern", "it");
            let message = format!("`{pattern}` is no schedule: {}", why.trim_end_matches('.'));
            problems.add(spot.error(codes::BAD_SCHEDULE, message).hint(HINT));
            return None;
        }
    };
    // Days repeat within 400 years, and the search goes on for longer.
    if cron.find_next_occurrence(&Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC), true).is_err() {
        let problem = spot.error(codes::BAD_SCHEDULE, format!("`{pattern}` never comes"));
        problems.add(problem.hint("no month has such a day"));
        return None;
    }
    Some(cron)
}
