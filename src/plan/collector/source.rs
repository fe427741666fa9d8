//! `[source]` of a collector: where the files are, how they are written, what is demanded of them.

use std::path::Path;

use encoding_rs::Encoding;

use crate::collect::collector::{Demands, FilePattern, From as Origin, MaxRejects, OnFailure, TableMap};
use crate::collect::read::{Csv, Format};
use crate::names::{any_of, suggest};
use crate::plan::codes;
use crate::plan::files::join;
use crate::plan::node::Spot;
use crate::plan::raw::collector::{FormatName, OnFailureName, SourceTable};
use crate::problem::Problems;

/// Keys that only some formats have.
const KEYS_OF_FORMATS: [(&str, &[FormatName]); 8] = [
    ("delimiter", &[FormatName::Csv, FormatName::Tsv]),
    ("quote", &[FormatName::Csv, FormatName::Tsv]),
    ("encoding", &[FormatName::Csv, FormatName::Tsv]),
    ("skip_lines", &[FormatName::Csv, FormatName::Tsv]),
    ("header", &[FormatName::Csv, FormatName::Tsv]),
    ("records", &[FormatName::Json]),
    ("sheet", &[FormatName::Xlsx]),
    ("explode", &[FormatName::Json, FormatName::Jsonl, FormatName::Parquet, FormatName::Ldif]),
];

/// How the files are written.
pub(super) fn format(raw: &SourceTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Format> {
    for (key, formats) in KEYS_OF_FORMATS.iter().filter(|(_, formats)| !formats.contains(&raw.format)) {
        if let Some(at) = spot.get(key) {
            let message = format!("`{key}` is not for files of format `{}`", raw.format.as_str());
            let hint = format!("it is for {}; remove it", any_of(formats.iter().map(|format| format.as_str())));
            problems.add(at.key_error(codes::NOT_APPLICABLE, message).hint(hint));
        }
    }
    Some(match raw.format {
        FormatName::Csv => Format::Csv(separated(raw, b',', spot, problems)?),
        FormatName::Tsv => Format::Csv(separated(raw, b'\t', spot, problems)?),
        FormatName::Json => {
            Format::Json { records: raw.records.iter().flat_map(|path| path.split('.')).map(str::to_owned).collect() }
        }
        FormatName::Jsonl => Format::JsonLines,
        FormatName::Parquet => Format::Parquet,
        FormatName::Xlsx => Format::Xlsx { sheet: raw.sheet.clone() },
        FormatName::Ldif => Format::Ldif,
    })
}

fn separated(raw: &SourceTable, delimiter: u8, spot: Spot<'_>, problems: &mut Problems) -> Option<Csv> {
    let delimiter = match raw.delimiter.as_deref() {
        None => Some(delimiter),
        Some(text) => one_byte(text, spot.key("delimiter"), problems),
    };
    let quote = match raw.quote.as_deref() {
        None => Some(Some(b'"')),
        Some("") => Some(None),
        Some(text) => one_byte(text, spot.key("quote"), problems).map(Some),
    };
    if let (Some(delimiter), Some(Some(quote))) = (delimiter, quote)
        && delimiter == quote
    {
        let at = spot.get("quote").unwrap_or(spot.key("delimiter"));
        problems.add(at.error(codes::KEYS_DISAGREE, "delimiter and quote are the same character"));
    }
    let encoding = raw.encoding.clone().unwrap_or_else(|| "utf-8".to_owned());
    if Encoding::for_label(encoding.as_bytes()).is_none() {
        let problem = spot.key("encoding").error(codes::NOT_ALLOWED, format!("`{encoding}` is no encoding"));
        problems.add(
            problem.hint("use a label of the Encoding Standard, such as `utf-8`, `windows-1252` or `iso-8859-15`"),
        );
    }
    let columns = raw.header.clone().unwrap_or_default();
    for (at, name) in columns.iter().enumerate().filter(|(at, name)| columns[..*at].contains(name)) {
        let message = format!("column `{name}` is given twice");
        problems.add(spot.key("header").item(at).error(codes::DUPLICATE_NAME, message));
    }
    if raw.header.as_ref().is_some_and(Vec::is_empty) {
        let problem =
            spot.key("header").error(codes::NOT_ALLOWED, "a file without a header needs names for its columns");
        problems.add(problem.hint("name them, or remove `header` if the first line names them"));
    }
    Some(Csv { delimiter: delimiter?, quote: quote?, encoding, skip_lines: raw.skip_lines.unwrap_or(0), columns })
}

fn one_byte(text: &str, spot: Spot<'_>, problems: &mut Problems) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Some(*byte),
        _ => {
            let problem = spot.error(codes::NOT_ALLOWED, format!("{text:?} is not one ASCII character"));
            problems.add(problem.hint("write one character; a tab is `\\t`"));
            None
        }
    }
}

/// Where the files lie.
pub(super) fn files(raw: &SourceTable, folder: &Path) -> FilePattern {
    let pattern = join(folder, &raw.files).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    FilePattern { pattern, many: raw.many }
}

/// What is demanded of the files.
pub(super) fn demands(raw: &SourceTable, spot: Spot<'_>, problems: &mut Problems) -> Demands {
    let share = raw.max_rejects.0;
    if share > 1.0 {
        problems.add(spot.key("max_rejects").error(codes::NOT_ALLOWED, "more than 100 % can never be rejected"));
    }
    Demands {
        min_rows: raw.min_rows,
        max_age: raw.max_age.map(|age| age.0),
        max_rejects: MaxRejects { share, rows: raw.max_reject_rows },
        max_keyless: raw.max_keyless_rows,
    }
}

/// A source fills at least one table.
pub(super) fn check_records(tables: &[TableMap], root: Spot<'_>, problems: &mut Problems) {
    if tables.is_empty() && root.key("table").entries().is_empty() {
        let problem = root.key("source").error(codes::MISSING_KEY, "the source fills no table");
        problems.add(problem.hint("add `[table.<name>.columns]`"));
    }
}

/// An exploded column is one that is used.
pub(super) fn check_explode(explode: Option<&str>, tables: &[TableMap], spot: Spot<'_>, problems: &mut Problems) {
    let Some(explode) = explode else { return };
    let used = tables.iter().flat_map(|table| &table.columns).filter_map(|column| match &column.from {
        Origin::Column(name) => Some(name.as_str()),
        _ => None,
    });
    let used: Vec<&str> = used.collect();
    if !used.is_empty() && !used.contains(&explode) {
        let message = format!("`{explode}` is not used by any column");
        let hint = suggest(explode, "columns in use", used);
        problems.add(spot.key("explode").error(codes::UNKNOWN_COLUMN, message).hint(hint));
    }
}

impl From<OnFailureName> for OnFailure {
    fn from(name: OnFailureName) -> Self {
        match name {
            OnFailureName::Stop => Self::Stop,
            OnFailureName::Carry => Self::Carry,
            OnFailureName::Skip => Self::Skip,
        }
    }
}
