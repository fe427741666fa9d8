//! Rows that come in order, each handed on once.

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, make_comparator};
use arrow::compute::{SortOptions, filter_record_batch, partition};
use arrow::error::ArrowError;

/// Leaves out each row that is the same as the one before it.
#[derive(Default)]
pub(super) struct Once {
    last: Option<RecordBatch>,
}

impl Once {
    /// Those of a batch that have not come yet.
    ///
    /// # Errors
    /// Never for columns of the ledger.
    pub(super) fn of(&mut self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        if batch.num_rows() == 0 {
            return Ok(batch.clone());
        }
        let runs = partition(&differing(batch)?)?.ranges();
        let has_come = match &self.last {
            Some(last) => is_same(last.columns(), batch.columns())?,
            None => false,
        };
        self.last = Some(batch.slice(batch.num_rows() - 1, 1));
        if runs.len() == batch.num_rows() && !has_come {
            return Ok(batch.clone());
        }
        let mut is_first = vec![false; batch.num_rows()];
        for run in runs {
            is_first[run.start] = true;
        }
        is_first[0] = !has_come;
        filter_record_batch(batch, &BooleanArray::from(is_first))
    }
}

/// The columns of a batch that may differ from row to row. Rows come in order: as long as the first and the last have the same
/// in the first columns, all have.
fn differing(batch: &RecordBatch) -> Result<Vec<ArrayRef>, ArrowError> {
    let (columns, last) = (batch.columns(), batch.num_rows() - 1);
    let mut same = 0;
    // One column must be left to say how many rows there are.
    while same + 1 < columns.len() && is_same(&[columns[same].slice(last, 1)], &[columns[same].slice(0, 1)])? {
        same += 1;
    }
    let says_something = |at: &usize| *at == same || columns[*at].null_count() < columns[*at].len();
    Ok((same..columns.len()).filter(says_something).map(|at| columns[at].clone()).collect())
}

/// Whether the first rows are the same.
fn is_same(one: &[ArrayRef], other: &[ArrayRef]) -> Result<bool, ArrowError> {
    for (one, other) in one.iter().zip(other) {
        if make_comparator(one, other, SortOptions::default())?(0, 0).is_ne() {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{AsArray, Int64Array, StringArray};
    use arrow::datatypes::Int64Type;

    use super::*;

    #[test]
    fn a_row_that_comes_again_is_left_out_across_batches_and_nulls_are_the_same() {
        let batch = |uids: &[i64], details: &[Option<&str>]| {
            let uids: ArrayRef = Arc::new(Int64Array::from(uids.to_vec()));
            let details: ArrayRef = Arc::new(StringArray::from(details.to_vec()));
            RecordBatch::try_from_iter_with_nullable([("uid", uids, true), ("detail", details, true)])
                .expect("two columns")
        };
        let mut once = Once::default();
        let mut uids = |batch: &RecordBatch| {
            let rows = once.of(batch).expect("rows");
            rows.column(0).as_primitive::<Int64Type>().values().to_vec()
        };
        assert_eq!(uids(&batch(&[1, 1, 2, 2], &[None, None, None, Some("a")])), [1, 2, 2]);
        assert_eq!(uids(&batch(&[2, 2, 3], &[Some("a"), Some("b"), None])), [2, 3]);
        assert_eq!(uids(&batch(&[3], &[None])), [0_i64; 0]);
        assert_eq!(uids(&batch(&[], &[])), [0_i64; 0]);
        assert_eq!(uids(&batch(&[3, 4], &[Some(""), None])), [3, 4]);
    }
}
