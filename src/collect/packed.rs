//! The ends that come first in a relation, those of each row packed into one number that has their order; and rows in
//! that order.

use arrow::array::Int64Array;

/// One number per row.
pub(super) struct Packed {
    ends: Vec<Place>,
    rows: Vec<u64>,
}

/// Where the number of an end stands in that of the row, a null being 0 and every other one more than it is.
#[derive(Debug, Clone, Copy)]
struct Place {
    shift: u32,
    /// 0 where the end never has a number.
    mask: u64,
}

/// Neighbouring rows with the same number in the first end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    first: u64,
    start: u32,
    end: u32,
}

/// Rows are sorted run by run where one has so many rows on average.
const RUN_ROWS: usize = 3;

impl Packed {
    /// No rows yet. `highest` tells for each end the highest number it may have, the lowest being 0; `None` where it has
    /// none in any row. As many ends are packed as fit together.
    pub(super) fn new(highest: impl Iterator<Item = Option<i64>>) -> Self {
        let width = |highest: i64| u64::BITS - (highest.cast_unsigned() + 1).leading_zeros();
        let mut free = u64::BITS;
        let widths = highest.map_while(|highest| {
            let width = highest.map_or(0, width);
            free = free.checked_sub(width)?;
            Some(width)
        });
        let widths: Vec<u32> = widths.collect();
        let mut shift: u32 = widths.iter().sum();
        let ends = widths.into_iter().map(|width| {
            shift -= width;
            // An end of 64 bits is alone, and none without any needs a place.
            let mask = u64::MAX.checked_shr(u64::BITS - width).unwrap_or(0);
            Place { shift: shift % u64::BITS, mask }
        });
        Self { ends: ends.collect(), rows: Vec::new() }
    }

    /// How many ends are packed.
    pub(super) fn n_ends(&self) -> usize {
        self.ends.len()
    }

    /// What the number of an end is in that of its row; those of all ends are put together by `|`.
    #[inline]
    pub(super) fn share(&self, end: usize, number: i64) -> u64 {
        let Place { shift, mask } = self.ends[end];
        let share = number.cast_unsigned() + 1;
        debug_assert!(share & mask == share, "{number} is higher than was said of end {end}");
        (share & mask) << shift
    }

    /// Adds a row.
    #[inline]
    pub(super) fn push(&mut self, row: u64) {
        self.rows.push(row);
    }

    /// The numbers of an end in some rows.
    pub(super) fn column(&self, end: usize, rows: &[u32]) -> Int64Array {
        let Place { shift, mask } = self.ends[end];
        if mask == 0 {
            return Int64Array::new_null(rows.len());
        }
        let share = |row: &u32| (self.row(*row) >> shift) & mask;
        let values: Vec<i64> = rows.iter().map(|row| share(row).saturating_sub(1).cast_signed()).collect();
        // Few ends are null in some rows and not in others.
        let is_null = |row: &u32| share(row) == 0;
        let nulls = rows.iter().any(is_null).then(|| rows.iter().map(|row| !is_null(row)).collect());
        Int64Array::new(values.into(), nulls)
    }

    /// The numbers of a row, in one.
    #[inline]
    pub(super) fn row(&self, row: u32) -> u64 {
        self.rows[row as usize]
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
        let first = self.ends.iter().find(|end| end.mask > 0)?.shift;
        let mut runs: Vec<Run> = Vec::new();
        for (number, row) in self.rows.iter().zip(0..) {
            let first = number >> first;
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
            far in prop::sample::select(vec![0, 1 << 20, 1 << 40, i64::MAX - 8]),
        ) {
            let rows: Vec<[Option<i64>; 3]> = groups
                .iter()
                .flat_map(|(first, seconds)| seconds.iter().map(|second| [*first, None, second.map(|second| second + far)]))
                .collect();
            let mut packed = Packed::new([Some(5), None, Some(8 + far)].into_iter());
            prop_assert_eq!(packed.n_ends(), if far > 1 << 40 { 2 } else { 3 });
            for row in &rows {
                let shares = (0..packed.n_ends()).filter_map(|end| Some(packed.share(end, row[end]?)));
                let row = shares.fold(0, |row, share| row | share);
                packed.push(row);
            }
            let ends = packed.n_ends();
            let mut expected: Vec<u32> = (0..u32::try_from(rows.len()).expect("few")).collect();
            for end in 0..ends {
                let column: Vec<Option<i64>> = rows.iter().map(|row| row[end]).collect();
                prop_assert_eq!(packed.column(end, &expected), Int64Array::from(column));
            }
            expected.sort_by_key(|row| &rows[*row as usize][..ends]);
            prop_assert_eq!(packed.sorted(), expected);
        }
    }

    #[test]
    fn an_end_may_take_all_bits() {
        let mut packed = Packed::new([None, Some(i64::MAX), None, Some(0)].into_iter());
        assert_eq!(packed.n_ends(), 3);
        for number in [i64::MAX, 0, i64::MAX - 1] {
            packed.push(packed.share(1, number));
        }
        assert_eq!(packed.sorted(), [1, 2, 0]);
        assert_eq!(packed.column(1, &[0, 1]), Int64Array::from(vec![i64::MAX, 0]));
        assert_eq!(Packed::new([Some(1), Some(i64::MAX)].into_iter()).n_ends(), 1);
    }
}
