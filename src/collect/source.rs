//! What became of one source: its state, and the law that no record is lost.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::table::Kind;

/// Whether a source brought what it should. Only facts about its files count, never a comparison with the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Everything was read.
    Complete,
    /// Something was read, but not all of it can be trusted to be there.
    Partial,
    /// The file is older than it may be.
    Stale,
    /// Nothing usable was read.
    Failed,
    /// The parent knows the source, this plan does not.
    NotCollected,
}

impl SourceState {
    /// The state as it stands in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Stale => "stale",
            Self::Failed => "failed",
            Self::NotCollected => "not_collected",
        }
    }
}

/// What was read for one table of a source.
///
/// Conservation law: `read = kept + rejected + filtered + duplicate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableCounts {
    /// The table.
    pub table: String,
    /// Records read.
    pub read: u64,
    /// Rows kept, resolved or not.
    pub kept: u64,
    /// Of those kept, rows of relations with an end that no registry knows.
    pub unresolved: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows left out by the keep-filter.
    pub filtered: u64,
    /// Rows that say again what another row said, or lost against it.
    pub duplicate: u64,
    /// Values that became null because they did not fit, by column.
    pub nulled: BTreeMap<String, u64>,
    /// Of those rejected, rows that name a known object or relation: what the parent says of it is carried.
    pub carrying: u64,
    /// The ledger's columns that the collector fills and whose change is a modification, sorted.
    pub columns: Vec<String>,
}

impl TableCounts {
    /// Whether every record is accounted for.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        self.read == self.kept + self.rejected + self.filtered + self.duplicate
    }
}

/// What became of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Its collector.
    pub source: String,
    /// Its state.
    pub state: SourceState,
    /// Why it is not complete, or what is worth a look, in sentences.
    pub remarks: Vec<String>,
    /// What its files' columns say against the parent's, in sentences: of this load only.
    #[serde(default)]
    pub drift: Vec<String>,
    /// Its files: path as found, size and SHA-256.
    pub files: Vec<FileFact>,
    /// By table.
    pub tables: Vec<TableCounts>,
    /// Loads in a row in which the source was not complete.
    pub stale_loads: u64,
    /// What its rows were made from; equal fingerprints mean equal rows.
    pub fingerprint: String,
    /// What its collector made of its files: equal ones say that only data differs. Of rows that are carried it is that of
    /// the load that brought them; empty where an earlier program did.
    #[serde(default)]
    pub configuration: String,
    /// Keys that rejected rows name and that had no number: once one has, such a row says more. `None` = too many to list.
    #[serde(default)]
    pub unknown: Option<BTreeSet<Unknown>>,
    /// Whether its staged parts were taken over from the parent.
    pub reused: bool,
}

/// A key that has no number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unknown {
    /// Of what it is the key.
    pub kind: Kind,
    /// Its namespace; `None` = looked for in all.
    pub namespace: Option<String>,
    /// In key form.
    pub key: String,
}

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFact {
    /// Path as found.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its columns, sorted; empty where it could not be read, or was not.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// The columns of all files of a source.
#[must_use]
pub fn columns_of(files: &[FileFact]) -> BTreeSet<&str> {
    files.iter().flat_map(|file| &file.columns).map(String::as_str).collect()
}
