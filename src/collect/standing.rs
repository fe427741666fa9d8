//! Whether what the parent has of a source is what would be read of it now.
//!
//! The same files under the same settings are not enough: what a row says depends on which keys have a number. A key that
//! is new can resolve a row, make one ambiguous, be the account that a member is before it is a group, or tell of whom a
//! rejected row speaks.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::collector::{Collector, From, TableMap};
use super::find;
use super::gather::Gathered;
use super::registry::{NewKey, Registry};
use super::source::{SourceReport, SourceState};
use super::wave::Wave;
use crate::ledger::{LedgerError, PartRows, Timeslot, bytes_of_file};
use crate::table::{Kind, Role};

/// What the parent has, and what became new since.
pub(super) struct Standing<'a> {
    pub(super) parent: Option<&'a Timeslot>,
    /// What the parent says of its sources.
    pub(super) before: &'a [SourceReport],
}

impl<'a> Standing<'a> {
    /// What the parent says of a source whose files and settings are what they were then, and which was complete.
    pub(super) fn known(&self, source: &Gathered<'_>) -> Option<&'a SourceReport> {
        let name = source.collector.name.as_str();
        let known = self.before.iter().find(|report| report.source == name)?;
        let is_same = source.missing.is_none()
            && known.state == SourceState::Complete
            && known.fingerprint == source.fingerprint
            && !moved(source, known);
        is_same.then_some(known)
    }

    /// Whether the files of a source look as they did to the parent, before any of them was opened.
    pub(super) fn is_likely(&self, collector: &Collector) -> bool {
        let Some(known) = self.before.iter().find(|report| report.source == collector.name.as_str()) else {
            return false;
        };
        let now = find::files(&collector.files);
        let bytes = now.iter().map(|file| bytes_of_file(&file.path).ok());
        bytes.eq(known.files.iter().map(|file| Some(file.bytes)))
    }

    /// Whether what the parent has of a source stands whatever keys it names, as long as none is new.
    pub(super) fn stands_by_itself(&self, source: &Gathered<'_>) -> bool {
        self.known(source).is_some_and(|known| known.unknown.as_ref().is_some_and(BTreeSet::is_empty))
    }

    /// Whether a source would be read to what the parent has of it, after some keys were numbered.
    pub(super) fn stands(&self, source: &Gathered<'_>, fresh: &Fresh<'_>) -> bool {
        let (Some(parent), Some(known)) = (self.parent, self.known(source)) else { return false };
        let Some(unknown) = &known.unknown else { return false };
        let says_more = unknown.iter().any(|unknown| {
            fresh.registry.knew(unknown.kind, unknown.namespace.as_deref(), &unknown.key)
                || fresh.may_be(unknown.kind, &unknown.key)
        });
        // A part that cannot be read is no ground to trust it.
        !says_more && (fresh.names.is_empty() || fresh.changes(parent, source.collector).is_ok_and(|changes| !changes))
    }
}

/// Whether rejects name files that lie elsewhere now.
pub(super) fn moved(source: &Gathered<'_>, known: &SourceReport) -> bool {
    known.tables.iter().any(|counts| counts.rejected > 0)
        && !source.facts.iter().map(|file| &file.path).eq(known.files.iter().map(|file| &file.path))
}

/// Keys that were numbered a moment ago.
pub(super) struct Fresh<'a> {
    /// As a careless eye reads them: where it sees none, there is none.
    names: BTreeSet<(Kind, String)>,
    /// Older objects with the text of a new key, in another namespace.
    doubled: BTreeSet<(Kind, i64)>,
    registry: &'a Registry,
}

impl<'a> Fresh<'a> {
    pub(super) fn of(new: &[NewKey], registry: &'a Registry) -> Self {
        let doubled = new.iter().filter(|(kind, ..)| kind.namespace().is_some()).flat_map(|(kind, _, key, uid)| {
            registry.everywhere(*kind, key).filter(move |other| other != uid).map(|other| (*kind, other))
        });
        let doubled = doubled.collect();
        Self { names: new.iter().map(|(kind, _, key, _)| (*kind, careless(key))).collect(), doubled, registry }
    }

    /// Whether a text may be a new key. What is told as an account may have been a member, and be a group.
    fn may_be(&self, kind: Kind, text: &str) -> bool {
        let is = |kind| self.names.contains(&(kind, careless(text)));
        is(kind) || kind == Kind::Account && is(Kind::Group)
    }

    /// Whether a row of a source says something else by now.
    fn changes(&self, parent: &Timeslot, collector: &Collector) -> Result<bool, LedgerError> {
        let source = collector.name.as_str();
        let (mut is_found_anywhere, mut changes) = (false, false);
        for map in collector.tables.iter().filter(|map| Wave::Relations.fills(map)) {
            changes |= self.is_named_by_unresolved(parent, map, source)?;
            let outdone = self.outdone(map);
            is_found_anywhere |= !outdone.is_empty();
            for (column, uids) in outdone {
                let table = format!("staged_{}", map.table.name);
                changes |= any(parent, &table, source, &[column], &|rows, row| {
                    number(rows, column, row).is_some_and(|uid| uids.contains(&uid))
                })?;
            }
        }
        if is_found_anywhere {
            let is_doubled = |uid: i64| self.doubled.iter().any(|(_, doubled)| *doubled == uid);
            let columns = ["uid", "related_uid"];
            changes |= any(parent, "staged_rejects", source, &columns, &|rows, row| {
                columns.iter().any(|column| number(rows, column, row).is_some_and(is_doubled))
            })?;
        }
        Ok(changes)
    }

    /// Whether a row that led nowhere names a new key.
    fn is_named_by_unresolved(&self, parent: &Timeslot, map: &TableMap, source: &str) -> Result<bool, LedgerError> {
        let ends: Vec<(Kind, String)> =
            ends(map).map(|(kind, column)| (kind, format!("{}_key", column.trim_end_matches("_uid")))).collect();
        let columns: Vec<&str> = ends.iter().map(|(_, column)| column.as_str()).collect();
        any(parent, &format!("staged_unresolved_{}", map.table.name), source, &columns, &|rows, row| {
            ends.iter().any(|(kind, column)| text(rows, column, row).is_some_and(|key| self.may_be(*kind, key)))
        })
    }

    /// By column of a relation, the objects that were found because there was no other of their name, and that now would
    /// not be found.
    fn outdone(&self, map: &TableMap) -> Vec<(&'static str, BTreeSet<i64>)> {
        let of = |kind: Kind| self.doubled.iter().filter(|(of, _)| *of == kind).map(|(_, uid)| *uid).collect();
        let mut outdone: Vec<(&'static str, BTreeSet<i64>)> = ends(map)
            .filter(|(kind, column)| may_lack_namespace(map, *kind, column))
            .map(|(kind, end)| (end, of(kind)))
            .collect();
        if map.columns.iter().any(|column| column.name == "member")
            && let Some((_, column)) = ends(map).find(|(_, column)| *column == "member_group_uid")
        {
            let groups = self.registry.keys(Kind::Group);
            let groups = groups.filter(|(key, _)| self.names.contains(&(Kind::Account, careless(key))));
            outdone.push((column, groups.map(|(_, uid)| uid).collect()));
        }
        outdone.retain(|(_, uids)| !uids.is_empty());
        outdone
    }
}

/// A key without what key forms may differ in.
fn careless(key: &str) -> String {
    key.trim().to_lowercase()
}

/// The ends of a relation: kind and column.
fn ends(map: &TableMap) -> impl Iterator<Item = (Kind, &'static str)> + use<> {
    map.table.columns.iter().filter_map(|column| match column.role {
        Role::End(kind) => Some((kind, column.name)),
        _ => None,
    })
}

/// Whether a row may name an end without saying in which namespace it is.
fn may_lack_namespace(map: &TableMap, kind: Kind, end: &str) -> bool {
    let Some(namespace) = kind.namespace() else { return false };
    let own = format!("{}_{namespace}", end.trim_end_matches("_uid"));
    let named = |name: &str| map.columns.iter().find(|column| column.name == name);
    let column = named(&own).or_else(|| named(namespace));
    column.is_none_or(|column| !column.required && !matches!(column.from, From::Value(_)))
}

/// Whether something holds for any row that the parent has of a source in a table.
fn any(
    parent: &Timeslot,
    table: &str,
    source: &str,
    columns: &[&str],
    holds: &dyn Fn(&RecordBatch, usize) -> bool,
) -> Result<bool, LedgerError> {
    let record = parent.manifest.tables.get(table);
    let parts = record.into_iter().flat_map(|record| &record.parts).filter(|part| part.name == source && part.rows > 0);
    for part in parts {
        for rows in PartRows::open(&parent.folder.join(&part.path), columns)? {
            let rows = rows?;
            if (0..rows.num_rows()).any(|row| holds(&rows, row)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn number(rows: &RecordBatch, column: &str, row: usize) -> Option<i64> {
    let column = rows.column_by_name(column)?.as_primitive_opt::<Int64Type>()?;
    column.is_valid(row).then(|| column.value(row))
}

fn text<'r>(rows: &'r RecordBatch, column: &str, row: usize) -> Option<&'r str> {
    let column = rows.column_by_name(column)?.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row))
}
