//! Objects on their way from a staged part to a published one: references are looked up once each.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter;
use hashbrown::HashMap;

use super::Kernel;
use super::rows::{column, each, each_staged, names};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
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
        let reference = |name: &str| match self.table.column(name).map(|column| column.role) {
            Some(Role::ReferenceUid(kind)) => Some(kind),
            _ => None,
        };
        let kinds: BTreeSet<Kind> = columns.iter().filter_map(|column| reference(&column.name)).collect();
        let keys = Keys::of(tables, &kinds)?;
        let uids = keys.uids();
        let schema = arrow_schema(columns);
        let staged = tables.find(&format!("staged_{}", self.table.name));
        each_staged(&staged, &self.source, &names(columns), |batch| {
            let array = |field: &Field| -> ArrayRef {
                let Some(kind) = reference(&field.name) else { return column(batch, &field.name, field.kind) };
                let keys = column(batch, field.name.trim_end_matches("_uid"), Type::Text);
                let uid = |key: Option<&str>| uids.get(&(kind, key?)).copied();
                Arc::new(keys.as_string::<i32>().iter().map(uid).collect::<Int64Array>())
            };
            let arrays = columns.iter().map(array).collect();
            sink(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(EngineError::from_arrow)?)
        })
    }
}

/// Keys of some kinds of objects that need no namespace, with their uids.
struct Keys(Vec<(Kind, StringArray, Int64Array)>);

impl Keys {
    fn of(tables: &TableSet, kinds: &BTreeSet<Kind>) -> Result<Self, EngineError> {
        let mut found = Vec::new();
        if kinds.is_empty() {
            return Ok(Self(found));
        }
        each(tables, "uids", &["kind", "namespace", "key", "uid"], |batch| {
            let text = |name| column(batch, name, Type::Text);
            let (of, namespaces, keys) = (text("kind"), text("namespace"), text("key"));
            let (of, namespaces) = (of.as_string::<i32>(), namespaces.as_string::<i32>());
            for kind in kinds {
                let is_key = |row| of.value(row) == kind.as_str() && namespaces.value(row).is_empty();
                let is_wanted = BooleanBuffer::collect_bool(batch.num_rows(), is_key);
                let is_wanted = BooleanArray::new(is_wanted, namespaces.nulls().cloned());
                let kept = |column: &ArrayRef| filter(column, &is_wanted).map_err(EngineError::from_arrow);
                let (keys, uids) = (kept(&keys)?, kept(&column(batch, "uid", Type::Integer))?);
                found.push((*kind, keys.as_string().clone(), uids.as_primitive().clone()));
            }
            Ok(())
        })?;
        Ok(Self(found))
    }

    /// The uid of each key.
    fn uids(&self) -> HashMap<(Kind, &str), i64> {
        let mut uids = HashMap::with_capacity(self.0.iter().map(|(_, keys, _)| keys.len()).sum());
        for (kind, keys, numbers) in &self.0 {
            let pairs = keys.iter().zip(numbers).filter_map(|(key, uid)| Some(((*kind, key?), uid?)));
            uids.extend(pairs);
        }
        uids
    }
}
