//! The rows of a table in no particular order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::{Int32Type, Int64Type};

use crate::engine::EngineError;
use crate::ledger::{arrow_schema, arrow_type};
use crate::model::{StoredTable, TableSet};
use crate::table::{Field, Type};

/// Hands over the rows of a table, batch by batch.
pub(super) fn each(
    tables: &TableSet,
    table: &str,
    columns: &[&str],
    take: impl FnMut(&RecordBatch) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    each_of(&tables.find(table), columns, take)
}

/// Hands over the rows that a source staged for a table, batch by batch.
pub(super) fn each_staged(
    staged: &StoredTable,
    source: &str,
    columns: &[&str],
    take: impl FnMut(&RecordBatch) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    each_of(&staged.clone().without(|part| part.name != source), columns, take)
}

/// Hands over the rows of a stored table, batch by batch.
pub(super) fn each_of(
    stored: &StoredTable,
    columns: &[&str],
    mut take: impl FnMut(&RecordBatch) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    for (_, rows) in stored.open(columns)? {
        for batch in rows {
            take(&batch.map_err(EngineError::from_ledger)?)?;
        }
    }
    Ok(())
}

/// A batch with just these columns, in their order.
pub(super) fn shaped(batch: &RecordBatch, columns: &[Field]) -> Result<RecordBatch, EngineError> {
    let arrays = columns.iter().map(|field| column(batch, &field.name, field.kind)).collect();
    RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
}

/// The names of columns.
pub(super) fn names(columns: &[Field]) -> Vec<&str> {
    columns.iter().map(|column| column.name.as_str()).collect()
}

/// The column of a batch; nulls where its part was written without it.
pub(super) fn column(batch: &RecordBatch, name: &str, kind: Type) -> ArrayRef {
    match batch.column_by_name(name) {
        Some(column) => Arc::clone(column),
        None => new_null_array(&arrow_type(kind), batch.num_rows()),
    }
}

/// The text of a row.
pub(super) fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// What each row of a text column means that was read as a dictionary; null means nothing.
pub(super) fn words<T: Copy>(
    batch: &RecordBatch,
    name: &str,
    mut means: impl FnMut(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, EngineError> {
    let Some(column) = batch.column_by_name(name) else { return Ok(vec![None; batch.num_rows()]) };
    let Some(column) = column.as_dictionary_opt::<Int32Type>() else {
        return Err(EngineError::new(format!("`{name}` is no text")));
    };
    let words = column.values().as_string::<i32>().iter();
    let words: Vec<Option<T>> = words.map(|word| word.and_then(&mut means)).collect();
    let of_key = |key: Option<i32>| words.get(usize::try_from(key?).ok()?).copied().flatten();
    Ok(column.keys().iter().map(of_key).collect())
}

/// A column of uids or depths.
pub(super) fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<Option<u32>>, EngineError> {
    let column = column(batch, name, Type::Integer);
    let number =
        |number: i64| u32::try_from(number).map_err(|_| EngineError::new(format!("a `{name}` has more than 32 bits")));
    let column = column.as_primitive::<Int64Type>();
    if column.null_count() == 0 {
        return column.values().iter().map(|value| number(*value).map(Some)).collect();
    }
    column.iter().map(|value| value.map(number).transpose()).collect()
}

/// The pairs of two columns of uids, where both are there, in the order in which they lie.
pub(super) fn pairs(tables: &TableSet, table: &str, left: &str, right: &str) -> Result<Vec<(u32, u32)>, EngineError> {
    let mut pairs = Vec::new();
    each(tables, table, &[left, right], |batch| {
        let (left, right) = (numbers(batch, left)?, numbers(batch, right)?);
        pairs.extend(left.into_iter().zip(right).filter_map(|(left, right)| Some((left?, right?))));
        Ok(())
    })?;
    Ok(pairs)
}
