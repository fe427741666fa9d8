//! The rows of a relation that were taken so far, and what they come to once all are known.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::resolved::{Resolved, ResolvedRows};
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
    rows: ResolvedRows,
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
        let most = self.kept.len().min(BATCH_ROWS);
        let source = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&self.source, most))) as ArrayRef;
        let stale_loads = Arc::new(Int64Array::from_value(0, most)) as ArrayRef;
        self.kept.chunks(BATCH_ROWS).map(move |kept| {
            let mut differing = self.rows.arrays(kept).into_iter();
            let arrays = self.columns.iter().map(|column| match column.name.as_str() {
                "source" => source.slice(0, kept.len()),
                "stale_loads" => stale_loads.slice(0, kept.len()),
                _ => differing.next().expect("every other column differs"),
            });
            RecordBatch::try_new(arrow_schema(&self.columns), arrays.collect()).expect("every column has every row")
        })
    }
}

/// The rows so far.
pub(super) struct Taken {
    pub(super) resolved: Resolved,
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
        let number = |column: usize| match fills[column] {
            Fill::End(end) => known(&named[end]),
            Fill::Null | Fill::Value(_) => None,
        };
        self.resolved.push(position, number, |at, column| match fills[at] {
            Fill::Null => column.push(&Value::Null),
            Fill::Value(at) => column.push(&values[at]),
            Fill::End(end) => column.push_number(known(&named[end])),
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
            Outcome::Unresolved { cells, nulled, wanted } => {
                self.nulled.count(cleaner, &nulled);
                self.unresolved.push_values(&cells);
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
        // Keys come first, and none comes twice when rows are settled: their order is that of all columns.
        debug_assert!(keys.iter().copied().eq(0..keys.len()), "the key of `{}` does not come first", map.table.name);
        let rows = self.resolved.finish()?;
        let order = TotalOrder::new(&rows.packed, &rows.others, keys.len() - rows.packed.n_ends());
        let position = |row: u32| rows.positions.of(row);
        let sorted = order.sorted(position);
        let smallest = match &map.on_duplicate {
            // An end is a part of the key: it says the same in all rows of one.
            OnDuplicate::Min(column) => rows.other(column).cloned(),
            _ => None,
        };
        let says_the_same = |a: u32, b: u32| order.by_all(a, b).is_eq();
        let facts = Rows { says_the_same: &says_the_same, position: &position, smallest };
        let mut settled = settle(&sorted, |a, b| order.by_key(a, b).is_eq(), &facts, &map.on_duplicate);
        for (row, copies) in &settled.rejected {
            let (file, line) = place(position(*row));
            self.rejects.push(Reject {
                source: source.to_owned(),
                table: Some(map.table.name),
                file,
                line,
                column: None,
                reason: format!("the same relation is given {copies} times with different values"),
                raw: String::new(),
                about: about_of(map.table, &rows.batch(&[*row]), 0),
            });
        }
        let kept = std::mem::take(&mut settled.kept);
        let (unresolved, unresolved_duplicates) = distinct(&self.unresolved.finish()?)?;
        let unresolved = RecordBatch::try_new(arrow_schema(&side), unresolved).map_err(EngineError::from_arrow)?;
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

/// The number of what is named, where it has one.
fn known(named: &Named) -> Option<i64> {
    match named {
        Named::Known(uid) => Some(*uid),
        Named::Not | Named::Unknown { .. } => None,
    }
}
