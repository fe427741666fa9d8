//! The rows of a relation that were taken so far, and what they come to once all are known.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow::compute::take_record_batch;

use crate::collect::collector::{OnDuplicate, TableMap};
use crate::collect::columns::Value;
use crate::collect::ends::Named;
use crate::collect::filter::Outcome;
use crate::collect::order::{TotalOrder, distinct};
use crate::collect::pile::Pile;
use crate::collect::record::{Nulled, RecordCleaner};
use crate::collect::rejects::Reject;
use crate::collect::settle::{Rows, settle};
use crate::collect::side::{about_of, key_columns};
use crate::collect::source::TableCounts;
use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind, Table};

/// What fills a column of the table.
pub(super) enum Fill {
    Null,
    /// The so-many-th end.
    End(usize),
    /// The so-many-th column of the map.
    Value(usize),
}

/// What came of a source's records for one relation table.
pub(in crate::collect) struct RelationRows {
    pub(in crate::collect) table: &'static Table,
    pub(in crate::collect) columns: Vec<Field>,
    pub(in crate::collect) rows: SettledRows,
    pub(in crate::collect) side: Vec<Field>,
    /// Unresolved rows in the order of all columns.
    pub(in crate::collect) unresolved: RecordBatch,
    pub(in crate::collect) rejects: Vec<Reject>,
    pub(in crate::collect) counts: TableCounts,
    pub(in crate::collect) keyless: u64,
    /// Kind, namespace and key of objects that nobody listed and that are to be made.
    pub(in crate::collect) wanted: BTreeSet<(Kind, String, String)>,
}

/// The rows that stay, which are put in their order only while they are written: a second copy of a big table is never
/// there at once.
pub(in crate::collect) struct SettledRows {
    /// All rows that were read.
    rows: RecordBatch,
    /// Those that stay, in the order of all columns.
    kept: Vec<u32>,
    columns: Vec<Field>,
    source: String,
}

/// Rows that are put in order at once.
const BATCH_ROWS: usize = 65_536;

impl SettledRows {
    /// The rows in the order of all columns.
    pub(in crate::collect) fn batches(&self) -> impl Iterator<Item = RecordBatch> {
        self.kept.chunks(BATCH_ROWS).map(|kept| {
            let rows = take_record_batch(&self.rows, &UInt32Array::from(kept.to_vec())).expect("they are all there");
            completed(&rows, &self.columns, &self.source)
        })
    }
}

/// The rows so far.
pub(super) struct Taken {
    pub(super) resolved: Pile,
    pub(super) unresolved: Pile,
    pub(super) rejects: Vec<Reject>,
    pub(super) counts: TableCounts,
    pub(super) nulled: Nulled,
    pub(super) keyless: u64,
    pub(super) wanted: BTreeSet<(Kind, String, String)>,
}

impl Taken {
    /// Takes a row that nothing is wrong with, the way nearly all go.
    pub(super) fn take_resolved(
        &mut self,
        fills: &[Fill],
        named: &[Named],
        values: &[Value<'_>],
        nulled: &[usize],
        position: i64,
        cleaner: &RecordCleaner,
    ) {
        self.nulled.count(cleaner, nulled);
        self.resolved.push(position, |column, builder| match fills[column] {
            Fill::Null => builder.push(&Value::Null),
            Fill::Value(at) => builder.push(&values[at]),
            Fill::End(end) => match named[end] {
                Named::Known(uid) => builder.push(&Value::Integer(uid)),
                _ => builder.push(&Value::Null),
            },
        });
    }

    /// Takes what became of a row.
    pub(super) fn take(&mut self, outcome: Outcome<'_>, cleaner: &RecordCleaner) {
        match outcome {
            Outcome::Reject { reject, is_keyless } => {
                self.keyless += u64::from(is_keyless);
                self.counts.rejected += 1;
                self.rejects.push(reject);
            }
            Outcome::Resolved { cells, position, nulled } => {
                self.nulled.count(cleaner, &nulled);
                self.resolved.push_values(position, &cells);
            }
            Outcome::Unresolved { cells, position, nulled, wanted } => {
                self.nulled.count(cleaner, &nulled);
                self.unresolved.push_values(position, &cells);
                self.wanted.extend(wanted);
            }
        }
    }

    /// Settles the rows by key. `place` names file and line of a position.
    pub(super) fn settled(
        mut self,
        map: &TableMap,
        source: &str,
        columns: Vec<Field>,
        side: Vec<Field>,
        place: &dyn Fn(i64) -> (String, i64),
    ) -> Result<RelationRows, EngineError> {
        let keys = key_columns(map.table, self.resolved.columns());
        let (rows, positions) = self.resolved.finish()?;
        let order = TotalOrder::new(&rows, &keys);
        let sorted = order.sorted(&positions);
        let smallest = match &map.on_duplicate {
            OnDuplicate::Min(column) => rows.column_by_name(column).cloned(),
            _ => None,
        };
        let says_the_same = |a: u32, b: u32| order.by_all(a, b).is_eq();
        let facts = Rows { says_the_same: &says_the_same, position: &positions, smallest };
        let mut settled = settle(&sorted, |a, b| order.by_key(a, b).is_eq(), &facts, &map.on_duplicate);
        for (row, copies) in &settled.rejected {
            let (file, line) = place(positions[*row as usize]);
            self.rejects.push(Reject {
                source: source.to_owned(),
                table: Some(map.table.name),
                file,
                line,
                column: None,
                reason: format!("the same relation is given {copies} times with different values"),
                raw: String::new(),
                about: about_of(map.table, &rows, *row as usize),
            });
        }
        // Keys come first, and none comes twice any more: their order is that of all columns.
        debug_assert!(keys.iter().copied().eq(0..keys.len()), "the key of `{}` does not come first", map.table.name);
        let kept = std::mem::take(&mut settled.kept);
        let (unresolved, unresolved_duplicates) = distinct(self.unresolved.finish()?.0)?;
        self.counts.unresolved = unresolved.num_rows() as u64;
        self.counts.kept = kept.len() as u64 + self.counts.unresolved;
        self.counts.rejected += settled.rejected.len() as u64;
        self.counts.duplicate = settled.duplicates + unresolved_duplicates;
        self.counts.nulled = std::mem::take(&mut self.nulled).into_map();
        self.counts.carrying = self.rejects.iter().filter(|reject| reject.about.first.is_some()).count() as u64;
        Ok(RelationRows {
            table: map.table,
            rows: SettledRows { rows, kept, columns: columns.clone(), source: source.to_owned() },
            columns,
            side,
            unresolved,
            rejects: self.rejects,
            counts: self.counts,
            keyless: self.keyless,
            wanted: self.wanted,
        })
    }
}

/// Whether a column says the same in every row that a source brings.
pub(super) fn is_the_same_in_all(column: &str) -> bool {
    matches!(column, "source" | "stale_loads")
}

/// The rows with the columns that are the same in all of them.
fn completed(rows: &RecordBatch, columns: &[Field], source: &str) -> RecordBatch {
    let mut differing = rows.columns().iter().cloned();
    let arrays = columns.iter().map(|column| match column.name.as_str() {
        "source" => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(source, rows.num_rows()))) as ArrayRef,
        "stale_loads" => Arc::new(Int64Array::from_value(0, rows.num_rows())),
        _ => differing.next().expect("every other column differs"),
    });
    RecordBatch::try_new(arrow_schema(columns), arrays.collect()).expect("every column has every row")
}
