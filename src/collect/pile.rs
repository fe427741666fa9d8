//! Rows of relations piled up chunk by chunk, and their order.

use std::cmp::Ordering;

use arrow::array::{
    Array, ArrayRef, AsArray, DynComparator, Int64Array, RecordBatch, UInt32Array, make_comparator, new_empty_array,
};
use arrow::compute::{SortOptions, concat, take_record_batch};
use arrow::datatypes::{DataType, Int64Type};

use super::columns::{ColumnBuilder, Value};
use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::table::Field;

/// Rows are put aside in chunks of this many.
const CHUNK_ROWS: usize = 65_536;

/// Rows being piled up, chunk by chunk.
pub(super) struct Pile {
    builders: Vec<ColumnBuilder>,
    columns: Vec<Field>,
    /// The columns of every full chunk.
    chunks: Vec<Vec<ArrayRef>>,
    positions: Vec<i64>,
}

impl Pile {
    pub(super) fn new(columns: &[Field]) -> Self {
        Self {
            builders: columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect(),
            columns: columns.to_vec(),
            chunks: Vec::new(),
            positions: Vec::new(),
        }
    }

    pub(super) fn columns(&self) -> &[Field] {
        &self.columns
    }

    /// Adds a row; `value` gives that of each column.
    pub(super) fn push(&mut self, position: i64, mut value: impl FnMut(usize, &mut ColumnBuilder)) {
        for (column, builder) in self.builders.iter_mut().enumerate() {
            value(column, builder);
        }
        self.positions.push(position);
        if self.positions.len().is_multiple_of(CHUNK_ROWS) {
            self.flush();
        }
    }

    /// Adds a row of values.
    pub(super) fn push_values(&mut self, position: i64, values: &[Value<'_>]) {
        self.push(position, |column, builder| builder.push(&values[column]));
    }

    fn flush(&mut self) {
        self.chunks.push(self.builders.iter_mut().map(ColumnBuilder::finish).collect());
    }

    /// The rows and their positions.
    pub(super) fn finish(&mut self) -> Result<(RecordBatch, Vec<i64>), EngineError> {
        self.flush();
        let mut arrays = Vec::new();
        // Column by column, so that only one of them is there twice.
        for column in 0..self.columns.len() {
            let nothing = || new_empty_array(&DataType::Null);
            let pieces: Vec<ArrayRef> =
                self.chunks.iter_mut().map(|chunk| std::mem::replace(&mut chunk[column], nothing())).collect();
            let pieces: Vec<&dyn Array> = pieces.iter().map(AsRef::as_ref).collect();
            arrays.push(concat(&pieces).map_err(EngineError::from_arrow)?);
        }
        self.chunks.clear();
        let rows = RecordBatch::try_new(arrow_schema(&self.columns), arrays).map_err(EngineError::from_arrow)?;
        Ok((rows, std::mem::take(&mut self.positions)))
    }
}

/// The order of rows by their columns, nulls first: what the engine's parts have too.
pub(super) struct TotalOrder {
    keys: Vec<DynComparator>,
    all: Vec<DynComparator>,
    /// The numbers that begin the key, in one.
    packed: Option<Vec<u64>>,
    n_rows: u32,
}

impl TotalOrder {
    /// The order of some rows; `keys` are the columns of the key.
    pub(super) fn new(rows: &RecordBatch, keys: &[usize]) -> Self {
        let compare = |column: &ArrayRef| {
            make_comparator(column, column, SortOptions { descending: false, nulls_first: true })
                .expect("a column compares with itself")
        };
        let numbers: Vec<&Int64Array> =
            keys.iter().map_while(|at| rows.column(*at).as_primitive_opt::<Int64Type>()).collect();
        let packed = packed(&numbers);
        let compared = if packed.is_some() { &keys[numbers.len()..] } else { keys };
        Self {
            // A column without any value decides nothing.
            keys: compared.iter().map(|at| rows.column(*at)).filter(|column| has_values(column)).map(compare).collect(),
            all: rows.columns().iter().filter(|column| has_values(column)).map(compare).collect(),
            packed,
            n_rows: u32::try_from(rows.num_rows()).expect("a source has fewer than 2^32 rows"),
        }
    }

    pub(super) fn by_key(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let packed = self.packed.as_ref().map_or(Ordering::Equal, |packed| packed[a].cmp(&packed[b]));
        packed.then_with(|| first_difference(&self.keys, a, b))
    }

    pub(super) fn by_all(&self, a: u32, b: u32) -> Ordering {
        first_difference(&self.all, a as usize, b as usize)
    }

    /// The rows by key, and those of one key by all they say, then by position.
    pub(super) fn sorted(&self, positions: &[i64]) -> Vec<u32> {
        let rest = |a: &u32, b: &u32| {
            let position = |row: u32| positions[row as usize];
            self.by_all(*a, *b).then_with(|| position(*a).cmp(&position(*b)))
        };
        let Some(packed) = &self.packed else {
            let mut sorted: Vec<u32> = (0..self.n_rows).collect();
            sorted.sort_unstable_by(|a, b| self.by_key(*a, *b).then_with(|| rest(a, b)));
            return sorted;
        };
        let mut pairs: Vec<(u64, u32)> = packed.iter().copied().zip(0..).collect();
        if !pairs.is_sorted() {
            pairs.sort_unstable();
        }
        let mut sorted: Vec<u32> = pairs.iter().map(|(_, row)| *row).collect();
        let mut start = 0;
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            let end = start + same.len();
            if same.len() > 1 {
                sorted[start..end].sort_unstable_by(|a, b| self.by_key(*a, *b).then_with(|| rest(a, b)));
            }
            start = end;
        }
        sorted
    }
}

fn has_values(column: &ArrayRef) -> bool {
    column.null_count() < column.len()
}

/// Several numbers of a row as one that has their order, where the widest of each fit together. Null is 0.
fn packed(columns: &[&Int64Array]) -> Option<Vec<u64>> {
    let first = columns.first()?;
    let mut packed = vec![0_u64; first.len()];
    let mut used = 0;
    for column in columns.iter().filter(|column| column.null_count() < column.len()) {
        let (lowest, highest) = (arrow::compute::min(*column)?, arrow::compute::max(*column)?);
        if lowest < 0 || highest == i64::MAX {
            return None;
        }
        let bits = u64::BITS - (highest.cast_unsigned() + 1).leading_zeros();
        used += bits;
        if used > u64::BITS {
            return None;
        }
        let is_whole = bits == u64::BITS;
        for (packed, number) in packed.iter_mut().zip(column.iter()) {
            let number = number.map_or(0, |number| number.cast_unsigned() + 1);
            *packed = if is_whole { number } else { *packed << bits | number };
        }
    }
    Some(packed)
}

pub(super) fn first_difference(columns: &[DynComparator], a: usize, b: usize) -> Ordering {
    columns.iter().map(|compare| compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Rows without those that say the same again, in the order of all columns; and how many went.
pub(super) fn distinct(rows: RecordBatch) -> Result<(RecordBatch, u64), EngineError> {
    let order = TotalOrder::new(&rows, &[]);
    let mut sorted: Vec<u32> = (0..order.n_rows).collect();
    sorted.sort_unstable_by(|a, b| order.by_all(*a, *b));
    let all = sorted.len();
    sorted.dedup_by(|a, b| order.by_all(*a, *b).is_eq());
    let gone = (all - sorted.len()) as u64;
    Ok((take_record_batch(&rows, &UInt32Array::from(sorted)).map_err(EngineError::from_arrow)?, gone))
}
