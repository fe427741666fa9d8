//! Gaps in numbers, for reports.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Date32Type;

use super::found::gaps;
use crate::engine::EngineError;
use crate::kernels::rows::column;
use crate::ledger::Wanted;
use crate::model::{BEFORE, StoredTable, TableSet};
use crate::table::Type;

/// What is told of gaps in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GapCounts {
    /// All of them.
    pub rows: i64,
    /// Those first seen on the day that was asked for.
    pub new: i64,
    /// Those that a derogation excuses.
    pub excused: i64,
    /// The last day on which any was first seen, since 1970-01-01.
    pub last_seen: Option<i32>,
}

/// The gaps of this load and of its parent: of each `over`, then `under`.
///
/// # Errors
/// Where a part cannot be read.
pub fn tally_gaps(tables: &TableSet, day: i32) -> Result<[[GapCounts; 2]; 2], EngineError> {
    let (now, before) = (tables.find("entitlement_gaps"), tables.find(&format!("{BEFORE}entitlement_gaps")));
    let content = |table: &StoredTable| table.parts.iter().map(|part| part.sha256.clone()).collect::<Vec<_>>();
    if content(&now) == content(&before) {
        let both = tally(&now, day)?;
        return Ok([both, both]);
    }
    let (now, before) = rayon::join(|| tally(&now, day), || tally(&before, day));
    Ok([now?, before?])
}

fn tally(table: &StoredTable, day: i32) -> Result<[GapCounts; 2], EngineError> {
    let mut counts = [GapCounts::default(); 2];
    let wanted = Wanted { dictionaries: vec!["gap".to_owned()], ..Wanted::default() };
    let columns = ["gap", "first_seen_on", "excused_until_on"];
    for (_, rows) in table.open_as(&columns, |_| Ok(wanted.clone()))? {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let (seen, excused) =
                (column(&batch, "first_seen_on", Type::Date), column(&batch, "excused_until_on", Type::Date));
            let seen = seen.as_primitive::<Date32Type>();
            for (row, gap) in gaps(&batch)?.into_iter().enumerate() {
                let Some(counts) = gap.and_then(|gap| counts.get_mut(usize::from(gap))) else { continue };
                counts.rows += 1;
                counts.excused += i64::from(excused.is_valid(row));
                if seen.is_valid(row) {
                    counts.new += i64::from(seen.value(row) == day);
                    counts.last_seen = counts.last_seen.max(Some(seen.value(row)));
                }
            }
        }
    }
    Ok(counts)
}
