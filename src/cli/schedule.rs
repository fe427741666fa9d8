//! `ledgerline schedule`: when plans are due, and whatever starts them then.

mod calendar;
mod install;
mod next;
#[cfg(test)]
mod tests;
mod watch;

use std::path::PathBuf;

pub(super) use self::watch::Watching;
use super::output::Format;
use super::{Failure, open};
use crate::plan::{Plan, Project};
use crate::settings::schedule::Schedule;

/// What is done with schedules.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print when plans are due next.
    Next(next::Arguments),
    /// Write what makes this machine or a cluster start a plan when it is due.
    Install(install::Arguments),
    /// Stay, and start every plan of the project when it is due.
    Run(watch::Arguments),
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    match command {
        Command::Next(arguments) => next::run(arguments, folder, format),
        Command::Install(arguments) => install::run(arguments, folder),
        Command::Run(arguments) => watch::run(arguments, folder),
    }
}

/// A plan with its schedule.
struct Scheduled {
    plan: Plan,
    schedule: Schedule,
}

/// The project, and of the named plan or of all those that have a schedule.
fn scheduled(
    folder: Option<PathBuf>,
    plan: Option<&PathBuf>,
    given: &open::Given,
) -> Result<(Project, Vec<Scheduled>), Failure> {
    if let Some(plan) = plan {
        let (project, plan) = open::plan(folder, plan, given)?;
        let Some(schedule) = plan.schedule.clone() else {
            let message = format!("`{}` has no `[schedule]`, so nothing says when it is due", plan.path.display());
            return Err(Failure::Usage(message));
        };
        return Ok((project, vec![Scheduled { plan, schedule }]));
    }
    let (project, scheduled) = all_scheduled(folder, given)?;
    if scheduled.is_empty() && project.report.due().is_empty() {
        return Err(nothing_is_due());
    }
    Ok((project, scheduled))
}

/// Nothing would ever begin.
fn nothing_is_due() -> Failure {
    Failure::Usage("no plan of the project has a `[schedule]`, and `[report]` makes none".to_owned())
}

/// The project, and its plans that have a schedule, if any.
fn all_scheduled(folder: Option<PathBuf>, given: &open::Given) -> Result<(Project, Vec<Scheduled>), Failure> {
    let project = open::project(folder.clone())?;
    let plans = open::plans(folder.as_ref(), &project, given)?.into_iter();
    let scheduled = plans.filter_map(|plan| Some(Scheduled { schedule: plan.schedule.clone()?, plan })).collect();
    Ok((project, scheduled))
}
