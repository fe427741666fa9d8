//! `ledgerline timeslots`: every timeslot the log knows.

use std::path::PathBuf;

use super::output::{Format, Rows};
use super::{Failure, open};
use crate::ledger::{Ledger, TableRecord};

/// List the timeslots.
#[derive(clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let standings = ledger.standings()?;
    let current = standings.current().map(|standing| standing.id.clone());
    let mut rows = Rows::new(&["timeslot", "state", "parent", "identities", "accounts", "rights", "bytes", "run"])
        .numbers(&["identities", "accounts", "rights", "bytes"]);
    for standing in standings.all() {
        let state =
            if Some(&standing.id) == current.as_ref() { "current".to_owned() } else { standing.state.to_string() };
        // A timeslot whose data is gone is still in the log.
        let manifest = ledger.timeslot(&standing.id).ok().map(|timeslot| timeslot.manifest);
        let count = |table: &str| {
            manifest.as_ref().map(|manifest| manifest.tables.get(table).map_or(0, TableRecord::rows).to_string())
        };
        rows.rows.push(vec![
            Some(standing.id.to_string()),
            Some(state),
            standing.parent.as_ref().map(ToString::to_string),
            count("identities"),
            count("accounts"),
            count("rights"),
            manifest.as_ref().map(|manifest| manifest.parts().map(|part| part.bytes).sum::<u64>().to_string()),
            manifest.as_ref().map(|manifest| manifest.run.clone()),
        ]);
    }
    rows.print(format);
    Ok(0)
}
