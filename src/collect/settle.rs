//! Rows of one source with the same key: identical ones collapse, and of those that differ the collector's rule says
//! what becomes. The outcome does not depend on the order of the rows, but for rules that ask for it.

use std::cmp::Ordering;

use arrow::array::{ArrayRef, make_comparator};
use arrow::compute::SortOptions;

use super::collector::OnDuplicate;

/// What became of rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// Rows that stay, in the order of the keys.
    pub(super) kept: Vec<u32>,
    /// Rows whose key says several things, with how many rows have that key.
    pub(super) rejected: Vec<(u32, usize)>,
    /// Rows that say again what a kept one says, or lost against it.
    pub(super) duplicates: u64,
}

/// What is known of each row.
pub(super) struct Rows<'a> {
    /// Whether two rows say the same.
    pub(super) says_the_same: &'a dyn Fn(u32, u32) -> bool,
    /// Position in the source.
    pub(super) position: &'a dyn Fn(u32) -> i64,
    /// The column that `min(column)` names.
    pub(super) smallest: Option<ArrayRef>,
}

/// Settles rows that are sorted by key, and within a key so that those which say the same are neighbours, by anything
/// total. `same_key` says whether two rows have one key.
pub(super) fn settle(
    sorted: &[u32],
    same_key: impl Fn(u32, u32) -> bool,
    rows: &Rows<'_>,
    rule: &OnDuplicate,
) -> Settled {
    let mut settled = Settled::default();
    let smaller = rows.smallest.as_ref().map(|column| {
        let nulls_last = SortOptions { descending: false, nulls_first: false };
        make_comparator(column, column, nulls_last).expect("a column compares with itself")
    });
    for copies in sorted.chunk_by(|a, b| same_key(*a, *b)) {
        if let [only] = copies {
            settled.kept.push(*only);
            continue;
        }
        let distinct: Vec<u32> = copies.chunk_by(|a, b| (rows.says_the_same)(*a, *b)).map(|same| same[0]).collect();
        let winner = match (distinct.as_slice(), rule) {
            ([only], _) => *only,
            (_, OnDuplicate::Reject) => {
                settled.rejected.extend(copies.iter().map(|row| (*row, copies.len())));
                continue;
            }
            (_, OnDuplicate::First) => first(copies, |a, b| (rows.position)(a).cmp(&(rows.position)(b))),
            (_, OnDuplicate::Last) => first(copies, |a, b| (rows.position)(b).cmp(&(rows.position)(a))),
            (_, OnDuplicate::Min(_)) => first(&distinct, |a, b| {
                smaller.as_ref().map_or(Ordering::Equal, |smaller| smaller(a as usize, b as usize))
            }),
        };
        settled.kept.push(winner);
        settled.duplicates += copies.len() as u64 - 1;
    }
    settled
}

/// The first row in an order; of equal ones the first given.
fn first(rows: &[u32], order: impl Fn(u32, u32) -> Ordering) -> u32 {
    let mut best = rows[0];
    for row in &rows[1..] {
        if order(*row, best) == Ordering::Less {
            best = *row;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Date32Array;

    use super::*;

    /// Rows 0 to 3 have one key: 0 and 1 say the same; row 4 has a key of its own.
    fn settled(rule: &OnDuplicate) -> Settled {
        let keys = [1, 1, 1, 1, 2];
        let content = [7, 7, 8, 9, 7];
        let rows = Rows {
            says_the_same: &|a, b| content[a as usize] == content[b as usize],
            position: &|row| [4, 2, 3, 1, 5][row as usize],
            smallest: Some(Arc::new(Date32Array::from(vec![Some(30), Some(30), None, Some(10), Some(1)]))),
        };
        settle(&[0, 1, 2, 3, 4], |a, b| keys[a as usize] == keys[b as usize], &rows, rule)
    }

    #[test]
    fn rows_that_contradict_each_other_are_all_rejected() {
        let settled = settled(&OnDuplicate::Reject);
        assert_eq!(settled.rejected, [(0, 4), (1, 4), (2, 4), (3, 4)]);
        assert_eq!(settled.kept, [4]);
    }

    #[test]
    fn the_first_or_last_of_the_file_or_the_smallest_wins() {
        assert_eq!(settled(&OnDuplicate::First).kept, [3, 4]);
        assert_eq!(settled(&OnDuplicate::Last).kept, [0, 4]);
        assert_eq!(settled(&OnDuplicate::Min("granted_on".to_owned())).kept, [3, 4]);
        assert_eq!(settled(&OnDuplicate::First).duplicates, 3);
    }

    #[test]
    fn identical_rows_collapse_under_every_rule() {
        let rows = Rows { says_the_same: &|_, _| true, position: &|row| i64::from(row), smallest: None };
        let settled = settle(&[0, 1], |_, _| true, &rows, &OnDuplicate::Reject);
        assert_eq!(settled, Settled { kept: vec![0], rejected: vec![], duplicates: 1 });
    }
}
