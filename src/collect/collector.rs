//! A checked collector: how one source becomes rows of ledger tables. Built only by `plan/`.

use std::path::PathBuf;
use std::time::Duration;

use crate::collect::read::Format;
use crate::ids::SourceName;
use crate::source::SqlText;
use crate::table::{Table, Type};

/// How one source is found, read and mapped.
#[derive(Debug, Clone)]
pub struct Collector {
    /// The file stem of the collector.
    pub name: SourceName,
    /// Where its files lie.
    pub files: FilePattern,
    /// How they are written.
    pub format: Format,
    /// A column each of whose values makes a row of its own.
    pub explode: Option<String>,
    /// What must hold for the source to count as complete.
    pub demands: Demands,
    /// What becomes of the load when the source is not complete.
    pub on_failure: OnFailure,
    /// The tables it fills, in the order of the file.
    pub tables: Vec<TableMap>,
    /// Mail address of whoever can mend it.
    pub owner: Option<String>,
    /// Where the collector was written, for messages.
    pub path: PathBuf,
}

/// A path pattern with `*`, `?` and captures such as `{region}`; a capture matches within one path component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePattern {
    /// The pattern, absolute or relative to the working directory, with forward slashes.
    pub pattern: String,
    /// Whether more than one file may match.
    pub many: bool,
}

/// Facts about the files that decide a source's state.
#[derive(Debug, Clone, PartialEq)]
pub struct Demands {
    /// Fewer records than this make the source partial. Default 1: an empty file is no extract.
    pub min_rows: u64,
    /// An older file makes the source failed.
    pub max_age: Option<Duration>,
    /// More rejects than this make the source partial.
    pub max_rejects: MaxRejects,
    /// More rejects than this without a readable key make the source partial: nobody can tell what they meant, so
    /// that the absence of an object proves nothing. Default 0.
    pub max_keyless: u64,
}

/// How many rejects a source may have: a share of the records, and never fewer than a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaxRejects {
    /// Share of the records, 0 to 1.
    pub share: f64,
    /// Rows that are always allowed.
    pub rows: u64,
}

impl MaxRejects {
    /// Whether so many rejects among so many records are too many.
    #[must_use]
    pub fn is_exceeded(self, rejects: u64, records: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
        let share = rejects as f64 / records.max(1) as f64;
        rejects > self.rows && share > self.share
    }
}

/// What becomes of the load when a source is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The run ends before activate.
    Stop,
    /// The parent's rows are carried, stale, and the load goes on.
    Carry,
    /// Like carry, and controls that read its tables are not evaluated.
    Skip,
}

/// How records become rows of one table.
#[derive(Debug, Clone)]
pub struct TableMap {
    /// The table.
    pub table: &'static Table,
    /// Columns in the order of the collector file.
    pub columns: Vec<ColumnMap>,
    /// Records for which this SQL predicate over the cleaned columns is not true are filtered out.
    pub keep: Option<SqlText>,
    /// What happens to rows with the same key and other values.
    pub on_duplicate: OnDuplicate,
}

/// Where a column's value comes from and what is done to it.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own in the file")]
pub struct ColumnMap {
    /// The ledger's column: one of the table's, a reference's end (`account`, `repository`), or a new one.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Where the value comes from.
    pub from: From,
    /// Blanks at both ends are removed. Default yes.
    pub trim: bool,
    /// Case folding. Key columns use the key form instead.
    pub case: Case,
    /// Day formats in `strftime` notation, tried in order. Default `%Y-%m-%d`.
    pub formats: Vec<String>,
    /// Texts (after trimming) that stand for null besides the empty one: `n/a`, `9999-12-31`.
    pub null: Vec<String>,
    /// Texts that stand for true, lower case. Default true, 1, y, yes.
    pub is_true: Vec<String>,
    /// Texts that stand for false, lower case. Default false, 0, n, no.
    pub is_false: Vec<String>,
    /// The value where the source has none.
    pub default: Option<String>,
    /// A null makes the row a reject. Always so for keys.
    pub required: bool,
    /// The cleaned text must match this regular expression.
    pub pattern: Option<String>,
    /// The cleaned text must be one of these; empty = anything.
    pub one_of: Vec<String>,
    /// What a value does that does not fit its type or its checks.
    pub on_bad_value: OnBadValue,
    /// A changing value is no modification.
    pub is_volatile: bool,
    /// A `<name>_norm` column is kept for matching.
    pub is_matched: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A column of the source.
    Column(String),
    /// The same text in every row.
    Value(String),
    /// A capture of the file's path.
    Capture(String),
}

/// Case folding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As it is.
    Keep,
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
}

/// What a value does that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnBadValue {
    /// It becomes null and is counted.
    Null,
    /// It becomes the default and is counted.
    Default,
    /// Its row becomes a reject.
    Reject,
}

/// What happens to rows of one source with the same key and other values. Identical rows always collapse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnDuplicate {
    /// All of them become rejects: which is right cannot be known.
    Reject,
    /// The first of the file is kept.
    First,
    /// The last of the file is kept.
    Last,
    /// The one with the smallest value of the column is kept, nulls last.
    Min(String),
}

/// How the keys of one kind are written: applied to keys and to every reference to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyForm {
    /// Blanks at both ends are removed.
    pub trim: bool,
    /// Case folding.
    pub case: Case,
    /// Unicode normalisation form C.
    pub nfc: bool,
}

impl Default for KeyForm {
    fn default() -> Self {
        Self { trim: true, case: Case::Keep, nfc: true }
    }
}
