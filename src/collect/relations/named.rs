//! One of the objects that every row of a relation names, found for many rows at once: where the texts that name it are
//! those of the row before, or were looked up a short while ago, nothing is looked up; the other look-ups are made
//! together.

use std::ops::Range;

use super::recent::{Held, Recent, is_same};
use super::short::{Means, Object};
use crate::collect::columns::Value;
use crate::collect::ends::Unit;
use crate::collect::read::{Cell, Rows};
use crate::collect::record::RecordCleaner;
use crate::collect::registry::Begun;

/// Texts of so many columns may say together which object is named.
const COLUMNS: usize = 2;

/// An object that every row names.
pub(super) struct NamedObject {
    pub(super) unit: Unit,
    /// Which of the unit's columns differ from row to row.
    differing: Vec<usize>,
    /// The texts of the row before, and what they named; `None` before the first row.
    last: Option<([String; COLUMNS], Option<Object>)>,
    recent: Recent,
    /// What each of the current rows names; `None` where that is for the long way to tell.
    pub(super) objects: Vec<Option<Object>>,
}

/// Look-ups that are made together.
#[derive(Default)]
struct LookUps<'a> {
    all: Vec<LookUp<'a>>,
    /// Their keys, one behind the other.
    keys: String,
    values: Vec<Value<'a>>,
}

/// The look-up of an object that rows which follow each other name.
struct LookUp<'a> {
    rows: Range<usize>,
    held: Option<Held<'a>>,
    end: usize,
    begun: Begun<'a>,
    key: Range<usize>,
}

/// What a row names.
#[derive(Clone, Copy)]
enum Names {
    /// An object, or `None` where that is for the long way to tell.
    Known(Option<Object>),
    /// What the last look-up will find.
    Sought,
}

impl NamedObject {
    /// The object that some columns name. `None` where too many say together which it is.
    pub(super) fn new(unit: Unit, cleaner: &RecordCleaner) -> Option<Self> {
        let differing: Vec<usize> =
            unit.columns.iter().copied().filter(|column| !cleaner.is_constant(*column)).collect();
        let recent = Recent::default();
        (differing.len() <= COLUMNS).then_some(Self { unit, differing, last: None, recent, objects: Vec::new() })
    }

    /// Finds the object that each row names.
    pub(super) fn find(&mut self, rows: &Rows<'_>, means: Means<'_>) {
        let Self { unit, differing, last: before, recent, objects } = self;
        objects.clear();
        let mut look_ups = LookUps::default();
        let mut last =
            before.as_ref().map(|(texts, object)| (texts.each_ref().map(String::as_str), Names::Known(*object)));
        let mut is_new = false;
        for at in 0..rows.lines.len() {
            let cells = rows.cells_of(at);
            let texts = texts(differing, cells, means);
            last = match (texts, last) {
                (None, _) => None,
                (Some(texts), Some((before, names))) if is_same_pair(before, texts) => Some((texts, names)),
                (Some(texts), _) => {
                    is_new = true;
                    let held = Held::of(texts);
                    let found = held.as_ref().and_then(|held| recent.find(held));
                    let names = found.map_or_else(
                        || look_ups.begin(at, unit, cells, held, recent, means),
                        |object| Names::Known(Some(object)),
                    );
                    Some((texts, names))
                }
            };
            objects.push(match last {
                Some((_, Names::Known(object))) => object,
                Some((_, Names::Sought)) => look_ups.goes_on(at),
                None => None,
            });
        }
        look_ups.finish(recent, objects);
        if is_new {
            // Where the last row has texts, what it names is what they name.
            let object = objects.last().copied().flatten();
            *before = last.map(|(texts, _)| (texts.map(str::to_owned), object));
        }
    }
}

impl<'a> LookUps<'a> {
    /// Looks up what a row names, or begins to.
    fn begin(
        &mut self,
        row: usize,
        unit: &Unit,
        cells: &[Cell<'a>],
        held: Option<Held<'a>>,
        recent: &mut Recent,
        means: Means<'a>,
    ) -> Names {
        let Means { file, cleaner, ends, forms, registry } = means;
        for column in &unit.columns {
            let Some(value) = cleaner.sound(*column, cells, file) else { return Names::Known(None) };
            self.values.resize(self.values.len().max(column + 1), Value::Null);
            self.values[*column] = value;
        }
        let start = self.keys.len();
        if let Some((end, begun)) = ends.begin(unit, &self.values, forms, registry, &mut self.keys) {
            let key = start..self.keys.len();
            self.all.push(LookUp { rows: row..row + 1, held, end, begun, key });
            return Names::Sought;
        }
        let found = ends.find(unit, &self.values, forms, registry);
        let object = found.and_then(|(end, uid)| Object::new(end, uid));
        hold(recent, held, object);
        Names::Known(object)
    }

    /// Says that a row names what the row before does. Nothing is known of it yet.
    fn goes_on(&mut self, row: usize) -> Option<Object> {
        if let Some(last) = self.all.last_mut() {
            last.rows.end = row + 1;
        }
        None
    }

    /// Tells each row what was found, and holds it.
    fn finish(mut self, recent: &mut Recent, objects: &mut [Option<Object>]) {
        // The first word of each is waited for together with those of the others.
        self.all.iter_mut().for_each(|look_up| look_up.begun = look_up.begun.located());
        for LookUp { rows, held, end, begun, key } in self.all {
            let object = begun.finish(&self.keys[key]).and_then(|uid| Object::new(end, uid));
            objects[rows].fill(object);
            hold(recent, held, object);
        }
    }
}

fn hold(recent: &mut Recent, held: Option<Held<'_>>, object: Option<Object>) {
    if let (Some(held), Some(object)) = (held, object) {
        recent.hold(&held, object);
    }
}

/// The texts of a row that tell what it names; `None` where one of them is no text.
#[inline]
fn texts<'a>(differing: &[usize], cells: &[Cell<'a>], means: Means<'a>) -> Option<[&'a str; COLUMNS]> {
    let mut texts = [""; COLUMNS];
    for (text, column) in texts.iter_mut().zip(differing) {
        let Cell::Text(cell) = means.cleaner.raw(*column, cells, means.file) else { return None };
        *text = cell;
    }
    Some(texts)
}

#[inline]
fn is_same_pair(a: [&str; COLUMNS], b: [&str; COLUMNS]) -> bool {
    // The later column differs more often.
    a.iter().zip(b).rev().all(|(a, b)| is_same(a.as_bytes(), b.as_bytes()))
}
