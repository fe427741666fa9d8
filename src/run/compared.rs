//! What earlier timeslots measured, as tables of their own: what thresholds compare with that take more than the parent.

use crate::ids::TimeslotId;
use crate::ledger::{Ledger, LedgerError, Timeslot};
use crate::model::{StoredTable, TableSet};
use crate::plan::Plan;
use crate::settings::validate::Baseline;
use crate::table::Field;
use crate::tables::METRICS;

/// The tables for a timeslot; without one, for a load that nothing went before.
///
/// # Errors
/// Where the log or a manifest cannot be read.
pub(crate) fn compared(plan: &Plan, of: Option<(&Ledger, &TimeslotId)>) -> Result<TableSet, LedgerError> {
    let mut tables = TableSet::default();
    let columns: Vec<Field> = METRICS.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    for threshold in &plan.stages.validate.thresholds {
        let Some(name) = threshold.baseline.table().filter(|name| !tables.contains(name)) else { continue };
        let timeslots = match of {
            Some((ledger, id)) => timeslots(&threshold.baseline, ledger, id)?,
            None => Vec::new(),
        };
        tables.insert(&name, StoredTable::of_several(&timeslots, METRICS.name, columns.clone()));
    }
    Ok(tables)
}

fn timeslots(baseline: &Baseline, ledger: &Ledger, id: &TimeslotId) -> Result<Vec<Timeslot>, LedgerError> {
    let standings = ledger.standings()?;
    let ids: Vec<&TimeslotId> = match baseline {
        Baseline::Previous => Vec::new(),
        Baseline::Label(label) => standings.labelled(label).map(|standing| &standing.id).into_iter().collect(),
        Baseline::Median(loads) => {
            let loads = usize::try_from(*loads).unwrap_or(usize::MAX);
            standings.ancestors(id).take(loads).map(|standing| &standing.id).collect()
        }
    };
    ids.into_iter().map(|id| ledger.timeslot(id)).collect()
}
