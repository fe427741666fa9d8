//! The keep-filter of a relation: rows wait until there are enough of them to be judged at once.

use arrow::array::{ArrayRef, RecordBatch};

use super::collector::TableMap;
use super::columns::{ColumnBuilder, Value};
use super::rejects::Reject;
use crate::engine::{EngineError, Predicate};
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind};

/// Rows are judged in chunks of this many.
const CHUNK_ROWS: usize = 8_192;

/// What becomes of a record if the filter keeps it.
pub(super) enum Outcome<'v> {
    Reject {
        reject: Reject,
        is_keyless: bool,
    },
    Resolved {
        cells: Vec<Value<'v>>,
        position: i64,
        nulled: Vec<usize>,
    },
    /// `wanted`: kind, namespace and key of the objects to be made for it.
    Unresolved {
        cells: Vec<Value<'v>>,
        nulled: Vec<usize>,
        wanted: Vec<(Kind, String, String)>,
    },
}

impl Outcome<'_> {
    /// The same, free of the record it came from.
    pub(super) fn into_owned(self) -> Outcome<'static> {
        let owned = |cells: Vec<Value<'_>>| cells.into_iter().map(Value::into_owned).collect();
        match self {
            Self::Reject { reject, is_keyless } => Outcome::Reject { reject, is_keyless },
            Self::Resolved { cells, position, nulled } => Outcome::Resolved { cells: owned(cells), position, nulled },
            Self::Unresolved { cells, nulled, wanted } => Outcome::Unresolved { cells: owned(cells), nulled, wanted },
        }
    }
}

/// A filter and the rows that wait for it.
pub(super) struct Filter {
    keep: Predicate,
    seen: Vec<Field>,
    builders: Vec<ColumnBuilder>,
    waiting: Vec<Outcome<'static>>,
}

impl Filter {
    /// Compiles a filter over the cleaned columns of a map.
    pub(super) fn new(map: &TableMap, text: &str) -> Result<Self, EngineError> {
        let seen: Vec<Field> = map.columns.iter().map(|column| Field::new(&column.name, column.kind)).collect();
        Ok(Self {
            keep: Predicate::new(text, &seen)?,
            builders: seen.iter().map(|column| ColumnBuilder::new(column.kind)).collect(),
            seen,
            waiting: Vec::new(),
        })
    }

    /// Puts a row aside.
    pub(super) fn wait(&mut self, values: &[Value<'_>], outcome: Outcome<'static>) {
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.push(value);
        }
        self.waiting.push(outcome);
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= CHUNK_ROWS
    }

    /// The rows that wait, in their order, with whether each is kept. None waits afterwards.
    pub(super) fn judge(&mut self) -> Result<Vec<(Outcome<'static>, bool)>, EngineError> {
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(ColumnBuilder::finish).collect();
        let rows = RecordBatch::try_new(arrow_schema(&self.seen), arrays).map_err(EngineError::from_arrow)?;
        let holds = self.keep.holds(&rows)?;
        let waiting = std::mem::take(&mut self.waiting);
        Ok(waiting.into_iter().zip(holds.iter().map(|holds| holds == Some(true))).collect())
    }
}
