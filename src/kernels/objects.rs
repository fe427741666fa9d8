//! Objects on their way from a staged part to a published one, and those that were modified.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;
use hashbrown::HashMap;

use super::movements::key_of;
use super::presence::Uids;
use super::rows::column;
use super::sorted::{Met, Shape, SortedRows, merge};
use super::{Kernel, Sieve};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Kind, Role, Table, Type};

/// The staged objects of a source with the uids of what they refer to, where no other source brings the same.
#[derive(Debug)]
pub struct Resolved {
    /// The table of objects.
    pub table: &'static Table,
    /// The source.
    pub source: String,
}

impl Kernel for Resolved {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let role = |name: &str| self.table.column(name).map(|column| column.role);
        let kinds: Vec<Kind> = columns
            .iter()
            .filter_map(|column| match role(&column.name) {
                Some(Role::ReferenceUid(kind)) => Some(kind),
                _ => None,
            })
            .collect();
        let uids = uids_of(tables, &kinds)?;
        let staged = tables.find(&format!("staged_{}", self.table.name));
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let schema = arrow_schema(columns);
        for (_, rows) in staged.open(&names)?.into_iter().filter(|(part, _)| *part == self.source) {
            for batch in rows {
                let batch = batch.map_err(EngineError::from_ledger)?;
                let array = |field: &Field| -> ArrayRef {
                    let Some(Role::ReferenceUid(kind)) = role(&field.name) else {
                        return column(&batch, &field.name, field.kind);
                    };
                    let keys = column(&batch, field.name.trim_end_matches("_uid"), Type::Text);
                    let known = uids.get(&kind);
                    let uid = |key: Option<&str>| known?.get(key?).copied();
                    Arc::new(keys.as_string::<i32>().iter().map(uid).collect::<Int64Array>())
                };
                let arrays = columns.iter().map(array).collect();
                sink(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(EngineError::from_arrow)?)?;
            }
        }
        Ok(())
    }
}

/// The uids of some kinds of objects whose keys need no namespace, by key.
fn uids_of(tables: &TableSet, kinds: &[Kind]) -> Result<HashMap<Kind, HashMap<String, i64>>, EngineError> {
    let mut known: HashMap<Kind, HashMap<String, i64>> = kinds.iter().map(|kind| (*kind, HashMap::new())).collect();
    for (_, rows) in tables.find("uids").open(&["kind", "namespace", "key", "uid"])? {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let text = |name| column(&batch, name, Type::Text);
            let (of, namespaces, keys) = (text("kind"), text("namespace"), text("key"));
            let (of, namespaces) = (of.as_string::<i32>(), namespaces.as_string::<i32>());
            let uids = column(&batch, "uid", Type::Integer);
            let uids = uids.as_primitive::<Int64Type>();
            for kind in kinds {
                let Some(known) = known.get_mut(kind) else { continue };
                for row in (0..batch.num_rows()).filter(|row| of.value(*row) == kind.as_str()) {
                    if namespaces.is_valid(row) && namespaces.value(row).is_empty() && uids.is_valid(row) {
                        known.insert(keys.as_string::<i32>().value(row).to_owned(), uids.value(row));
                    }
                }
            }
        }
    }
    Ok(known)
}

/// The rows of objects that were modified, in this load or in the parent.
#[derive(Debug)]
pub struct Modified {
    /// The table of objects.
    pub table: &'static Table,
    /// The columns whose change is a modification.
    pub attributes: Vec<Field>,
    /// Whether the rows of the parent are wanted.
    pub is_before: bool,
}

impl Sieve for Modified {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let shape = Shape { attributes: self.attributes.clone(), ..key_of(self.table) };
        let (now, before) = (tables.find(self.table.name), tables.find(&format!("{BEFORE}{}", self.table.name)));
        let mut modified = Uids::default();
        merge(&mut SortedRows::open(&now, &shape)?, &mut SortedRows::open(&before, &shape)?, |met| {
            if let Met::Both(now, before) = met
                && !now.has_attributes_of(before)
                && let Some(uid) = now.number(0)
            {
                modified.insert(uid);
            }
        })?;
        let wanted = if self.is_before { before } else { now };
        let names: Vec<&str> = wanted.columns.iter().map(|column| column.name.as_str()).collect();
        let schema = arrow_schema(&wanted.columns);
        let mut found = Vec::new();
        for (_, rows) in wanted.open(&names)? {
            for batch in rows {
                let batch = batch.map_err(EngineError::from_ledger)?;
                let uids = column(&batch, "uid", Type::Integer);
                let is_wanted = uids.as_primitive::<Int64Type>().iter();
                let is_wanted: BooleanArray =
                    is_wanted.map(|uid| Some(uid.is_some_and(|uid| modified.contains(uid)))).collect();
                if is_wanted.true_count() == 0 {
                    continue;
                }
                let kept = filter_record_batch(&batch, &is_wanted).map_err(EngineError::from_arrow)?;
                let arrays = wanted.columns.iter().map(|field| column(&kept, &field.name, field.kind)).collect();
                found.push(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(EngineError::from_arrow)?);
            }
        }
        Ok(found)
    }
}
