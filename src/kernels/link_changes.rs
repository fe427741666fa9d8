//! Rows of `link_changes`, as several kernels find them; and those that the movements of a relation mean.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;

use super::Kernel;
use super::rows::{column, words};
use crate::cause::CAUSES;
use crate::engine::{EngineError, RowSink};
use crate::ledger::{Wanted, arrow_schema};
use crate::model::TableSet;
use crate::table::{Field, Kind, Type};

/// Something that was gained or lost, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LinkChange<'a> {
    /// The kind of whose.
    pub(super) kind: Option<&'a str>,
    /// Whose.
    pub(super) uid: Option<i64>,
    /// Whether it was lost.
    pub(super) is_lost: bool,
    /// The kind of what.
    pub(super) related_kind: Option<&'a str>,
    /// What.
    pub(super) related_uid: Option<i64>,
    /// Where, or in which matter.
    pub(super) detail: Option<&'a str>,
    /// The table that ties the two.
    pub(super) table: &'a str,
    /// What moved it.
    pub(super) cause: Option<&'a str>,
}

impl LinkChange<'_> {
    /// The same, said of what was gained or lost.
    pub(super) fn mirrored(self) -> Self {
        Self { kind: self.related_kind, uid: self.related_uid, related_kind: self.kind, related_uid: self.uid, ..self }
    }
}

/// The rows of changes.
pub(super) fn rows(mut changes: Vec<LinkChange<'_>>, columns: &[Field]) -> Result<RecordBatch, EngineError> {
    // They come as a few runs that are in order already, which this sort finds.
    changes.sort();
    let words = changes.iter().map(|change| if change.is_lost { "lost" } else { "gained" });
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(changes.iter().map(|change| change.kind).collect::<StringArray>()),
        Arc::new(changes.iter().map(|change| change.uid).collect::<Int64Array>()),
        Arc::new(StringArray::from_iter_values(words)),
        Arc::new(changes.iter().map(|change| change.related_kind).collect::<StringArray>()),
        Arc::new(changes.iter().map(|change| change.related_uid).collect::<Int64Array>()),
        Arc::new(changes.iter().map(|change| change.detail).collect::<StringArray>()),
        Arc::new(StringArray::from_iter_values(changes.iter().map(|change| change.table))),
        Arc::new(changes.iter().map(|change| change.cause).collect::<StringArray>()),
    ];
    RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
}

/// What new and deleted rows of a relation mean to both that it ties together.
#[derive(Debug)]
pub struct MovedLinks {
    /// The relation.
    pub table: &'static str,
}

const TEXTS: [&str; 5] = ["table_name", "movement", "kind", "related_kind", "cause"];
const COLUMNS: [&str; 8] = ["table_name", "movement", "kind", "uid", "related_kind", "related_uid", "detail", "cause"];

impl Kernel for MovedLinks {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let wanted = Wanted { dictionaries: TEXTS.map(str::to_owned).to_vec(), ..Wanted::default() };
        let mut batches = Vec::new();
        for (_, rows) in tables.find("movements").open_as(&COLUMNS, |_| Ok(wanted.clone()))? {
            for batch in rows {
                batches.push(batch.map_err(EngineError::from_ledger)?);
            }
        }
        let details: Vec<ArrayRef> = batches.iter().map(|batch| column(batch, "detail", Type::Text)).collect();
        let mut changes = Vec::new();
        for (batch, details) in batches.iter().zip(&details) {
            self.find(batch, details.as_string(), &mut changes)?;
        }
        if changes.is_empty() { Ok(()) } else { sink(rows(changes, columns)?) }
    }
}

impl MovedLinks {
    fn find<'a>(
        &self,
        batch: &RecordBatch,
        details: &'a StringArray,
        changes: &mut Vec<LinkChange<'a>>,
    ) -> Result<(), EngineError> {
        let is_own = words(batch, "table_name", |word| (word == self.table).then_some(()))?;
        let is_lost = words(batch, "movement", |word| match word {
            "new" => Some(false),
            "deleted" => Some(true),
            _ => None,
        })?;
        let (kinds, related_kinds) = (words(batch, "kind", kind_of)?, words(batch, "related_kind", kind_of)?);
        let causes = words(batch, "cause", cause_of)?;
        let number = |name| column(batch, name, Type::Integer);
        let (uids, related_uids) = (number("uid"), number("related_uid"));
        let (uids, related_uids) = (uids.as_primitive::<Int64Type>(), related_uids.as_primitive::<Int64Type>());
        for row in (0..batch.num_rows()).filter(|row| is_own[*row].is_some()) {
            let Some(is_lost) = is_lost[row] else { continue };
            let detail = details.is_valid(row).then(|| details.value(row));
            let uid = uids.is_valid(row).then(|| uids.value(row));
            let related_uid = related_uids.is_valid(row).then(|| related_uids.value(row));
            let (kind, related_kind) = (kinds[row], related_kinds[row]);
            let (table, cause) = (self.table, causes[row]);
            let change = LinkChange { kind, uid, is_lost, related_kind, related_uid, detail, table, cause };
            changes.push(change);
            changes.push(change.mirrored());
        }
        Ok(())
    }
}

fn cause_of(word: &str) -> Option<&'static str> {
    CAUSES.into_iter().find(|cause| *cause == word)
}

fn kind_of(word: &str) -> Option<&'static str> {
    Kind::named(word).map(Kind::as_str)
}
