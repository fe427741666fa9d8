//! A run: one execution of a plan, from an empty sandbox to a verdict.
//!
//! 1. Take the lock, put right what a crash left, and begin a timeslot or take up the open one (`select`).
//! 2. Collect the sources into staged parts.
//! 3. Activate: from here on the timeslot's tables are seen by the later stages.
//! 4. Each further stage compiles its settings to models; `graph` makes those that do not stand.
//! 5. Validate judges; a threshold that is reached holds the timeslot.
//! 6. Confirm makes it current, where nothing holds it and the plan says so.
//!
//! A stage that fails ends the run; the timeslot stays open as it was after the stage before.

mod compared;
mod decide;
mod error;
mod given;
mod items;
mod stages;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub(crate) use self::compared::compared;
pub use self::error::{RunError, StageError};
pub use self::stages::planned_stages;
pub(crate) use self::stages::{configuration, models_of, tables_for};
use self::stages::{must_run, stage_of};
use crate::cause::Causes;
use crate::collect::collector::Collector;
use crate::collect::{self, CollectError, Collection};
use crate::engine::Engine;
use crate::env::Env;
use crate::event::{RunEventKind, StageReport, Verdict};
use crate::graph::{Round, run_models};
use crate::ids::{StageName, TimeslotId};
use crate::ledger::{Beginning, Deed, LEFT_OUT, Ledger, LedgerError, Open, OpenTimeslot, Timeslot, Writer};
use crate::model::{BUILD, TableSet};
use crate::plan::{Plan, Project};
use crate::select::Selection;
use crate::settings::OnOpen;
use crate::stages::{Ask, Context};

/// What is run, and on what.
pub struct Job<'a> {
    /// The project.
    pub project: &'a Project,
    /// The checked plan.
    pub plan: &'a Plan,
    /// Which stages, of which timeslot.
    pub selection: &'a Selection,
    /// The date to speak about.
    pub as_of: Date,
    /// The run's name.
    pub run: String,
    /// The account of the machine under which it runs; `None` where the person is known for certain without it.
    pub account: Option<String>,
    /// Bytes of memory that the process may take; `None` = nobody knows.
    pub memory: Option<u64>,
}

/// What became of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The timeslot.
    pub timeslot: TimeslotId,
    /// What became of it.
    pub verdict: Verdict,
    /// Number and hash of the newest log entry.
    pub head: String,
}

impl Verdict {
    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Confirmed => 0,
            Self::DryRun { would } => would.exit_code(),
            Self::Failed { .. } => 1,
            // What shells say of a process that a signal ended.
            Self::Interrupted { signal } => signal.saturating_add(128),
            Self::Held { .. } => 3,
            Self::Unchanged => 4,
            Self::Open { stale } if stale.is_empty() => 0,
            Self::Open { .. } => 5,
        }
    }
}

/// Runs a plan and returns what became of the timeslot.
///
/// # Errors
/// Where the ledger cannot be had, sources are not ready, or a stage fails.
pub fn run(job: &Job<'_>, ledger: &Ledger, engine: &dyn Engine, env: Env<'_>) -> Result<Outcome, RunError> {
    let mut running = Running { job, engine, env, parent: None };
    running.can_run(ledger)?;
    let (writer, recovered) = ledger.lock(&format!("{}, run {}", env.person, job.run))?;
    for sentence in recovered {
        env.note(sentence);
    }
    let mut open = running.begin(writer)?;
    let id = open.manifest().timeslot.clone();
    running.parent = open.manifest().parent.clone().map(|parent| ledger.timeslot(&parent)).transpose()?;
    env.notice(RunEventKind::RunBegan {
        run: job.run.clone(),
        plan: job.plan.name.to_string(),
        timeslot: id.clone(),
        as_of: open.manifest().as_of,
        parent: open.manifest().parent.clone(),
        stages: running.stages(),
    });
    for stage in running.stages() {
        if stage > StageName::Collect
            && stage < StageName::Confirm
            && let Open::Sandbox(sandbox) = open
        {
            open = Open::Active(sandbox.activate(&running.deed())?);
        }
        if stage == StageName::Confirm {
            break;
        }
        running.go_on(Some(stage))?;
        running.stage(stage, &mut open)?;
    }
    running.go_on(None)?;
    running.conclude(open)
}

struct Running<'a> {
    job: &'a Job<'a>,
    engine: &'a dyn Engine,
    env: Env<'a>,
    parent: Option<Timeslot>,
}

impl Running<'_> {
    fn deed(&self) -> Deed {
        Deed {
            at: self.env.clock.now(),
            by: self.env.person.to_owned(),
            account: self.job.account.clone(),
            run: Some(self.job.run.clone()),
        }
    }

    /// The stages that will run, in order.
    fn stages(&self) -> Vec<StageName> {
        planned_stages(self.job.plan).into_iter().filter(|stage| self.job.selection.takes(*stage)).collect()
    }

    /// Ends the run where the process was told to end.
    fn go_on(&self, stage: Option<StageName>) -> Result<(), RunError> {
        match self.env.stop.signal() {
            Some(signal) => Err(RunError::Interrupted { signal, stage }),
            None => Ok(()),
        }
    }

    /// Whether the stages asked for find what they need: a stage that runs on nothing would judge nothing.
    fn can_run(&self, ledger: &Ledger) -> Result<(), RunError> {
        let selection = self.job.selection;
        let open = ledger.standings()?.open().map(|standing| standing.id.clone());
        if let Some((message, hint)) = items::unknown_item(self.job.plan, selection) {
            return Err(RunError::Selection { message, hint });
        }
        let timeslot = selection.timeslot.as_ref().map(|id| ledger.timeslot(id)).transpose()?;
        let lost = items::thrown_away(self.job.plan, selection, timeslot.as_ref());
        if !lost.is_empty() {
            let message = format!("what this timeslot has of {} would be thrown away", lost.join(", "));
            let hint = "collect all of it again, or say with `--skip collect:SOURCE` what is to be carried".to_owned();
            return Err(RunError::Selection { message, hint });
        }
        if let Some((message, hint)) = decide::cannot_allow(self.job.plan, selection) {
            return Err(RunError::Selection { message, hint });
        }
        if let Some((message, hint)) = self.approves_own(timeslot.as_ref()) {
            return Err(RunError::Selection { message, hint });
        }
        self.fits()?;
        let done = timeslot.map(|timeslot| timeslot.manifest.stages).unwrap_or_default();
        let has_run = |stage: StageName| done.contains_key(stage.as_str());
        let Some(message) = selection.is_wrong(&planned_stages(self.job.plan), &has_run) else { return Ok(()) };
        let hint = match (&selection.timeslot, open) {
            (None, Some(open)) => format!("to work on the open timeslot, add `--timeslot {open}`"),
            (None, None) => "no timeslot is open: a new one needs `collect` and `activate`".to_owned(),
            (Some(_), _) => "leave out `--only`, or begin earlier with `--from`".to_owned(),
        };
        Err(RunError::Selection { message, hint })
    }

    /// Whether the memory there is will do for collecting.
    fn fits(&self) -> Result<(), RunError> {
        let selection = self.job.selection;
        let Some(free) = self.job.memory.filter(|_| selection.takes(StageName::Collect)) else { return Ok(()) };
        let left_out = items::left_out_sources(self.job.plan, selection);
        let is_taken = |collector: &&Collector| !left_out.iter().any(|name| *name == collector.name.as_str());
        let need = collect::need(self.job.plan.collectors.iter().filter(is_taken));
        if need.bytes > free { Err(RunError::TooLarge { need, free }) } else { Ok(()) }
    }

    /// Begins a timeslot, or takes up the open one.
    fn begin(&self, writer: Writer) -> Result<Open, LedgerError> {
        if let Some(id) = &self.job.selection.timeslot {
            return writer.resume(id);
        }
        let superseded = writer.standings().open().map(|standing| standing.id.clone());
        let writer = match superseded {
            Some(id) if self.job.plan.on_open == OnOpen::Reject => {
                self.env.note(format!("timeslot {id} was open and is rejected, as the plan says"));
                writer.resume(&id)?.into_inner().reject(&self.deed(), "superseded by a new run")?
            }
            _ => writer,
        };
        let beginning = Beginning {
            as_of: self.job.as_of,
            plan: self.job.plan.name.to_string(),
            configuration: configuration(self.job.plan),
            engine: BUILD.to_owned(),
            planned: must_run(self.job.plan),
        };
        writer.begin(&self.deed(), beginning).map(Open::Sandbox)
    }

    /// Runs one stage and tells what it has to say.
    fn stage(&self, stage: StageName, open: &mut Open) -> Result<(), RunError> {
        let (began, cpu) = (self.env.clock.now(), self.env.clock.cpu());
        self.env.notice(RunEventKind::StageBegan { stage });
        // What comes behind rests on what is about to change.
        for later in StageName::ALL.into_iter().filter(|later| *later >= stage) {
            open.forget_stage(later);
        }
        let confirm = self.job.plan.stages.confirm;
        open.set_launch(&self.deed(), confirm.is_some_and(|confirm| confirm.four_eyes));
        open.set_configuration(self.job.plan.name.as_str(), &configuration(self.job.plan), &must_run(self.job.plan));
        let timeslot = open.manifest().timeslot.clone();
        let failed = |source: StageError| {
            // Whatever was being made when the signal came was left undone.
            if let Some(signal) = self.env.stop.signal() {
                return RunError::Interrupted { signal, stage: Some(stage) };
            }
            self.env.notice(RunEventKind::StageFailed { stage, message: chain(&source) });
            match source {
                StageError::Collect(error @ CollectError::NotReady { .. }) => RunError::NotReady(error),
                source => RunError::Stage { stage, timeslot, source },
            }
        };
        let report = match stage {
            StageName::Collect => self.collect(open),
            _ => self.models(stage, open),
        }
        .map_err(failed)?;
        let millis = self.env.millis_since(began);
        let cpu_millis = self.env.cpu_millis_since(cpu);
        self.env.notice(RunEventKind::StageEnded { stage, report, millis, cpu_millis });
        Ok(())
    }

    fn collect(&self, open: &mut Open) -> Result<StageReport, StageError> {
        let plan = self.job.plan;
        let retire: Vec<String> = plan.stages.collect.retire.iter().map(ToString::to_string).collect();
        let left_out = items::left_out_sources(plan, self.job.selection);
        let is_taken = |collector: &&Collector| !left_out.iter().any(|name| *name == collector.name.as_str());
        let collectors: Vec<Collector> = plan.collectors.iter().filter(is_taken).cloned().collect();
        let collection = Collection {
            collectors: &collectors,
            forms: &self.job.project.key_forms,
            references: &plan.stages.activate.references,
            retire: &retire,
            left_out: &left_out,
        };
        let left_out: BTreeMap<String, String> =
            left_out.iter().map(|source| (source.clone(), LEFT_OUT.to_owned())).collect();
        open.set_left_out(StageName::Collect, left_out);
        let reports = collect::collect(&collection, open, self.parent.as_ref(), self.job.selection.reuse, self.env)?;
        Ok(collect::report::report(&reports))
    }

    /// Compiles a stage and makes its models.
    fn models(&self, name: StageName, open: &mut Open) -> Result<StageReport, StageError> {
        let stage = stage_of(self.job.plan, name);
        self.give(name, open)?;
        let sources = collect::reports_of(Some(&timeslot_of(open)));
        let before = collect::reports_of(self.parent.as_ref());
        let further = self.further(name, open)?;
        let tables = self.tables(name, open, &further);
        let context = Context {
            as_of: open.manifest().as_of,
            tables: &tables,
            has_parent: self.parent.is_some(),
            parent_as_of: self.parent.as_ref().map(|parent| parent.manifest.as_of),
            sources: &sources,
            sources_before: &before,
            causes: &Causes::default(),
        };
        let models = models_of(self.job.plan, name, &context);
        let (selection, plan) = (self.job.selection, self.job.plan);
        let further = further.with(&self.seen(&models, open)?);
        let tables = self.tables(name, open, &further);
        let left = items::left_out(name, &models, selection, plan, &tables, open.manifest());
        let not_made: BTreeSet<items::Id> = left.keys().cloned().collect();
        let (left_out, reuse) = (&not_made, selection.reuse);
        let round = Round { stage: name, models: &models, left_out, further: &further, reuse };
        run_models(round, open, self.parent.as_ref(), self.engine, self.env)?;
        let tables = self.tables(name, open, &further);
        let not_reliable = items::not_reliable(name, &models, &left, selection, &tables, open.manifest());
        if !not_reliable.is_empty() {
            let told: Vec<String> = not_reliable.iter().map(|(item, why)| format!("{item} ({why})")).collect();
            self.env.note(format!("stage {name} is not complete: {}", told.join(", ")));
        }
        open.set_left_out(name, not_reliable);
        for item in selection.in_error.iter().filter(|item| item.stage == name) {
            open.set_in_error(item.to_string());
        }
        let ask = Ask { engine: self.engine, tables: &tables };
        let report = stage.report(&Context { tables: &tables, ..context }, &ask)?;
        open.set_stage(name.as_str(), serde_json::to_value(&report).expect("reports have only text keys"));
        open.commit()?;
        Ok(report)
    }

    /// The tables of other timeslots that a stage may read besides the parent's.
    fn further(&self, name: StageName, open: &Open) -> Result<TableSet, LedgerError> {
        match name {
            StageName::Validate => compared(self.job.plan, Some((open.writer().ledger(), &open.manifest().timeslot))),
            _ => Ok(TableSet::default()),
        }
    }

    /// The tables that a stage may read.
    fn tables(&self, name: StageName, open: &Open, further: &TableSet) -> TableSet {
        tables_for(name, TableSet::of(&timeslot_of(open), self.parent.as_ref())).with(further)
    }

    /// Confirms the timeslot, or leaves it open, and says which.
    fn conclude(&self, open: Open) -> Result<Outcome, RunError> {
        let id = open.manifest().timeslot.clone();
        if open.copied_parts() > 0 {
            let copied = open.copied_parts();
            self.env.note(format!("{copied} parts were copied: the ledger's file system has no hard links"));
        }
        let stale = open.manifest().stale_stages();
        let wants_confirm = self.stages().contains(&StageName::Confirm);
        let (verdict, head) = match open {
            Open::Active(active) if stale.is_empty() || active.manifest().lacks_only_errors() => {
                self.decide(active, wants_confirm)?
            }
            open => {
                let head = open.writer().head().to_string();
                (Verdict::Open { stale }, head)
            }
        };
        Ok(Outcome { timeslot: id, verdict, head })
    }
}

fn timeslot_of(open: &OpenTimeslot) -> Timeslot {
    Timeslot { folder: open.folder().to_owned(), manifest: open.manifest().clone() }
}

/// An error and its causes, one behind the other.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}
