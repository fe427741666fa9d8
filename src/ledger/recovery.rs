//! What a crash left behind, put right by the next writer. Only temporary files, parts without a manifest and those of a
//! purged timeslot go; moves that a commit decided and a crash prevented are repeated. No data file is ever rewritten.

use std::fs;
use std::path::PathBuf;

use super::durable::{failed, move_folder};
use super::files::{remove_temporary_files, unlisted_files};
use super::manifest::Manifest;
use super::state::{Standings, State};
use super::{Ledger, LedgerError, retention};
use crate::ids::TimeslotId;

/// What recovery did, in sentences for the log of the run.
pub(super) fn recover(ledger: &Ledger, standings: &Standings) -> Result<Vec<String>, LedgerError> {
    let mut done = Vec::new();
    for path in remove_temporary_files(&ledger.log_folder())? {
        done.push(format!("removed `{}`, an entry that was never committed", path.display()));
    }
    for standing in standings.all() {
        let target = ledger.folder_in(standing.state, &standing.id);
        if target.exists() {
            continue;
        }
        if let Some(found) = places(ledger, &standing.id).into_iter().find(|place| place.exists()) {
            move_folder(&found, &target)?;
            done.push(format!("moved timeslot {} to `{}`, as the log says", standing.id, target.display()));
        }
    }
    for standing in standings.all().iter().filter(|standing| standing.state == State::Purged) {
        let removed = retention::remove_parts(&ledger.folder_in(State::Purged, &standing.id))?;
        if removed > 0 {
            done.push(format!("removed {removed} files of timeslot {}, which was purged", standing.id));
        }
    }
    for id in ledger.open_folders()? {
        let folder = ledger.open_folder(&id);
        let is_open = id.parse().ok().and_then(|id| standings.find(&id)).is_some_and(|found| found.state.is_open());
        if is_open {
            let manifest = Manifest::read(&folder)?;
            let left_over = unlisted_files(&folder, &manifest)?;
            for path in &left_over {
                fs::remove_file(path).map_err(failed("remove", path))?;
            }
            if !left_over.is_empty() {
                done.push(format!("removed {} unfinished files of timeslot {id}", left_over.len()));
            }
        } else {
            fs::remove_dir_all(&folder).map_err(failed("remove", &folder))?;
            done.push(format!("removed `{}`, which was never begun", folder.display()));
        }
    }
    Ok(done)
}

/// Where a timeslot's folder may lie.
pub(super) fn places(ledger: &Ledger, id: &TimeslotId) -> Vec<PathBuf> {
    [State::Sandbox, State::Confirmed, State::Rejected, State::Hidden, State::Purged]
        .into_iter()
        .map(|state| ledger.folder_in(state, id))
        .collect()
}
