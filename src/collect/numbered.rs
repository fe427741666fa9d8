//! Objects of a source on their way to their uids: known by key, then numbered and sorted.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, UInt32Array, new_null_array};
use arrow::compute::take;

use super::registry::Registry;
use super::rejects::Reject;
use super::source::{TableCounts, Unknown};
use crate::table::{Field, Kind, Role, Table};

/// What came of a source's records for one object table.
pub(super) struct ObjectRows {
    pub(super) table: &'static Table,
    pub(super) kind: Kind,
    /// Columns of the table.
    pub(super) columns: Vec<Field>,
    /// All rows that were read, the uid still null.
    pub(super) rows: RecordBatch,
    pub(super) key: Key,
    /// Those that stay, in the order of their keys.
    pub(super) kept: Vec<u32>,
    /// The numbers that they had when they were read.
    pub(super) uids: Vec<Option<i64>>,
    pub(super) rejects: Vec<Reject>,
    /// Keys that rejects name and that had no number in the parent.
    pub(super) unknown: BTreeSet<Unknown>,
    pub(super) counts: TableCounts,
    /// Rejects whose key could not be read.
    pub(super) keyless: u64,
    /// References that become stubs where they lead nowhere.
    pub(super) stubs: Vec<String>,
    /// What is worth a look, in sentences.
    pub(super) remarks: Vec<String>,
}

/// Rows that are put in order at once.
const BATCH_ROWS: usize = 65_536;

impl ObjectRows {
    /// The `(namespace, key)` of every row that has no number yet, in order.
    pub(super) fn new_keys(&self) -> Vec<(String, String)> {
        let new = self.kept.iter().zip(&self.uids).filter(|(_, uid)| uid.is_none());
        let texts = new.map(|(row, _)| self.key.texts(*row));
        texts.map(|(namespace, text)| (namespace.to_owned(), text.to_owned())).collect()
    }

    /// What the rows refer to by references that become stubs.
    pub(super) fn referred(&self) -> impl Iterator<Item = (Kind, &str)> {
        let columns = self.stubs.iter().filter_map(|name| match self.table.column(name)?.role {
            Role::Reference(kind) => Some((kind, self.rows.column_by_name(name)?.as_string::<i32>())),
            _ => None,
        });
        columns.flat_map(|(kind, texts)| {
            let kept = self.kept.iter().map(|row| *row as usize).filter(|row| texts.is_valid(*row));
            kept.map(move |row| (kind, texts.value(row)))
        })
    }

    /// The rows with their uids, sorted by them.
    pub(super) fn batches<'b>(
        &'b self,
        source: &'b str,
        registry: &Registry,
    ) -> impl Iterator<Item = RecordBatch> + 'b + use<'b> {
        let uid = |row: u32| {
            let (namespace, text) = self.key.texts(row);
            registry.find(self.kind, namespace, text).expect("every kept key was numbered")
        };
        let known = self.kept.iter().zip(&self.uids);
        let mut order: Vec<(i64, u32)> = known.map(|(row, known)| (known.unwrap_or_else(|| uid(*row)), *row)).collect();
        order.sort_unstable();
        let starts = (0..order.len()).step_by(BATCH_ROWS);
        starts.map(move |start| self.batch(source, &order[start..order.len().min(start + BATCH_ROWS)]))
    }

    /// Some rows, each with its uid.
    fn batch(&self, source: &str, order: &[(i64, u32)]) -> RecordBatch {
        let rows: UInt32Array = order.iter().map(|(_, row)| *row).collect::<Vec<u32>>().into();
        let arrays = self.rows.columns().iter().zip(&self.columns).map(|(array, column)| match column.name.as_str() {
            "uid" => Arc::new(order.iter().map(|(uid, _)| *uid).collect::<Int64Array>()) as ArrayRef,
            "source" => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(source, order.len()))),
            "stale_loads" => Arc::new(Int64Array::from_value(0, order.len())),
            _ if array.null_count() == array.len() => new_null_array(array.data_type(), order.len()),
            _ => take(array, &rows, None).expect("the order names rows that are there"),
        });
        RecordBatch::try_new(self.rows.schema(), arrays.collect()).expect("the columns are those of the rows")
    }
}

/// The key columns of rows.
pub(super) struct Key {
    namespace: Option<StringArray>,
    text: StringArray,
    source: StringArray,
    /// Whether all rows are of one namespace.
    is_one_namespace: bool,
}

impl Key {
    pub(super) fn of(table: &Table, rows: &RecordBatch) -> Self {
        let find = |wanted: fn(&Role) -> bool| {
            let column = table.columns.iter().find(|column| wanted(&column.role));
            column.and_then(|column| rows.column_by_name(column.name)).map(|column| column.as_string::<i32>().clone())
        };
        let namespace = find(|role| matches!(role, Role::Namespace(_)));
        Self {
            is_one_namespace: namespace.as_ref().is_none_or(is_the_same_in_all),
            namespace,
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
        let (text_a, text_b) = (self.text.value(a as usize), self.text.value(b as usize));
        if self.is_one_namespace { text_a.cmp(text_b) } else { self.texts(a).cmp(&self.texts(b)) }
    }

    /// Some rows in the order of their keys, within a key in that of `then`.
    pub(super) fn sorted(&self, rows: Vec<u32>, then: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
        // Most comparisons are decided by the first bytes, without a look at the texts.
        let start = |row| start_of(if self.is_one_namespace { self.texts(row).1 } else { self.namespace(row) });
        let mut sorted: Vec<(u128, u32)> = rows.into_iter().map(|row| (start(row), row)).collect();
        sorted.sort_unstable_by(|(start_a, a), (start_b, b)| {
            start_a.cmp(start_b).then_with(|| self.order(*a, *b)).then_with(|| then(*a, *b))
        });
        sorted.into_iter().map(|(_, row)| row).collect()
    }
}

fn is_the_same_in_all(texts: &StringArray) -> bool {
    (1..texts.len()).all(|row| texts.value(row) == texts.value(0))
}

/// The first sixteen bytes of a text as a number: where two differ, their order is that of the texts.
fn start_of(text: &str) -> u128 {
    let mut start = [0; 16];
    let len = text.len().min(start.len());
    start[..len].copy_from_slice(&text.as_bytes()[..len]);
    u128::from_be_bytes(start)
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
            let is_one_namespace = is_the_same_in_all(&namespaces);
            let key = Key { namespace: Some(namespaces), source: text.clone(), text, is_one_namespace };
            let mut expected: Vec<u32> = (0..u32::try_from(keys.len()).expect("few")).collect();
            expected.sort_by(|a, b| key.texts(*a).cmp(&key.texts(*b)).then(b.cmp(a)));
            let rows = (0..u32::try_from(keys.len()).expect("few")).collect();
            prop_assert_eq!(key.sorted(rows, |a, b| b.cmp(&a)), expected);
        }
    }
}
