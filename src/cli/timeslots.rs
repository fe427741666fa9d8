//! `ledgerline timeslots`: every timeslot the log knows, with what keeps it, when it is to go, and what it takes.

use std::path::PathBuf;

use super::output::{Format, Rows};
use super::{Failure, open};
use crate::ids::Label;
use crate::ledger::{Ledger, Size, Standing, TableRecord};

/// List the timeslots.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// What each takes on disk: its files, their bytes, and what its purge would free.
    #[arg(long)]
    sizes: bool,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let rows = if arguments.sizes { sizes(&ledger)? } else { timeslots(&ledger)? };
    rows.print(format);
    Ok(0)
}

fn timeslots(ledger: &Ledger) -> Result<Rows, Failure> {
    let standings = ledger.standings()?;
    let current = standings.current().map(|standing| standing.id.clone());
    let numbers = ["identities", "accounts", "rights", "bytes"];
    let names =
        ["timeslot", "state", "parent", "identities", "accounts", "rights", "bytes", "run", "labels", "kept", "to_go"];
    let mut rows = Rows::new(&names).numbers(&numbers);
    for standing in standings.all() {
        // A timeslot whose data is gone is still in the log.
        let manifest = ledger.manifest(&standing.id).ok();
        let count = |table: &str| {
            manifest.as_ref().map(|manifest| manifest.tables.get(table).map_or(0, TableRecord::rows).to_string())
        };
        let [labels, kept, to_go] = fate(standing);
        rows.rows.push(vec![
            Some(standing.id.to_string()),
            Some(state(standing, current.as_ref() == Some(&standing.id))),
            standing.parent.as_ref().map(ToString::to_string),
            count("identities"),
            count("accounts"),
            count("rights"),
            manifest.as_ref().map(|manifest| manifest.parts().map(|part| part.bytes).sum::<u64>().to_string()),
            manifest.as_ref().map(|manifest| manifest.run.clone()),
            labels,
            kept,
            to_go,
        ]);
    }
    Ok(rows)
}

/// What each takes that has its parts.
fn sizes(ledger: &Ledger) -> Result<Rows, Failure> {
    let standings = ledger.standings()?;
    let current = standings.current().map(|standing| standing.id.clone());
    let names = ["timeslot", "state", "files", "bytes", "freed_by_purge", "labels", "kept", "to_go"];
    let mut rows = Rows::new(&names).numbers(&["files", "bytes", "freed_by_purge"]);
    for Size { timeslot, files, bytes, own_bytes } in ledger.sizes()? {
        let Some(standing) = standings.find(&timeslot) else { continue };
        let [labels, kept, to_go] = fate(standing);
        rows.rows.push(vec![
            Some(timeslot.to_string()),
            Some(state(standing, current.as_ref() == Some(&timeslot))),
            Some(files.to_string()),
            Some(bytes.to_string()),
            Some(own_bytes.to_string()),
            labels,
            kept,
            to_go,
        ]);
    }
    Ok(rows)
}

fn state(standing: &Standing, is_current: bool) -> String {
    if is_current { "current".to_owned() } else { standing.state.to_string() }
}

/// Its labels, its legal hold, and when it is to go.
fn fate(standing: &Standing) -> [Option<String>; 3] {
    let labels: Vec<&str> = standing.labels.iter().map(Label::as_str).collect();
    [
        Some(labels.join(", ")).filter(|labels| !labels.is_empty()),
        standing.legal_hold.as_ref().map(|reason| format!("legal hold: {reason}")),
        standing.to_go.as_ref().map(|to_go| format!("after {}: {}", to_go.after.strftime("%Y-%m-%d"), to_go.reason)),
    ]
}
