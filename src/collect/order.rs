//! The order of rows of relations: by key, and by all columns.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, DynComparator, UInt32Array, make_comparator, new_null_array};
use arrow::compute::{SortOptions, take};

use super::packed::Packed;
use crate::engine::EngineError;

/// The order of rows by their columns, nulls first: what the engine's parts have too.
pub(super) struct TotalOrder<'a> {
    /// The ends that begin the key.
    packed: &'a Packed,
    keys: Vec<DynComparator>,
    others: Vec<DynComparator>,
}

impl<'a> TotalOrder<'a> {
    /// The order of rows with some ends, and other columns behind them, the first `n_keys` of which are the rest of the key.
    pub(super) fn new(packed: &'a Packed, others: &[ArrayRef], n_keys: usize) -> Self {
        Self { packed, keys: comparators(&others[..n_keys]), others: comparators(others) }
    }

    pub(super) fn by_key(&self, a: u32, b: u32) -> Ordering {
        self.packed.row(a).cmp(&self.packed.row(b)).then_with(|| first_difference(&self.keys, a, b))
    }

    pub(super) fn by_all(&self, a: u32, b: u32) -> Ordering {
        self.packed.row(a).cmp(&self.packed.row(b)).then_with(|| first_difference(&self.others, a, b))
    }

    /// The rows by key, and those of one key by all they say, then by position.
    pub(super) fn sorted(&self, position: impl Fn(u32) -> i64) -> Vec<u32> {
        let mut sorted = self.packed.sorted();
        let mut start = 0;
        let number = |row: u32| self.packed.row(row);
        for end in 1..=sorted.len() {
            if sorted.get(end).is_none_or(|row| number(*row) != number(sorted[start])) {
                if end - start > 1 {
                    sorted[start..end].sort_unstable_by(|a, b| {
                        let by_others = first_difference(&self.others, *a, *b);
                        by_others.then_with(|| position(*a).cmp(&position(*b)))
                    });
                }
                start = end;
            }
        }
        sorted
    }
}

/// What compares rows by columns; one without any value decides nothing.
fn comparators(columns: &[ArrayRef]) -> Vec<DynComparator> {
    let compare = |column: &ArrayRef| {
        make_comparator(column, column, SortOptions { descending: false, nulls_first: true })
            .expect("a column compares with itself")
    };
    columns.iter().filter(|column| has_values(column)).map(compare).collect()
}

fn has_values(column: &ArrayRef) -> bool {
    column.null_count() < column.len()
}

fn first_difference(columns: &[DynComparator], a: u32, b: u32) -> Ordering {
    let (a, b) = (a as usize, b as usize);
    columns.iter().map(|compare| compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Some rows of columns.
pub(super) fn those(columns: &[ArrayRef], rows: &[u32]) -> Result<Vec<ArrayRef>, EngineError> {
    let rows = UInt32Array::from(rows.to_vec());
    let of = |column: &ArrayRef| {
        if has_values(column) {
            take(column, &rows, None).map_err(EngineError::from_arrow)
        } else {
            Ok(new_null_array(column.data_type(), rows.len()))
        }
    };
    columns.iter().map(of).collect()
}

/// Rows without those that say the same again, in the order of all columns; and how many went.
pub(super) fn distinct(columns: &[ArrayRef]) -> Result<(Vec<ArrayRef>, u64), EngineError> {
    let all = columns.first().map_or(0, Array::len);
    let compare = comparators(columns);
    let mut sorted: Vec<u32> = (0..u32::try_from(all).expect("a source has fewer than 2^32 rows")).collect();
    sorted.sort_unstable_by(|a, b| first_difference(&compare, *a, *b));
    sorted.dedup_by(|a, b| first_difference(&compare, *a, *b).is_eq());
    Ok((those(columns, &sorted)?, (all - sorted.len()) as u64))
}
