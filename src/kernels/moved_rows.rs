//! Rows that moved since the parent, of tables of which most rows did not.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use hashbrown::HashSet;

use super::Sieve;
use super::movements::key_of;
use super::pick::pick_where;
use super::presence::Uids;
use super::rows::{column, shaped, words};
use crate::engine::EngineError;
use crate::ledger::{Wanted, arrow_schema};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Table, Type};

/// Which of both loads had the rows that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovedSide {
    /// New ones: this load.
    Now,
    /// Deleted ones: the parent.
    Before,
}

/// The rows of a table of which `movements` tells that they are new or deleted, and those that differ from them in further
/// parts of the key alone.
#[derive(Debug)]
pub struct MovedRows {
    /// The table: of objects, or of up to [`Self::MOST_ENDS`] ends. Both loads have it.
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
        let is_asked = |column: &&Field| self.columns.contains(&column.name);
        let columns: Vec<Field> = stored.columns.iter().filter(is_asked).cloned().collect();
        let key = key_of(self.table);
        let ends: Vec<&str> = key.numbers.iter().map(String::as_str).collect();
        let picked = match ends.as_slice() {
            [one] => pick_where(&stored, &columns, &[one], |ends| moved.has(ends))?,
            [one, two] => pick_where(&stored, &columns, &[one, two], |ends| moved.has(ends))?,
            [one, two, three] => pick_where(&stored, &columns, &[one, two, three], |ends| moved.has(ends))?,
            _ => return Err(EngineError::new(format!("`{name}` has not one to three ends"))),
        };
        // Without a row, the query still has others to tell of.
        let nothing = RecordBatch::new_empty(arrow_schema(&stored.columns));
        let picked = picked.iter().map(|batch| shaped(batch, &stored.columns));
        picked.chain([Ok(nothing)]).collect()
    }
}

/// What movements name: the first two ends that are there.
#[derive(Default)]
struct Moved {
    /// The first of them alone, which tell most rows apart.
    firsts: Uids,
    both: HashSet<(i64, Option<i64>)>,
}

impl Moved {
    fn has<const N: usize>(&self, ends: [Option<i64>; N]) -> bool {
        let mut there = ends.into_iter().flatten();
        let (first, second) = (there.next(), there.next());
        first.is_some_and(|first| self.firsts.contains(first) && self.both.contains(&(first, second)))
    }
}

impl MovedRows {
    /// A movement names two ends; the tables with more than three are small.
    pub const MOST_ENDS: usize = 3;

    fn moved(&self, tables: &TableSet) -> Result<Moved, EngineError> {
        let movement = match self.side {
            MovedSide::Now => "new",
            MovedSide::Before => "deleted",
        };
        let columns = ["table_name", "movement", "uid", "related_uid"];
        let dictionaries = columns[..2].iter().map(|name| (*name).to_owned()).collect();
        let wanted = Wanted { dictionaries, ..Wanted::default() };
        let mut moved = Moved::default();
        for (_, rows) in tables.find("movements").open_as(&columns, |_| Ok(wanted.clone()))? {
            for batch in rows {
                let batch = batch.map_err(EngineError::from_ledger)?;
                let is_of_table = words(&batch, "table_name", |table| (table == self.table.name).then_some(()))?;
                let has_moved = words(&batch, "movement", |what| (what == movement).then_some(()))?;
                let [firsts, seconds] = ["uid", "related_uid"].map(|name| column(&batch, name, Type::Integer));
                let (firsts, seconds) = (firsts.as_primitive::<Int64Type>(), seconds.as_primitive::<Int64Type>());
                for (row, (first, second)) in firsts.iter().zip(seconds).enumerate() {
                    if let (Some(()), Some(()), Some(first)) = (is_of_table[row], has_moved[row], first) {
                        moved.firsts.insert(first);
                        moved.both.insert((first, second));
                    }
                }
            }
        }
        Ok(moved)
    }
}
