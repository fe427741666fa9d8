//! One execution of a plan from the command line: the same for `run` and `retry`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lettre::Message;

use super::clock::SystemClock;
use super::notify::Expected;
use super::operations::note;
use super::output::{Format, Rows, logs_json, print_json, print_text, say};
use super::{Failure, ask, lineage, machine, metrics, notify, open, signals, source_owners, telemetry};
use crate::check::{check_forgotten, check_names, check_sources, check_sql, check_types, items_in_error, leave_out};
use crate::console::Console;
use crate::engine::DataFusionEngine;
use crate::env::{Clock, Env, Stop};
use crate::event::{All, Observer, RunEventKind, Silent, Verdict};
use crate::event_log::EventLog;
use crate::ids::{StageName, TimeslotId};
use crate::ledger::{Ledger, LedgerError, Settled, What};
use crate::log_line::LogLines;
use crate::mail::{self, Letter, Which, deliver};
use crate::otel::Trace;
use crate::plan::{Plan, Project};
use crate::problem::Problems;
use crate::run::{Job, Outcome, RunError, chain, run as run_plan};
use crate::runs::{Command, PlanRecord, RunRecord};
use crate::select::Pick;
use crate::settings::mail::Mail;
use crate::summary::Summary;
use crate::unchanged::is_unchanged;

/// Carries a command out, prints the summary, and returns the exit code.
pub(super) fn execute(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let given = open::Given::of(&command.vars, &command.environment);
    let (project, plan) = open::plan(folder, &command.plan, &given)?;
    let expected = Expected::of(&project, command.batch);
    let done = expected_run(command, project, plan, format, &expected);
    expected.end(match &done {
        Ok(code) => *code,
        Err(failure) => failure.exit_code(),
    });
    done
}

/// The same, with whoever expects the run told of its beginning.
fn expected_run(
    command: &Command,
    project: Project,
    mut plan: Plan,
    format: Format,
    expected: &Expected,
) -> Result<u8, Failure> {
    let (problems, in_error) = check(&project, &plan, command)?;
    if !problems.is_empty() {
        say(&problems.render(super::look()));
        if !command.batch && format == Format::Table && !ask::goes_on()? {
            return Err(Failure::Usage("nothing ran".to_owned()));
        }
    }
    leave_out(&mut plan, &in_error);
    let began = SystemClock.now();
    let ledger = Ledger::open_or_create(&project.ledger, began)?;
    let engine = machine::engine(&project)?;
    if !command.forget.is_empty() && !command.selection(&in_error).takes(StageName::Reconcile) {
        return Err(Failure::Usage("--forget is for stage reconcile, which does not run".to_owned()));
    }
    if let Some(why) = check_forgotten(&command.forget, ledger.current()?.as_ref(), &project.key_forms, &engine)? {
        return Err(Failure::Usage(why));
    }
    let stop = Stop::default();
    signals::listen(&stop);
    let (ledger, engine, stop) = (&ledger, &engine, &stop);
    let attempt = Attempt { command, project: &project, plan: &plan, ledger, engine, began, stop, in_error };
    if command.if_changed && attempt.nothing_differs()? {
        say("nothing differs from the current timeslot");
        return Ok(Verdict::Unchanged.exit_code());
    }
    let run = run_name(began);
    let times = ledger.due_times(&plan.name);
    if let Some(due) = command.due
        && let Some(settled) = times.settle(due, began, Settled::Begun { run: run.clone() })?
    {
        expected.leave_to_another();
        say(&match settled {
            Settled::Begun { run } => format!("run {run} was begun for what was due at {due}"),
            Settled::LeftOut { why } => format!("what was due at {due} was left out: {why}"),
        });
        return Ok(Verdict::Unchanged.exit_code());
    }
    let folder = ledger.runs_folder().join(&run);
    let log = EventLog::create(&folder).map_err(|source| Failure::Write { path: folder.clone(), source })?;
    PlanRecord::of(command, &plan, &open::person()).write(&folder)?;
    let record = RunRecord::begin(&folder, &run, plan.name.as_str())?;
    note(ledger, What::RunBegun, &run, format!("plan {}", plan.name));
    expected.begin();
    let trace = Trace::of(&project, &plan, ledger, &run);
    let console = if command.batch || logs_json() { Console::plain() } else { Console::new() };
    let lines = LogLines::of(trace.as_ref().map(Trace::id));
    let narrator: &dyn Observer = if logs_json() { &lines } else { &console };
    // A dry run makes nothing that lasts.
    let lineage = if command.dry_run { None } else { lineage::of(&project, &plan, ledger, &folder) };
    let mut observers = vec![&log as &dyn Observer, &record, narrator];
    observers.extend(trace.as_ref().map(|trace| trace as &dyn Observer));
    observers.extend(lineage.as_ref().map(|lineage| lineage as &dyn Observer));
    let observer = All(observers);
    let outcome = attempt.run(&run, &folder, &observer);
    console.finish();
    let summary = record.end()?;
    if let (Some(due), Err(Failure::Run(RunError::Ledger(LedgerError::Locked { .. })))) = (command.due, &outcome) {
        times.give_back(due)?;
    }
    let why = outcome.as_ref().err().map(|failure| chain(failure));
    let ended = match (&why, &summary.timeslot) {
        (Some(why), None) => format!("plan {} did not begin: {why}", plan.name),
        _ => format!("plan {}: {}", plan.name, summary.verdict_line()),
    };
    note(ledger, What::RunEnded, &run, ended);
    let letter = Letter::of(&project.name, &summary, why.as_deref()).linked(project.serve.url.as_deref());
    let owners = command.batch.then(|| source_owners::post(&project, &plan, ledger, engine, &summary));
    tell(&project, ledger, &folder, &letter, owners);
    if command.batch {
        let code = outcome.as_ref().map_or_else(Failure::exit_code, |outcome| outcome.verdict.exit_code());
        notify::of_run(&project, &letter, code);
    }
    metrics::write(&project);
    match format {
        // A run that could not begin has nothing to sum up.
        _ if summary.timeslot.is_none() => {}
        Format::Json => print_json(&summary),
        Format::Csv => summary_rows(&summary).print(format),
        Format::Table => print_text(&summary.text()),
    }
    telemetry::of_run(&project, trace.as_ref(), why.as_deref());
    Ok(outcome?.verdict.exit_code())
}

/// What is worth a look before the plan runs, and the items in error that are to be left out.
fn check(project: &Project, plan: &Plan, command: &Command) -> Result<(Problems, BTreeSet<Pick>), Failure> {
    let mut problems = check_sql(plan);
    let in_error = match (problems.has_errors(), command.allow_check_errors.then(|| items_in_error(plan)).flatten()) {
        (false, _) => BTreeSet::new(),
        (true, Some(items)) => items,
        (true, None) => return Err(Failure::Problems(problems)),
    };
    match Ledger::open(&project.ledger) {
        Err(LedgerError::NotALedger { .. }) => {}
        ledger => {
            if let Some(current) = ledger?.current()? {
                let types = check_types(plan, &current);
                if types.has_errors() {
                    return Err(Failure::Problems(types));
                }
            }
        }
    }
    problems.extend(plan.warnings.clone());
    problems.extend(check_sources(plan));
    problems.extend(check_names(&plan.names, &project.ledger)?);
    Ok((problems, in_error))
}

/// Everything an execution needs.
struct Attempt<'a> {
    command: &'a Command,
    project: &'a Project,
    plan: &'a Plan,
    ledger: &'a Ledger,
    engine: &'a DataFusionEngine,
    began: Timestamp,
    stop: &'a Stop,
    in_error: BTreeSet<Pick>,
}

impl Attempt<'_> {
    /// Runs, on the ledger itself or on its shadow.
    fn run(&self, run: &str, folder: &Path, observer: &dyn Observer) -> Result<Outcome, Failure> {
        if !self.command.dry_run {
            return self.run_on(self.ledger, run, observer);
        }
        let shadow = folder.join("dry");
        let outcome =
            self.ledger.shadow(&shadow).map_err(Failure::from).and_then(|shadow| self.run_on(&shadow, run, observer));
        fs::remove_dir_all(&shadow).map_err(|source| Failure::Write { path: shadow, source })?;
        outcome
    }

    /// Runs and tells the end, whatever it is.
    fn run_on(&self, ledger: &Ledger, run: &str, observer: &dyn Observer) -> Result<Outcome, Failure> {
        let person = open::person();
        let clock = SystemClock;
        let env = Env { clock: &clock, observer, person: &person, stop: self.stop };
        let selection = self.command.selection(&self.in_error);
        let as_of = self.command.as_of.unwrap_or_else(|| self.began.to_zoned(self.project.zone.clone()).date());
        let job = Job {
            project: self.project,
            plan: self.plan,
            selection: &selection,
            as_of,
            run: run.to_owned(),
            account: Some(open::account()),
            memory: machine::limit(self.project),
        };
        let outcome = run_plan(&job, ledger, self.engine, env).map_err(Failure::from);
        let wrapped = |verdict: Verdict| {
            if self.command.dry_run { Verdict::DryRun { would: Box::new(verdict) } } else { verdict }
        };
        let outcome = outcome.map(|outcome| Outcome { verdict: wrapped(outcome.verdict), ..outcome });
        let (verdict, exit_code, head) = match &outcome {
            Ok(outcome) => (outcome.verdict.clone(), outcome.verdict.exit_code(), outcome.head.clone()),
            Err(failure) => {
                let head = ledger.log().map(|log| log.head().to_string()).unwrap_or_default();
                (wrapped(verdict_of(failure)), failure.exit_code(), head)
            }
        };
        env.notice(RunEventKind::RunEnded { verdict, exit_code, head, millis: env.millis_since(self.began) });
        outcome
    }

    /// Whether a run would give what the current timeslot has, found out on a shadow that is then thrown away.
    fn nothing_differs(&self) -> Result<bool, Failure> {
        let Some(current) = self.ledger.current()? else { return Ok(false) };
        let path = self.ledger.runs_folder().join(format!(".{}-probe", run_name(self.began)));
        let shadow = self.ledger.shadow(&path)?;
        let outcome = self.run_on(&shadow, "probe", &Silent);
        let unchanged = match &outcome {
            Ok(outcome) => is_unchanged(self.plan, &shadow.timeslot(&outcome.timeslot)?, &current, self.engine)?,
            Err(_) => false,
        };
        fs::remove_dir_all(&path).map_err(|source| Failure::Write { path, source })?;
        match outcome {
            // A source that is missing is not ready, whether or not anything changed.
            Err(Failure::Run(
                error @ (RunError::NotReady(_)
                | RunError::TooLarge { .. }
                | RunError::Selection { .. }
                | RunError::Interrupted { .. }),
            )) => Err(error.into()),
            _ => Ok(unchanged),
        }
    }
}

/// The summary cell by cell: first the run itself, then every table of every stage.
fn summary_rows(summary: &Summary) -> Rows {
    let mut rows = Rows::new(&["stage", "table", "row", "column", "value"]);
    let mut add = |stage: &str, table: &str, row: usize, column: &str, value: String| {
        let cells = [stage.to_owned(), table.to_owned(), row.to_string(), column.to_owned(), value];
        rows.rows.push(cells.map(Some).to_vec());
    };
    let id = |id: &Option<TimeslotId>| id.as_ref().map(ToString::to_string).unwrap_or_default();
    for (column, value) in [
        ("run", summary.run.clone()),
        ("plan", summary.plan.clone()),
        ("timeslot", id(&summary.timeslot)),
        ("parent", id(&summary.parent)),
        ("verdict", summary.verdict_line()),
        ("exit_code", summary.exit_code.map(|code| code.to_string()).unwrap_or_default()),
        ("head", summary.head.clone()),
        ("millis", summary.millis.to_string()),
    ] {
        add("", "run", 1, column, value);
    }
    for stage in &summary.stages {
        for table in &stage.report.tables {
            for (at, row) in table.rows.iter().enumerate() {
                for (column, cell) in table.columns.iter().zip(row) {
                    add(stage.stage.as_str(), &table.title, at + 1, column, cell.clone());
                }
            }
        }
    }
    rows
}

/// What became of a run that did not come to its end.
fn verdict_of(failure: &Failure) -> Verdict {
    match failure {
        Failure::Run(RunError::Interrupted { signal, .. }) => Verdict::Interrupted { signal: *signal },
        Failure::Run(RunError::NotReady(_)) => Verdict::Failed { stage: Some(StageName::Collect) },
        Failure::Run(RunError::Stage { stage, .. }) => Verdict::Failed { stage: Some(*stage) },
        _ => Verdict::Failed { stage: None },
    }
}

/// Keeps the report and, where the project has mail, the mail; sends it where that was asked for. What fails here is
/// told and changes nothing about the run. `owners` is what is to be regretted about mails to owners of sources, where mails
/// are sent.
fn tell(project: &Project, ledger: &Ledger, folder: &Path, letter: &Letter<'_>, owners: Option<Vec<String>>) {
    let (is_sent, mut sorry) = (owners.is_some(), owners.unwrap_or_default());
    let mut keep = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| sorry.push(format!("cannot write `{}`: {error}", path.display()))).ok();
    };
    keep("report.html", mail::html(letter).as_bytes());
    if let Some(settings) = project.mail.as_ref().and_then(|mail| letter.addressed(mail)) {
        match mail::compose(letter, &settings, SystemClock.now()) {
            Ok(message) => {
                keep("mail.eml", &message.formatted());
                if is_sent {
                    sorry.extend(post(ledger, letter.run, &message));
                }
            }
            Err(error) => sorry.push(format!("there is no mail: {}", chain(&error))),
        }
    }
    if let Some(settings) = project.mail.as_ref().filter(|_| is_sent) {
        sorry.extend(send(ledger, settings));
    }
    if !sorry.is_empty() {
        let text = sorry.join("\n") + "\n";
        for sentence in &sorry {
            say(&format!("warning: {sentence}"));
        }
        let _ = fs::write(folder.join("mail.err"), text);
    }
}

/// Puts a mail into the outbox. Returns what is to be regretted.
fn post(ledger: &Ledger, run: &str, message: &Message) -> Option<String> {
    let posted = mail::post(&ledger.outbox(), run, message, SystemClock.now());
    posted.err().map(|error| format!("the mail cannot wait to be sent: {}", chain(&error)))
}

/// Sends what waits in the outbox. Returns what is to be regretted.
fn send(ledger: &Ledger, settings: &Mail) -> Vec<String> {
    match deliver(&ledger.outbox(), settings, Which::Due, SystemClock.now()) {
        Ok(deliveries) => deliveries.iter().filter_map(super::mail::regret).collect(),
        Err(error) => vec![format!("what waits to be mailed cannot be read: {}", chain(&error))],
    }
}

/// A name that sorts by time, to the millisecond (two short runs can begin in one second), and that no other run has.
fn run_name(at: Timestamp) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", at.strftime("%Y%m%dT%H%M%S.%3fZ"), &random[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_begin_in_one_second_are_named_in_their_order() {
        let names = ["2026-11-22T03:00:01.009Z", "2026-11-22T03:00:01.010Z", "2026-11-22T03:00:02Z"]
            .map(|at| run_name(at.parse().expect("an instant")));
        assert!(names[0].starts_with("20261122T030001.009Z-"), "{names:?}");
        assert!(names.is_sorted(), "{names:?}");
    }
}
