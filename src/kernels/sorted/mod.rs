//! The rows of a table's parts in the order of its key: what the kernels walk along.

mod chunk;
mod merge;

use std::cmp::Ordering;
use std::sync::Arc;

use self::chunk::Chunk;
pub(super) use self::chunk::SortedRow;
pub(super) use self::merge::{Met, differences, only_in_one, open_both};
use crate::engine::EngineError;
use crate::ledger::PartRows;
use crate::model::StoredTable;
use crate::table::Field;

/// What of a table is walked: numbers and texts of its key, and attributes.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// The columns that begin the key, all whole numbers.
    pub(super) numbers: Vec<String>,
    /// The columns that end it, all texts. Null and the empty text are the same key.
    pub(super) texts: Vec<String>,
    /// What else is wanted.
    pub(super) attributes: Vec<Field>,
}

/// The rows of all parts of a table, in the order of the key.
pub(super) struct SortedRows {
    walks: Vec<Walk>,
    /// Which of them stands at the smallest key; beyond the last where all are at their end.
    smallest: usize,
    /// As far as this row of its chunk it has keys that are smaller than those of all other walks.
    until: usize,
}

/// One part that is walked.
struct Walk {
    name: Arc<str>,
    rows: PartRows,
    shape: Shape,
    chunk: Chunk,
    at: usize,
}

impl SortedRows {
    /// Stands at the first row of a table.
    pub(super) fn open(stored: &StoredTable, shape: &Shape) -> Result<Self, EngineError> {
        let mut walks = Vec::new();
        for (name, rows) in stored.open(&shape.columns())? {
            let mut walk = Walk { name: name.into(), rows, shape: shape.clone(), chunk: Chunk::default(), at: 0 };
            if walk.load()? {
                walks.push(walk);
            }
        }
        let mut rows = Self { walks, smallest: 0, until: 0 };
        rows.settle();
        Ok(rows)
    }

    /// The row it stands at; `None` at the end.
    pub(super) fn row(&self) -> Option<SortedRow<'_>> {
        self.walks.get(self.smallest).map(Walk::row)
    }

    /// How many rows from here on, of the chunk that is at hand, have keys that no other part has.
    pub(super) fn alone(&self) -> usize {
        self.walks.get(self.smallest).map_or(0, |walk| self.until.saturating_sub(walk.at))
    }

    /// The names of the parts that stand at this key. No part has a key twice, so these are all that have it.
    pub(super) fn parts_with_this_key(&self) -> impl Iterator<Item = &str> {
        let here = self.row();
        let is_here = move |walk: &&Walk| here.is_some_and(|here| walk.row().key_order(here) == Ordering::Equal);
        self.walks.iter().filter(is_here).map(|walk| &*walk.name)
    }

    /// Goes on by one row.
    pub(super) fn advance(&mut self) -> Result<(), EngineError> {
        self.advance_by(1)
    }

    /// Goes on by one row, or by so many as are `alone`.
    pub(super) fn advance_by(&mut self, rows: usize) -> Result<(), EngineError> {
        let walk = &mut self.walks[self.smallest];
        walk.at += rows;
        if walk.at < self.until {
            return Ok(());
        }
        if walk.at == walk.chunk.n_rows && !walk.load()? {
            self.walks.remove(self.smallest);
        }
        self.settle();
        Ok(())
    }

    /// Finds the walk at the smallest key, and how far it goes without meeting another.
    fn settle(&mut self) {
        self.smallest = 0;
        for at in 1..self.walks.len() {
            if self.walks[at].row().key_order(self.walks[self.smallest].row()) == Ordering::Less {
                self.smallest = at;
            }
        }
        let Some(walk) = self.walks.get(self.smallest) else { return };
        let others = self.walks.iter().enumerate().filter(|(at, _)| *at != self.smallest);
        self.until = others.fold(walk.chunk.n_rows, |until, (_, other)| walk.end_before(other.row(), until));
    }
}

impl Walk {
    fn row(&self) -> SortedRow<'_> {
        SortedRow { chunk: &self.chunk, at: self.at }
    }

    /// The first row from here on, before `end`, whose key is not smaller than that of `other`. Looks near by first.
    fn end_before(&self, other: SortedRow<'_>, end: usize) -> usize {
        let is_before = |at: usize| SortedRow { chunk: &self.chunk, at }.key_order(other) == Ordering::Less;
        let (mut low, mut step) = (self.at, 1);
        let mut high = low;
        while high < end && is_before(high) {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = high.min(end);
        while low < high {
            let middle = low.midpoint(high);
            if is_before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Takes the next rows. Returns whether there are any.
    fn load(&mut self) -> Result<bool, EngineError> {
        self.at = 0;
        loop {
            let Some(batch) = self.rows.next() else {
                self.chunk = Chunk::default();
                return Ok(false);
            };
            let batch = batch.map_err(EngineError::from_ledger)?;
            if batch.num_rows() > 0 {
                self.chunk = Chunk::of(&self.name, &batch, &self.shape);
                return Ok(true);
            }
        }
    }
}

impl Shape {
    fn columns(&self) -> Vec<&str> {
        let attributes = self.attributes.iter().map(|field| field.name.as_str());
        self.numbers.iter().chain(&self.texts).map(String::as_str).chain(attributes).collect()
    }
}
