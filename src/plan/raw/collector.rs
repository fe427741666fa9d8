//! `collectors/<source>.toml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::raw::project::CaseName;
use crate::plan::units::{DurationText, PercentText};
use crate::table::Type;

/// A collector: how one source becomes rows of ledger tables.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectorFile {
    /// Where the files are and how they are written.
    pub source: SourceTable,
    /// The ledger tables that the source fills, by name.
    pub table: BTreeMap<String, TableTable>,
}

/// `[source]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceTable {
    /// Path pattern relative to this file, with `*`, `?` and captures such as `{region}`.
    #[schemars(length(min = 1))]
    pub files: String,
    /// Whether more than one file may match.
    #[serde(default)]
    pub many: bool,
    /// How the files are written.
    pub format: FormatName,
    /// Character between fields (csv, tsv). Default `,` for csv and a tab for tsv.
    pub delimiter: Option<String>,
    /// Quote around fields (csv, tsv); empty = quotes are ordinary text. Default `"`.
    pub quote: Option<String>,
    /// Encoding (csv, tsv), by its label in the Encoding Standard. Default `utf-8`.
    pub encoding: Option<String>,
    /// Lines before the header (csv, tsv).
    pub skip_lines: Option<u64>,
    /// Columns of a file without a header line (csv, tsv).
    pub header: Option<Vec<String>>,
    /// Where the array of records lies (json), such as `data.items`. Default: the document is the array.
    pub records: Option<String>,
    /// Name of the worksheet (xlsx). Default: the first.
    pub sheet: Option<String>,
    /// Column each of whose values makes a row of its own (json, jsonl, parquet, ldif).
    pub explode: Option<String>,
    /// Fewer records than this make the source partial.
    #[serde(default = "one")]
    pub min_rows: u64,
    /// An older file makes the source failed.
    pub max_age: Option<DurationText>,
    /// A larger share of rejected records makes the source partial. Default `0.1 %`.
    #[serde(default = "a_thousandth")]
    pub max_rejects: PercentText,
    /// So many rejected records are always allowed.
    #[serde(default = "ten")]
    pub max_reject_rows: u64,
    /// More rejected records than this whose key cannot be read make the source partial: nobody can tell which object
    /// they meant, so that the absence of an object proves nothing. Default 0.
    #[serde(default)]
    pub max_keyless_rows: u64,
    /// What becomes of the load if the source is not complete.
    #[serde(default)]
    pub on_failure: OnFailureName,
    /// Mail address of whoever can mend the source: told of its rejects, and when it is not complete.
    pub owner: Option<String>,
}

fn one() -> u64 {
    1
}

fn ten() -> u64 {
    10
}

fn a_thousandth() -> PercentText {
    PercentText(0.001)
}

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatName {
    /// Fields between commas.
    Csv,
    /// Fields between tabs.
    Tsv,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
    /// A worksheet.
    Xlsx,
    /// LDAP data interchange.
    Ldif,
}

impl FormatName {
    /// The format as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
            Self::Ldif => "ldif",
        }
    }
}

/// What becomes of the load if a source is not complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailureName {
    /// The run ends.
    #[default]
    Stop,
    /// The rows of the previous load are carried.
    Carry,
    /// They are carried, and controls that read them are not evaluated.
    Skip,
}

/// `[table.<ledger table>]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableTable {
    /// SQL predicate over the cleaned columns: records for which it is not true are filtered out.
    #[schemars(length(min = 1))]
    pub keep: Option<String>,
    /// What happens to rows with the same key and other values: `reject`, `first`, `last` or `min(column)`.
    pub on_duplicate: Option<String>,
    /// Columns of the ledger table, each a column of the source or a table that says more.
    pub columns: BTreeMap<String, ColumnEntry>,
}

/// A column of the source by name, or how the value is made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ColumnEntry {
    /// A column of the source.
    From(String),
    /// More than a name.
    Full(Box<ColumnTable>),
}

/// How the value of a column is made. Exactly one of `from`, `value` and `capture`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnTable {
    /// Column of the source.
    pub from: Option<String>,
    /// The same text in every row.
    pub value: Option<String>,
    /// Capture of the file pattern.
    pub capture: Option<String>,
    /// Type of a new column. Default `text`. A column that the table is born with has its own.
    #[serde(rename = "type")]
    pub kind: Option<TypeName>,
    /// Blanks at both ends are removed. Default true.
    pub trim: Option<bool>,
    /// Case folding. Keys and references follow `[keys]` of the project instead.
    pub case: Option<CaseName>,
    /// Formats of dates and instants in `strftime` notation, tried in order. Default `%Y-%m-%d`.
    pub formats: Option<Vec<String>>,
    /// Texts that stand for no value, besides the empty one.
    pub null: Vec<String>,
    /// Texts that stand for true. Default true, 1, y, yes.
    #[serde(rename = "true")]
    pub is_true: Option<Vec<String>>,
    /// Texts that stand for false. Default false, 0, n, no.
    #[serde(rename = "false")]
    pub is_false: Option<Vec<String>>,
    /// The value where the source has none.
    pub default: Option<String>,
    /// A row without a value is rejected. Always so for keys.
    pub required: Option<bool>,
    /// Regular expression that the cleaned text must match.
    pub pattern: Option<String>,
    /// The only values the cleaned text may have.
    pub one_of: Vec<String>,
    /// What becomes of a value that does not fit. Default: `reject` for keys and required columns, else `null`.
    pub on_bad_value: Option<OnBadValueName>,
    /// Whether a changed value is no modification of the object.
    pub volatile: Option<bool>,
    /// Whether a normalised form is kept for matching.
    #[serde(rename = "match")]
    pub is_matched: Option<bool>,
}

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypeName {
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// An instant in UTC.
    Timestamp,
    /// A floating-point number.
    Double,
}

impl From<TypeName> for Type {
    fn from(name: TypeName) -> Self {
        match name {
            TypeName::Text => Self::Text,
            TypeName::Integer => Self::Integer,
            TypeName::Boolean => Self::Boolean,
            TypeName::Date => Self::Date,
            TypeName::Timestamp => Self::Timestamp,
            TypeName::Double => Self::Double,
        }
    }
}

/// What becomes of a value that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnBadValueName {
    /// It is left out and counted.
    Null,
    /// It becomes the default and is counted.
    Default,
    /// Its row is rejected.
    Reject,
}
