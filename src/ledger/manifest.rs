//! The manifest of a timeslot: every table, its columns and its parts, and how each part came about. What it does
//! not list does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::durable::{failed, replace};
use super::hash::sha256_hex;
use super::{LedgerError, records};
use crate::ids::{StageName, TimeslotId};
use crate::table::Field;

/// The name of the file.
pub(super) const FILE: &str = "manifest.json";

/// The list that `sha256sum -c` reads.
pub(super) const SUMS: &str = "SHA256SUMS";

/// Why an item is not there that a run was told to leave out.
pub const LEFT_OUT: &str = "it was left out";

/// One immutable Parquet file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The source or model that made it.
    pub name: String,
    /// Path below the timeslot's folder; empty for a part without rows, which has no file.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What it was made from: see `model.rs`. Equal fingerprints mean equal bytes.
    pub fingerprint: String,
    /// The pieces of the fingerprint, by name, so that one can say which of them changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made_from: BTreeMap<String, String>,
}

/// A table of a timeslot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRecord {
    /// Columns in order.
    pub columns: Vec<Field>,
    /// Its parts, by name.
    pub parts: Vec<Part>,
}

impl TableRecord {
    /// Rows of all parts.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }
}

/// What a timeslot consists of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its name.
    pub timeslot: TimeslotId,
    /// The date it speaks about.
    pub as_of: Date,
    /// What it was compared with and carries from.
    pub parent: Option<TimeslotId>,
    /// The run that began it.
    pub run: String,
    /// The plan's name.
    pub plan: String,
    /// SHA-256 over the resolved plan and every file it names.
    pub configuration: String,
    /// Version of the program that wrote it.
    pub engine: String,
    /// The stages that must have run before it can be confirmed.
    pub planned: Vec<StageName>,
    /// Free records of the stages that are done, by stage: source states, reports. No table content.
    pub stages: BTreeMap<String, serde_json::Value>,
    /// What stages that ran left out, or made from something incomplete: by stage the items, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<StageName, BTreeMap<String, String>>,
    /// Items that were left out because what they say is wrong, such as `rules:idle_accounts`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub in_error: BTreeSet<String>,
    /// Who ran stages of it, and under which accounts of the machine.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub launched_by: BTreeSet<String>,
    /// Whether none of them may decide that it becomes current. Once it is so, it stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub four_eyes: bool,
    /// Every table, by name.
    pub tables: BTreeMap<String, TableRecord>,
}

impl Manifest {
    /// Reads the manifest of a timeslot's folder.
    ///
    /// # Errors
    /// Where it cannot be read or is no manifest.
    pub fn read(folder: &Path) -> Result<Self, LedgerError> {
        let path = folder.join(FILE);
        let bytes = fs::read(&path).map_err(failed("read", &path))?;
        serde_json::from_slice(&bytes).map_err(|error| LedgerError::BrokenManifest { path, reason: error.to_string() })
    }

    /// The bytes as stored.
    pub(super) fn bytes(&self) -> Vec<u8> {
        records::bytes(self)
    }

    /// Replaces the stored manifest; afterwards it is on disk.
    pub(super) fn write(&self, folder: &Path) -> Result<(), LedgerError> {
        replace(&folder.join(FILE), &self.bytes())
    }

    /// Writes the manifest and the sums for the last time. Returns the manifest's SHA-256.
    pub(super) fn seal(&self, folder: &Path) -> Result<String, LedgerError> {
        let bytes = self.bytes();
        let hash = sha256_hex(&bytes);
        let text = self.sums(&hash);
        replace(&folder.join(FILE), &bytes)?;
        replace(&folder.join(SUMS), text.as_bytes())?;
        Ok(hash)
    }

    /// Planned stages that have not run, or not wholly, since something before them did.
    #[must_use]
    pub fn stale_stages(&self) -> Vec<StageName> {
        let is_stale =
            |stage: &&StageName| !self.stages.contains_key(stage.as_str()) || self.left_out.contains_key(stage);
        self.planned.iter().filter(is_stale).copied().collect()
    }

    /// Whether every planned stage has run, and nothing is missing but items in error and what depends on them: a person
    /// may then let each of these items pass.
    #[must_use]
    pub fn lacks_only_errors(&self) -> bool {
        let has_run = |stage: &StageName| self.stages.contains_key(stage.as_str());
        let was_skipped = self.left_out.values().flat_map(BTreeMap::values).any(|why| why == LEFT_OUT);
        !self.in_error.is_empty() && self.planned.iter().all(has_run) && !was_skipped
    }

    /// The text that `sha256sum -c` reads; the manifest's own sum is given.
    pub(super) fn sums(&self, own_hash: &str) -> String {
        let mut sums: Vec<(&str, &str)> =
            self.parts().map(|part| (part.path.as_str(), part.sha256.as_str())).chain([(FILE, own_hash)]).collect();
        sums.sort_unstable();
        sums.dedup();
        sums.iter().map(|(path, sha256)| format!("{sha256}  {path}\n")).collect()
    }

    /// Every part of every table that has a file.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.tables.values().flat_map(|table| &table.parts).filter(|part| part.rows > 0)
    }
}
