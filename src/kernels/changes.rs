//! What changed of modified objects, attribute by attribute: a merge finds whom, and only their rows are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Int64Type};

use super::Kernel;
use super::movements::key_of;
use super::pick::pick;
use super::presence::Uids;
use super::rows::column;
use super::sorted::{Met, Shape, differences, open_both};
use crate::cause::BySource;
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, StoredTable, TableSet};
use crate::table::{Field, Table, Type};

/// The attributes of modified objects that are not what they were, before and now as text.
#[derive(Debug)]
pub struct Changes {
    /// The table of objects.
    pub table: &'static Table,
    /// The columns whose change is a modification.
    pub compared: Vec<Field>,
    /// The columns that are told.
    pub attributes: Vec<Field>,
    /// What changed them.
    pub causes: BySource,
}

/// What was and what is, and why.
type Change = (Option<String>, Option<String>, &'static str);

impl Kernel for Changes {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let (now, before) = (tables.find(self.table.name), tables.find(&format!("{BEFORE}{}", self.table.name)));
        let modified = self.modified(&now, &before)?;
        if modified.is_empty() {
            return Ok(());
        }
        let sources = self.sources_of(&now, &modified)?;
        let (now, before) = (self.rows_of(&now, &modified)?, self.rows_of(&before, &modified)?);
        let uids = column(&now, "uid", Type::Integer);
        let uids = uids.as_primitive::<Int64Type>();
        let mut changes: BTreeMap<(i64, &str), Change> = BTreeMap::new();
        for field in &self.attributes {
            let (is, was) = (as_text(&now, field)?, as_text(&before, field)?);
            let (is, was) = (is.as_string::<i32>(), was.as_string::<i32>());
            for (row, (is, was)) in is.iter().zip(was).enumerate().filter(|(_, (is, was))| is != was) {
                let uid = uids.value(row);
                let cause = self.causes.of(sources.get(&uid).map_or("", |source| source));
                changes.insert((uid, &field.name), (was.map(str::to_owned), is.map(str::to_owned), cause));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(changes.keys().map(|_| self.table.name))),
            Arc::new(changes.keys().map(|key| key.0).collect::<Int64Array>()),
            Arc::new(StringArray::from_iter_values(changes.keys().map(|key| key.1))),
            Arc::new(changes.values().map(|change| change.0.as_deref()).collect::<StringArray>()),
            Arc::new(changes.values().map(|change| change.1.as_deref()).collect::<StringArray>()),
            Arc::new(StringArray::from_iter_values(changes.values().map(|change| change.2))),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

impl Changes {
    /// The source of each, where some were moved otherwise than others; else nobody needs to know.
    fn sources_of(&self, stored: &StoredTable, wanted: &Uids) -> Result<BTreeMap<i64, String>, EngineError> {
        let mut sources = BTreeMap::new();
        if self.causes.is_one() {
            return Ok(sources);
        }
        let columns = [Field::new("uid", Type::Integer), Field::new("source", Type::Text)];
        for batch in pick(stored, &columns, "uid", wanted)? {
            let (uids, names) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(1).as_string::<i32>());
            let pairs = uids.iter().zip(names).filter_map(|(uid, name)| Some((uid?, name?.to_owned())));
            sources.extend(pairs);
        }
        Ok(sources)
    }

    /// Who was modified.
    fn modified(&self, now: &StoredTable, before: &StoredTable) -> Result<Uids, EngineError> {
        let shape = Shape { attributes: self.compared.clone(), ..key_of(self.table) };
        let (mut now, mut before) = open_both(now, before, &shape)?;
        let mut modified = Uids::default();
        differences(&mut now, &mut before, |met| {
            if let Met::Both(now, _) = met
                && let Some(uid) = now.number(0)
            {
                modified.insert(uid);
            }
        })?;
        Ok(modified)
    }

    /// The rows of some objects in the order of their uids, with what is told of them.
    fn rows_of(&self, stored: &StoredTable, wanted: &Uids) -> Result<RecordBatch, EngineError> {
        let columns = [&[Field::new("uid", Type::Integer)], self.attributes.as_slice()].concat();
        let batches = pick(stored, &columns, "uid", wanted)?;
        let rows = concat_batches(&arrow_schema(&columns), &batches).map_err(EngineError::from_arrow)?;
        let uids = rows.column(0).as_primitive::<Int64Type>();
        let mut order: Vec<(i64, u64)> = uids.values().iter().copied().zip(0..).collect();
        order.sort_unstable();
        let order = UInt64Array::from_iter_values(order.into_iter().map(|(_, at)| at));
        take_record_batch(&rows, &order).map_err(EngineError::from_arrow)
    }
}

/// A column as text, alike on every engine.
fn as_text(rows: &RecordBatch, field: &Field) -> Result<ArrayRef, EngineError> {
    let texts = cast(&column(rows, &field.name, field.kind), &DataType::Utf8).map_err(EngineError::from_arrow)?;
    if field.kind != Type::Timestamp {
        return Ok(texts);
    }
    let with_blank = |text: Option<&str>| text.map(|text| text.replace('T', " "));
    Ok(Arc::new(texts.as_string::<i32>().iter().map(with_blank).collect::<StringArray>()))
}
