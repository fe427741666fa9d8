//! `ledgerline maintain`: removes what runs left behind.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::output::{Format, Rows, say};
use super::{Failure, open};
use crate::env::{Clock, Env, Stop};
use crate::event::Silent;
use crate::ledger::Ledger;
use crate::maintain::{Chore, chores, maintain};
use crate::plan::Project;
use crate::settings::maintain::Maintain;

/// Remove what runs left behind: an old sandbox, folders of probes.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    let ledger = Ledger::open(&project.ledger)?;
    let settings = settings(&project, &ledger, folder, &arguments.given)?;
    let done = if arguments.dry_run {
        chores(&ledger, settings, SystemClock.now())?
    } else {
        let person = open::person();
        let (writer, recovered) = ledger.lock(&person)?;
        for sentence in recovered {
            say(&sentence);
        }
        let env = Env { clock: &SystemClock, observer: &Silent, person: &person, stop: &Stop::default() };
        maintain(writer, settings, None, env)?.1
    };
    let decision = if arguments.dry_run { "would" } else { "done" };
    if done.is_empty() {
        say("nothing was left behind");
    }
    if !done.is_empty() || format != Format::Table {
        let mut rows = Rows::new(&["decision", "chore"]);
        rows.rows = done.iter().map(|chore| vec![Some(decision.to_owned()), Some(Chore::sentence(chore))]).collect();
        rows.print(format);
    }
    Ok(0)
}

/// The settings of the plan that made the open timeslot, where it still loads and has any.
fn settings(
    project: &Project,
    ledger: &Ledger,
    folder: Option<PathBuf>,
    given: &open::Given,
) -> Result<Maintain, Failure> {
    let open = ledger.standings()?.open().map(|open| open.id.clone());
    let Some(open) = open else { return Ok(Maintain::default()) };
    let name = ledger.timeslot(&open)?.manifest.plan.parse().ok();
    let path = name.map(|name| project.plan_path(&name)).filter(|path| path.exists());
    let plan = path.and_then(|path| open::plan(folder, &path, given).ok());
    Ok(plan.and_then(|(_, plan)| plan.stages.maintain).unwrap_or_default())
}
