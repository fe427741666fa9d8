//! Rows that could not be taken, on their way into the `rejects` table.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder};

use super::find::Found;
use super::read::BadRecord;
use super::source::Unknown;
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind};
use crate::tables::REJECTS;

/// Where the raw text is cut.
pub(super) const RAW_CHARACTERS: usize = 2_000;

/// A row that could not be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reject {
    pub(super) source: String,
    pub(super) table: Option<&'static str>,
    pub(super) file: String,
    pub(super) line: i64,
    pub(super) column: Option<String>,
    pub(super) reason: String,
    pub(super) raw: String,
    /// The object, or the ends of the relation, where the key is readable and known.
    pub(super) about: About,
}

impl Reject {
    /// A record that could not be read as a whole.
    pub(super) fn of_bad(
        source: &str,
        table: Option<&'static str>,
        file: &Found,
        record: &BadRecord,
        about: About,
    ) -> Self {
        Self {
            source: source.to_owned(),
            table,
            file: file.path.display().to_string(),
            line: i64::try_from(record.line).unwrap_or(i64::MAX),
            column: record.column.clone(),
            reason: record.reason.clone(),
            raw: record.raw.clone(),
            about,
        }
    }
}

/// What a rejected row speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct About {
    pub(super) first: Option<(Kind, i64)>,
    pub(super) second: Option<(Kind, i64)>,
    pub(super) detail: Option<String>,
    /// Keys without a number for which it says nothing of the above.
    pub(super) unknown: Vec<Unknown>,
}

/// The columns of the table.
pub(super) fn columns() -> Vec<Field> {
    REJECTS.columns.iter().map(|column| Field::new(column.name, column.kind)).collect()
}

/// The rejects as rows of the table, sorted.
pub(super) fn batch(mut rejects: Vec<Reject>) -> RecordBatch {
    rejects.sort_unstable();
    let mut texts: Vec<StringBuilder> = (0..9).map(|_| StringBuilder::new()).collect();
    let [mut line, mut uid, mut related_uid] = [(); 3].map(|()| Int64Builder::new());
    for reject in &rejects {
        let About { first, second, detail, .. } = &reject.about;
        let row = [
            Some(reject.source.as_str()),
            reject.table,
            Some(&reject.file),
            reject.column.as_deref(),
            Some(&reject.reason),
            Some(&reject.raw),
            first.map(|(kind, _)| kind.as_str()),
            second.map(|(kind, _)| kind.as_str()),
            detail.as_deref(),
        ];
        for (builder, value) in texts.iter_mut().zip(row) {
            builder.append_option(value);
        }
        line.append_value(reject.line);
        uid.append_option(first.map(|(_, uid)| uid));
        related_uid.append_option(second.map(|(_, uid)| uid));
    }
    let text: Vec<ArrayRef> = texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
    let [source, table, file, column, reason, raw, kind, related_kind, detail] =
        <[ArrayRef; 9]>::try_from(text).expect("nine text columns");
    let arrays: Vec<ArrayRef> = vec![
        source,
        table,
        file,
        Arc::new(line.finish()),
        column,
        reason,
        raw,
        kind,
        Arc::new(uid.finish()),
        related_kind,
        Arc::new(related_uid.finish()),
        detail,
    ];
    RecordBatch::try_new(arrow_schema(&columns()), arrays).expect("the arrays follow the table's columns")
}
