//! Rows of relations piled up, column by column.

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::concat;

use super::columns::{ColumnBuilder, Value};
use crate::engine::EngineError;
use crate::ledger::arrow_type;
use crate::table::{Field, Type};

/// Rows being piled up.
pub(super) struct Pile {
    piled: Vec<PiledColumn>,
}

impl Pile {
    pub(super) fn new<'f>(columns: impl IntoIterator<Item = &'f Field>) -> Self {
        Self { piled: columns.into_iter().map(|column| PiledColumn::new(column.kind)).collect() }
    }

    /// Adds a row; `value` gives that of each column.
    #[inline]
    pub(super) fn push(&mut self, mut value: impl FnMut(usize, &mut PiledColumn)) {
        for (at, column) in self.piled.iter_mut().enumerate() {
            value(at, column);
        }
    }

    /// Adds a row of values.
    pub(super) fn push_values(&mut self, values: &[Value<'_>]) {
        self.push(|at, column| column.push(&values[at]));
    }

    /// The columns of all rows.
    pub(super) fn finish(&mut self) -> Result<Vec<ArrayRef>, EngineError> {
        self.piled.iter_mut().map(PiledColumn::finish).collect()
    }
}

/// A column of a pile. Many have no value in any row, and take no memory as long as that is so.
pub(super) struct PiledColumn {
    kind: Type,
    /// Nulls before the first value.
    n_nulls: usize,
    /// What is there from the first value on, behind `pieces`.
    builder: Option<ColumnBuilder>,
    pieces: Vec<ArrayRef>,
}

/// Texts are put aside when they are so long together: no builder takes more than 2 GiB.
const PIECE_BYTES: usize = 1 << 28;

impl PiledColumn {
    pub(super) fn new(kind: Type) -> Self {
        Self { kind, n_nulls: 0, builder: None, pieces: Vec::new() }
    }

    /// Adds a value of the column's type, or null.
    #[inline]
    pub(super) fn push(&mut self, value: &Value<'_>) {
        match (&mut self.builder, value) {
            (None, Value::Null) => self.n_nulls += 1,
            (Some(ColumnBuilder::Integer(builder)), Value::Integer(number)) => builder.append_value(*number),
            (Some(ColumnBuilder::Date(builder)), Value::Date(days)) => builder.append_value(*days),
            _ => self.push_any(value),
        }
    }

    fn push_any(&mut self, value: &Value<'_>) {
        let (kind, n_nulls) = (self.kind, self.n_nulls);
        let builder = self.builder.get_or_insert_with(|| {
            let mut builder = ColumnBuilder::new(kind);
            builder.push_nulls(n_nulls);
            builder
        });
        builder.push(value);
        if builder.text_bytes() > PIECE_BYTES {
            self.pieces.push(builder.finish());
        }
    }

    /// Adds a number, or null.
    #[inline]
    pub(super) fn push_number(&mut self, number: Option<i64>) {
        self.push(&number.map_or(Value::Null, Value::Integer));
    }

    /// So many nulls.
    pub(super) fn nulls(&self, n_nulls: usize) -> ArrayRef {
        new_null_array(&arrow_type(self.kind), n_nulls)
    }

    /// The column.
    ///
    /// # Errors
    /// Where its texts are longer together than a column may be.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, EngineError> {
        let Some(mut builder) = self.builder.take() else { return Ok(self.nulls(self.n_nulls)) };
        let last = builder.finish();
        if self.pieces.is_empty() {
            return Ok(last);
        }
        self.pieces.push(last);
        let pieces: Vec<&dyn Array> = self.pieces.iter().map(AsRef::as_ref).collect();
        concat(&pieces).map_err(EngineError::from_arrow)
    }
}
