//! The rows of a table in which one column is among some uids: that column is read first, and the others only there.

use std::ops::Range;
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::presence::Uids;
use super::rows::{column, names, shaped};
use crate::engine::EngineError;
use crate::ledger::{PartRows, Wanted};
use crate::model::StoredTable;
use crate::table::{Field, Type};

/// Those rows with some columns, in the order in which they lie.
pub(super) fn pick(
    stored: &StoredTable,
    columns: &[Field],
    by: &str,
    wanted: &Uids,
) -> Result<Vec<RecordBatch>, EngineError> {
    let mut picked = Vec::new();
    if wanted.is_empty() {
        return Ok(picked);
    }
    let only_wanted = |path: &Path| {
        let rows = PartRows::open(path, &[by]).map_err(EngineError::from_ledger)?;
        Ok(Wanted { rows: Some(places(rows, by, wanted)?), ..Wanted::default() })
    };
    for (_, rows) in stored.open_as(&names(columns), only_wanted)? {
        for batch in rows {
            picked.push(shaped(&batch.map_err(EngineError::from_ledger)?, columns)?);
        }
    }
    Ok(picked)
}

/// Where the wanted rows lie in a part.
fn places(rows: PartRows, by: &str, wanted: &Uids) -> Result<Vec<Range<usize>>, EngineError> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for batch in rows {
        let uids = column(&batch.map_err(EngineError::from_ledger)?, by, Type::Integer);
        for uid in uids.as_primitive::<Int64Type>() {
            if uid.is_some_and(|uid| wanted.contains(uid)) {
                match places.last_mut() {
                    Some(last) if last.end == at => last.end += 1,
                    _ => places.push(at..at + 1),
                }
            }
            at += 1;
        }
    }
    Ok(places)
}
