//! Where rows stand in their source. Nearly all rows of an extract are taken, and each stands on the line behind the
//! one before: what is kept is where such a stretch begins.

/// The positions of rows.
#[derive(Default)]
pub(super) struct Positions {
    stretches: Vec<Stretch>,
    n_rows: u32,
}

/// Rows on lines that follow each other, or all on one.
struct Stretch {
    first_row: u32,
    is_one_line: bool,
    first: i64,
}

impl Stretch {
    fn of(&self, row: u32) -> i64 {
        if self.is_one_line { self.first } else { self.first.saturating_add(i64::from(row - self.first_row)) }
    }
}

impl Positions {
    /// Adds that of the next row.
    #[inline]
    pub(super) fn push(&mut self, position: i64) {
        let row = self.n_rows;
        self.n_rows += 1;
        if self.stretches.last().is_some_and(|last| last.of(row) == position) {
            return;
        }
        match self.stretches.last_mut() {
            Some(last) if last.first == position && last.first_row + 1 == row => last.is_one_line = true,
            _ => self.stretches.push(Stretch { first_row: row, is_one_line: false, first: position }),
        }
    }

    /// That of a row.
    pub(super) fn of(&self, row: u32) -> i64 {
        let behind = self.stretches.partition_point(|stretch| stretch.first_row <= row);
        self.stretches[behind - 1].of(row)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_keeps_its_position(steps in prop::collection::vec(prop::sample::select(vec![0, 0, 1, 1, 1, 7, -3, 1 << 40]), 0..60)) {
            let expected = steps.iter().scan(5, |position, step| { *position += step; Some(*position) });
            let expected: Vec<i64> = expected.collect();
            let mut positions = Positions::default();
            for position in &expected {
                positions.push(*position);
            }
            let rows = 0..u32::try_from(expected.len()).expect("few");
            prop_assert_eq!(rows.map(|row| positions.of(row)).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn lines_that_follow_each_other_take_no_memory() {
        let mut positions = Positions::default();
        (10..1_000)
            .chain(2_000..3_000)
            .chain(std::iter::repeat_n(4_000, 50))
            .for_each(|position| positions.push(position));
        assert_eq!(positions.stretches.len(), 3);
    }
}
