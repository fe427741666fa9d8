//! `ledgerline maintain`: removes what runs left behind and what no rule of retention keeps, and says what tables take.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::output::{Format, Rows, say};
use super::{Failure, open};
use crate::env::{Clock, Env, Stop};
use crate::event::Silent;
use crate::ids::TimeslotName;
use crate::ledger::Ledger;
use crate::maintain::{Chore, Fate, chores, judge, maintain};
use crate::plan::Project;
use crate::settings::maintain::Maintain;

/// Remove what runs left behind, and timeslots that no rule of retention keeps.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ledgerline maintain weekly --dry-run\n  ledgerline maintain weekly\n  ledgerline maintain --statistics"
)]
pub(super) struct Arguments {
    /// The plan whose `[stage.maintain]` holds, by path or name. Default: the one that made the open timeslot, else the
    /// one that made the current one.
    plan: Option<PathBuf>,
    /// Say of each timeslot why it stays or goes and what else would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Say what each table takes, and do nothing.
    #[arg(long, conflicts_with = "dry_run")]
    statistics: bool,
    /// With `--statistics`: of this timeslot, by id or label. Default: the current one.
    #[arg(long, value_name = "ID|LABEL", requires = "statistics")]
    timeslot: Option<TimeslotName>,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    if arguments.statistics {
        return statistics(arguments, folder, format);
    }
    let (project, settings) = settings(arguments, folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let mut rows = Rows::new(&["decision", "chore", "why"]);
    let (done, decision) = if arguments.dry_run {
        let now = SystemClock.now();
        rows.rows = staying(&ledger, &settings, now)?;
        (chores(&ledger, &settings, now)?, "would")
    } else {
        let person = open::person();
        let (writer, recovered) = ledger.lock(&person)?;
        for sentence in recovered {
            say(&sentence);
        }
        let env = Env { clock: &SystemClock, observer: &Silent, person: &person, stop: &Stop::default() };
        (maintain(writer, &settings, None, env)?.1, "done")
    };
    let row =
        |chore: &Chore| vec![Some(decision.to_owned()), Some(chore.sentence()), chore.reason().map(str::to_owned)];
    rows.rows.extend(done.iter().map(row));
    if done.is_empty() {
        say("there is nothing to do");
    }
    if !rows.rows.is_empty() || format != Format::Table {
        rows.print(format);
    }
    Ok(0)
}

/// Of each timeslot that nothing is done about: what keeps it, or when it goes.
fn staying(ledger: &Ledger, settings: &Maintain, now: jiff::Timestamp) -> Result<Vec<Vec<Option<String>>>, Failure> {
    let Some(retention) = &settings.retention else { return Ok(Vec::new()) };
    let judged = judge(&ledger.standings()?, retention, now);
    let row = |judged: &crate::maintain::Judged| {
        let (decision, what, why) = match &judged.fate {
            Fate::Stays => ("stays", format!("timeslot {}", judged.timeslot), judged.kept_by.join("; ")),
            Fate::Waits(to_go) => {
                let what = format!("timeslot {} goes after {}", judged.timeslot, to_go.after.strftime("%Y-%m-%d"));
                ("waits", what, to_go.reason.clone())
            }
            Fate::Spared | Fate::Marked(_) | Fate::Goes(_) => return None,
        };
        Some(vec![Some(decision.to_owned()), Some(what), Some(why)])
    };
    Ok(judged.iter().filter_map(row).collect())
}

/// The project, with the settings of the plan that is named; else of the plan that made what stands, where it still loads.
fn settings(arguments: &Arguments, folder: Option<PathBuf>) -> Result<(Project, Maintain), Failure> {
    if let Some(path) = &arguments.plan {
        let (project, plan) = open::plan(folder, path, &arguments.given)?;
        return Ok((project, plan.stages.maintain.unwrap_or_default()));
    }
    let project = open::project(folder.clone())?;
    let ledger = Ledger::open(&project.ledger)?;
    let standings = ledger.standings()?;
    let Some(of) = standings.open().or(standings.current()) else { return Ok((project, Maintain::default())) };
    let name = ledger.manifest(&of.id)?.plan;
    let path = name.parse().ok().map(|name| project.plan_path(&name)).filter(|path| path.exists());
    let plan = path.and_then(|path| open::plan(folder, &path, &arguments.given).ok());
    if plan.is_none() {
        say(&format!("the plan `{name}` does not load, so that no timeslot is judged: name one"));
    }
    Ok((project, plan.and_then(|(_, plan)| plan.stages.maintain).unwrap_or_default()))
}

/// What the tables of a timeslot take.
fn statistics(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let id = ledger.named(arguments.timeslot.as_ref().unwrap_or(&TimeslotName::Current))?;
    let names = ["table", "rows", "parts", "row_groups", "bytes", "smallest_part", "bytes_in_all_timeslots"];
    let mut rows = Rows::new(&names).numbers(&names[1..]);
    for size in ledger.table_sizes(&id)? {
        let numbers =
            [size.rows, size.parts as u64, size.row_groups as u64, size.bytes, size.smallest, size.bytes_of_all];
        let cells = numbers.map(|number| Some(number.to_string()));
        rows.rows.push([vec![Some(size.table)], cells.to_vec()].concat());
    }
    rows.print(format);
    Ok(0)
}
