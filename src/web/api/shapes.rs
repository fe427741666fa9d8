//! The shapes of what programs send and get.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is to be run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Launch {
    /// The plan's name.
    pub(super) plan: String,
    /// The first stage that runs.
    #[serde(default)]
    pub(super) from: Option<String>,
    /// The last stage that runs.
    #[serde(default)]
    pub(super) until: Option<String>,
    /// Stages, or items of them as `stage:item`, that are left out.
    #[serde(default)]
    pub(super) skip: Vec<String>,
    /// The only stages, or items of them, that run.
    #[serde(default)]
    pub(super) only: Vec<String>,
    /// The open timeslot to go on with.
    #[serde(default)]
    pub(super) timeslot: Option<String>,
    /// Variables of the plan.
    #[serde(default)]
    pub(super) vars: BTreeMap<String, String>,
    /// Compute everything and keep nothing.
    #[serde(default)]
    pub(super) dry_run: bool,
    /// Do nothing where nothing differs from the current timeslot.
    #[serde(default)]
    pub(super) if_changed: bool,
}

/// A confirmation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Confirmation {
    /// The thresholds that may pass: each that holds the timeslot must be named.
    #[serde(default)]
    pub(super) overrides: Vec<String>,
    /// Why; needed where a threshold is let pass.
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// A decision that needs a word why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Reason {
    /// Why.
    #[schemars(length(min = 1))]
    pub(super) reason: String,
}

/// A label that is put on a timeslot or taken off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Labelling {
    /// The name: lower-case letters, digits, `-` and `_`, beginning with a letter.
    #[schemars(length(min = 1))]
    pub(super) label: String,
    /// Why.
    #[schemars(length(min = 1))]
    pub(super) reason: String,
}

/// Why something is refused.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Refused {
    /// A sentence.
    pub(super) error: String,
}

/// A run that was begun.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Begun {
    /// Its name; null where it has not yet said that it began.
    pub(super) run: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Done {
    /// A sentence.
    pub(super) done: String,
    /// The head of the log behind it; null where nothing was written.
    pub(super) head: Option<String>,
}

/// What stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Status {
    /// The project.
    pub(super) project: String,
    /// The current timeslot.
    pub(super) current: Option<String>,
    /// The open timeslot.
    pub(super) open: Option<Standing>,
    /// The head of the log; null before the first run.
    pub(super) head: Option<String>,
}

/// A timeslot.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Standing {
    /// Its name.
    pub(super) timeslot: String,
    /// sandbox, active, held, confirmed, rejected, hidden, purged.
    pub(super) state: String,
    /// The date it speaks about.
    pub(super) as_of: String,
    /// What it was compared with.
    pub(super) parent: Option<String>,
    /// Thresholds that hold it.
    pub(super) holding: Vec<String>,
    /// Thresholds that a person let pass.
    pub(super) overridden: Vec<String>,
    /// Names that people gave it.
    pub(super) labels: Vec<String>,
    /// Why it may not go, where it has a legal hold.
    pub(super) legal_hold: Option<String>,
    /// From when on it may be purged, where no rule keeps it.
    pub(super) to_go: Option<String>,
}

/// A timeslot with what is in it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Timeslot {
    /// How it stands.
    #[serde(flatten)]
    pub(super) standing: Standing,
    /// The plan that made it; null where its data is gone.
    pub(super) plan: Option<String>,
    /// The run that began it.
    pub(super) run: Option<String>,
    /// Rows of each table.
    pub(super) tables: BTreeMap<String, u64>,
}

/// A run.
#[expect(clippy::struct_field_names, reason = "the names that programs see")]
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Run {
    /// Its name.
    pub(super) run: String,
    /// The plan.
    pub(super) plan: String,
    /// The timeslot it fills.
    pub(super) timeslot: Option<String>,
    /// ended, `under_way`, dead, unknown.
    pub(super) life: &'static str,
    /// The verdict in a sentence; null before it.
    pub(super) verdict: Option<String>,
    /// The exit code of the process.
    pub(super) exit_code: Option<u8>,
    /// Wall time in milliseconds; 0 before the verdict.
    pub(super) millis: u64,
    /// Who asked for it.
    pub(super) by: Option<String>,
    /// Each stage that has ended, with what it says.
    pub(super) stages: Vec<Stage>,
}

/// A stage that has ended.
#[expect(clippy::struct_field_names, reason = "the names that programs see")]
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Stage {
    /// Its name.
    pub(super) stage: String,
    /// What it says in a line.
    pub(super) headline: String,
    /// Wall time in milliseconds.
    pub(super) millis: u64,
}

/// Rows of a table.
#[expect(clippy::struct_field_names, reason = "the names that programs see")]
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Rows {
    /// The names of the columns.
    pub(super) columns: Vec<String>,
    /// The rows of this page: cells as text, null for none.
    pub(super) rows: Vec<Vec<Option<String>>>,
    /// The SQL by which they come about.
    pub(super) sql: String,
    /// The next page; null behind the last.
    pub(super) next: Option<u64>,
}

/// The log.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Log {
    /// Its head.
    pub(super) head: String,
    /// Entries of this page, newest first.
    pub(super) entries: Vec<Entry>,
}

/// An entry of the log.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Entry {
    /// Its number.
    pub(super) number: u64,
    /// When, in UTC.
    pub(super) at: String,
    /// Who.
    pub(super) by: String,
    /// The run, where one did it.
    pub(super) run: Option<String>,
    /// About which timeslot.
    pub(super) timeslot: String,
    /// What was done.
    pub(super) what: String,
    /// Why.
    pub(super) why: Option<String>,
}
