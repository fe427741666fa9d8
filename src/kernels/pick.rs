//! Some rows of a table: the columns that tell which are read first, and the others only there.

use std::ops::Range;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::presence::Uids;
use super::rows::{column, names, shaped, words};
use crate::engine::EngineError;
use crate::ledger::{PartRows, Wanted, arrow_schema};
use crate::model::StoredTable;
use crate::table::{Field, Type};

/// The rows in which a column is among some uids, with some columns, in the order in which they lie.
pub(super) fn pick(
    stored: &StoredTable,
    columns: &[Field],
    by: &str,
    wanted: &Uids,
) -> Result<Vec<RecordBatch>, EngineError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    pick_where(stored, columns, &[by], |row| row[0].is_some_and(|uid| wanted.contains(uid)))
}

/// The rows in which the uids of some columns fulfil a condition, with some columns, in the order in which they lie.
pub(super) fn pick_where<const N: usize>(
    stored: &StoredTable,
    columns: &[Field],
    by: &[&str; N],
    is_wanted: impl Fn([Option<i64>; N]) -> bool,
) -> Result<Vec<RecordBatch>, EngineError> {
    let only_wanted = |path: &Path| {
        let rows = PartRows::open(path, by).map_err(EngineError::from_ledger)?;
        Ok(Wanted { rows: Some(places(rows, by, &is_wanted)?), ..Wanted::default() })
    };
    let mut picked = Vec::new();
    for (_, rows) in stored.open_as(&names(columns), only_wanted)? {
        for batch in rows {
            picked.push(shaped(&batch.map_err(EngineError::from_ledger)?, columns)?);
        }
    }
    Ok(picked)
}

/// A table with the rows alone whose `uid` is among some, of whatever kind: to ask about few of very many.
///
/// # Errors
/// Where a part cannot be read.
pub fn of_uids(stored: &StoredTable, uids: impl IntoIterator<Item = i64>) -> Result<StoredTable, EngineError> {
    let mut wanted = Uids::default();
    uids.into_iter().for_each(|uid| wanted.insert(uid));
    let mut held = pick(stored, &stored.columns, "uid", &wanted)?;
    // A table without rows still has columns.
    held.push(RecordBatch::new_empty(arrow_schema(&stored.columns)));
    Ok(StoredTable { columns: stored.columns.clone(), held, ..StoredTable::default() })
}

/// Where the rows of a part lie whose text in a column is meant.
pub(super) fn places_of_words(
    path: &Path,
    by: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<Vec<Range<usize>>, EngineError> {
    let (mut places, mut start): (Vec<_>, usize) = (Vec::new(), 0);
    let dictionary = Wanted { dictionaries: vec![by.to_owned()], ..Wanted::default() };
    for batch in PartRows::open_as(path, &[by], &dictionary).map_err(EngineError::from_ledger)? {
        let batch = batch.map_err(EngineError::from_ledger)?;
        let meant = words(&batch, by, |word| is_meant(word).then_some(()))?;
        let rows = meant.iter().enumerate().filter(|(_, meant)| meant.is_some());
        rows.for_each(|(row, _)| add_row(&mut places, start + row));
        start += batch.num_rows();
    }
    Ok(places)
}

/// Adds a row to others that lie before it.
pub(super) fn add_row(places: &mut Vec<Range<usize>>, at: usize) {
    match places.last_mut() {
        Some(last) if last.end == at => last.end += 1,
        _ => places.push(at..at + 1),
    }
}

/// Where the wanted rows lie in a part.
fn places<const N: usize>(
    rows: PartRows,
    by: &[&str; N],
    is_wanted: impl Fn([Option<i64>; N]) -> bool,
) -> Result<Vec<Range<usize>>, EngineError> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for batch in rows {
        let batch = batch.map_err(EngineError::from_ledger)?;
        let uids = by.map(|name| column(&batch, name, Type::Integer));
        let uids = uids.each_ref().map(AsArray::as_primitive::<Int64Type>);
        for row in 0..batch.num_rows() {
            if is_wanted(uids.map(|uids| uids.is_valid(row).then(|| uids.value(row)))) {
                add_row(&mut places, start + row);
            }
        }
        start += batch.num_rows();
    }
    Ok(places)
}
