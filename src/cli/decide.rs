//! `ledgerline confirm`, `reject`, `hide`, `show`: what a person decides about a timeslot.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::output::print_text;
use super::{Failure, metrics, open};
use crate::env::Clock;
use crate::ids::TimeslotId;
use crate::ledger::{Deed, Ledger, Open, Writer};
use crate::plan::Project;

/// Make an open timeslot current, perhaps in spite of thresholds.
#[derive(clap::Args)]
pub(super) struct ConfirmArguments {
    /// The open timeslot.
    timeslot: TimeslotId,
    /// A threshold that may pass; once for each that holds the timeslot.
    #[arg(long = "override", value_name = "THRESHOLD", requires = "reason")]
    overrides: Vec<String>,
    /// Why it may pass.
    #[arg(long)]
    reason: Option<String>,
}

/// A decision with its reason.
#[derive(clap::Args)]
pub(super) struct ReasonArguments {
    /// The timeslot.
    timeslot: TimeslotId,
    /// Why.
    #[arg(long)]
    reason: String,
}

pub(super) fn confirm(arguments: &ConfirmArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, writer, deed) = writer(folder)?;
    let id = &arguments.timeslot;
    let holding = writer.standings().find(id).map(|standing| standing.holding.clone()).unwrap_or_default();
    if let Some(unknown) = arguments.overrides.iter().find(|threshold| !holding.contains(threshold)) {
        return Err(Failure::Usage(format!(
            "threshold `{unknown}` does not hold timeslot {id}; holding: {}",
            list(&holding)
        )));
    }
    let left: Vec<String> = holding.into_iter().filter(|threshold| !arguments.overrides.contains(threshold)).collect();
    if !left.is_empty() {
        return Err(Failure::Usage(format!(
            "timeslot {id} is held by {}; let each pass with `--override THRESHOLD --reason ..`, or reject it",
            list(&left)
        )));
    }
    let mut active = match writer.resume(id)? {
        Open::Active(active) => active,
        Open::Sandbox(_) => {
            return Err(Failure::Usage(format!("timeslot {id} is a sandbox: its stages have not run yet")));
        }
    };
    let stale: Vec<&str> = active.manifest().stale_stages().iter().map(|stage| stage.as_str()).collect();
    // Items in error hold the timeslot; here each was let pass by name.
    if !stale.is_empty() && !active.manifest().lacks_only_errors() {
        return Err(Failure::Stale { timeslot: id.clone(), stages: stale.join(", ") });
    }
    for threshold in &arguments.overrides {
        active.override_threshold(&deed, threshold, arguments.reason.as_deref().unwrap_or_default())?;
    }
    let (writer, _) = active.confirm(&deed)?;
    print_text(&format!("timeslot {id} is current; log {}\n", writer.head()));
    metrics::write(&project);
    Ok(0)
}

pub(super) fn reject(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, writer, deed) = writer(folder)?;
    let writer = writer.resume(&arguments.timeslot)?.into_inner().reject(&deed, &arguments.reason)?;
    print_text(&format!("timeslot {} is rejected; log {}\n", arguments.timeslot, writer.head()));
    metrics::write(&project);
    Ok(0)
}

pub(super) fn hide(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, mut writer, deed) = writer(folder)?;
    writer.hide(&deed, &arguments.timeslot, &arguments.reason)?;
    print_text(&format!("timeslot {} is hidden; log {}\n", arguments.timeslot, writer.head()));
    metrics::write(&project);
    Ok(0)
}

pub(super) fn show(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, mut writer, deed) = writer(folder)?;
    writer.show(&deed, &arguments.timeslot, &arguments.reason)?;
    print_text(&format!("timeslot {} is visible; log {}\n", arguments.timeslot, writer.head()));
    metrics::write(&project);
    Ok(0)
}

/// The project, the lock of its ledger, and who takes it.
fn writer(folder: Option<PathBuf>) -> Result<(Project, Writer, Deed), Failure> {
    let project = open::project(folder)?;
    let person = open::person();
    let (writer, _) = Ledger::open(&project.ledger)?.lock(&person)?;
    Ok((project, writer, Deed { at: SystemClock.now(), by: person, run: None }))
}

fn list(thresholds: &[String]) -> String {
    if thresholds.is_empty() { "none".to_owned() } else { thresholds.join(", ") }
}
