//! Records that become objects: cleaned, filtered, hashed, and settled by key. Their uids come between the waves.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, UInt32Array, new_null_array};
use arrow::compute::{concat_batches, filter_record_batch, take_record_batch};
use arrow::datatypes::Int64Type;

use super::collector::{OnDuplicate, TableMap};
use super::columns::{ColumnBuilder, Value, recycled};
use super::fill::{Fill, KeyColumns, fills, full_name, position_of};
use super::find::Found;
use super::hash::RowHasher;
use super::key::{KeyForms, write_normalised};
use super::numbered::{Key, ObjectRows};
use super::read::{BadRecord, Cell, Row};
use super::record::{Flaw, Nulled, RecordCleaner};
use super::registry::Registry;
use super::rejects::{About, Reject};
use super::settle::{Rows, settle};
use super::source::TableCounts;
use super::spelling::Spellings;
use super::stored::{counts_of, filtered_columns, stored_columns};
use crate::engine::{EngineError, Predicate};
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind, Role, Sort, Type};

/// Rows are filtered and put aside in chunks of this many.
const CHUNK_ROWS: usize = 65_536;

/// Columns that a row has only while it is collected: where it stands, and what all of it says.
const POSITION: &str = "#position";
const CONTENT: &str = "#content";

/// The records of one file being turned into objects of one table.
pub(super) struct ObjectIntake<'a> {
    map: &'a TableMap,
    kind: Kind,
    source: &'a str,
    forms: &'a KeyForms,
    known: &'a Registry,
    cleaner: RecordCleaner,
    keep: Option<Predicate>,
    /// The columns of the table, then helper columns of the filter, then position and content.
    columns: Vec<Field>,
    fills: Vec<Fill>,
    keys: KeyColumns,
    /// Which of `fills` is the full name.
    full_name: Option<usize>,
    hasher: RowHasher,
    builders: Vec<ColumnBuilder>,
    /// What a row needs while it is taken, empty between rows.
    values: Vec<Value<'static>>,
    spare: Vec<usize>,
    norm: String,
    positions: Vec<i64>,
    contents: Vec<i64>,
    /// Rows of the chunk that are rejects unless the filter leaves them out.
    flawed: Vec<(usize, Reject, bool)>,
    chunks: Vec<RecordBatch>,
    /// The file and line of each position.
    rejects: Vec<Reject>,
    counts: TableCounts,
    nulled: Nulled,
    keyless: u64,
}

impl<'a> ObjectIntake<'a> {
    pub(super) fn new(
        map: &'a TableMap,
        source: &'a str,
        asked: &[String],
        forms: &'a KeyForms,
        known: &'a Registry,
    ) -> Result<Self, EngineError> {
        let Sort::Object(kind) = map.table.sort else { unreachable!("only object tables come here") };
        let mut fills = fills(map, &stored_columns(map));
        let columns = filtered_columns(map);
        for helper in &columns[fills.len()..] {
            fills.push(Fill::Value(position_of(map, &helper.name).expect("it is a column of the map")));
        }
        let keep = map.keep.as_ref().map(|keep| Predicate::new(&keep.text, &columns)).transpose()?;
        let builders = columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
        Ok(Self {
            map,
            kind,
            source,
            forms,
            known,
            cleaner: RecordCleaner::new(map, asked),
            keep,
            columns,
            keys: KeyColumns::of(map, kind),
            full_name: fills.iter().position(|fill| matches!(fill, Fill::FullName { .. })),
            fills,
            hasher: RowHasher::new(map),
            builders,
            values: Vec::new(),
            spare: Vec::new(),
            norm: String::new(),
            positions: Vec::new(),
            contents: Vec::new(),
            flawed: Vec::new(),
            chunks: Vec::new(),
            rejects: Vec::new(),
            counts: counts_of(map),
            nulled: Nulled::default(),
            keyless: 0,
        })
    }

    /// Takes one record; `position` orders the records of the source.
    pub(super) fn row(&mut self, row: &Row<'_>, file: &Found, position: i64) -> Result<(), EngineError> {
        self.counts.read += 1;
        let Self { cleaner, builders, fills, keys, norm, .. } = self;
        let (mut values, mut nulled) = (recycled(std::mem::take(&mut self.values)), std::mem::take(&mut self.spare));
        let flaw = cleaner.clean(row, file, &mut values, &mut nulled);
        let is_readable = keys.form(self.forms, &mut values);
        if let Some(Flaw { column, reason }) = flaw {
            let (namespace, key) = keys.texts(&values);
            let uid = is_readable.then(|| self.known.find(self.kind, namespace, key)).flatten();
            let reject = Reject {
                source: self.source.to_owned(),
                table: Some(self.map.table.name),
                file: file.path.display().to_string(),
                line: i64::try_from(row.line).unwrap_or(i64::MAX),
                column: Some(cleaner.name(column).to_owned()),
                reason,
                raw: (row.raw)(),
                about: About { first: uid.map(|uid| (self.kind, uid)), ..About::default() },
            };
            self.flawed.push((self.positions.len(), reject, !is_readable));
        } else {
            self.nulled.count(cleaner, &nulled);
        }
        let full_name = full_name(self.full_name.map(|at| &fills[at]), &values);
        let full_name = full_name.as_deref();
        let (row_hash, content) = self.hasher.hashes(&values, full_name);
        for (fill, builder) in fills.iter().zip(builders) {
            match fill {
                // The same in all rows: made when the chunk is.
                Fill::Null | Fill::Source | Fill::Fresh => {}
                Fill::Value(at) => builder.push(&values[*at]),
                Fill::KeySource => builder.push(&key_source(keys, cleaner, row, file)),
                Fill::Norm(at) => builder.push(&normalised(values[*at].as_text(), norm)),
                Fill::FullName { .. } => builder.push(&text_or_null(full_name)),
                Fill::FullNameNorm => builder.push(&normalised(full_name, norm)),
                Fill::RowHash => builder.push(&Value::Integer(row_hash)),
            }
        }
        (self.values, self.spare) = (recycled(values), nulled);
        self.positions.push(position);
        self.contents.push(content);
        if self.positions.len() == CHUNK_ROWS { self.flush() } else { Ok(()) }
    }

    /// Takes a record that could not be read as a whole. Returns whether it says whom it is about: then it is told here.
    pub(super) fn bad(&mut self, record: &BadRecord, file: &Found) -> bool {
        self.counts.read += 1;
        self.counts.rejected += 1;
        let known = self.map.columns.iter().enumerate().all(|(at, column)| {
            let role = self.map.table.column(&column.name).map(|column| column.role);
            !matches!(role, Some(Role::Key | Role::Namespace(_))) || self.cleaner.is_sound(at, &record.cells)
        });
        let about = known.then(|| self.about_bad(record, file)).flatten();
        let Some(about) = about else {
            self.keyless += 1;
            return false;
        };
        self.rejects.push(Reject::of_bad(self.source, Some(self.map.table.name), file, record, about));
        true
    }

    /// The object that a bad record speaks of. `None` where its key cannot be read, or where nobody has it and it may
    /// be the text of another column.
    fn about_bad(&self, record: &BadRecord, file: &Found) -> Option<About> {
        let cells = record.row_cells();
        let row = Row { line: record.line, cells: &cells, raw: &String::new };
        let (mut values, mut nulled) = (Vec::new(), Vec::new());
        let _ = self.cleaner.clean(&row, file, &mut values, &mut nulled);
        if !self.keys.form(self.forms, &mut values) {
            return None;
        }
        let (namespace, key) = self.keys.texts(&values);
        if key.is_empty() {
            return None;
        }
        let uid = self.known.find(self.kind, namespace, key);
        (record.is_aligned || uid.is_some())
            .then(|| About { first: uid.map(|uid| (self.kind, uid)), ..About::default() })
    }

    /// Filters the chunk and puts it aside.
    fn flush(&mut self) -> Result<(), EngineError> {
        if self.positions.is_empty() {
            return Ok(());
        }
        let rows = self.positions.len();
        let schema = arrow_schema(&self.columns);
        let arrays = self.fills.iter().zip(&mut self.builders).zip(schema.fields());
        let arrays: Vec<ArrayRef> = arrays
            .map(|((fill, builder), field)| match fill {
                Fill::Null => new_null_array(field.data_type(), rows),
                Fill::Source => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(self.source, rows))),
                Fill::Fresh => Arc::new(Int64Array::from_value(0, rows)),
                _ => builder.finish(),
            })
            .collect();
        let chunk = RecordBatch::try_new(schema, arrays).expect("every builder has every row");
        let mut stay = match &self.keep {
            Some(keep) => keep.holds(&chunk)?.iter().map(|holds| holds == Some(true)).collect(),
            None => vec![true; rows],
        };
        self.counts.filtered += stay.iter().filter(|stays| !**stays).count() as u64;
        for (row, reject, is_keyless) in self.flawed.drain(..) {
            if stay[row] {
                stay[row] = false;
                self.counts.rejected += 1;
                self.keyless += u64::from(is_keyless);
                self.rejects.push(reject);
            }
        }
        let mut columns: Vec<Field> = self.columns.clone();
        let mut arrays = chunk.columns().to_vec();
        for (name, numbers) in [(POSITION, &mut self.positions), (CONTENT, &mut self.contents)] {
            columns.push(Field::new(name, Type::Integer));
            arrays.push(Arc::new(Int64Array::from(std::mem::take(numbers))));
        }
        let chunk = RecordBatch::try_new(arrow_schema(&columns), arrays).expect("every column has every row");
        let is_whole = stay.iter().all(|stays| *stays);
        let kept = if is_whole { Ok(chunk) } else { filter_record_batch(&chunk, &BooleanArray::from(stay)) };
        self.chunks.push(kept.map_err(EngineError::from_arrow)?);
        Ok(())
    }

    /// Settles the rows by key. `place` names file and line of a position, `raw` the text that stands there.
    pub(super) fn finish(mut self, place: &dyn Fn(i64) -> (String, i64)) -> Result<ObjectRows, EngineError> {
        self.flush()?;
        let mut columns = self.columns.clone();
        columns.extend([POSITION, CONTENT].map(|name| Field::new(name, Type::Integer)));
        let rows = concat_batches(&arrow_schema(&columns), &self.chunks).map_err(EngineError::from_arrow)?;
        drop(std::mem::take(&mut self.chunks));
        let numbers = |name| rows.column_by_name(name).expect("it was added").as_primitive::<Int64Type>().values();
        let key = Key::of(self.map.table, &rows);
        let (position, content) = (numbers(POSITION), numbers(CONTENT));
        let sorted = key.sorted(|a, b| {
            let order = |of: &[i64]| of[a as usize].cmp(&of[b as usize]);
            order(content).then_with(|| key.source(a).cmp(key.source(b))).then_with(|| order(position))
        });
        let smallest = match &self.map.on_duplicate {
            OnDuplicate::Min(column) => rows.column_by_name(column).cloned(),
            _ => None,
        };
        let spellings = Spellings::of(&sorted, &key);
        let says_the_same = |a: u32, b: u32| content[a as usize] == content[b as usize];
        let facts = Rows { says_the_same: &says_the_same, position, smallest };
        let settled = settle(&sorted, |a, b| key.order(a, b).is_eq(), &facts, &self.map.on_duplicate);
        for (row, copies) in &settled.rejected {
            let (namespace, text) = key.texts(*row);
            let uid = self.known.find(self.kind, namespace, text);
            let (file, line) = place(position[*row as usize]);
            self.rejects.push(Reject {
                source: self.source.to_owned(),
                table: Some(self.map.table.name),
                file,
                line,
                column: None,
                reason: format!(
                    "the key `{text}` is given {copies} times with different values{}",
                    spellings.written(namespace, text)
                ),
                raw: String::new(),
                about: About { first: uid.map(|uid| (self.kind, uid)), ..About::default() },
            });
        }
        self.counts.kept = settled.kept.len() as u64;
        self.counts.rejected += settled.rejected.len() as u64;
        self.counts.duplicate = settled.duplicates;
        self.counts.nulled = std::mem::take(&mut self.nulled).into_map();
        self.counts.carrying = self.rejects.iter().filter(|reject| reject.about.first.is_some()).count() as u64;
        let stored = stored_columns(self.map);
        let all: Vec<usize> = (0..stored.len()).collect();
        let kept =
            take_record_batch(&rows.project(&all).map_err(EngineError::from_arrow)?, &UInt32Array::from(settled.kept))
                .map_err(EngineError::from_arrow)?;
        Ok(ObjectRows {
            table: self.map.table,
            kind: self.kind,
            columns: stored,
            rows: kept,
            rejects: self.rejects,
            counts: self.counts,
            keyless: self.keyless,
            stubs: Vec::new(),
            remarks: spellings.remark(self.map.table.name).into_iter().collect(),
        })
    }
}

/// The key as the source wrote it.
fn key_source<'a>(keys: &KeyColumns, cleaner: &'a RecordCleaner, row: &Row<'a>, file: &'a Found) -> Value<'a> {
    match keys.key().map(|at| cleaner.raw(at, row, file)) {
        Some(Cell::Text(text)) => Value::Text(Cow::Borrowed(text)),
        _ => Value::Null,
    }
}

/// The match form of a text, written into `form`.
fn normalised<'a>(text: Option<&str>, form: &'a mut String) -> Value<'a> {
    let Some(text) = text else { return Value::Null };
    write_normalised(text, form);
    Value::Text(Cow::Borrowed(form))
}

fn text_or_null(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text)))
}
