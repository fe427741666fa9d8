//! The record of a run in its folder: `plan.json`, what was asked and with what; `run.json`, how far it came.
//!
//! Both stand from the beginning of the run on, so that one that was killed can be taken up.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::process::Process;
use crate::event::{Observer, RunEvent, RunEventKind};
use crate::ids::{StageName, TimeslotId};
use crate::ledger::sha256_hex;
use crate::model::Reuse;
use crate::plan::Plan;
use crate::select::{Allowance, Pick, Selection};
use crate::summary::Summary;

/// A record that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{path}`")]
pub(crate) struct RecordError {
    /// Where.
    pub(crate) path: PathBuf,
    /// Why not.
    pub(crate) source: std::io::Error,
}

/// What was asked for, so that it can be asked again.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Command {
    /// The plan, by path or name.
    pub(crate) plan: PathBuf,
    /// Variables given.
    pub(crate) vars: BTreeMap<String, String>,
    /// Variables that an earlier run took from its environment: they win over those of today.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// The date the timeslot speaks about; `None` = today in the project's zone.
    pub(crate) as_of: Option<Date>,
    /// The open timeslot to continue.
    pub(crate) timeslot: Option<TimeslotId>,
    pub(crate) from: Option<StageName>,
    pub(crate) until: Option<StageName>,
    pub(crate) only: Vec<Pick>,
    pub(crate) skip: Vec<Pick>,
    /// Repositories and rules whose owners are found anew.
    #[serde(default)]
    pub(crate) forget: Vec<String>,
    /// Compute everything and keep nothing.
    pub(crate) dry_run: bool,
    /// Do nothing where nothing would differ from the current timeslot.
    pub(crate) if_changed: bool,
    /// Take nothing over.
    #[serde(default)]
    pub(crate) full: bool,
    /// Leave out what is in error.
    #[serde(default)]
    pub(crate) allow_check_errors: bool,
    /// Thresholds that may be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allowance: Option<Allowance>,
    /// For a scheduler: plain lines, and the summary by mail.
    #[serde(default)]
    pub(crate) batch: bool,
    /// The due time that the run is for.
    #[serde(default)]
    pub(crate) due: Option<Timestamp>,
}

impl Command {
    pub(crate) fn selection(&self, in_error: &BTreeSet<Pick>) -> Selection {
        Selection {
            timeslot: self.timeslot.clone(),
            from: self.from,
            until: self.until,
            only: self.only.iter().cloned().collect(),
            skip: self.skip.iter().cloned().collect(),
            in_error: in_error.clone(),
            forget: self.forget.clone(),
            allowance: self.allowance.clone(),
            reuse: if self.full { Reuse::Never } else { Reuse::WhereEqual },
        }
    }
}

/// What a run was made with: `plan.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanRecord {
    /// What was asked for, with the variables that the environment gave.
    pub(crate) command: Command,
    /// The plan's title.
    pub(crate) title: String,
    /// The plan's variables as they were filled in.
    pub(crate) vars: BTreeMap<String, String>,
    /// Every file of the configuration with the SHA-256 of its text.
    pub(crate) files: BTreeMap<String, String>,
    /// Who asked, as the log says it; empty in records of earlier versions.
    #[serde(default)]
    pub(crate) by: String,
    /// The process that does it; none in records of earlier versions.
    #[serde(default)]
    pub(crate) process: Option<Process>,
}

impl PlanRecord {
    pub(crate) fn of(command: &Command, plan: &Plan, by: &str) -> Self {
        let hashed = |file: &std::sync::Arc<crate::source::SourceFile>| {
            (file.path().display().to_string(), sha256_hex(file.text().as_bytes()))
        };
        Self {
            command: Command { environment: plan.environment.clone(), ..command.clone() },
            title: plan.title.clone(),
            vars: plan.vars.clone(),
            files: plan.files.iter().map(hashed).collect(),
            by: by.to_owned(),
            process: Some(Process::own()),
        }
    }

    /// Writes `plan.json`.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), RecordError> {
        write_json(&folder.join("plan.json"), self)
    }
}

/// Follows a run in `run.json`.
pub(crate) struct RunRecord {
    path: PathBuf,
    summary: Mutex<Summary>,
}

impl RunRecord {
    /// Begins the record of a run.
    pub(crate) fn begin(folder: &Path, run: &str, plan: &str) -> Result<Self, RecordError> {
        let summary = Summary { run: run.to_owned(), plan: plan.to_owned(), ..Summary::default() };
        let path = folder.join("run.json");
        write_json(&path, &summary)?;
        Ok(Self { path, summary: Mutex::new(summary) })
    }

    /// What is known of the run so far.
    pub(crate) fn summary(&self) -> Summary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes the record as it is at the end.
    pub(crate) fn end(&self) -> Result<Summary, RecordError> {
        let summary = self.summary();
        write_json(&self.path, &summary)?;
        Ok(summary)
    }
}

impl Observer for RunRecord {
    /// A record that cannot be written on the way never breaks a run; at the end it is told.
    fn notice(&self, event: &RunEvent) {
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        summary.take(&event.kind);
        if !matches!(event.kind, RunEventKind::Progress { .. } | RunEventKind::StageBegan { .. }) {
            let _ = write_json(&self.path, &*summary);
        }
    }
}

/// Replaces a file at once: whoever reads it, also after a crash, sees the old text or the new one.
fn write_json(path: &Path, value: &impl Serialize) -> Result<(), RecordError> {
    let text = serde_json::to_string_pretty(value).expect("records have only text keys");
    let unfinished = path.with_extension("json.tmp");
    let written = fs::write(&unfinished, format!("{text}\n")).and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|source| RecordError { path: path.to_owned(), source })
}

/// Reads a record.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let bytes = fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("`{}`: {error}", path.display()))
}
