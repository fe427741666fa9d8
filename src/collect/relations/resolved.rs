//! Rows of a relation all of whose ends have numbers. They are very many: the numbers of a row take eight bytes
//! together, its position none, and a column without any value nothing.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};

use super::taken::Fill;
use crate::collect::columns::Value;
use crate::collect::ends::Ends;
use crate::collect::order::those;
use crate::collect::packed::Packed;
use crate::collect::pile::{Pile, PiledColumn};
use crate::collect::positions::Positions;
use crate::collect::registry::Registry;
use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::table::Field;

/// Rows being taken.
pub(super) struct Resolved {
    columns: Vec<Field>,
    /// The columns that come first.
    packed: Packed,
    /// Those behind them.
    others: Pile,
    positions: Positions,
}

impl Resolved {
    /// No rows yet, of columns that `fills` tells how to fill.
    pub(super) fn new(columns: Vec<Field>, fills: &[Fill], ends: &Ends, registry: &Registry) -> Self {
        let highest = fills.iter().map_while(|fill| match fill {
            Fill::End(end) => Some(ends.may_be_named(*end).then(|| registry.highest(ends.all[*end].kind))),
            Fill::Null | Fill::Value(_) => None,
        });
        let packed = Packed::new(highest);
        Self { others: Pile::new(&columns[packed.n_ends()..]), packed, columns, positions: Positions::default() }
    }

    pub(super) fn columns(&self) -> &[Field] {
        &self.columns
    }

    /// Adds a row: `number` gives that of the end in each of the columns that come first, and `value` fills any other
    /// column.
    #[inline]
    pub(super) fn push(
        &mut self,
        position: i64,
        number: impl Fn(usize) -> Option<i64>,
        mut value: impl FnMut(usize, &mut PiledColumn),
    ) {
        let n_ends = self.packed.n_ends();
        let mut row = 0;
        for column in 0..n_ends {
            row |= number(column).map_or(0, |number| self.packed.share(column, number));
        }
        self.packed.push(row);
        self.others.push(|at, column| value(n_ends + at, column));
        self.positions.push(position);
    }

    /// Adds a row of values.
    pub(super) fn push_values(&mut self, position: i64, values: &[Value<'_>]) {
        let number = |column: usize| match values[column] {
            Value::Integer(number) => Some(number),
            _ => None,
        };
        self.push(position, number, |at, column| column.push(&values[at]));
    }

    /// All rows.
    pub(super) fn finish(mut self) -> Result<ResolvedRows, EngineError> {
        let others = self.others.finish()?;
        Ok(ResolvedRows { columns: self.columns, packed: self.packed, others, positions: self.positions })
    }
}

/// All rows that were taken.
pub(super) struct ResolvedRows {
    columns: Vec<Field>,
    pub(super) packed: Packed,
    /// The columns behind the packed ones.
    pub(super) others: Vec<ArrayRef>,
    pub(super) positions: Positions,
}

impl ResolvedRows {
    /// A column behind the packed ones.
    pub(super) fn other(&self, name: &str) -> Option<&ArrayRef> {
        let at = self.columns.iter().position(|column| column.name == name)?;
        self.others.get(at.checked_sub(self.packed.n_ends())?)
    }

    /// The columns of some rows.
    pub(super) fn arrays(&self, rows: &[u32]) -> Vec<ArrayRef> {
        let ends = (0..self.packed.n_ends()).map(|end| Arc::new(self.packed.column(end, rows)) as ArrayRef);
        ends.chain(those(&self.others, rows).expect("they are all there")).collect()
    }

    /// Some rows.
    pub(super) fn batch(&self, rows: &[u32]) -> RecordBatch {
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(arrow_schema(&self.columns), self.arrays(rows), &options)
            .expect("every column has every row")
    }
}
