//! `ledgerline retry`: the same command again, on the timeslot that is still open, from where it stopped.

use std::path::PathBuf;

use super::execute::execute;
use super::output::Format;
use super::{Failure, open};
use crate::event::Verdict;
use crate::ids::StageName;
use crate::ledger::{Ledger, Manifest};
use crate::runs::{self, Command, PlanRecord};
use crate::summary::Summary;

/// Take up a run that failed, was killed or was held, from where it stopped.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The run. Default: the last one whose timeslot is still open.
    run: Option<String>,
    /// No prompts, plain lines, and the summary by mail, also where the run had none of it.
    #[arg(long)]
    batch: bool,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    let ledger = Ledger::open(&project.ledger)?;
    let standings = ledger.standings()?;
    let nothing = || Failure::Usage("no run left an open timeslot; run the plan".to_owned());
    let standing = standings.open().ok_or_else(nothing)?;
    let manifest = ledger.timeslot(&standing.id)?.manifest;
    let (record, summary) = if let Some(name) = &arguments.run {
        let taken =
            read(&ledger, name).map_err(|why| Failure::Usage(format!("run {name} cannot be taken up: {why}")))?;
        if !worked_on(&taken, name, &manifest) {
            return Err(Failure::Usage(format!("run {name} left no open timeslot; run the plan again")));
        }
        taken
    } else {
        let names = runs::names(&ledger)?;
        let mut taken = names.iter().rev().filter_map(|name| Some((name, read(&ledger, name).ok()?)));
        taken.find(|(name, taken)| worked_on(taken, name, &manifest)).ok_or_else(nothing)?.1
    };
    let command = again(record.command, &summary, &manifest);
    execute(&Command { batch: command.batch || arguments.batch, ..command }, folder, format)
}

fn read(ledger: &Ledger, run: &str) -> Result<(PlanRecord, Summary), String> {
    let folder = ledger.runs_folder().join(run);
    Ok((runs::read_json(&folder.join("plan.json"))?, runs::read_json(&folder.join("run.json"))?))
}

/// Whether a run worked on the open timeslot. One that was killed while it began it may not have said so; the timeslot
/// does.
fn worked_on((record, summary): &(PlanRecord, Summary), run: &str, open: &Manifest) -> bool {
    !record.command.dry_run && (summary.timeslot.as_ref() == Some(&open.timeslot) || open.run == run)
}

/// The command that goes on where a run stopped.
fn again(command: Command, summary: &Summary, open: &Manifest) -> Command {
    let stale = open.stale_stages();
    let asked = Command { timeslot: Some(open.timeslot.clone()), as_of: Some(open.as_of), due: None, ..command };
    // What is left of a run that did all it was asked for is what it was not asked for; a held one is judged again.
    if matches!(summary.verdict, Some(Verdict::Open { .. } | Verdict::Held { .. })) {
        let from = stale.first().copied().unwrap_or(StageName::Validate);
        let all = Command { until: None, only: Vec::new(), skip: Vec::new(), ..asked };
        return from_stage(from, all);
    }
    let has_ended = |stage: &StageName| summary.stages.iter().any(|ended| ended.stage == *stage);
    let unfinished = summary.planned.iter().copied().find(|stage| !has_ended(stage));
    let failed = summary.failure.as_ref().map(|(stage, _)| *stage);
    let from = failed.or(unfinished).or_else(|| stale.first().copied()).unwrap_or(StageName::Validate);
    from_stage(from.min(StageName::Validate), Command { if_changed: false, ..asked })
}

/// The command from a stage on. What it forgets, the timeslot has forgotten already behind reconcile.
fn from_stage(from: StageName, command: Command) -> Command {
    let forget = if from > StageName::Reconcile { Vec::new() } else { command.forget.clone() };
    Command { from: Some(from), forget, ..command }
}
