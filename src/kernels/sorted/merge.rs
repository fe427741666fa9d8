//! Two tables walked at once: what one has and the other has not, or has otherwise.

use std::cmp::Ordering;

use super::{Shape, SortedRow, SortedRows};
use crate::engine::EngineError;
use crate::model::StoredTable;

/// Rows that are compared at once. Few, because what is compared of them behind the first that differs is lost.
const BLOCK: usize = 256;

/// A key of two tables: who has it.
pub(in crate::kernels) enum Met<'r> {
    Now(SortedRow<'r>),
    Before(SortedRow<'r>),
    /// Both, with other attributes.
    Both(SortedRow<'r>, SortedRow<'r>),
}

/// Two tables without the parts that both have.
pub(in crate::kernels) fn only_in_one(now: &StoredTable, before: &StoredTable) -> (StoredTable, StoredTable) {
    let is_in = |table: &StoredTable, sha256: &str| table.parts.iter().any(|part| part.sha256 == sha256);
    let only_now = now.clone().without(|part| is_in(before, &part.sha256));
    let only_before = before.clone().without(|part| is_in(now, &part.sha256));
    (only_now, only_before)
}

/// Stands at the first rows of two tables. Parts that both have are left out: no key comes twice in either table, so
/// nothing but themselves can meet them.
pub(in crate::kernels) fn open_both(
    now: &StoredTable,
    before: &StoredTable,
    shape: &Shape,
) -> Result<(SortedRows, SortedRows), EngineError> {
    let (now, before) = only_in_one(now, before);
    Ok((SortedRows::open(&now, shape)?, SortedRows::open(&before, shape)?))
}

/// Walks along two tables at once, and hands over the keys that only one has, and those whose attributes differ; no key
/// comes twice in either.
pub(in crate::kernels) fn differences(
    now: &mut SortedRows,
    before: &mut SortedRows,
    mut take: impl FnMut(Met<'_>),
) -> Result<(), EngineError> {
    loop {
        pass_same(now, before)?;
        let order = match (now.row(), before.row()) {
            (None, None) => return Ok(()),
            (Some(row), None) => {
                take(Met::Now(row));
                Ordering::Less
            }
            (None, Some(row)) => {
                take(Met::Before(row));
                Ordering::Greater
            }
            (Some(own), Some(other)) => {
                let order = own.key_order(other);
                match order {
                    Ordering::Less => take(Met::Now(own)),
                    Ordering::Greater => take(Met::Before(other)),
                    Ordering::Equal if own.chunk.same_rows(own.at, other.chunk, other.at, 1) == 1 => {}
                    Ordering::Equal => take(Met::Both(own, other)),
                }
                order
            }
        };
        if order != Ordering::Greater {
            now.advance()?;
        }
        if order != Ordering::Less {
            before.advance()?;
        }
    }
}

/// Goes past rows that both have, with the same attributes.
fn pass_same(now: &mut SortedRows, before: &mut SortedRows) -> Result<(), EngineError> {
    loop {
        let most = now.alone().min(before.alone()).min(BLOCK);
        let (Some(own), Some(other)) = (now.row(), before.row()) else { return Ok(()) };
        let same = own.chunk.same_rows(own.at, other.chunk, other.at, most);
        if same == 0 {
            return Ok(());
        }
        now.advance_by(same)?;
        before.advance_by(same)?;
        if same < most {
            return Ok(());
        }
    }
}
