//! The command line: one subcommand per file, each with its arguments and its `run`. Data goes to stdout, narration to
//! stderr.

mod ask;
mod check;
mod clock;
mod controls;
mod decide;
mod diff;
mod execute;
mod explain;
mod export;
mod generate;
mod history;
mod init;
mod lineage;
mod machine;
mod mail;
mod maintain;
mod memory;
mod metrics;
mod notify;
mod open;
mod operations;
mod output;
mod project;
mod query;
mod reconcile;
mod report;
mod retry;
mod rights_model;
mod run;
mod runs;
mod schedule;
mod schema;
mod serve;
mod signals;
mod source_owners;
mod telemetry;
#[cfg(test)]
mod tests;
mod thresholds;
mod timeslots;
mod user;
mod verify;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::{Format, LogFormat, log_as, logs_json, say};
use crate::decide::DecisionError;
use crate::ledger::LedgerError;
use crate::problem::{Look, Problems};
use crate::run::{RunError, chain};
use crate::runs::RecordError;
use crate::web::users::UsersError;

/// Knows, week after week and with evidence, who has access to what.
#[derive(Parser)]
#[command(name = "ledgerline", version, about, max_term_width = 100)]
struct Arguments {
    /// The project's folder. Default: the nearest folder upwards with a `ledgerline.toml`.
    #[arg(long, global = true, value_name = "DIR")]
    project: Option<PathBuf>,
    /// How data is printed.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    /// How what is said along the way is written to stderr.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Begin a project that runs at once.
    Init(init::Arguments),
    /// Check a plan and everything it names.
    Check(check::Arguments),
    /// Run a plan: load the sources into a timeslot, judge it, confirm it.
    Run(run::Arguments),
    /// Take up a run that failed, was killed or was held, from where it stopped.
    Retry(retry::Arguments),
    /// List the runs.
    Runs(runs::Arguments),
    /// Show what stands and what waits.
    Status,
    /// Print what runs: stages, models, SQL, and what stands already.
    Explain(explain::Arguments),
    /// Who is in question as the owner of an account, and why.
    Reconcile(reconcile::Arguments),
    /// List the timeslots.
    Timeslots(timeslots::Arguments),
    /// Make an open timeslot current, perhaps in spite of thresholds.
    Confirm(decide::ConfirmArguments),
    /// Refuse an open timeslot.
    Reject(decide::ReasonArguments),
    /// Take a confirmed timeslot out of sight.
    Hide(decide::ReasonArguments),
    /// Put a hidden timeslot back.
    Show(decide::ReasonArguments),
    /// Give a confirmed timeslot a name, by which it is asked for and for which it is kept.
    Label(decide::LabelArguments),
    /// Put a legal hold on a timeslot: no rule of retention lets it go.
    Hold(decide::ReasonArguments),
    /// Lift a legal hold; of a timeslot without one, that it is to go.
    Release(decide::ReasonArguments),
    /// Prove that confirmed timeslots are as they were confirmed.
    Verify(verify::Arguments),
    /// Compare any two timeslots.
    Diff(diff::Arguments),
    /// Follow one object through all timeslots.
    History(history::Arguments),
    /// Remove what runs left behind, and timeslots that no rule of retention keeps.
    Maintain(maintain::Arguments),
    /// When plans are due, and what starts them then.
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// What was mailed, and what waits to be.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Who may use the page, with which roles, passwords and tokens.
    #[command(subcommand)]
    User(user::Command),
    /// Show the page: what stands, what waits, and buttons for it.
    Serve(serve::Arguments),
    /// Which controls there are, what each says, and whether their own tests hold.
    #[command(subcommand)]
    Controls(controls::Command),
    /// The daily report and the weekly review: what needs somebody, and how everything is.
    #[command(subcommand)]
    Report(report::Command),
    /// Print what a monitoring system wants to know, in the text format of Prometheus.
    Metrics,
    /// Carry the files of the project elsewhere.
    #[command(subcommand)]
    Project(project::Command),
    /// Why somebody holds a permission, or should: every path and every rule.
    Why(why::Arguments),
    /// Grants that would help.
    #[command(subcommand)]
    RightsModel(rights_model::Command),
    /// Ask a timeslot a question in SQL.
    Query(query::Arguments),
    /// Limits that past loads suggest.
    #[command(subcommand)]
    Thresholds(thresholds::Command),
    /// Write the extracts of an invented company, and apart from them the truth.
    Generate(generate::Arguments),
    /// Print the JSON Schema of a kind of file.
    Schema(schema::Arguments),
}

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The files of the project are wrong.
    #[error("{} problems", .0.count(crate::problem::Severity::Error))]
    Problems(Problems),
    /// What was asked makes no sense here.
    #[error("{0}")]
    Usage(String),
    /// Stages have not run since something before them did.
    #[error("timeslot {timeslot} is stale: {stages} must run first")]
    Stale {
        /// The timeslot.
        timeslot: crate::ids::TimeslotId,
        /// Which.
        stages: String,
    },
    /// A run did not come to a verdict.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] crate::engine::EngineError),
    /// The users of the page.
    #[error(transparent)]
    Users(#[from] UsersError),
    /// The disk, outside the ledger.
    #[error("cannot write `{path}`")]
    Write {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Write { path: error.path, source: error.source }
    }
}

impl From<DecisionError> for Failure {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Ledger(error) => Self::Ledger(error),
            DecisionError::Stale { timeslot, stages } => Self::Stale { timeslot, stages },
            wrong => Self::Usage(wrong.to_string()),
        }
    }
}

impl Failure {
    /// The process's exit code: the table stands in the README.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Problems(_) | Self::Usage(_) | Self::Run(RunError::Selection { .. }) => 2,
            Self::Run(RunError::Interrupted { signal, .. }) => signal.saturating_add(128),
            Self::Users(error) => users_exit_code(error),
            Self::Stale { .. } => 5,
            Self::Run(RunError::NotReady(_)) => 7,
            Self::Run(RunError::TooLarge { .. }) => 8,
            Self::Run(RunError::Ledger(error)) | Self::Ledger(error) => ledger_exit_code(error),
            Self::Run(RunError::Stage { .. }) | Self::Engine(_) | Self::Write { .. } => 1,
        }
    }

    /// What to do about it.
    fn hint(&self) -> Option<String> {
        if let Self::Run(RunError::Selection { hint, .. }) = self {
            return Some(hint.clone());
        }
        if let Self::Users(error) = self {
            return error.hint();
        }
        if let Self::Run(RunError::TooLarge { .. }) = self {
            return Some(
                "free memory or raise the container's limit; `limit` below `[engine]` in ledgerline.toml says what the process may take"
                    .to_owned(),
            );
        }
        let (Self::Run(RunError::Ledger(error)) | Self::Ledger(error)) = self else { return None };
        match error {
            LedgerError::OpenExists { id, .. } => Some(format!(
                "continue it with `ledgerline retry`, or decide with `ledgerline confirm {id}` or `ledgerline reject {id} --reason ..`"
            )),
            LedgerError::NotALedger { .. } => Some("a first `ledgerline run PLAN` makes it".to_owned()),
            LedgerError::AsOfBeforeParent { parent, .. } => Some(format!("give `--as-of {parent}` or a later day")),
            LedgerError::ParentNotCurrent { id, .. } => {
                Some(format!("refuse it with `ledgerline reject {id} --reason ..` and run the plan again"))
            }
            LedgerError::FourEyes { launched_by, .. } => Some(format!(
                "another person confirms it, under another account of this machine; it was run by {launched_by}"
            )),
            LedgerError::UnlistedFile { .. } => Some("move the file away".to_owned()),
            _ => None,
        }
    }
}

fn ledger_exit_code(error: &LedgerError) -> u8 {
    match error {
        LedgerError::OpenExists { .. } | LedgerError::FourEyes { .. } => 3,
        LedgerError::Locked { .. } => 6,
        LedgerError::WrongState { .. }
        | LedgerError::NoSuchName { .. }
        | LedgerError::AsOfBeforeParent { .. }
        | LedgerError::NotALedger { .. } => 2,
        _ => 1,
    }
}

fn users_exit_code(error: &UsersError) -> u8 {
    match error {
        UsersError::Io { .. } | UsersError::NotRandom { .. } | UsersError::NotHashed { .. } => 1,
        _ => 2,
    }
}

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(guarded(|| run(Arguments::parse())))
}

/// What sysexits.h calls an internal software error.
const INTERNAL: u8 = 70;

/// The exit code of some work; where it panics, that of a mistake of ours, told in plain words.
fn guarded(work: impl FnOnce() -> u8) -> u8 {
    // Rust's own message is for developers; with RUST_BACKTRACE it is shown all the same.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(|place| format!(" ({place})")).unwrap_or_default();
            say(&format!(
                "error: a mistake in ledgerline itself: {}{place}",
                panic.payload_as_str().unwrap_or("no reason")
            ));
        }));
    }
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| {
        say("hint: the ledger stands as after a crash; `ledgerline retry` takes the run up. Please report this.");
        INTERNAL
    })
}

/// Runs a command and tells its failure.
fn run(arguments: Arguments) -> u8 {
    let Arguments { project, format, log_format, command } = arguments;
    log_as(log_format);
    let done = match command {
        Command::Check(arguments) => check::run(&arguments, project, format),
        Command::Run(arguments) => run::run(&arguments, project, format),
        Command::Retry(arguments) => retry::run(&arguments, project, format),
        Command::Runs(arguments) => runs::run(&arguments, project, format),
        Command::Status => runs::status(project, format),
        Command::Explain(arguments) => explain::run(&arguments, project, format),
        Command::Reconcile(arguments) => reconcile::run(&arguments, project, format),
        Command::Timeslots(arguments) => timeslots::run(&arguments, project, format),
        Command::Confirm(arguments) => decide::confirm(&arguments, project),
        Command::Reject(arguments) => decide::reject(&arguments, project),
        Command::Hide(arguments) => decide::hide(&arguments, project),
        Command::Show(arguments) => decide::show(&arguments, project),
        Command::Label(arguments) => decide::label(&arguments, project),
        Command::Hold(arguments) => decide::hold(&arguments, project),
        Command::Release(arguments) => decide::release(&arguments, project),
        Command::Verify(arguments) => verify::run(&arguments, project, format),
        Command::Init(arguments) => init::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments, project, format),
        Command::History(arguments) => history::run(&arguments, project, format),
        Command::Maintain(arguments) => maintain::run(&arguments, project, format),
        Command::Schedule(command) => schedule::run(&command, project, format),
        Command::Mail(command) => mail::run(&command, project, format),
        Command::User(command) => user::run(&command, project, format),
        Command::Serve(arguments) => serve::run(&arguments, project),
        Command::Controls(command) => controls::run(&command, project, format),
        Command::Report(command) => report::run(&command, project, format),
        Command::Metrics => metrics::run(project),
        Command::Project(command) => project::run(&command, project, format),
        Command::Query(arguments) => query::run(&arguments, project, format),
        Command::Why(arguments) => why::run(&arguments, project, format),
        Command::RightsModel(command) => rights_model::run(&command, project, format),
        Command::Thresholds(command) => thresholds::run(&command, project, format),
        Command::Generate(arguments) => generate::run(&arguments, format),
        Command::Schema(arguments) => schema::run(&arguments),
    };
    match done {
        Ok(code) => code,
        Err(Failure::Problems(problems)) => {
            say(&problems.render(look()));
            2
        }
        Err(failure) => {
            let causes = chain(&failure);
            say(&format!("error: {causes}"));
            if let Some(hint) = failure.hint() {
                say(&format!("hint: {hint}"));
            }
            failure.exit_code()
        }
    }
}

/// Colours on a terminal, unless `NO_COLOR` is set.
fn look() -> Look {
    use std::io::IsTerminal;
    let wants_colour = !logs_json() && std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if wants_colour { Look::Coloured } else { Look::Plain }
}
