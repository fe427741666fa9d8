//! Views over all loads: `<table>_seen` says of every row when it was first and last seen, since when it is there without
//! a break, for how many loads in a row, and how often it went and came back.
//!
//! A load counts from its as-of until the next one's: a row is there on `[first_seen, gone_on)`, but for its gaps. What
//! counts are the visible confirmed timeslots before the one that is asked, and that one. Nothing is computed before
//! somebody asks: then once, over the numbers of the keys alone.

mod query;
mod shape;

use std::collections::BTreeSet;

use self::query::{Load, query};
use self::shape::Shape;
use crate::engine::{Engine, EngineError};
use crate::ids::TimeslotId;
use crate::ledger::{Act, Entry, Ledger, LedgerError, Part, Standing, Standings, State, Timeslot, sha256_hex};
use crate::model::{StoredTable, TableSet};
use crate::table::Field;

/// Behind the name of a table: its view.
pub const SEEN: &str = "_seen";

/// The view of a table with such columns; `None` where its rows are not followed.
#[must_use]
pub fn columns_of(table: &str, columns: &[Field]) -> Option<Vec<Field>> {
    Shape::of(table, columns).map(|shape| shape.columns())
}

/// The views that are among names.
pub fn named<'a>(names: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'a str> {
    names.into_iter().filter_map(|name| name.strip_suffix(SEEN)).collect()
}

/// The loads up to one, oldest first.
pub struct Past {
    loads: Vec<Timeslot>,
    /// Those whose numbers the load that is asked took over.
    ancestors: Vec<TimeslotId>,
}

/// A view and what it is computed from.
pub struct View {
    /// Its name.
    pub name: String,
    /// The query, over the tables of [`View::tables`].
    pub query: String,
    /// The tables of each load, as the query names them.
    pub tables: TableSet,
    /// What it looks like, without its rows.
    pub bare: StoredTable,
}

impl Past {
    /// The visible confirmed timeslots before one that is asked, and that.
    ///
    /// # Errors
    /// Where a manifest cannot be read.
    pub fn of(ledger: &Ledger, asked: Timeslot) -> Result<Self, LedgerError> {
        let standings = ledger.standings()?;
        Self::in_sight(ledger, asked, &standings, &standings)
    }

    /// The same as it was when a load that is no longer open was made: what was hidden or shown since is as it was then.
    /// What was purged since cannot be read any more and is left out.
    ///
    /// # Errors
    /// Where a manifest cannot be read.
    pub fn as_made(ledger: &Ledger, asked: Timeslot) -> Result<Self, LedgerError> {
        let log = ledger.log()?;
        let now = Standings::follow(log.entries());
        let is_open = now.find(&asked.manifest.timeslot).is_none_or(|standing| standing.state.is_open());
        let is_made = |entry: &Entry| {
            entry.timeslot == asked.manifest.timeslot && matches!(entry.act, Act::Activate | Act::Hold { .. })
        };
        let Some(last) = log.entries().iter().rposition(is_made).filter(|_| !is_open) else {
            return Self::in_sight(ledger, asked, &now, &now);
        };
        let then = Standings::follow(&log.entries()[..=last]);
        Self::in_sight(ledger, asked, &then, &now)
    }

    /// Those that are confirmed by what the log said `then` and not purged `now`.
    fn in_sight(ledger: &Ledger, asked: Timeslot, then: &Standings, now: &Standings) -> Result<Self, LedgerError> {
        let own = then.find(&asked.manifest.timeslot).and_then(|standing| standing.confirmed_by);
        // Of an open one all others are the past.
        let end = (asked.manifest.as_of, own.unwrap_or(u64::MAX));
        let is_gone = |id: &TimeslotId| now.find(id).is_none_or(|standing| standing.state == State::Purged);
        let is_past = |standing: &&Standing| {
            standing.state == State::Confirmed
                && !is_gone(&standing.id)
                && standing.id != asked.manifest.timeslot
                && (standing.as_of, standing.confirmed_by.unwrap_or_default()) < end
        };
        let mut past: Vec<_> = then.all().iter().filter(is_past).collect();
        past.sort_by_key(|standing| (standing.as_of, standing.confirmed_by));
        let mut loads = past.iter().map(|standing| ledger.timeslot(&standing.id)).collect::<Result<Vec<_>, _>>()?;
        // A load goes on numbering where its parent stopped, whether that is still there or not.
        let ancestors = now.line_of(&asked.manifest.timeslot);
        loads.push(asked);
        Ok(Self { loads, ancestors })
    }

    /// The view of a table; `None` where its rows are not followed, or the load that is asked does not have it.
    #[must_use]
    pub fn view(&self, table: &str) -> Option<View> {
        let asked = self.loads.last()?;
        let columns = match asked.manifest.tables.get(table) {
            Some(record) => record.columns.clone(),
            None => TableSet::default().find(table).columns.clone(),
        };
        let shape = Shape::of(table, &columns).filter(|shape| !shape.key.is_empty())?;
        let mut tables = TableSet::default();
        let mut loads = Vec::new();
        let mut made_from = String::new();
        for (number, timeslot) in self.loads.iter().enumerate() {
            let is_asked = number + 1 == self.loads.len();
            let is_numbered_alike = self.ancestors.contains(&timeslot.manifest.timeslot);
            let is_told = is_asked || shape.is_collected() || timeslot.manifest.tables.contains_key(table);
            if !is_told || !is_numbered_alike && !shape.names_its_uids() {
                continue;
            }
            let own = TableSet::of(timeslot, None);
            let key: Vec<Field> =
                columns.iter().filter(|column| shape.names().any(|name| name == column.name)).cloned().collect();
            let stored = StoredTable { columns: key, ..(*own.find(table)).clone() };
            made_from.push_str(&format!("{} {}", timeslot.manifest.as_of, is_numbered_alike));
            stored.parts.iter().for_each(|part| made_from.push_str(&part.sha256));
            tables.insert(&format!("{table}_at_{number}"), stored);
            if !is_numbered_alike {
                let registry = own.find("uids");
                registry.parts.iter().for_each(|part| made_from.push_str(&part.sha256));
                tables.insert(&format!("uids_at_{number}"), registry);
                tables.insert("uids", TableSet::of(asked, None).find("uids"));
            }
            loads.push(Load { number, as_of: timeslot.manifest.as_of, is_numbered_alike });
        }
        let query = query(&shape, &loads);
        let part = Part {
            name: SEEN.to_owned(),
            sha256: sha256_hex(format!("{query}{made_from}").as_bytes()),
            ..Part::default()
        };
        let bare = StoredTable { columns: shape.columns(), parts: vec![part], ..StoredTable::default() };
        Some(View { name: format!("{table}{SEEN}"), query, tables, bare })
    }

    /// The views of some tables with their rows, by name.
    ///
    /// # Errors
    /// Where a part cannot be read.
    pub fn views(&self, of: &BTreeSet<&str>, engine: &dyn Engine) -> Result<TableSet, EngineError> {
        let mut views = TableSet::default();
        for view in of.iter().filter_map(|table| self.view(table)) {
            let mut held = Vec::new();
            engine.run(&view.query, &view.tables, &view.bare.columns, view.bare.columns.len(), &mut |batch| {
                held.push(batch);
                Ok(())
            })?;
            views.insert(&view.name, StoredTable { held, ..view.bare });
        }
        Ok(views)
    }

    /// The views of some tables as a plan is held against them: without their rows.
    #[must_use]
    pub fn bare_views(&self, of: &BTreeSet<&str>) -> Vec<View> {
        of.iter().filter_map(|table| self.view(table)).collect()
    }
}
