//! Relations that more than one source brings: they meet when the parts are walked together.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::DataType;

use super::Kernel;
use super::movements::key_of;
use super::sorted::SortedRows;
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Table};

/// How many staged rows of a relation have a key that another source brings too, by the first name among its sources.
#[derive(Debug)]
pub struct Duplicates {
    /// The relation.
    pub table: &'static Table,
}

impl Kernel for Duplicates {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let staged = tables.find(&format!("staged_{}", self.table.name));
        let mut rows = SortedRows::open(&staged, &key_of(self.table))?;
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        while rows.row().is_some() {
            let copies = rows.parts_with_this_key().count();
            if copies > 1 {
                let first = rows.parts_with_this_key().min().unwrap_or_default().to_owned();
                *counts.entry(first).or_default() += i64::try_from(copies).unwrap_or(i64::MAX);
            }
            for _ in 0..copies {
                rows.advance()?;
            }
        }
        if counts.is_empty() {
            return Ok(());
        }
        let always = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; counts.len()])) };
        let null = || new_null_array(&DataType::Utf8, counts.len());
        let sources = StringArray::from_iter_values(counts.keys());
        let occurrences = counts.values().copied().collect::<Int64Array>();
        let arrays = vec![
            always(self.table.name),
            null(),
            always("duplicate"),
            null(),
            null(),
            Arc::new(sources),
            Arc::new(occurrences),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}
