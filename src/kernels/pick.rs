//! Some rows of a table: the columns that tell which are read first, and the others only there.

use std::ops::Range;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::presence::Uids;
use super::rows::{column, names, shaped};
use crate::engine::EngineError;
use crate::ledger::{PartRows, Wanted};
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
