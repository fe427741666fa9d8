//! `ledgerline diff`: what differs between any two timeslots.

use std::path::PathBuf;

use super::output::{Format, Rows};
use super::{Failure, machine, open};
use crate::diff::{Diff, DiffError};
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, State, Timeslot};

/// Compare any two timeslots.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ledgerline diff 2026-11-02 2026-11-16\n  ledgerline diff 2026-11-02 2026-11-16 --by repository\n  ledgerline diff 2026-11-02 2026-11-16 --table identities"
)]
pub(super) struct Arguments {
    /// The timeslot to compare with.
    from: TimeslotId,
    /// The timeslot that is compared: what it has and the other has not is new.
    to: TimeslotId,
    /// What moved in this table, object by object and attribute by attribute.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Counts for each value of a column.
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// Only which objects moved, not what of them.
    #[arg(long, requires = "table", conflicts_with = "by")]
    keys: bool,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let (from, to) = (readable(&ledger, &arguments.from)?, readable(&ledger, &arguments.to)?);
    let engine = machine::engine(&project)?;
    let diff = Diff::new(&from, &to, &engine)?;
    let (columns, rows) = match &arguments.table {
        Some(table) if arguments.by.is_none() => diff.details(table, arguments.keys)?,
        table => diff.counts(table.as_deref(), arguments.by.as_deref())?,
    };
    Rows { columns, rows }.print(format);
    Ok(0)
}

/// A timeslot that may be read: confirmed and in sight, or open and named.
fn readable(ledger: &Ledger, id: &TimeslotId) -> Result<Timeslot, Failure> {
    match ledger.standings()?.find(id).map(|standing| standing.state) {
        Some(state @ (State::Hidden | State::Rejected)) => Err(Failure::Usage(format!("timeslot {id} is {state}"))),
        Some(State::Sandbox) => {
            Err(Failure::Usage(format!("timeslot {id} is a sandbox: its tables are not published yet")))
        }
        _ => Ok(ledger.timeslot(id)?),
    }
}

impl From<DiffError> for Failure {
    fn from(error: DiffError) -> Self {
        match error {
            DiffError::Engine(error) => Self::Engine(error),
            wrong => Self::Usage(wrong.to_string()),
        }
    }
}
