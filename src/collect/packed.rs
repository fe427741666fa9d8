//! Several numbers of a row as one that has their order, and rows in that order.

use arrow::array::{Array, Int64Array};

/// One number per row.
pub(super) struct Packed {
    pub(super) rows: Vec<u64>,
    /// How many bits stand behind those of the first column.
    rest: u32,
}

/// Neighbouring rows with the same number in the first column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    first: u64,
    start: u32,
    end: u32,
}

/// Rows are sorted run by run where one has so many rows on average.
const RUN_ROWS: usize = 3;

impl Packed {
    /// The numbers of some columns, where the widest of each fit together. Null is 0.
    pub(super) fn of(columns: &[&Int64Array]) -> Option<Self> {
        let mut rows = vec![0_u64; columns.first()?.len()];
        let (mut used, mut rest) = (0, 0);
        for column in columns.iter().filter(|column| column.null_count() < column.len()) {
            let (lowest, highest) = (arrow::compute::min(*column)?, arrow::compute::max(*column)?);
            if lowest < 0 || highest == i64::MAX {
                return None;
            }
            let bits = u64::BITS - (highest.cast_unsigned() + 1).leading_zeros();
            rest = if used == 0 { 0 } else { rest + bits };
            used += bits;
            if used > u64::BITS {
                return None;
            }
            // A column of 64 bits is alone, and nothing stands before it.
            let shift = bits % u64::BITS;
            if column.null_count() == 0 {
                for (row, number) in rows.iter_mut().zip(column.values()) {
                    *row = *row << shift | (number.cast_unsigned() + 1);
                }
            } else {
                for (row, number) in rows.iter_mut().zip(column.iter()) {
                    *row = *row << shift | number.map_or(0, |number| number.cast_unsigned() + 1);
                }
            }
        }
        Some(Self { rows, rest })
    }

    /// The rows by their numbers, those of one number in their order.
    pub(super) fn sorted(&self) -> Vec<u32> {
        let n_rows = u32::try_from(self.rows.len()).expect("a source has fewer than 2^32 rows");
        if self.rows.is_sorted() {
            return (0..n_rows).collect();
        }
        // Extracts are grouped: the rows of one account are neighbours. Then few runs are to be sorted, and few rows in
        // each.
        let runs = self.runs().unwrap_or_else(|| vec![Run { first: 0, start: 0, end: n_rows }]);
        let mut sorted = Vec::with_capacity(self.rows.len());
        let mut pairs: Vec<(u64, u32)> = Vec::new();
        for same in runs.chunk_by(|a, b| a.first == b.first) {
            pairs.clear();
            for run in same {
                let rows = &self.rows[run.start as usize..run.end as usize];
                pairs.extend(rows.iter().copied().zip(run.start..run.end));
            }
            pairs.sort_unstable();
            sorted.extend(pairs.iter().map(|(_, row)| *row));
        }
        sorted
    }

    /// The runs, sorted; `None` where there are too many of them.
    fn runs(&self) -> Option<Vec<Run>> {
        let mut runs: Vec<Run> = Vec::new();
        for (number, row) in self.rows.iter().zip(0..) {
            let first = number >> self.rest;
            match runs.last_mut() {
                Some(run) if run.first == first => run.end = row + 1,
                _ => runs.push(Run { first, start: row, end: row + 1 }),
            }
            if runs.len() > self.rows.len() / RUN_ROWS {
                return None;
            }
        }
        runs.sort_unstable();
        Some(runs)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_sorted_by_all_numbers_and_then_as_they_stand(
            groups in prop::collection::vec((prop::option::of(0..6_i64), prop::collection::vec(prop::option::of(0..9_i64), 1..8)), 0..9),
            far in prop::sample::select(vec![0, 1 << 20, 1 << 40, i64::MAX - 9]),
        ) {
            let rows: Vec<(Option<i64>, Option<i64>)> = groups
                .iter()
                .flat_map(|(first, seconds)| seconds.iter().map(|second| (*first, second.map(|second| second + far))))
                .collect();
            let [nothing, first, second] = [
                Int64Array::new_null(rows.len()),
                rows.iter().map(|row| row.0).collect(),
                rows.iter().map(|row| row.1).collect(),
            ];
            if let Some(packed) = Packed::of(&[&first, &nothing, &second]) {
                let mut expected: Vec<u32> = (0..u32::try_from(rows.len()).expect("few")).collect();
                expected.sort_by_key(|row| rows[*row as usize]);
                prop_assert_eq!(packed.sorted(), expected);
            }
            if let Some(packed) = Packed::of(&[&second]) {
                let mut expected: Vec<u32> = (0..u32::try_from(rows.len()).expect("few")).collect();
                expected.sort_by_key(|row| rows[*row as usize].1);
                prop_assert_eq!(packed.sorted(), expected);
            }
        }
    }
}
