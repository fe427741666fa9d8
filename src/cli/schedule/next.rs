//! `ledgerline schedule next`: the coming due times.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp, Zoned};

use super::scheduled;
use crate::cli::clock::SystemClock;
use crate::cli::output::{Format, Rows};
use crate::cli::{Failure, open};
use crate::env::Clock;
use crate::schedule::{OddHour, due_after, odd_hours};

/// Print when plans and reports are due next.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// How many due times of each plan.
    #[arg(default_value_t = 5)]
    count: usize,
    /// The plan, by path or name. Default: every plan that has a schedule, and the reports.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Look from this instant on, such as 2027-03-01T00:00:00Z. Default: now.
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,
    #[command(flatten)]
    given: open::Given,
}

pub(in crate::cli) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plans) = scheduled(folder, arguments.plan.as_ref(), &arguments.given)?;
    let reports = if arguments.plan.is_none() { project.report.due() } else { Vec::new() };
    let reports = reports.into_iter().map(|(kind, schedule)| (kind.due_name(), schedule));
    let plans = plans.iter().map(|scheduled| (scheduled.plan.name.as_str(), &scheduled.schedule));
    let from = arguments.from.unwrap_or_else(|| SystemClock.now());
    let mut rows = Rows::new(&["plan", "due", "zone", "utc", "remark"]);
    for (name, schedule) in plans.chain(reports) {
        let due: Vec<Zoned> = due_after(schedule, from).take(arguments.count).collect();
        let until = due.last().map_or(from, Zoned::timestamp);
        let odd = odd_hours(schedule, from, until.saturating_add(SignedDuration::from_hours(48)).unwrap_or(until));
        for due in due {
            let odd = odd.iter().find(|odd| odd.due == due);
            rows.rows.push(vec![
                Some(name.to_owned()),
                Some(due.strftime("%a %Y-%m-%d %H:%M %:z").to_string()),
                Some(schedule.zone_name.clone()),
                Some(due.timestamp().strftime("%Y-%m-%dT%H:%MZ").to_string()),
                odd.map(remark),
            ]);
        }
    }
    rows.print(format);
    Ok(0)
}

fn remark(odd: &OddHour) -> String {
    let time = odd.time.strftime("%H:%M");
    match odd.odd {
        crate::schedule::Odd::Missing => format!("{time} does not exist that day"),
        crate::schedule::Odd::Twice => format!("{time} occurs twice that day"),
    }
}
