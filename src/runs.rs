//! The runs of a ledger as their folders tell of them: names, what was asked for, how far each came.

mod record;

use std::fs;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(crate) use self::record::{Command, PlanRecord, RecordError, RunRecord, read_json};
use crate::ledger::{Ledger, LedgerError};
use crate::summary::Summary;

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

/// When a run began, as its name says.
pub(crate) fn began(run: &str) -> Option<Timestamp> {
    let (time, _) = run.split_once('-')?;
    let time = DateTime::strptime("%Y%m%dT%H%M%S%.fZ", time).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_after_when_it_began() {
        let began = |run: &str| began(run).map(|at| at.to_string());
        assert_eq!(began("20261122T033000.250Z-ab12").as_deref(), Some("2026-11-22T03:30:00.25Z"));
        assert_eq!(began("20261122T033000Z-ab12").as_deref(), Some("2026-11-22T03:30:00Z"));
        assert_eq!(began("probe"), None);
    }
}
