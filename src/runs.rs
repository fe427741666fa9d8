//! The runs of a ledger as their folders tell of them: names, what was asked for, how far each came.

mod process;
mod record;

use std::fs;
use std::path::Path;

pub(crate) use self::process::Process;
pub(crate) use self::record::{Command, PlanRecord, RecordError, RunRecord, read_json};
use crate::ledger::{Ledger, LedgerError};
use crate::summary::Summary;
pub(crate) use crate::summary::began;

/// The names of all runs, oldest first. Without a folder of runs there are none.
pub(crate) fn names(ledger: &Ledger) -> Result<Vec<String>, LedgerError> {
    let path = ledger.runs_folder();
    let items = match fs::read_dir(&path) {
        Ok(items) => items,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(LedgerError::Io { what: "read the folder", path, source }),
    };
    let mut names: Vec<String> = items.flatten().filter_map(|item| item.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    Ok(names)
}

/// What is known of a run.
pub(crate) fn summary(ledger: &Ledger, run: &str) -> Option<Summary> {
    read_json(&ledger.runs_folder().join(run).join("run.json")).ok()
}

/// What a run was made with.
pub(crate) fn asked(ledger: &Ledger, run: &str) -> Option<PlanRecord> {
    read_json(&ledger.runs_folder().join(run).join("plan.json")).ok()
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// It came to a verdict.
    Ended,
    /// It goes on.
    UnderWay,
    /// Its process is gone, and it never came to a verdict.
    Dead,
    /// It came to no verdict yet, and runs, or ran, on another machine or by an earlier version.
    Unknown,
}

/// How far a run is, by its record and its process.
pub(crate) fn life(folder: &Path) -> Life {
    let asked: Option<PlanRecord> = read_json(&folder.join("plan.json")).ok();
    let goes_on = asked.and_then(|asked| asked.process).and_then(|process| process.goes_on());
    // Read behind the process: one that ended in between has written its verdict.
    let summary: Option<Summary> = read_json(&folder.join("run.json")).ok();
    match (summary.is_some_and(|summary| summary.verdict.is_some()), goes_on) {
        (true, _) => Life::Ended,
        (false, Some(true)) => Life::UnderWay,
        (false, Some(false)) => Life::Dead,
        (false, None) => Life::Unknown,
    }
}

/// Whether a run goes on, as far as anybody here can tell: until its process is gone, not only until its verdict.
pub(crate) fn is_under_way(folder: &Path) -> bool {
    let asked: Option<PlanRecord> = read_json(&folder.join("plan.json")).ok();
    asked.and_then(|asked| asked.process).is_some_and(|process| process.goes_on() == Some(true))
}
