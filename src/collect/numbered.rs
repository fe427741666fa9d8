//! Objects of a source on their way to their uids: known by key, then numbered and sorted.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, UInt32Array};
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
    /// The `(namespace, key)` of every row that has no number yet, in order.
    pub(super) fn new_keys(&self, registry: &Registry) -> Vec<(String, String)> {
        let key = Key::of(self.table, &self.rows);
        let texts = (0..rows_of(&self.rows)).map(|row| key.texts(row));
        let new = texts.filter(|(namespace, text)| registry.find(self.kind, namespace, text).is_none());
        new.map(|(namespace, text)| (namespace.to_owned(), text.to_owned())).collect()
    }

    /// What the rows refer to by references that become stubs.
    pub(super) fn referred(&self) -> impl Iterator<Item = (Kind, &str)> {
        let columns = self.stubs.iter().filter_map(|name| match self.table.column(name)?.role {
            Role::Reference(kind) => Some((kind, self.rows.column_by_name(name)?)),
            _ => None,
        });
        columns.flat_map(|(kind, texts)| texts.as_string::<i32>().iter().flatten().map(move |key| (kind, key)))
    }

    /// The rows with their uids, sorted by them.
    pub(super) fn numbered(&self, registry: &Registry) -> RecordBatch {
        let key = Key::of(self.table, &self.rows);
        let uid = |row: u32| {
            let (namespace, text) = key.texts(row);
            registry.find(self.kind, namespace, text).expect("every kept key was numbered")
        };
        let uids: Vec<i64> = (0..rows_of(&self.rows)).map(uid).collect();
        let is_in_order = uids.is_sorted();
        let mut order: Vec<u32> = (0..).take(uids.len()).collect();
        order.sort_unstable_by_key(|row| uids[*row as usize]);
        let at = self.columns.iter().position(|column| column.name == "uid").expect("objects have uids");
        let order = UInt32Array::from(order);
        let uids: ArrayRef = Arc::new(Int64Array::from(uids));
        let arrays = self.rows.columns().iter().enumerate().map(|(column, array)| {
            let array = if column == at { &uids } else { array };
            if is_in_order {
                return Arc::clone(array);
            }
            take(array, &order, None).expect("the order names rows that are there")
        });
        RecordBatch::try_new(self.rows.schema(), arrays.collect()).expect("the columns are those of the rows")
    }
}

fn rows_of(rows: &RecordBatch) -> u32 {
    u32::try_from(rows.num_rows()).expect("a source has fewer than 2^32 rows")
}

/// The key columns of rows.
pub(super) struct Key {
    namespace: Option<StringArray>,
    text: StringArray,
    source: StringArray,
}

impl Key {
    pub(super) fn of(table: &Table, rows: &RecordBatch) -> Self {
        let find = |wanted: fn(&Role) -> bool| {
            let column = table.columns.iter().find(|column| wanted(&column.role));
            column.and_then(|column| rows.column_by_name(column.name)).map(|column| column.as_string::<i32>().clone())
        };
        Self {
            namespace: find(|role| matches!(role, Role::Namespace(_))),
            text: find(|role| *role == Role::Key).expect("objects have a key"),
            source: find(|role| *role == Role::KeySource).expect("objects keep their key as it was written"),
        }
    }

    pub(super) fn texts(&self, row: u32) -> (&str, &str) {
        (self.namespace(row), self.text.value(row as usize))
    }

    fn namespace(&self, row: u32) -> &str {
        self.namespace.as_ref().map_or("", |column| column.value(row as usize))
    }

    pub(super) fn source(&self, row: u32) -> &str {
        self.source.value(row as usize)
    }

    pub(super) fn order(&self, a: u32, b: u32) -> Ordering {
        self.texts(a).cmp(&self.texts(b))
    }

    /// All rows in the order of their keys, within a key in that of `then`.
    pub(super) fn sorted(&self, then: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
        let rows = 0..u32::try_from(self.text.len()).expect("a source has fewer than 2^32 rows");
        let is_one_namespace = rows.clone().skip(1).all(|row| self.namespace(row) == self.namespace(0));
        // Most comparisons are decided by the first bytes, without a look at the texts.
        let start = |row| start_of(if is_one_namespace { self.texts(row).1 } else { self.namespace(row) });
        let mut sorted: Vec<(u64, u32)> = rows.map(|row| (start(row), row)).collect();
        sorted.sort_unstable_by(|(start_a, a), (start_b, b)| {
            start_a.cmp(start_b).then_with(|| self.order(*a, *b)).then_with(|| then(*a, *b))
        });
        sorted.into_iter().map(|(_, row)| row).collect()
    }
}

/// The first eight bytes of a text as a number: where two differ, their order is that of the texts.
fn start_of(text: &str) -> u64 {
    let mut start = [0; 8];
    let len = text.len().min(8);
    start[..len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_sorted_by_namespace_and_key_whatever_their_length(
            keys in prop::collection::vec(("[AB\0]{0,2}|namespace[12]?", "[ab\0é]{0,3}|abcdefgh[ab\0]{0,2}"), 0..40),
            is_one in any::<bool>(),
        ) {
            let namespace = |(namespace, _): &(String, String)| if is_one { "AD".to_owned() } else { namespace.clone() };
            let text: StringArray = keys.iter().map(|(_, text)| Some(text)).collect();
            let namespaces: StringArray = keys.iter().map(|key| Some(namespace(key))).collect();
            let key = Key { namespace: Some(namespaces), source: text.clone(), text };
            let mut expected: Vec<u32> = (0..u32::try_from(keys.len()).expect("few")).collect();
            expected.sort_by(|a, b| key.texts(*a).cmp(&key.texts(*b)).then(b.cmp(a)));
            prop_assert_eq!(key.sorted(|a, b| b.cmp(&a)), expected);
        }
    }
}
