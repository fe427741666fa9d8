//! The order of rows of relations: by key, and by all columns.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, AsArray, DynComparator, Int64Array, RecordBatch, UInt32Array, make_comparator};
use arrow::compute::{SortOptions, take_record_batch};
use arrow::datatypes::Int64Type;

use super::packed::Packed;
use crate::engine::EngineError;

/// The order of rows by their columns, nulls first: what the engine's parts have too.
pub(super) struct TotalOrder {
    keys: Vec<DynComparator>,
    all: Vec<DynComparator>,
    /// The numbers that begin the key, in one.
    packed: Option<Packed>,
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
        let packed = Packed::of(&numbers);
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
        let packed = self.packed.as_ref().map_or(Ordering::Equal, |packed| packed.rows[a].cmp(&packed.rows[b]));
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
        let mut sorted = packed.sorted();
        let mut start = 0;
        let number = |row: u32| packed.rows[row as usize];
        for end in 1..=sorted.len() {
            if sorted.get(end).is_none_or(|row| number(*row) != number(sorted[start])) {
                if end - start > 1 {
                    sorted[start..end].sort_unstable_by(|a, b| self.by_key(*a, *b).then_with(|| rest(a, b)));
                }
                start = end;
            }
        }
        sorted
    }
}

fn has_values(column: &ArrayRef) -> bool {
    column.null_count() < column.len()
}

fn first_difference(columns: &[DynComparator], a: usize, b: usize) -> Ordering {
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
