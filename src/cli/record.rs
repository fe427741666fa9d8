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

use super::Failure;
use crate::event::{Observer, RunEvent, RunEventKind};
use crate::ids::{StageName, TimeslotId};
use crate::ledger::sha256_hex;
use crate::model::Reuse;
use crate::plan::Plan;
use crate::select::{Pick, Selection};
use crate::summary::Summary;

/// What was asked for, so that it can be asked again.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Command {
    /// The plan, by path or name.
    pub(super) plan: PathBuf,
    /// Variables given.
    pub(super) vars: BTreeMap<String, String>,
    /// Variables that an earlier run took from its environment: they win over those of today.
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    /// The date the timeslot speaks about; `None` = today in the project's zone.
    pub(super) as_of: Option<Date>,
    /// The open timeslot to continue.
    pub(super) timeslot: Option<TimeslotId>,
    pub(super) from: Option<StageName>,
    pub(super) until: Option<StageName>,
    pub(super) only: Vec<Pick>,
    pub(super) skip: Vec<Pick>,
    /// Repositories and rules whose owners are found anew.
    #[serde(default)]
    pub(super) forget: Vec<String>,
    /// Compute everything and keep nothing.
    pub(super) dry_run: bool,
    /// Do nothing where nothing would differ from the current timeslot.
    pub(super) if_changed: bool,
    /// Take nothing over.
    #[serde(default)]
    pub(super) full: bool,
    /// Leave out what is in error.
    #[serde(default)]
    pub(super) allow_check_errors: bool,
    /// For a scheduler: plain lines, and the summary by mail.
    #[serde(default)]
    pub(super) batch: bool,
    /// The due time that the run is for.
    #[serde(default)]
    pub(super) due: Option<Timestamp>,
}

impl Command {
    pub(super) fn selection(&self, in_error: &BTreeSet<Pick>) -> Selection {
        Selection {
            timeslot: self.timeslot.clone(),
            from: self.from,
            until: self.until,
            only: self.only.iter().cloned().collect(),
            skip: self.skip.iter().cloned().collect(),
            in_error: in_error.clone(),
            forget: self.forget.clone(),
            reuse: if self.full { Reuse::Never } else { Reuse::WhereEqual },
        }
    }
}

/// What a run was made with: `plan.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PlanRecord {
    /// What was asked for, with the variables that the environment gave.
    pub(super) command: Command,
    /// The plan's title.
    pub(super) title: String,
    /// The plan's variables as they were filled in.
    pub(super) vars: BTreeMap<String, String>,
    /// Every file of the configuration with the SHA-256 of its text.
    pub(super) files: BTreeMap<String, String>,
}

impl PlanRecord {
    pub(super) fn of(command: &Command, plan: &Plan) -> Self {
        let hashed = |file: &std::sync::Arc<crate::source::SourceFile>| {
            (file.path().display().to_string(), sha256_hex(file.text().as_bytes()))
        };
        Self {
            command: Command { environment: plan.environment.clone(), ..command.clone() },
            title: plan.title.clone(),
            vars: plan.vars.clone(),
            files: plan.files.iter().map(hashed).collect(),
        }
    }

    /// Writes `plan.json`.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        write_json(&folder.join("plan.json"), self)
    }
}

/// Follows a run in `run.json`.
pub(super) struct RunRecord {
    path: PathBuf,
    summary: Mutex<Summary>,
}

impl RunRecord {
    /// Begins the record of a run.
    pub(super) fn begin(folder: &Path, run: &str, plan: &str) -> Result<Self, Failure> {
        let summary = Summary { run: run.to_owned(), plan: plan.to_owned(), ..Summary::default() };
        let path = folder.join("run.json");
        write_json(&path, &summary)?;
        Ok(Self { path, summary: Mutex::new(summary) })
    }

    /// What is known of the run so far.
    pub(super) fn summary(&self) -> Summary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes the record as it is at the end.
    pub(super) fn end(&self) -> Result<Summary, Failure> {
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
fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).expect("records have only text keys");
    let unfinished = path.with_extension("json.tmp");
    let written = fs::write(&unfinished, format!("{text}\n")).and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|source| Failure::Write { path: path.to_owned(), source })
}

/// Reads a record.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let bytes = fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("`{}`: {error}", path.display()))
}
