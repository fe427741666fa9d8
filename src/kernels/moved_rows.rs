//! Rows that moved since the parent, of tables of which most rows did not.

use arrow::array::RecordBatch;

use super::Sieve;
use super::movements::key_of;
use super::pick::pick_where;
use super::presence::Uids;
use super::rows::{numbers, shaped, words};
use crate::engine::EngineError;
use crate::ledger::{Wanted, arrow_schema};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Table};

/// Which of both loads had the rows that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovedSide {
    /// New ones: this load.
    Now,
    /// Deleted ones: the parent.
    Before,
}

/// The rows of a table of which `movements` tells that they are new or deleted, and some others about the same objects.
#[derive(Debug)]
pub struct MovedRows {
    /// The table, of objects or with ends; both loads have it.
    pub table: &'static Table,
    /// Whose rows.
    pub side: MovedSide,
    /// The columns that are asked for; the others are null.
    pub columns: Vec<String>,
}

impl Sieve for MovedRows {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let name = self.table.name;
        let stored = match self.side {
            MovedSide::Now => tables.find(name),
            MovedSide::Before => tables.find(&format!("{BEFORE}{name}")),
        };
        let moved = self.moved(tables)?;
        // A movement names the first end that is there: one that is not says nothing.
        let key = key_of(self.table);
        let first = [key.numbers.first().expect("a table with ends").as_str()];
        let is_wanted = |[uid]: [Option<i64>; 1]| uid.is_none_or(|uid| moved.contains(uid));
        let is_asked = |column: &&Field| self.columns.contains(&column.name);
        let columns: Vec<Field> = stored.columns.iter().filter(is_asked).cloned().collect();
        let picked = pick_where(&stored, &columns, &first, is_wanted)?;
        // Without a row, the query still has others to tell of.
        let nothing = RecordBatch::new_empty(arrow_schema(&stored.columns));
        let picked = picked.iter().map(|batch| shaped(batch, &stored.columns));
        picked.chain([Ok(nothing)]).collect()
    }
}

impl MovedRows {
    /// What movements name first.
    fn moved(&self, tables: &TableSet) -> Result<Uids, EngineError> {
        let movement = match self.side {
            MovedSide::Now => "new",
            MovedSide::Before => "deleted",
        };
        let columns = ["table_name", "movement", "uid"];
        let dictionaries =
            Wanted { dictionaries: columns[..2].iter().map(|name| (*name).to_owned()).collect(), ..Wanted::default() };
        let mut moved = Uids::default();
        for (_, rows) in tables.find("movements").open_as(&columns, |_| Ok(dictionaries.clone()))? {
            for batch in rows {
                let batch = batch.map_err(EngineError::from_ledger)?;
                let is_of_table = words(&batch, "table_name", |table| (table == self.table.name).then_some(()))?;
                let has_moved = words(&batch, "movement", |what| (what == movement).then_some(()))?;
                for (row, uid) in numbers(&batch, "uid")?.into_iter().enumerate() {
                    if let (Some(()), Some(()), Some(uid)) = (is_of_table[row], has_moved[row], uid) {
                        moved.insert(i64::from(uid));
                    }
                }
            }
        }
        Ok(moved)
    }
}
