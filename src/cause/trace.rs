//! What moved a table, traced through all that it is made from.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Moved, Sources};
use crate::collect::source::SourceReport;
use crate::ledger::Part;
use crate::model::{BEFORE, CONFIGURATION, Model, StoredTable, TABLE, TableSet};
use crate::{table, tables};

/// Tables that say what moved, or what was measured of it: what moved them is no question.
const OF_THE_LOAD: [&str; 10] = [
    "uids",
    "rekeys",
    "movements",
    "changes",
    "link_changes",
    "identity_movements",
    "movement_counts",
    "metrics",
    "threshold_results",
    "causes",
];

/// Tables on the way to others, which say with them what moved.
const ON_THE_WAY: [&str; 6] = [
    "forgotten_owners",
    "carried_ownership",
    "undecided_accounts",
    "owner_candidates",
    "owner_matches",
    "control_hits",
];

/// A walk from tables to what they are made from.
pub(super) struct Trace<'a> {
    models: &'a [Model],
    tables: &'a TableSet,
    sources: &'a Sources,
    /// What was found, and what is being looked for: circles end there.
    found: RefCell<BTreeMap<String, Moved>>,
}

impl<'a> Trace<'a> {
    pub(super) fn new(models: &'a [Model], tables: &'a TableSet, sources: &'a Sources) -> Self {
        Self { models, tables, sources, found: RefCell::default() }
    }

    /// What moved a table.
    pub(super) fn table(&self, name: &str) -> Moved {
        if name.starts_with(BEFORE) || OF_THE_LOAD.contains(&name) {
            return Moved::default();
        }
        if let Some(found) = self.found.borrow().get(name) {
            return *found;
        }
        self.found.borrow_mut().insert(name.to_owned(), Moved::default());
        let moved = self.trace(name);
        self.found.borrow_mut().insert(name.to_owned(), moved);
        moved
    }

    fn trace(&self, name: &str) -> Moved {
        let (now, before) = (self.tables.find(name), self.tables.find(&format!("{BEFORE}{name}")));
        let made: Vec<&Model> = self.models.iter().filter(|model| model.table == name).collect();
        if !made.is_empty() {
            return made.into_iter().fold(Moved::default(), |moved, model| moved.and(self.model(model, &before)));
        }
        let parts = moved_of(&now, &before).into_iter();
        parts.fold(Moved::default(), |moved, (part, was)| moved.and(self.part(name, part, was)))
    }

    /// What may move a model that is not yet made.
    fn model(&self, model: &Model, before: &StoredTable) -> Moved {
        let was = before.parts.iter().find(|part| part.name == model.name);
        let reads = model.reads().iter().fold(Moved::default(), |moved, read| moved.and(self.table(read)));
        let is_other = match was {
            None => true,
            Some(part) => is_other(part.made_from.get(CONFIGURATION), model.configuration.as_ref()),
        };
        reads.and(Moved { by_data: false, by_configuration: is_other })
    }

    /// What moved a part.
    fn part(&self, table: &str, now: Option<&Part>, was: Option<&Part>) -> Moved {
        let name = now.or(was).map_or("", |part| part.name.as_str());
        if let Some(collected) = collected(table) {
            return self.sources.of_rows(name, collected);
        }
        let (Some(now), Some(was)) = (now, was) else { return Moved::BY_CONFIGURATION };
        let configuration = is_other(was.made_from.get(CONFIGURATION), now.made_from.get(CONFIGURATION));
        let inputs = now.made_from.iter().filter(|(piece, hash)| was.made_from.get(*piece) != Some(hash));
        let read = inputs.filter_map(|(piece, _)| piece.strip_prefix(TABLE));
        let moved = read.fold(Moved::default(), |moved, read| moved.and(self.table(read)));
        moved.and(Moved { by_data: false, by_configuration: configuration })
    }
}

/// Whether a configuration is not what it was. Of what an earlier program wrote nobody knows.
fn is_other(was: Option<&String>, now: Option<&String>) -> bool {
    matches!((was, now), (Some(was), Some(now)) if was != now)
}

/// The table that collectors fill, of its staged rows too.
fn collected(name: &str) -> Option<&'static table::Table> {
    let name = name.strip_prefix("staged_").unwrap_or(name);
    tables::COLLECTED.iter().find(|table| table.name == name).copied()
}

/// The parts that are not what they were.
fn moved_of<'t>(now: &'t StoredTable, before: &'t StoredTable) -> Vec<(Option<&'t Part>, Option<&'t Part>)> {
    let same_name = |part: &&Part, parts: &'t [Part]| parts.iter().find(|other| other.name == part.name);
    let is_filled = |parts: &(Option<&Part>, Option<&Part>)| {
        parts.0.is_some_and(|part| part.rows > 0) || parts.1.is_some_and(|part| part.rows > 0)
    };
    let mut pairs: Vec<(Option<&Part>, Option<&Part>)> =
        now.parts.iter().map(|part| (Some(part), same_name(&part, &before.parts))).collect();
    pairs.extend(
        before.parts.iter().filter(|part| same_name(part, &now.parts).is_none()).map(|part| (None, Some(part))),
    );
    pairs.retain(|(now, was)| now.map(|part| &part.sha256) != was.map(|part| &part.sha256));
    pairs.retain(is_filled);
    pairs
}

/// Every part that holds other rows than in the parent, by table and name, with what moved it.
#[must_use]
pub fn moved_parts(
    tables: &TableSet,
    now: &[SourceReport],
    before: &[SourceReport],
) -> Vec<(String, String, &'static str)> {
    let sources = Sources::of(tables, now, before);
    let trace = Trace::new(&[], tables, &sources);
    let mut names: Vec<&str> = tables.iter().map(|(name, _)| name.strip_prefix(BEFORE).unwrap_or(name)).collect();
    names.sort_unstable();
    names.dedup();
    let mut found = Vec::new();
    let is_told =
        |name: &&str| !name.starts_with("staged_") && !OF_THE_LOAD.contains(name) && !ON_THE_WAY.contains(name);
    for table in names.into_iter().filter(is_told) {
        let (stored, was) = (tables.find(table), tables.find(&format!("{BEFORE}{table}")));
        for (part, part_before) in moved_of(&stored, &was) {
            let name = part.or(part_before).map_or("", |part| part.name.as_str());
            found.push((table.to_owned(), name.to_owned(), sources.word(trace.part(table, part, part_before))));
        }
    }
    found
}
