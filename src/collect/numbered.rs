//! Objects of a source on their way to their uids: known by key, then numbered and sorted.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::take;

use super::registry::Registry;
use super::rejects::Reject;
use super::source::TableCounts;
use crate::table::{Field, Kind, Role, Table};

/// What came of a source's records for one object table.
pub(super) struct ObjectRows {
    pub(super) table: &'static Table,
    pub(super) kind: Kind,
    /// Columns of the table.
    pub(super) columns: Vec<Field>,
    /// Rows in the order of their keys, the uid still null.
    pub(super) rows: RecordBatch,
    pub(super) rejects: Vec<Reject>,
    pub(super) counts: TableCounts,
    /// Rejects whose key could not be read.
    pub(super) keyless: u64,
    /// References that become stubs where they lead nowhere.
    pub(super) stubs: Vec<String>,
    /// What is worth a look, in sentences.
    pub(super) remarks: Vec<String>,
}

impl ObjectRows {
    /// The `(namespace, key)` of every row.
    pub(super) fn keys(&self) -> impl Iterator<Item = (String, String)> {
        let key = Key::of(self.table, &self.rows);
        (0..self.rows.num_rows()).map(move |row| {
            let (namespace, text) = key.texts(u32::try_from(row).expect("a source has fewer than 2^32 rows"));
            (namespace.to_owned(), text.to_owned())
        })
    }

    /// What the rows refer to by references that become stubs.
    pub(super) fn referred(&self) -> impl Iterator<Item = (Kind, String)> {
        let columns = self.stubs.iter().filter_map(|name| match self.table.column(name)?.role {
            Role::Reference(kind) => Some((kind, self.rows.column_by_name(name)?)),
            _ => None,
        });
        columns
            .flat_map(|(kind, texts)| texts.as_string::<i32>().iter().flatten().map(move |key| (kind, key.to_owned())))
    }

    /// The rows with their uids, sorted by them.
    pub(super) fn numbered(&self, registry: &Registry) -> RecordBatch {
        let uids: Vec<i64> = self
            .keys()
            .map(|(namespace, key)| registry.find(self.kind, &namespace, &key).expect("every kept key was numbered"))
            .collect();
        let mut order: Vec<u32> = (0..).take(uids.len()).collect();
        order.sort_unstable_by_key(|row| uids[*row as usize]);
        let at = self.columns.iter().position(|column| column.name == "uid").expect("objects have uids");
        let order = UInt32Array::from(order);
        let uids: ArrayRef = Arc::new(Int64Array::from(uids));
        let arrays = self.rows.columns().iter().enumerate().map(|(column, array)| {
            let array = if column == at { &uids } else { array };
            take(array, &order, None).expect("the order names rows that are there")
        });
        RecordBatch::try_new(self.rows.schema(), arrays.collect()).expect("the columns are those of the rows")
    }
}

/// The key columns of rows.
pub(super) struct Key {
    namespace: Option<ArrayRef>,
    text: ArrayRef,
    source: ArrayRef,
}

impl Key {
    pub(super) fn of(table: &Table, rows: &RecordBatch) -> Self {
        let find = |wanted: fn(&Role) -> bool| {
            let column = table.columns.iter().find(|column| wanted(&column.role));
            column.and_then(|column| rows.column_by_name(column.name)).cloned()
        };
        Self {
            namespace: find(|role| matches!(role, Role::Namespace(_))),
            text: find(|role| *role == Role::Key).expect("objects have a key"),
            source: find(|role| *role == Role::KeySource).expect("objects keep their key as it was written"),
        }
    }

    pub(super) fn texts(&self, row: u32) -> (&str, &str) {
        let namespace = self.namespace.as_ref().map_or("", |column| column.as_string::<i32>().value(row as usize));
        (namespace, self.text.as_string::<i32>().value(row as usize))
    }

    pub(super) fn source(&self, row: u32) -> &str {
        self.source.as_string::<i32>().value(row as usize)
    }

    pub(super) fn order(&self, a: u32, b: u32) -> std::cmp::Ordering {
        self.texts(a).cmp(&self.texts(b))
    }
}
