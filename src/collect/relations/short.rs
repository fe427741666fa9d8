//! The short way of most rows. Which objects a row names follows from the texts of a few columns: where these are those
//! of the row before, or were looked up a short while ago, nothing is cleaned and nothing looked up.
//!
//! Only rows that nothing is wrong with go this way. Whatever else there is to say of a row is said on the long way.

use std::num::NonZeroU32;

use super::Fill;
use super::named::NamedObject;
use super::resolved::Resolved;
use crate::collect::collector::TableMap;
use crate::collect::columns::{Value, recycled};
use crate::collect::ends::Ends;
use crate::collect::find::Found;
use crate::collect::key::KeyForms;
use crate::collect::read::{Cell, Rows};
use crate::collect::record::RecordCleaner;
use crate::collect::registry::Registry;

/// The short way through one table's rows.
pub(super) struct Short {
    named: Vec<NamedObject>,
    /// Columns of the map that name nothing.
    others: Vec<usize>,
    /// What fills each stored column: a value is the so-many-th of `others`.
    fills: Vec<Fill>,
    /// The object at each end, and the values of `others`, of the current row.
    uids: Vec<Option<i64>>,
    values: Vec<Value<'static>>,
}

/// An object at the so-many-th end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) end: u8,
    pub(super) uid: NonZeroU32,
}

impl Object {
    /// `None` where its number is so high that it goes the long way.
    pub(super) fn new(end: usize, uid: i64) -> Option<Self> {
        let uid = NonZeroU32::new(u32::try_from(uid).ok()?)?;
        Some(Self { end: u8::try_from(end).ok()?, uid })
    }
}

/// What rows are read with.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) file: &'a Found,
    pub(super) cleaner: &'a RecordCleaner,
    pub(super) ends: &'a Ends,
    pub(super) forms: &'a KeyForms,
    pub(super) registry: &'a Registry,
}

impl Short {
    /// The short way through the rows of a map; `fills` tells what fills each stored column. `None` where there is none.
    pub(super) fn new(map: &TableMap, fills: &[Fill], ends: &Ends, cleaner: &RecordCleaner) -> Option<Self> {
        if map.keep.is_some() {
            return None;
        }
        let units = ends.units()?;
        let others: Vec<usize> =
            (0..map.columns.len()).filter(|at| !units.iter().any(|unit| unit.columns.contains(at))).collect();
        let fill = |fill: &Fill| match fill {
            Fill::Value(at) => others.iter().position(|other| other == at).map(Fill::Value),
            Fill::End(end) => Some(Fill::End(*end)),
            Fill::Null => Some(Fill::Null),
        };
        let named = units.into_iter().map(|unit| NamedObject::new(unit, cleaner));
        Some(Self {
            fills: fills.iter().map(fill).collect::<Option<_>>()?,
            named: named.collect::<Option<_>>()?,
            uids: vec![None; ends.all.len()],
            values: Vec::with_capacity(others.len()),
            others,
        })
    }

    /// Takes rows, of which `position` tells the position. Fills `left` with those that must go the long way.
    pub(super) fn take(
        &mut self,
        rows: &Rows<'_>,
        position: impl Fn(usize) -> i64,
        means: Means<'_>,
        resolved: &mut Resolved,
        left: &mut Vec<usize>,
    ) {
        left.clear();
        for named in &mut self.named {
            named.find(rows, means);
        }
        let mut values = recycled(std::mem::take(&mut self.values));
        for at in 0..rows.lines.len() {
            values.clear();
            if self.read(at, rows.cells_of(at), means, &mut values).is_none() {
                left.push(at);
                continue;
            }
            let number = |at: usize| match self.fills[at] {
                Fill::End(end) => self.uids[end],
                Fill::Null | Fill::Value(_) => None,
            };
            resolved.push(position(at), number, |at, column| match self.fills[at] {
                Fill::Null => column.push(&Value::Null),
                Fill::Value(at) => column.push(&values[at]),
                Fill::End(end) => column.push_number(self.uids[end]),
            });
        }
        self.values = recycled(values);
    }

    /// Reads a row into `uids` and `values`; `None` where something about it is unusual.
    #[inline]
    fn read<'a>(&mut self, at: usize, cells: &[Cell<'a>], means: Means<'a>, values: &mut Vec<Value<'a>>) -> Option<()> {
        for named in &self.named {
            let Object { end, uid } = named.objects[at]?;
            // A member is at one of two ends.
            if named.unit.ends.len() > 1 {
                named.unit.ends.iter().for_each(|end| self.uids[*end] = None);
            }
            self.uids[usize::from(end)] = Some(i64::from(uid.get()));
        }
        for at in &self.others {
            values.push(means.cleaner.sound(*at, cells, means.file)?);
        }
        Some(())
    }
}
