//! Rows that more than one source brings: they meet when the parts are walked together.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::DataType;

use super::Kernel;
use super::movements::key_of;
use super::sorted::{Shape, SortedRows};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Role, Sort, Table, Type};

/// How many staged rows have a key that another source brings too, by the first name among the sources: of objects
/// each key, of relations all together.
#[derive(Debug)]
pub struct Duplicates {
    /// The table.
    pub table: &'static Table,
}

impl Kernel for Duplicates {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let staged = tables.find(&format!("staged_{}", self.table.name));
        if staged.parts.iter().filter(|part| part.rows > 0).count() < 2 {
            return Ok(());
        }
        let key = self.key();
        let attributes = key.iter().map(|name| Field::new(*name, Type::Text)).collect();
        let mut rows = SortedRows::open(&staged, &Shape { attributes, ..key_of(self.table) })?;
        let mut counts: BTreeMap<(Option<String>, String), i64> = BTreeMap::new();
        while let Some(row) = rows.row() {
            if rows.alone() > 0 {
                rows.advance_by(rows.alone())?;
                continue;
            }
            let copies = rows.parts_with_this_key().count();
            if copies > 1 {
                let text = key.and_then(|_| row.attribute_text(0)).map(str::to_owned);
                let source = rows.parts_with_this_key().min().unwrap_or_default().to_owned();
                *counts.entry((text, source)).or_default() += i64::try_from(copies).unwrap_or(i64::MAX);
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
        let arrays = vec![
            always(self.table.name),
            key.map_or_else(null, always),
            always("duplicate"),
            null(),
            Arc::new(counts.keys().map(|(text, _)| text.as_deref()).collect::<StringArray>()),
            Arc::new(StringArray::from_iter_values(counts.keys().map(|(_, source)| source))),
            Arc::new(counts.values().copied().collect::<Int64Array>()),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

impl Duplicates {
    /// The column with the key of an object; relations have none.
    fn key(&self) -> Option<&'static str> {
        let is_object = matches!(self.table.sort, Sort::Object(_));
        let key = self.table.columns.iter().find(|column| column.role == Role::Key);
        is_object.then(|| key.map_or("uid", |column| column.name))
    }
}
