//! `ledgerline retry`: the same command again, on the timeslot that is still open, from where it failed.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::execute::{Command, PlanRecord, execute};
use super::output::Format;
use super::{Failure, open};
use crate::ids::StageName;
use crate::ledger::Ledger;
use crate::summary::Summary;

/// Take up a run that failed or was held, from where it stopped.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The run. Default: the last one.
    run: Option<String>,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    let ledger = Ledger::open(&project.ledger)?;
    let name = match &arguments.run {
        Some(name) => name.clone(),
        None => super::runs::names(&ledger)?.pop().ok_or_else(|| Failure::Usage("there is no run yet".to_owned()))?,
    };
    let run = ledger.runs_folder().join(&name);
    let record: PlanRecord = read_json(&run.join("plan.json"), &name)?;
    let summary: Summary = read_json(&run.join("run.json"), &name)?;
    let standings = ledger.standings()?;
    let open = summary.timeslot.as_ref().and_then(|id| standings.find(id)).filter(|found| found.state.is_open());
    let open = open.ok_or_else(|| Failure::Usage(format!("run {name} left no open timeslot; run the plan again")))?;
    let stale = ledger.timeslot(&open.id)?.manifest.stale_stages();
    let from = summary.failure.as_ref().map(|(stage, _)| *stage).or_else(|| stale.first().copied());
    let from = from.unwrap_or(StageName::Validate);
    let command = Command {
        timeslot: Some(open.id.clone()),
        as_of: Some(open.as_of),
        // A held run is judged again.
        from: Some(from),
        // Behind reconcile the timeslot has it already.
        forget: if from > StageName::Reconcile { Vec::new() } else { record.command.forget.clone() },
        ..record.command
    };
    execute(&command, folder, format)
}

fn read_json<T: DeserializeOwned>(path: &Path, run: &str) -> Result<T, Failure> {
    let unreadable = |why: String| Failure::Usage(format!("run {run} cannot be taken up: `{}`: {why}", path.display()));
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))
}
