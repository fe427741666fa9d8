//! `ledgerline diff`: what differs between any two timeslots.

use std::path::PathBuf;

use super::output::{Cells, Format, Rows};
use super::{Failure, machine, open};
use crate::diff::{Diff, DiffError};
use crate::ids::TimeslotName;
use crate::ledger::Ledger;

/// Compare any two timeslots.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ledgerline diff 2026-11-02 2026-11-16\n  ledgerline diff 2026-11-02 2026-11-16 --by repository\n  ledgerline diff 2026-11-02 2026-11-16 --table identities"
)]
pub(super) struct Arguments {
    /// The timeslot to compare with: its id, a label, or `current`.
    from: TimeslotName,
    /// The timeslot that is compared: what it has and the other has not is new.
    to: TimeslotName,
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
    let readable = |name: &TimeslotName| open::readable(&ledger, &ledger.named(name)?);
    let (from, to) = (readable(&arguments.from)?, readable(&arguments.to)?);
    let engine = machine::engine(&project)?;
    let diff = Diff::new(&from, &to, &engine)?;
    let is_detailed = arguments.table.is_some() && arguments.by.is_none();
    let (columns, rows) = match &arguments.table {
        Some(table) if arguments.by.is_none() => diff.details(table, arguments.keys)?,
        table => diff.counts(table.as_deref(), arguments.by.as_deref())?,
    };
    // Counts stand behind the table's name, and behind the value they are broken down by.
    let is_count = |at: usize| !is_detailed && at > usize::from(arguments.by.is_some());
    let cells = |at: usize| if is_count(at) { Cells::Numbers } else { Cells::Texts };
    let columns = columns.into_iter().enumerate().map(|(at, name)| (name, cells(at))).collect();
    Rows { columns, rows }.print(format);
    Ok(0)
}

impl From<DiffError> for Failure {
    fn from(error: DiffError) -> Self {
        match error {
            DiffError::Engine(error) => Self::Engine(error),
            wrong => Self::Usage(wrong.to_string()),
        }
    }
}
