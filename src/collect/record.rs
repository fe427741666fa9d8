//! The cleaning of whole records: one cell per column of a table map, taken from the source, a constant or the file's
//! path.

use std::collections::BTreeMap;

use super::clean::Cleaner;
use super::collector::{From, OnBadValue, TableMap};
use super::columns::Value;
use super::find::Found;
use super::read::{Cell, Row};

/// Where a column's cell comes from.
enum Origin {
    /// The so-many-th column asked of the reader.
    Source(usize),
    /// A text.
    Value(String),
    /// A capture of the file's path.
    Capture(String),
}

/// The first thing wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Which column of the map.
    pub(super) column: usize,
    pub(super) reason: String,
}

/// The cleaning of a table map's records.
pub(super) struct RecordCleaner {
    columns: Vec<(Origin, Cleaner)>,
    names: Vec<String>,
}

impl RecordCleaner {
    /// Compiles a map. `asked` lists the source columns that the reader will hand over.
    pub(super) fn new(map: &TableMap, asked: &[String]) -> Self {
        let origin = |from: &From| match from {
            From::Column(name) => {
                let at = asked.iter().position(|asked| asked == name);
                Origin::Source(at.expect("every column of the maps is asked for"))
            }
            From::Value(text) => Origin::Value(text.clone()),
            From::Capture(name) => Origin::Capture(name.clone()),
        };
        let columns = map.columns.iter().map(|column| (origin(&column.from), Cleaner::new(column))).collect();
        let names = map.columns.iter().map(source_name).collect();
        Self { columns, names }
    }

    /// What the source calls a column of the map.
    pub(super) fn name(&self, column: usize) -> &str {
        &self.names[column]
    }

    /// Whether a bad record has a sound text for a column of the map, or needs none.
    pub(super) fn is_sound(&self, column: usize, cells: &[Option<String>]) -> bool {
        match &self.columns[column].0 {
            Origin::Source(at) => cells.get(*at).is_some_and(Option::is_some),
            Origin::Value(_) | Origin::Capture(_) => true,
        }
    }

    /// The cell of a column as the source has it, of a row with these cells.
    #[inline]
    pub(super) fn raw<'a>(&'a self, column: usize, cells: &[Cell<'a>], file: &'a Found) -> Cell<'a> {
        match &self.columns[column].0 {
            Origin::Source(at) => cells[*at],
            Origin::Value(text) => Cell::Text(text),
            Origin::Capture(name) => file.captures.get(name).map_or(Cell::Absent, |text| Cell::Text(text)),
        }
    }

    /// Whether a column says the same in every row.
    pub(super) fn is_constant(&self, column: usize) -> bool {
        matches!(self.columns[column].0, Origin::Value(_))
    }

    /// The value of one column of a row with these cells; `None` where it does not fit, or is needed and missing.
    #[inline]
    pub(super) fn sound<'a>(&'a self, column: usize, cells: &[Cell<'a>], file: &'a Found) -> Option<Value<'a>> {
        let cleaner = &self.columns[column].1;
        let value = cleaner.clean(self.raw(column, cells, file)).ok()?;
        (!value.is_null() || !cleaner.required).then_some(value)
    }

    /// Cleans a record into one value per column of the map. Values that do not fit are null, or the default; `nulled` gets
    /// the columns where that is all that happens. Returns the first thing that makes the record a reject.
    pub(super) fn clean<'a>(
        &'a self,
        row: &Row<'a>,
        file: &'a Found,
        values: &mut Vec<Value<'a>>,
        nulled: &mut Vec<usize>,
    ) -> Option<Flaw> {
        values.clear();
        nulled.clear();
        let mut flaw = None;
        for (column, (_, cleaner)) in self.columns.iter().enumerate() {
            let value = match cleaner.clean(self.raw(column, row.cells, file)) {
                Ok(value) => value,
                Err(unfit) => match cleaner.on_bad_value {
                    OnBadValue::Reject => {
                        flaw.get_or_insert_with(|| Flaw { column, reason: cleaner.reason(&unfit) });
                        Value::Null
                    }
                    OnBadValue::Null => {
                        nulled.push(column);
                        Value::Null
                    }
                    OnBadValue::Default => {
                        nulled.push(column);
                        cleaner.instead_of_null().unwrap_or(Value::Null)
                    }
                },
            };
            if value.is_null() && cleaner.required {
                flaw.get_or_insert_with(|| Flaw { column, reason: "has no value".to_owned() });
            }
            values.push(value);
        }
        flaw
    }
}

/// What the source calls the origin of a column.
fn source_name(column: &super::collector::ColumnMap) -> String {
    match &column.from {
        From::Column(name) | From::Capture(name) => name.clone(),
        From::Value(_) => column.name.clone(),
    }
}

/// Counts of values that became null, by column of the source.
#[derive(Default)]
pub(super) struct Nulled(BTreeMap<String, u64>);

impl Nulled {
    pub(super) fn count(&mut self, cleaner: &RecordCleaner, columns: &[usize]) {
        for column in columns {
            let name = cleaner.name(*column);
            match self.0.get_mut(name) {
                Some(count) => *count += 1,
                None => drop(self.0.insert(name.to_owned(), 1)),
            }
        }
    }

    pub(super) fn into_map(self) -> BTreeMap<String, u64> {
        self.0
    }
}
