//! The short way of most rows. Which objects a row names follows from the texts of a few columns: where these are those
//! of the row before, or were looked up a short while ago, nothing is cleaned and nothing looked up.
//!
//! Only rows that nothing is wrong with go this way. Whatever else there is to say of a row is said on the long way.

use super::Fill;
use super::recent::{Held, Recent};
use super::resolved::Resolved;
use crate::collect::collector::TableMap;
use crate::collect::columns::{Value, recycled};
use crate::collect::ends::{Ends, Unit};
use crate::collect::find::Found;
use crate::collect::key::KeyForms;
use crate::collect::read::{Cell, Row};
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
    /// The texts of the row before, and what they named.
    texts: [String; COLUMNS],
    object: Option<Object>,
    recent: Recent,
}

/// An object at the so-many-th end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) end: u8,
    pub(super) uid: i64,
}

/// What rows are read with.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
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
            (differing.len() <= COLUMNS).then(|| NamedObject {
                unit,
                differing,
                texts: Default::default(),
                object: None,
                recent: Recent::default(),
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

    /// Takes a row onto the pile. Returns false, and takes nothing, where it must go the long way.
    pub(super) fn take(
        &mut self,
        row: &Row<'_>,
        file: &Found,
        position: i64,
        means: Means<'_>,
        pile: &mut Resolved,
    ) -> bool {
        let mut values = recycled(std::mem::take(&mut self.values));
        let is_sound = self.read(row, file, means, &mut values).is_some();
        if is_sound {
            let number = |at: usize| match self.fills[at] {
                Fill::End(end) => self.uids[end],
                Fill::Null | Fill::Value(_) => None,
            };
            pile.push(position, number, |at, column| match self.fills[at] {
                Fill::Null => column.push(&Value::Null),
                Fill::Value(at) => column.push(&values[at]),
                Fill::End(end) => column.push_number(self.uids[end]),
            });
        }
        self.values = recycled(values);
        is_sound
    }

    /// Reads a row into `uids` and `values`; `None` where something about it is unusual.
    fn read<'a>(
        &mut self,
        row: &Row<'a>,
        file: &'a Found,
        means: Means<'a>,
        values: &mut Vec<Value<'a>>,
    ) -> Option<()> {
        for named in &mut self.named {
            let Object { end, uid } = named.find(row, file, means)?;
            // A member is at one of two ends.
            if named.unit.ends.len() > 1 {
                named.unit.ends.iter().for_each(|end| self.uids[*end] = None);
            }
            self.uids[usize::from(end)] = Some(uid);
        }
        for at in &self.others {
            values.push(means.cleaner.sound(*at, row, file)?);
        }
        Some(())
    }
}

impl NamedObject {
    /// The object that a row names.
    #[inline]
    fn find(&mut self, row: &Row<'_>, file: &Found, means: Means<'_>) -> Option<Object> {
        let mut texts = [""; COLUMNS];
        for (text, column) in texts.iter_mut().zip(&self.differing) {
            let Cell::Text(cell) = means.cleaner.raw(*column, row, file) else { return None };
            *text = cell;
        }
        if self.object.is_some() && self.texts.iter().zip(texts).all(|(last, text)| is_same(last, text)) {
            return self.object;
        }
        let held = Held::of(texts);
        let object = if let Some(object) = held.as_ref().and_then(|held| self.recent.find(held)) {
            object
        } else {
            let object = self.look_up(row, file, means)?;
            if let Some(held) = &held {
                self.recent.hold(held, object);
            }
            object
        };
        for (last, text) in self.texts.iter_mut().zip(texts) {
            last.clear();
            last.push_str(text);
        }
        self.object = Some(object);
        self.object
    }

    #[cold]
    fn look_up(&self, row: &Row<'_>, file: &Found, means: Means<'_>) -> Option<Object> {
        let Means { cleaner, ends, forms, registry } = means;
        let mut values = Vec::new();
        for column in &self.unit.columns {
            values.resize(values.len().max(column + 1), Value::Null);
            values[*column] = cleaner.sound(*column, row, file)?;
        }
        let (end, uid) = ends.find(&self.unit, &values, forms, registry)?;
        Some(Object { end: u8::try_from(end).ok()?, uid })
    }
}

/// Whether two texts are one. Those that are as long mostly differ at their end, which is looked at first.
#[inline]
fn is_same(a: &str, b: &str) -> bool {
    let end = |text: &str| text.as_bytes().last_chunk::<8>().copied().map(u64::from_ne_bytes);
    a.len() == b.len() && end(a) == end(b) && a == b
}
