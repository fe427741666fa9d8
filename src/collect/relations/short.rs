//! The short way of most rows. Which objects a row names follows from the texts of a few columns: where these are those
//! of the row before, or were looked up a short while ago, nothing is cleaned and nothing looked up.
//!
//! Only rows that nothing is wrong with go this way. Whatever else there is to say of a row is said on the long way.

use std::num::NonZeroU32;

use super::Fill;
use super::recent::{Held, Recent, is_same};
use super::resolved::Resolved;
use crate::collect::collector::TableMap;
use crate::collect::columns::{Value, recycled};
use crate::collect::ends::{Ends, Unit};
use crate::collect::find::Found;
use crate::collect::key::KeyForms;
use crate::collect::read::{Cell, Rows};
use crate::collect::record::RecordCleaner;
use crate::collect::registry::Registry;

/// Texts of so many columns may say together which object is named.
const COLUMNS: usize = 2;

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

/// One of the objects that every row names.
struct NamedObject {
    unit: Unit,
    /// Which of the unit's columns differ from row to row.
    differing: Vec<usize>,
    /// The texts of the row before, and what they named; `None` before the first row.
    last: Option<([String; COLUMNS], Option<Object>)>,
    recent: Recent,
    /// What each of the current rows names; `None` where that is for the long way to tell.
    objects: Vec<Option<Object>>,
}

/// An object at the so-many-th end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) end: u8,
    pub(super) uid: NonZeroU32,
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
        let named = units.into_iter().map(|unit| {
            let differing = unit.columns.iter().copied().filter(|column| !cleaner.is_constant(*column));
            let differing: Vec<usize> = differing.collect();
            let recent = Recent::default();
            (differing.len() <= COLUMNS).then_some(NamedObject {
                unit,
                differing,
                last: None,
                recent,
                objects: Vec::new(),
            })
        });
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

impl NamedObject {
    /// Finds the object that each row names.
    fn find(&mut self, rows: &Rows<'_>, means: Means<'_>) {
        let Self { unit, differing, last: before, recent, objects } = self;
        objects.clear();
        let mut last = before.as_ref().map(|(texts, object)| (texts.each_ref().map(String::as_str), *object));
        let mut is_new = false;
        for at in 0..rows.lines.len() {
            let cells = rows.cells_of(at);
            let mut texts = [""; COLUMNS];
            let all = texts.iter_mut().zip(&*differing).all(|(text, column)| {
                let cell = means.cleaner.raw(*column, cells, means.file);
                if let Cell::Text(cell) = cell {
                    *text = cell;
                }
                matches!(cell, Cell::Text(_))
            });
            if !all {
                objects.push(None);
                continue;
            }
            let object = match last {
                Some((last, object)) if is_same_pair(last, texts) => object,
                _ => {
                    is_new = true;
                    found(recent, texts, || look_up(unit, cells, means))
                }
            };
            last = Some((texts, object));
            objects.push(object);
        }
        if is_new && let Some((texts, object)) = last {
            *before = Some((texts.map(str::to_owned), object));
        }
    }
}

fn is_same_pair(a: [&str; COLUMNS], b: [&str; COLUMNS]) -> bool {
    a.iter().zip(b).all(|(a, b)| is_same(a.as_bytes(), b.as_bytes()))
}

/// The object that texts name: as they were looked up lately, or as `look_up` finds it.
fn found(recent: &mut Recent, texts: [&str; COLUMNS], look_up: impl FnOnce() -> Option<Object>) -> Option<Object> {
    let held = Held::of(texts);
    if let Some(object) = held.as_ref().and_then(|held| recent.find(held)) {
        return Some(object);
    }
    let object = look_up()?;
    if let Some(held) = &held {
        recent.hold(held, object);
    }
    Some(object)
}

#[cold]
fn look_up(unit: &Unit, cells: &[Cell<'_>], means: Means<'_>) -> Option<Object> {
    let Means { file, cleaner, ends, forms, registry } = means;
    let mut values = Vec::new();
    for column in &unit.columns {
        values.resize(values.len().max(column + 1), Value::Null);
        values[*column] = cleaner.sound(*column, cells, file)?;
    }
    let (end, uid) = ends.find(unit, &values, forms, registry)?;
    let uid = NonZeroU32::new(u32::try_from(uid).ok()?)?;
    Some(Object { end: u8::try_from(end).ok()?, uid })
}
