//! `ledgerline query`: a question in SQL to one timeslot, read-only.

use std::path::PathBuf;

use jiff::civil::Date;

use super::output::{Format, Rows};
use super::{Failure, machine, open};
use crate::engine::{Engine, cells};
use crate::ids::{TimeslotId, TimeslotName};
use crate::ledger::{Ledger, State};
use crate::model::TableSet;
use crate::sql;
use crate::temporal::{self, Past};

/// Ask a timeslot a question in SQL.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// One SELECT. Tables are those of the timeslot, with `before_` those of its parent; `<table>_seen` says since when and
    /// how often each row was there.
    query: String,
    /// The timeslot, by id or label. Default: the current one.
    #[arg(long, value_name = "ID|LABEL", conflicts_with = "as_of")]
    timeslot: Option<TimeslotName>,
    /// The confirmed timeslot that was current on that day.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project_with(folder, &arguments.given)?;
    let ledger = Ledger::open(&project.ledger)?;
    let id = match arguments.as_of {
        Some(as_of) => Some(current_on(&ledger, as_of)?),
        None => arguments.timeslot.as_ref().map(|name| ledger.named(name)).transpose()?,
    };
    let timeslot = match &id {
        Some(id) => open::readable(&ledger, id)?,
        None => open::timeslot(&ledger, None)?,
    };
    // The parent may have gone by retention; its tables are then empty.
    let parent = timeslot.manifest.parent.as_ref().and_then(|parent| ledger.timeslot(parent).ok());
    let tables = TableSet::of(&timeslot, parent.as_ref());
    let engine = machine::engine(&project)?;
    // What does not parse says so below.
    let asked = sql::tables_of(&arguments.query).unwrap_or_default();
    let tables = match temporal::named(&asked) {
        followed if followed.is_empty() => tables,
        followed => tables.with(&Past::of(&ledger, timeslot)?.views(&followed, &engine)?),
    };
    let names = engine.columns(&arguments.query, &tables)?;
    let rows = Rows {
        columns: names.into_iter().map(|column| (column.name, column.kind.into())).collect(),
        rows: cells(&engine.rows(&arguments.query, &tables)?)?,
    };
    rows.print(format);
    Ok(0)
}

/// The latest confirmed timeslot whose as-of is not after a day.
fn current_on(ledger: &Ledger, day: Date) -> Result<TimeslotId, Failure> {
    let standings = ledger.standings()?;
    let confirmed =
        standings.all().iter().filter(|standing| standing.state == State::Confirmed && standing.as_of <= day);
    let latest = confirmed.max_by_key(|standing| standing.confirmed_by).map(|standing| standing.id.clone());
    latest.ok_or_else(|| Failure::Usage(format!("no confirmed timeslot speaks about {day} or a day before")))
}
