//! Records that become relations: each row's keys are resolved to uids as it is read, so that a big table never
//! becomes columns of text. Rows with a key that no registry knows stay as text in a side part.

mod named;
mod recent;
mod resolved;
mod short;
mod taken;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::resolved::Resolved;
use self::short::{Means, Short};
pub(super) use self::taken::RelationRows;
use self::taken::{Fill, Taken, is_the_same_in_all};
use super::collector::TableMap;
use super::columns::{Value, recycled};
use super::ends::{Ends, Named, is_end};
use super::filter::{Filter, Outcome};
use super::find::Found;
use super::key::KeyForms;
use super::pile::Pile;
use super::read::{BadRecord, Row, Rows};
use super::record::{Flaw, Nulled, RecordCleaner};
use super::registry::Registry;
use super::rejects::{About, Reject};
use super::side::{SideRow, about, side_columns};
use super::stored::{counts_of, stored_columns};
use crate::engine::EngineError;
use crate::table::{Column, Field, Role};

/// The records of one source being turned into relations of one table.
pub(super) struct RelationIntake<'a> {
    map: &'a TableMap,
    source: &'a str,
    forms: &'a KeyForms,
    registry: &'a Registry,
    cleaner: RecordCleaner,
    ends: Ends,
    filter: Option<Filter>,
    columns: Vec<Field>,
    /// What fills the columns that differ from row to row.
    fills: Vec<Fill>,
    side: Vec<Field>,
    taken: Taken,
    short: Option<Short>,
    /// Kept for their memory: from row to row, and which rows of some go the long way.
    spare: Spare,
    left: Vec<usize>,
}

/// Lists that every row fills anew.
#[derive(Default)]
struct Spare {
    values: Vec<Value<'static>>,
    nulled: Vec<usize>,
    named: Vec<Named>,
}

impl<'a> RelationIntake<'a> {
    pub(super) fn new(
        map: &'a TableMap,
        source: &'a str,
        asked: &[String],
        ends: Ends,
        forms: &'a KeyForms,
        registry: &'a Registry,
    ) -> Result<Self, EngineError> {
        let columns = stored_columns(map);
        let side = side_columns(map.table, &columns);
        let differing: Vec<Field> =
            columns.iter().filter(|column| !is_the_same_in_all(&column.name)).cloned().collect();
        let fills: Vec<Fill> = differing.iter().map(|column| fill(map, &ends, &column.name)).collect();
        let cleaner = RecordCleaner::new(map, asked);
        Ok(Self {
            map,
            source,
            forms,
            registry,
            short: Short::new(map, &fills, &ends, &cleaner),
            cleaner,
            filter: map.keep.as_ref().map(|text| Filter::new(map, &text.text)).transpose()?,
            taken: Taken {
                resolved: Resolved::new(differing, &fills, &ends, registry),
                unresolved: Pile::new(&side),
                rejects: Vec::new(),
                counts: counts_of(map),
                nulled: Nulled::default(),
                keyless: 0,
                wanted: BTreeSet::new(),
            },
            ends,
            columns,
            fills,
            side,
            spare: Spare::default(),
            left: Vec::new(),
        })
    }

    /// Takes records that follow each other; `position` orders them in the source.
    pub(super) fn rows(
        &mut self,
        rows: &Rows<'_>,
        file: &Found,
        position: impl Fn(usize) -> i64,
    ) -> Result<(), EngineError> {
        self.taken.counts.read += rows.lines.len() as u64;
        let mut left = std::mem::take(&mut self.left);
        if let Some(short) = &mut self.short {
            let Self { cleaner, ends, forms, registry, .. } = self;
            let means = Means { file, cleaner, ends, forms, registry };
            short.take(rows, &position, means, &mut self.taken.resolved, &mut left);
        } else {
            left.clear();
            left.extend(0..rows.lines.len());
        }
        let taken = left.iter().try_for_each(|at| rows.with(*at, |row| self.take(row, file, position(*at))));
        self.left = left;
        taken
    }

    /// Takes one record the long way.
    fn take(&mut self, row: &Row<'_>, file: &Found, position: i64) -> Result<(), EngineError> {
        let Spare { values, mut nulled, mut named } = std::mem::take(&mut self.spare);
        let mut values = recycled(values);
        let flaw = self.cleaner.clean(row, file, &mut values, &mut nulled);
        let resolved = self.ends.resolve(&values, self.forms, self.registry, &mut named);
        let outcome = if self.filter.is_none() && flaw.is_none() && resolved.is_ok() && are_known(&named) {
            self.taken.take_resolved(&self.fills, &named, &values, &nulled, position, &self.cleaner);
            None
        } else {
            Some(self.outcome(row, file, position, flaw, resolved, &named, &values, &nulled))
        };
        match (outcome, &mut self.filter) {
            (None, _) => {}
            (Some(outcome), None) => self.taken.take(outcome, &self.cleaner),
            (Some(outcome), Some(filter)) => filter.wait(&values, outcome.into_owned()),
        }
        self.spare = Spare { values: recycled(values), nulled, named };
        if self.filter.as_ref().is_some_and(Filter::is_full) { self.sift() } else { Ok(()) }
    }

    /// What becomes of a row.
    #[expect(clippy::too_many_arguments, reason = "all that is known of one row, once")]
    fn outcome<'v>(
        &self,
        row: &Row<'_>,
        file: &Found,
        position: i64,
        flaw: Option<Flaw>,
        resolved: Result<(), String>,
        named: &[Named],
        values: &[Value<'v>],
        nulled: &[usize],
    ) -> Outcome<'v>
    where
        'a: 'v,
    {
        let is_keyless = resolved.is_err();
        let Some((column, reason)) = self.flaw_of(named, resolved, flaw) else {
            return self.cells(named, values, nulled.to_vec(), position);
        };
        let about = if is_keyless { About::default() } else { about(self.map, &self.ends, named, values) };
        let reject = Reject {
            source: self.source.to_owned(),
            table: Some(self.map.table.name),
            file: file.path.display().to_string(),
            line: i64::try_from(row.line).unwrap_or(i64::MAX),
            column,
            reason,
            raw: (row.raw)(),
            about,
        };
        Outcome::Reject { reject, is_keyless }
    }

    /// What makes a row a reject: the column of the source it lies in, and why.
    fn flaw_of(
        &self,
        named: &[Named],
        resolved: Result<(), String>,
        flaw: Option<Flaw>,
    ) -> Option<(Option<String>, String)> {
        match (resolved, flaw) {
            (_, Some(Flaw { column, reason })) => Some((Some(self.cleaner.name(column).to_owned()), reason)),
            (Err(reason), None) => Some((None, reason)),
            (Ok(()), None) => {
                let (column, reason) = self.ends.refused(named)?;
                Some((column.map(|column| self.cleaner.name(column).to_owned()), reason))
            }
        }
    }

    /// The cells of a row that is none to reject.
    fn cells<'v>(&self, named: &[Named], values: &[Value<'v>], nulled: Vec<usize>, position: i64) -> Outcome<'v>
    where
        'a: 'v,
    {
        let Self { map, side, ends, forms, source, .. } = self;
        if !are_known(named) {
            let cells = SideRow { map, side, ends, forms, source }.cells(named, values);
            let cells = cells.into_iter().map(Value::into_owned).collect();
            return Outcome::Unresolved { cells, nulled, wanted: self.ends.wanted(named).collect() };
        }
        let cell = |fill: &Fill| match fill {
            Fill::Null => Value::Null,
            Fill::End(end) => match named[*end] {
                Named::Known(uid) => Value::Integer(uid),
                _ => Value::Null,
            },
            Fill::Value(at) => values[*at].clone(),
        };
        Outcome::Resolved { cells: self.fills.iter().map(cell).collect(), position, nulled }
    }

    /// Takes the rows that wait and that the filter keeps.
    fn sift(&mut self) -> Result<(), EngineError> {
        let Some(filter) = &mut self.filter else { return Ok(()) };
        for (outcome, is_kept) in filter.judge()? {
            if is_kept {
                self.taken.take(outcome, &self.cleaner);
            } else {
                self.taken.counts.filtered += 1;
            }
        }
        Ok(())
    }

    /// Takes a record that could not be read as a whole. Returns whether it says whom it is about: then it is told here.
    pub(super) fn bad(&mut self, record: &BadRecord, file: &Found) -> bool {
        self.taken.counts.read += 1;
        self.taken.counts.rejected += 1;
        let is_sound = self.map.columns.iter().enumerate().all(|(at, column)| {
            let is_part = |column: &Column| column.role == Role::KeyPart;
            let counts =
                is_end(self.map.table, &column.name) || self.map.table.column(&column.name).is_some_and(is_part);
            !counts || self.cleaner.is_sound(at, &record.cells)
        });
        let about = (is_sound && record.is_aligned).then(|| self.about_bad(record, file)).flatten();
        let Some(about) = about else {
            self.taken.keyless += 1;
            return false;
        };
        self.taken.rejects.push(Reject::of_bad(self.source, Some(self.map.table.name), file, record, about));
        true
    }

    /// The relation that a bad record speaks of. `None` where it names no ends.
    fn about_bad(&mut self, record: &BadRecord, file: &Found) -> Option<About> {
        let cells = record.row_cells();
        let row = Row { line: record.line, cells: &cells, raw: &String::new };
        let (mut values, mut nulled) = (Vec::new(), Vec::new());
        let _ = self.cleaner.clean(&row, file, &mut values, &mut nulled);
        let mut named = Vec::new();
        self.ends.resolve(&values, self.forms, self.registry, &mut named).ok()?;
        Some(about(self.map, &self.ends, &named, &values))
    }

    /// Settles the rows by key. `place` names file and line of a position.
    pub(super) fn finish(mut self, place: &dyn Fn(i64) -> (String, i64)) -> Result<RelationRows, EngineError> {
        self.sift()?;
        let Self { map, source, columns, side, taken, .. } = self;
        taken.settled(map, source, columns, side, place)
    }
}

fn fill(map: &TableMap, ends: &Ends, column: &str) -> Fill {
    match ends.all.iter().position(|end| end.column == column) {
        Some(end) => Fill::End(end),
        None => map.columns.iter().position(|mapped| mapped.name == column).map_or(Fill::Null, Fill::Value),
    }
}

/// Whether no end leads nowhere.
fn are_known(named: &[Named]) -> bool {
    !named.iter().any(|named| matches!(named, Named::Unknown { .. }))
}
