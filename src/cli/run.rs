//! `ledgerline run`: one execution of a plan.

use std::path::PathBuf;

use jiff::civil::Date;

use super::output::Format;
use super::{Failure, machine, open};
use crate::console::Console;
use crate::env::{Clock, Env, SystemClock};
use crate::event::{All, Observer, Recorder, RunEventKind};
use crate::event_log::EventLog;
use crate::ids::{StageName, TimeslotId};
use crate::ledger::Ledger;
use crate::run::{Job, run as run_plan};
use crate::select::Selection;
use crate::summary;

/// Run a plan: load the sources into a timeslot, judge it, confirm it.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan, by path or name.
    plan: PathBuf,
    /// The date the timeslot speaks about. Default: today in the project's zone.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Continue this open timeslot instead of beginning one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
    /// The first stage that runs.
    #[arg(long, value_name = "STAGE")]
    from: Option<StageName>,
    /// The last stage that runs.
    #[arg(long, value_name = "STAGE")]
    until: Option<StageName>,
    /// Run only these stages.
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    only: Vec<StageName>,
    /// Leave these stages out.
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    skip: Vec<StageName>,
    #[command(flatten)]
    given: open::Given,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line talks")]
pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plan) = open::plan(folder, &arguments.plan, &arguments.given)?;
    eprint!("{}", plan.warnings.render(super::look()));
    let clock = SystemClock;
    let began = clock.now();
    let ledger = Ledger::open_or_create(&project.ledger, began)?;
    let engine = machine::engine(&project)?;
    let as_of = arguments.as_of.unwrap_or_else(|| began.to_zoned(project.zone.clone()).date());
    let run = run_name(began);
    let selection = Selection {
        timeslot: arguments.timeslot.clone(),
        from: arguments.from,
        until: arguments.until,
        only: arguments.only.iter().copied().collect(),
        skip: arguments.skip.iter().copied().collect(),
    };
    let folder = ledger.runs_folder().join(&run);
    let log = EventLog::create(&folder).map_err(|source| Failure::Write { path: folder.clone(), source })?;
    let recorder = Recorder::default();
    let console = Console::new();
    let observer = All(vec![&log as &dyn Observer, &recorder, &console]);
    let person = open::person();
    let env = Env { clock: &clock, observer: &observer, person: &person };
    let job = Job { project: &project, plan: &plan, selection: &selection, as_of, run };
    let outcome = run_plan(&job, &ledger, &engine, env);
    if let Ok(outcome) = &outcome {
        env.notice(RunEventKind::RunEnded {
            verdict: outcome.verdict.clone(),
            exit_code: outcome.verdict.exit_code(),
            head: outcome.head.clone(),
            millis: env.millis_since(began),
        });
    }
    console.finish();
    let summary = summary::Summary::of(&recorder.events());
    let record = serde_json::to_string_pretty(&summary).expect("a summary has only text keys");
    let path = folder.join("run.json");
    std::fs::write(&path, format!("{record}\n")).map_err(|source| Failure::Write { path, source })?;
    match format {
        // A run that could not begin has nothing to sum up.
        _ if summary.timeslot.is_none() => {}
        Format::Json => println!("{record}"),
        _ => print!("{}", summary.text()),
    }
    Ok(outcome?.verdict.exit_code())
}

/// A name that sorts by time and that no other run has.
fn run_name(at: jiff::Timestamp) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", at.strftime("%Y%m%dT%H%M%SZ"), &random[..4])
}
