//! One execution of a plan from the command line: the same for `run` and `retry`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::output::Format;
use super::{Failure, machine, open};
use crate::check::{check_forgotten, check_names, check_sql};
use crate::console::Console;
use crate::engine::DataFusionEngine;
use crate::env::{Clock, Env, SystemClock};
use crate::event::{All, Observer, Recorder, RunEventKind, Silent, Verdict};
use crate::event_log::EventLog;
use crate::ids::{StageName, TimeslotId};
use crate::ledger::{Ledger, sha256_hex};
use crate::mail::{self, Letter};
use crate::plan::{Plan, Project};
use crate::run::{Job, Outcome, RunError, chain, run as run_plan};
use crate::select::Selection;
use crate::summary::Summary;
use crate::unchanged::{EngineOrLedgerError, is_unchanged};

/// What was asked for, so that it can be asked again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Command {
    /// The plan, by path or name.
    pub(super) plan: PathBuf,
    /// Variables given.
    pub(super) vars: BTreeMap<String, String>,
    /// The date the timeslot speaks about; `None` = today in the project's zone.
    pub(super) as_of: Option<Date>,
    /// The open timeslot to continue.
    pub(super) timeslot: Option<TimeslotId>,
    pub(super) from: Option<StageName>,
    pub(super) until: Option<StageName>,
    pub(super) only: Vec<StageName>,
    pub(super) skip: Vec<StageName>,
    /// Repositories and rules whose owners are found anew.
    #[serde(default)]
    pub(super) forget: Vec<String>,
    /// Compute everything and keep nothing.
    pub(super) dry_run: bool,
    /// Do nothing where nothing would differ from the current timeslot.
    pub(super) if_changed: bool,
    /// For a scheduler: plain lines, and the summary by mail.
    #[serde(default)]
    pub(super) batch: bool,
}

impl Command {
    fn selection(&self) -> Selection {
        Selection {
            timeslot: self.timeslot.clone(),
            from: self.from,
            until: self.until,
            only: self.only.iter().copied().collect(),
            skip: self.skip.iter().copied().collect(),
            forget: self.forget.clone(),
        }
    }
}

/// What a run was made with: `plan.json` of its folder.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PlanRecord {
    /// What was asked for.
    pub(super) command: Command,
    /// The plan's title.
    pub(super) title: String,
    /// The plan's variables as they were filled in.
    pub(super) vars: BTreeMap<String, String>,
    /// Every file of the configuration with the SHA-256 of its text.
    pub(super) files: BTreeMap<String, String>,
}

impl PlanRecord {
    fn of(command: &Command, plan: &Plan) -> Self {
        let hashed = |file: &std::sync::Arc<crate::source::SourceFile>| {
            (file.path().display().to_string(), sha256_hex(file.text().as_bytes()))
        };
        Self {
            command: command.clone(),
            title: plan.title.clone(),
            vars: plan.vars.clone(),
            files: plan.files.iter().map(hashed).collect(),
        }
    }
}

/// Carries a command out, prints the summary, and returns the exit code.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line talks")]
pub(super) fn execute(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plan) = open::plan(folder, &command.plan, &open::Given::of(&command.vars))?;
    eprint!("{}", plan.warnings.render(super::look()));
    let problems = check_sql(&plan);
    if problems.has_errors() {
        return Err(Failure::Problems(problems));
    }
    eprint!("{}", check_names(&plan.names, &project.ledger)?.render(super::look()));
    let began = SystemClock.now();
    let ledger = Ledger::open_or_create(&project.ledger, began)?;
    let engine = machine::engine(&project)?;
    if !command.forget.is_empty() && !command.selection().takes(StageName::Reconcile) {
        return Err(Failure::Usage("--forget is for stage reconcile, which does not run".to_owned()));
    }
    if let Some(why) = check_forgotten(&command.forget, ledger.current()?.as_ref(), &project.key_forms, &engine)? {
        return Err(Failure::Usage(why));
    }
    let attempt = Attempt { command, project: &project, plan: &plan, ledger: &ledger, engine: &engine, began };
    if command.if_changed && attempt.nothing_differs()? {
        eprintln!("nothing differs from the current timeslot");
        return Ok(Verdict::Unchanged.exit_code());
    }
    let run = run_name(began);
    let folder = ledger.runs_folder().join(&run);
    let log = EventLog::create(&folder).map_err(|source| Failure::Write { path: folder.clone(), source })?;
    write_json(&folder.join("plan.json"), &PlanRecord::of(command, &plan))?;
    let recorder = Recorder::default();
    let console = if command.batch { Console::plain() } else { Console::new() };
    let observer = All(vec![&log as &dyn Observer, &recorder, &console]);
    let outcome = attempt.run(&run, &folder, &observer);
    console.finish();
    let mut summary = Summary::of(&recorder.events());
    if summary.timeslot.is_none() {
        (summary.run, summary.plan) = (run, plan.name.to_string());
    }
    write_json(&folder.join("run.json"), &summary)?;
    let why = outcome.as_ref().err().map(|failure| chain(failure));
    tell(&project, &folder, &Letter::of(&project.name, &summary, why.as_deref()), command.batch);
    match format {
        // A run that could not begin has nothing to sum up.
        _ if summary.timeslot.is_none() => {}
        Format::Json => println!("{}", serde_json::to_string_pretty(&summary).expect("only text keys")),
        _ => print!("{}", summary.text()),
    }
    Ok(outcome?.verdict.exit_code())
}

/// Everything an execution needs.
struct Attempt<'a> {
    command: &'a Command,
    project: &'a Project,
    plan: &'a Plan,
    ledger: &'a Ledger,
    engine: &'a DataFusionEngine,
    began: Timestamp,
}

impl Attempt<'_> {
    /// Runs, on the ledger itself or on its shadow, and tells the end.
    fn run(&self, run: &str, folder: &Path, observer: &dyn Observer) -> Result<Outcome, Failure> {
        if !self.command.dry_run {
            return self.run_on(self.ledger, run, observer, false);
        }
        let shadow = folder.join("dry");
        let outcome = self
            .ledger
            .shadow(&shadow)
            .map_err(Failure::from)
            .and_then(|shadow| self.run_on(&shadow, run, observer, true));
        fs::remove_dir_all(&shadow).map_err(|source| Failure::Write { path: shadow, source })?;
        outcome
    }

    fn run_on(&self, ledger: &Ledger, run: &str, observer: &dyn Observer, is_dry: bool) -> Result<Outcome, Failure> {
        let person = open::person();
        let clock = SystemClock;
        let env = Env { clock: &clock, observer, person: &person };
        let selection = self.command.selection();
        let as_of = self.command.as_of.unwrap_or_else(|| self.began.to_zoned(self.project.zone.clone()).date());
        let job = Job { project: self.project, plan: self.plan, selection: &selection, as_of, run: run.to_owned() };
        let mut outcome = run_plan(&job, ledger, self.engine, env)?;
        if is_dry {
            outcome = Outcome { verdict: Verdict::DryRun { would: Box::new(outcome.verdict) }, ..outcome };
        }
        env.notice(RunEventKind::RunEnded {
            verdict: outcome.verdict.clone(),
            exit_code: outcome.verdict.exit_code(),
            head: outcome.head.clone(),
            millis: env.millis_since(self.began),
        });
        Ok(outcome)
    }

    /// Whether a run would give what the current timeslot has, found out on a shadow that is then thrown away.
    fn nothing_differs(&self) -> Result<bool, Failure> {
        let Some(current) = self.ledger.current()? else { return Ok(false) };
        let path = self.ledger.runs_folder().join(format!(".{}-probe", run_name(self.began)));
        let shadow = self.ledger.shadow(&path)?;
        let outcome = self.run_on(&shadow, "probe", &Silent, false);
        let unchanged = match &outcome {
            Ok(outcome) => {
                is_unchanged(&shadow, &outcome.timeslot, &current, self.engine).map_err(|error| match error {
                    EngineOrLedgerError::Engine(error) => Failure::Engine(error),
                    EngineOrLedgerError::Ledger(error) => Failure::Ledger(error),
                })?
            }
            Err(_) => false,
        };
        fs::remove_dir_all(&path).map_err(|source| Failure::Write { path, source })?;
        match outcome {
            // A source that is missing is not ready, whether or not anything changed.
            Err(Failure::Run(error @ RunError::NotReady(_))) => Err(error.into()),
            _ => Ok(unchanged),
        }
    }
}

/// Keeps the report and, where the project has mail, the mail; sends it where that was asked for. What fails here is
/// told and changes nothing about the run.
#[expect(clippy::print_stderr, reason = "the command line talks")]
fn tell(project: &Project, folder: &Path, letter: &Letter<'_>, is_sent: bool) {
    let mut sorry = Vec::new();
    let mut keep = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| sorry.push(format!("cannot write `{}`: {error}", path.display()))).ok();
    };
    keep("report.html", mail::html(letter).as_bytes());
    if let Some(settings) = &project.mail {
        match mail::compose(letter, settings, SystemClock.now()) {
            Ok(message) => {
                keep("mail.eml", &message.formatted());
                if is_sent && let Err(error) = mail::send(&message, settings) {
                    sorry.push(format!(
                        "the mail was not sent and lies in `{}`: {}",
                        folder.join("mail.eml").display(),
                        chain(&error)
                    ));
                }
            }
            Err(error) => sorry.push(format!("there is no mail: {}", chain(&error))),
        }
    }
    if !sorry.is_empty() {
        let text = sorry.join("\n") + "\n";
        for sentence in &sorry {
            eprintln!("warning: {sentence}");
        }
        let _ = fs::write(folder.join("mail.err"), text);
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).expect("records have only text keys");
    fs::write(path, format!("{text}\n")).map_err(|source| Failure::Write { path: path.to_owned(), source })
}

/// A name that sorts by time and that no other run has.
fn run_name(at: Timestamp) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", at.strftime("%Y%m%dT%H%M%SZ"), &random[..4])
}
