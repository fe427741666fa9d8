//! Whether a run would change anything: what `--if-changed` asks.

use crate::engine::{Engine, EngineError};
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, LedgerError, Timeslot};
use crate::model::TableSet;
use crate::stages::Ask;

/// Whether a timeslot says nothing that `current` does not say: the same rows of every collected table, the same
/// owners, managers, rights and gaps, and no finding that opens or closes.
///
/// # Errors
/// Where the tables cannot be read.
pub fn is_unchanged(
    ledger: &Ledger,
    id: &TimeslotId,
    current: &Timeslot,
    engine: &dyn Engine,
) -> Result<bool, EngineOrLedgerError> {
    let timeslot = ledger.timeslot(id)?;
    if timeslot.manifest.configuration != current.manifest.configuration {
        return Ok(false);
    }
    let tables = TableSet::of(&timeslot, Some(current));
    let ask = Ask { engine, tables: &tables };
    let moved = ask.rows(
        "SELECT 1 FROM movements UNION ALL SELECT 1 FROM link_changes
         UNION ALL SELECT 1 FROM findings WHERE state IN ('opened', 'reopened')
         UNION ALL SELECT 1 FROM findings WHERE state = 'fixed' AND NOT EXISTS (SELECT 1 FROM before_findings b WHERE b.state = 'fixed')
         UNION ALL (SELECT 1 FROM (SELECT uid, status, reason FROM identity_status EXCEPT SELECT uid, status, reason FROM before_identity_status))
         UNION ALL (SELECT 1 FROM (SELECT account_uid, identity_uid, ownerless FROM ownership EXCEPT SELECT account_uid, identity_uid, ownerless FROM before_ownership))
         UNION ALL (SELECT 1 FROM (SELECT account_uid, identity_uid, ownerless FROM before_ownership EXCEPT SELECT account_uid, identity_uid, ownerless FROM ownership))
         UNION ALL (SELECT 1 FROM (SELECT identity_uid, permission_uid, gap FROM entitlement_gaps EXCEPT SELECT identity_uid, permission_uid, gap FROM before_entitlement_gaps))
         UNION ALL (SELECT 1 FROM (SELECT identity_uid, permission_uid, gap FROM before_entitlement_gaps EXCEPT SELECT identity_uid, permission_uid, gap FROM entitlement_gaps))",
    )?;
    Ok(moved.is_empty())
}

/// Why two timeslots could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum EngineOrLedgerError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
