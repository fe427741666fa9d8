//! `[report]` of the project.

use jiff::tz::TimeZone;

use crate::plan::mail::check_address;
use crate::plan::node::Spot;
use crate::plan::raw::project::{ReportTable, ReportTime};
use crate::plan::{codes, schedule};
use crate::problem::Problems;
use crate::settings::report::Report;
use crate::settings::schedule::Schedule;

/// When the daily report is due where the project does not say.
const DAILY: &str = "0 8 * * *";

/// When the weekly review is due where the project does not say.
const WEEKLY: &str = "0 9 * * 1";

/// Checks when reports are due, in the zone of the project, and to whom they go.
pub(super) fn check(raw: ReportTable, zone: &TimeZone, spot: Spot<'_>, problems: &mut Problems) -> Report {
    for (address, at) in raw.to.iter().zip(spot.key("to").items()) {
        check_address(address, at, problems);
    }
    Report {
        daily: due(raw.daily, DAILY, zone, spot.key("daily"), problems),
        weekly: due(raw.weekly, WEEKLY, zone, spot.key("weekly"), problems),
        to: raw.to,
    }
}

fn due(
    raw: Option<ReportTime>,
    otherwise: &str,
    zone: &TimeZone,
    spot: Spot<'_>,
    problems: &mut Problems,
) -> Option<Schedule> {
    let pattern = match raw {
        None => otherwise.to_owned(),
        Some(ReportTime::Pattern(pattern)) => pattern,
        Some(ReportTime::IsMade(false)) => return None,
        Some(ReportTime::IsMade(true)) => {
            let problem = spot.error(codes::NOT_ALLOWED, "`true` says nothing about when");
            problems.add(problem.hint("leave the key out for the usual hour, or write a schedule such as `0 8 * * *`"));
            return None;
        }
    };
    schedule::plain(pattern, zone.clone(), spot, problems)
}
