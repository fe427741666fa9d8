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

use jiff::civil::Date;

use crate::collect::decisions::{DecisionsError, put_decisions};
use crate::collect::forgotten::put_forgotten;
use crate::collect::{self, CollectError, Collection};
use crate::engine::{Engine, EngineError};
use crate::env::Env;
use crate::event::{RunEventKind, StageReport, Verdict};
use crate::graph::{ModelError, run_models};
use crate::ids::{StageName, TimeslotId};
use crate::ledger::{ActiveTimeslot, Beginning, Deed, Ledger, LedgerError, Open, Timeslot, Writer, sha256_hex};
use crate::maintain::maintain;
use crate::model::{BUILD, Model, TableSet};
use crate::plan::{Plan, Project};
use crate::select::Selection;
use crate::settings::{Mode, OnOpen};
use crate::stages::closures::closure_models;
use crate::stages::effective::effective_rights_models;
use crate::stages::identity_movements::{Managed, identity_movement_models};
use crate::stages::validate::Judgement;
use crate::stages::{Ask, Context, Stage};

/// Why a run ended without a verdict.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The ledger is locked, broken, or has an open timeslot.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Sources are not there.
    #[error("sources are not ready")]
    NotReady(#[source] CollectError),
    /// A stage failed; the timeslot stays open as it was after the stage before.
    #[error("stage {stage} failed; timeslot {timeslot} stays open as it was before it")]
    Stage {
        /// Which.
        stage: StageName,
        /// The timeslot.
        timeslot: TimeslotId,
        /// Why.
        source: StageError,
    },
}

/// Why a stage failed.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Collect.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// The decision file.
    #[error(transparent)]
    Decisions(#[from] DecisionsError),
    /// A model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A question of the report.
    #[error("the report cannot be made")]
    Report(#[from] EngineError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

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
    let (writer, recovered) = ledger.lock(&format!("{} ({})", env.person, job.run))?;
    for sentence in recovered {
        env.note(sentence);
    }
    let mut running = Running { job, engine, env, parent: None };
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
        running.stage(stage, &mut open)?;
    }
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
        Deed { at: self.env.clock.now(), by: self.env.person.to_owned(), run: Some(self.job.run.clone()) }
    }

    /// The stages that will run, in order.
    fn stages(&self) -> Vec<StageName> {
        planned_stages(self.job.plan).into_iter().filter(|stage| self.job.selection.takes(*stage)).collect()
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
        let began = self.env.clock.now();
        self.env.notice(RunEventKind::StageBegan { stage });
        // What comes behind rests on what is about to change.
        for later in StageName::ALL.into_iter().filter(|later| *later >= stage) {
            open.forget_stage(later.as_str());
        }
        open.set_configuration(self.job.plan.name.as_str(), &configuration(self.job.plan), &must_run(self.job.plan));
        let timeslot = open.manifest().timeslot.clone();
        let failed = |source: StageError| {
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
        self.env.notice(RunEventKind::StageEnded { stage, report, millis });
        Ok(())
    }

    fn collect(&self, open: &mut Open) -> Result<StageReport, StageError> {
        let plan = self.job.plan;
        let retire: Vec<String> = plan.stages.collect.retire.iter().map(ToString::to_string).collect();
        let collection = Collection {
            collectors: &plan.collectors,
            forms: &self.job.project.key_forms,
            references: &plan.stages.activate.references,
            retire: &retire,
        };
        let reports = collect::collect(&collection, open, self.parent.as_ref(), self.env)?;
        Ok(collect::report::report(&reports))
    }

    /// Compiles a stage and makes its models.
    fn models(&self, name: StageName, open: &mut Open) -> Result<StageReport, StageError> {
        let stage = stage_of(self.job.plan, name);
        if name == StageName::Reconcile {
            let decisions = self.job.plan.stages.reconcile.decisions.as_deref();
            put_decisions(decisions, &self.job.project.key_forms, open)?;
            put_forgotten(&self.job.selection.forget, &self.job.project.key_forms, open)?;
        }
        let sources = collect::reports_of(Some(&timeslot_of(open)));
        let before = collect::reports_of(self.parent.as_ref());
        let tables = TableSet::of(&timeslot_of(open), self.parent.as_ref());
        let context = Context {
            as_of: open.manifest().as_of,
            tables: &tables,
            has_parent: self.parent.is_some(),
            sources: &sources,
            sources_before: &before,
        };
        let models = models_of(self.job.plan, name, &context);
        run_models(name, &models, open, self.parent.as_ref(), self.engine, self.env)?;
        let tables = TableSet::of(&timeslot_of(open), self.parent.as_ref());
        let ask = Ask { engine: self.engine, tables: &tables };
        let report = stage.report(&Context { tables: &tables, ..context }, &ask)?;
        open.set_stage(name.as_str(), serde_json::to_value(&report).expect("reports have only text keys"));
        open.commit()?;
        Ok(report)
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
            Open::Active(active) if stale.is_empty() => self.decide(active, wants_confirm)?,
            open => {
                let head = open.writer().head().to_string();
                (Verdict::Open { stale }, head)
            }
        };
        Ok(Outcome { timeslot: id, verdict, head })
    }

    /// What validate concluded.
    fn judgement(&self, active: &ActiveTimeslot) -> Result<Judgement, RunError> {
        let timeslot = Timeslot { folder: active.folder().to_owned(), manifest: active.manifest().clone() };
        let tables = TableSet::of(&timeslot, self.parent.as_ref());
        Judgement::read(&Ask { engine: self.engine, tables: &tables }).map_err(|error| RunError::Stage {
            stage: StageName::Validate,
            timeslot: active.manifest().timeslot.clone(),
            source: error.into(),
        })
    }

    /// Holds the timeslot where a threshold was reached, whether or not the run was to confirm; else confirms it where
    /// the plan says so.
    fn decide(&self, mut active: ActiveTimeslot, wants_confirm: bool) -> Result<(Verdict, String), RunError> {
        let judgement = self.judgement(&active)?;
        let overridden = active.overridden();
        let holding: Vec<String> =
            judgement.holding().into_iter().filter(|threshold| !overridden.contains(threshold)).collect();
        // What held an earlier pass and no longer does must not hold on.
        if active.holding() != holding {
            active.hold(&self.deed(), holding.clone())?;
        }
        if !holding.is_empty() {
            return Ok((Verdict::Held { thresholds: holding }, active.writer().head().to_string()));
        }
        if !wants_confirm {
            return Ok((Verdict::Open { stale: Vec::new() }, active.writer().head().to_string()));
        }
        let is_first = self.parent.is_none();
        let stages = &self.job.plan.stages;
        let is_manual = stages.confirm.is_some_and(|confirm| confirm.mode == Mode::Manual)
            || (is_first && stages.validate.first_load == Mode::Manual);
        if is_manual {
            return Ok((Verdict::Held { thresholds: Vec::new() }, active.writer().head().to_string()));
        }
        let (mut writer, _) = active.confirm(&self.deed())?;
        if let Some(settings) = stages.maintain.filter(|_| self.stages().contains(&StageName::Maintain)) {
            writer = maintain(writer, settings, Some(&self.job.run), self.env)?.0;
        }
        Ok((Verdict::Confirmed, writer.head().to_string()))
    }
}

/// The stages that a plan has, in order.
#[must_use]
pub fn planned_stages(plan: &Plan) -> Vec<StageName> {
    let stages = &plan.stages;
    let has = |stage: &StageName| match stage {
        StageName::Managers => stages.managers.is_some(),
        StageName::RightsModel => stages.rights_model.is_some(),
        StageName::Rules => stages.rules.is_some(),
        StageName::Controls => stages.controls.is_some(),
        StageName::Confirm => stages.confirm.is_some(),
        StageName::Maintain => stages.maintain.is_some(),
        _ => true,
    };
    StageName::ALL.into_iter().filter(has).collect()
}

/// The models of a stage, with those that belong to it whatever its settings.
pub(crate) fn models_of(plan: &Plan, name: StageName, context: &Context<'_>) -> Vec<Model> {
    let mut models = stage_of(plan, name).compile(context);
    match name {
        StageName::Activate => models.extend(closure_models(context)),
        StageName::Reconcile => models.extend(effective_rights_models(context)),
        _ => {}
    }
    match (name, plan.stages.managers.is_some()) {
        (StageName::Managers, true) => models.extend(identity_movement_models(context, Managed::Yes)),
        (StageName::Reconcile, false) => models.extend(identity_movement_models(context, Managed::No)),
        _ => {}
    }
    models
}

/// The stage of that name, with the plan's settings.
fn stage_of(plan: &Plan, name: StageName) -> Box<dyn Stage + '_> {
    match name {
        StageName::Activate => Box::new(plan.stages.activate.clone()),
        StageName::Leavers => Box::new(plan.stages.leavers.clone()),
        StageName::Reconcile => Box::new(plan.stages.reconcile.clone()),
        StageName::Managers => Box::new(plan.stages.managers.clone().expect("the plan has the stage")),
        StageName::RightsModel => Box::new(plan.stages.rights_model.clone().expect("the plan has the stage")),
        StageName::Rules => Box::new(plan.stages.rules.clone().expect("the plan has the stage")),
        StageName::Controls => Box::new(plan.stages.controls.clone().expect("the plan has the stage")),
        StageName::Validate => Box::new(plan.stages.validate.clone()),
        other => unreachable!("{other} is not compiled to models"),
    }
}

/// The stages that must have run before a timeslot of the plan can be confirmed.
fn must_run(plan: &Plan) -> Vec<StageName> {
    planned_stages(plan).into_iter().filter(|stage| *stage < StageName::Confirm).collect()
}

fn timeslot_of(open: &Open) -> Timeslot {
    Timeslot { folder: open.folder().to_owned(), manifest: open.manifest().clone() }
}

/// SHA-256 over every file of the configuration and the variables.
pub(crate) fn configuration(plan: &Plan) -> String {
    // The names, not the paths: the same project read from another folder is the same configuration.
    let mut files: Vec<_> = plan.files.iter().map(|file| (file.path().file_name(), file.text())).collect();
    files.sort();
    sha256_hex(format!("{files:?}\n{:?}", plan.vars).as_bytes())
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
