//! Whether the objects at the ends of a relation are in this load: one bit each.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::Int64Type;

use super::movements::ends_of;
use super::rows::{column, each_staged, names, shaped};
use super::{Kernel, Sieve};
use crate::engine::{EngineError, RowSink};
use crate::model::{StoredTable, TableSet};
use crate::table::{Field, Table, Type};
use crate::tables;

/// The uids of the objects of a table, one bit for each number ever given.
#[derive(Debug, Default)]
pub(super) struct Uids(Vec<u64>);

impl Uids {
    /// Those of a table of objects.
    pub(super) fn of(stored: &StoredTable) -> Result<Self, EngineError> {
        Self::of_column(stored, "uid")
    }

    /// Those of a column of a table.
    pub(super) fn of_column(stored: &StoredTable, name: &str) -> Result<Self, EngineError> {
        let mut uids = Self::default();
        for (_, rows) in stored.open(&[name])? {
            for batch in rows {
                let batch = batch.map_err(EngineError::from_ledger)?;
                let column = column(&batch, name, Type::Integer);
                for uid in column.as_primitive::<Int64Type>().iter().flatten() {
                    uids.insert(uid);
                }
            }
        }
        Ok(uids)
    }

    pub(super) fn insert(&mut self, uid: i64) {
        let Ok(uid) = usize::try_from(uid) else { return };
        if uid / 64 >= self.0.len() {
            self.0.resize(uid / 64 + 1, 0);
        }
        self.0[uid / 64] |= 1 << (uid % 64);
    }

    /// The uids, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        let words = (0_i64..).step_by(64).zip(&self.0);
        words.flat_map(|(first, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit))
    }

    /// How many they are.
    pub(super) fn count(&self) -> i64 {
        self.0.iter().map(|word| i64::from(word.count_ones())).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn contains(&self, uid: i64) -> bool {
        let Ok(uid) = usize::try_from(uid) else { return false };
        self.0.get(uid / 64).is_some_and(|word| word >> (uid % 64) & 1 == 1)
    }
}

/// The ends of a relation with the objects that are there.
struct Ends(Vec<(&'static str, Arc<Uids>)>);

impl Ends {
    fn of(table: &'static Table, tables: &TableSet) -> Result<Self, EngineError> {
        let mut known: Vec<(&'static str, Arc<Uids>)> = Vec::new();
        let mut ends = Vec::new();
        for (column, kind) in ends_of(table) {
            let objects = tables::of_kind(kind).name;
            if !known.iter().any(|(name, _)| *name == objects) {
                known.push((objects, Arc::new(Uids::of(&tables.find(objects))?)));
            }
            let uids = known.iter().find(|(name, _)| *name == objects).map(|(_, uids)| Arc::clone(uids));
            ends.extend(uids.map(|uids| (column, uids)));
        }
        Ok(Self(ends))
    }

    /// For each row, whether every end that it names is there.
    fn are_there(&self, batch: &RecordBatch) -> BooleanArray {
        let mut there = vec![true; batch.num_rows()];
        for (name, uids) in &self.0 {
            let Some(array) = batch.column_by_name(name) else { continue };
            let array = array.as_primitive::<Int64Type>();
            if array.null_count() == array.len() {
                continue;
            }
            // Neighbours often name the same.
            let mut last = (i64::MIN, true);
            for (row, there) in there.iter_mut().enumerate() {
                if array.is_valid(row) {
                    let uid = array.value(row);
                    if last.0 != uid {
                        last = (uid, uids.contains(uid));
                    }
                    *there &= last.1;
                }
            }
        }
        BooleanArray::from(there)
    }
}

/// The staged rows of a source whose ends are all there, where no other source brings the same.
#[derive(Debug)]
pub struct Present {
    /// The relation.
    pub table: &'static Table,
    /// The source.
    pub source: String,
}

impl Kernel for Present {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let ends = Ends::of(self.table, tables)?;
        let staged = tables.find(&format!("staged_{}", self.table.name));
        each_staged(&staged, &self.source, &names(columns), |batch| {
            let kept = filter_record_batch(batch, &ends.are_there(batch)).map_err(EngineError::from_arrow)?;
            sink(shaped(&kept, columns)?)
        })
    }
}

/// The staged rows of a source with an end that is not there.
#[derive(Debug)]
pub struct Absent {
    /// The relation.
    pub table: &'static Table,
    /// The source.
    pub source: String,
}

impl Sieve for Absent {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let ends = Ends::of(self.table, tables)?;
        let staged = tables.find(&format!("staged_{}", self.table.name));
        // Where all are there, nothing but the ends is read.
        let mut lacks_any = false;
        let columns: Vec<&str> = ends_of(self.table).map(|(column, _)| column).collect();
        each_staged(&staged, &self.source, &columns, |batch| {
            lacks_any |= ends.are_there(batch).true_count() < batch.num_rows();
            Ok(())
        })?;
        let mut absent = Vec::new();
        if !lacks_any {
            return Ok(absent);
        }
        each_staged(&staged, &self.source, &names(&staged.columns), |batch| {
            let are_there = ends.are_there(batch);
            if are_there.true_count() < batch.num_rows() {
                let missing = not(&are_there).map_err(EngineError::from_arrow)?;
                let kept = filter_record_batch(batch, &missing).map_err(EngineError::from_arrow)?;
                absent.push(shaped(&kept, &staged.columns)?);
            }
            Ok(())
        })?;
        Ok(absent)
    }
}
