//! Records that become objects: cleaned, filtered, hashed, and settled by key. Their uids come between the waves.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, filter_record_batch, take, take_record_batch};
use arrow::datatypes::Int64Type;
use xxhash_rust::xxh3::xxh3_64;

use super::collector::{ColumnMap, OnDuplicate, TableMap};
use super::columns::{ColumnBuilder, Value};
use super::find::Found;
use super::key::{KeyForms, normalise};
use super::read::{Cell, Row};
use super::record::{Flaw, Nulled, RecordCleaner};
use super::registry::Registry;
use super::rejects::{About, Reject};
use super::settle::{Rows, settle};
use super::source::TableCounts;
use crate::engine::{EngineError, Predicate};
use crate::ledger::arrow_schema;
use crate::table::{Column, Field, Kind, Role, Sort, Table, Type};

/// Rows are filtered and put aside in chunks of this many.
const CHUNK_ROWS: usize = 65_536;

/// Columns that a row has only while it is collected: where it stands, and what all of it says.
const POSITION: &str = "#position";
const CONTENT: &str = "#content";

/// What fills a column of the table.
enum Fill {
    /// Nothing; a later step does.
    Null,
    /// The so-many-th column of the map.
    Value(usize),
    /// The key as the source wrote it.
    KeySource,
    /// The match form of the so-many-th column.
    Norm(usize),
    /// The full name, or given and family name.
    FullName { own: Option<usize>, given: Option<usize>, family: Option<usize> },
    /// The match form of that.
    FullNameNorm,
    /// The hash of what is not volatile.
    RowHash,
    /// The collector's name.
    Source,
    /// Zero.
    Fresh,
}

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
    /// Columns of the map in the order of their names, with whether they count for the row hash.
    hashed: Vec<(String, usize, bool)>,
    builders: Vec<ColumnBuilder>,
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

/// What came of a source's records for one object table.
pub(super) struct ObjectRows {
    pub(super) table: &'static Table,
    pub(super) kind: Kind,
    /// Columns of the table.
    pub(super) columns: Vec<Field>,
    /// Rows in the order of their keys, the uid still null.
    pub(super) rows: RecordBatch,
    pub(super) rejects: Vec<Reject>,
    pub(super) counts: TableCounts,
    /// Rejects whose key could not be read.
    pub(super) keyless: u64,
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
        let mut hashed: Vec<(String, usize, bool)> = map
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| !column.name.starts_with('_'))
            .map(|(at, column)| {
                let born_volatile = map.table.column(&column.name).is_some_and(|column| column.role == Role::Volatile);
                (column.name.clone(), at, !column.is_volatile && !born_volatile)
            })
            .collect();
        hashed.sort();
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
            fills,
            hashed,
            builders,
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
        let Self { cleaner, builders, fills, .. } = self;
        let (mut values, mut nulled) = (Vec::with_capacity(fills.len()), Vec::new());
        let flaw = cleaner.clean(row, file, &mut values, &mut nulled);
        let (namespace, key) = form_keys(self.map, self.kind, self.forms, &mut values);
        if let Some(Flaw { column, reason }) = flaw {
            let uid =
                key.as_deref().and_then(|key| self.known.find(self.kind, namespace.as_deref().unwrap_or(""), key));
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
            self.flawed.push((self.positions.len(), reject, key.is_none()));
        } else {
            self.nulled.count(cleaner, &nulled);
        }
        let full_name = full_name(fills, &values);
        let (row_hash, content) = hashes(&self.hashed, &values, full_name.as_deref());
        for (fill, builder) in fills.iter().zip(builders) {
            match fill {
                Fill::Null => builder.push(&Value::Null),
                Fill::Value(at) => builder.push(&values[*at]),
                Fill::KeySource => builder.push(&key_source(self.map, cleaner, row, file)),
                Fill::Norm(at) => builder.push(&norm(values[*at].as_text())),
                Fill::FullName { .. } => {
                    builder.push(&full_name.as_deref().map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text))));
                }
                Fill::FullNameNorm => builder.push(&norm(full_name.as_deref())),
                Fill::RowHash => builder.push(&Value::Integer(row_hash)),
                Fill::Source => builder.push(&Value::Text(Cow::Borrowed(self.source))),
                Fill::Fresh => builder.push(&Value::Integer(0)),
            }
        }
        self.positions.push(position);
        self.contents.push(content);
        if self.positions.len() == CHUNK_ROWS { self.flush() } else { Ok(()) }
    }

    /// Takes a record that could not be read at all.
    pub(super) fn bad(&mut self) {
        self.counts.read += 1;
        self.counts.rejected += 1;
        self.keyless += 1;
    }

    /// Filters the chunk and puts it aside.
    fn flush(&mut self) -> Result<(), EngineError> {
        if self.positions.is_empty() {
            return Ok(());
        }
        let rows = self.positions.len();
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(ColumnBuilder::finish).collect();
        let chunk = RecordBatch::try_new(arrow_schema(&self.columns), arrays).expect("every builder has every row");
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
        self.chunks.push(filter_record_batch(&chunk, &BooleanArray::from(stay)).map_err(EngineError::from_arrow)?);
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
        let mut sorted: Vec<u32> =
            (0..u32::try_from(rows.num_rows()).expect("a source has fewer than 2^32 rows")).collect();
        sorted.sort_unstable_by(|a, b| {
            let content = |row: u32| content[row as usize];
            let position = |row: u32| position[row as usize];
            key.order(*a, *b)
                .then_with(|| content(*a).cmp(&content(*b)))
                .then_with(|| key.source(*a).cmp(key.source(*b)))
                .then_with(|| position(*a).cmp(&position(*b)))
        });
        let smallest = match &self.map.on_duplicate {
            OnDuplicate::Min(column) => rows.column_by_name(column).cloned(),
            _ => None,
        };
        let facts = Rows { content, position, smallest };
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
                reason: format!("the key `{text}` is given {copies} times with different values"),
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
        })
    }
}

impl ObjectRows {
    /// The `(namespace, key)` of every row.
    pub(super) fn keys(&self) -> impl Iterator<Item = (String, String)> {
        let key = Key::of(self.table, &self.rows);
        (0..self.rows.num_rows()).map(move |row| {
            let (namespace, text) = key.texts(u32::try_from(row).expect("a source has fewer than 2^32 rows"));
            (namespace.to_owned(), text.to_owned())
        })
    }

    /// The rows with their uids, sorted by them.
    pub(super) fn numbered(&self, registry: &Registry) -> RecordBatch {
        let uids: Vec<i64> = self
            .keys()
            .map(|(namespace, key)| registry.find(self.kind, &namespace, &key).expect("every kept key was numbered"))
            .collect();
        let mut order: Vec<u32> = (0..).take(uids.len()).collect();
        order.sort_unstable_by_key(|row| uids[*row as usize]);
        let at = self.columns.iter().position(|column| column.name == "uid").expect("objects have uids");
        let order = UInt32Array::from(order);
        let uids: ArrayRef = Arc::new(Int64Array::from(uids));
        let arrays = self.rows.columns().iter().enumerate().map(|(column, array)| {
            let array = if column == at { &uids } else { array };
            take(array, &order, None).expect("the order names rows that are there")
        });
        RecordBatch::try_new(self.rows.schema(), arrays.collect()).expect("the columns are those of the rows")
    }
}

/// The key columns of rows.
struct Key {
    namespace: Option<ArrayRef>,
    key: ArrayRef,
    source: ArrayRef,
}

impl Key {
    fn of(table: &Table, rows: &RecordBatch) -> Self {
        let find = |wanted: fn(&Role) -> bool| {
            let column = table.columns.iter().find(|column| wanted(&column.role));
            column.and_then(|column| rows.column_by_name(column.name)).cloned()
        };
        Self {
            namespace: find(|role| matches!(role, Role::Namespace(_))),
            key: find(|role| *role == Role::Key).expect("objects have a key"),
            source: find(|role| *role == Role::KeySource).expect("objects keep their key as it was written"),
        }
    }

    fn texts(&self, row: u32) -> (&str, &str) {
        let namespace = self.namespace.as_ref().map_or("", |column| column.as_string::<i32>().value(row as usize));
        (namespace, self.key.as_string::<i32>().value(row as usize))
    }

    fn source(&self, row: u32) -> &str {
        self.source.as_string::<i32>().value(row as usize)
    }

    fn order(&self, a: u32, b: u32) -> std::cmp::Ordering {
        self.texts(a).cmp(&self.texts(b))
    }
}

/// The counts of a table before anything was read.
pub(super) fn counts_of(map: &TableMap) -> TableCounts {
    let is_lasting = |column: &&ColumnMap| {
        let is_volatile = |column: &Column| column.role == Role::Volatile;
        !column.name.starts_with('_')
            && !column.is_volatile
            && !map.table.column(&column.name).is_some_and(is_volatile)
            && !super::ends::is_end(map.table, &column.name)
    };
    let mut columns: Vec<String> = map.columns.iter().filter(is_lasting).map(|column| column.name.clone()).collect();
    columns.sort();
    TableCounts { table: map.table.name.to_owned(), columns, ..TableCounts::default() }
}

/// The columns a map's rows have in the ledger: those the table is born with, then the others by name.
pub(crate) fn stored_columns(map: &TableMap) -> Vec<Field> {
    let mut columns: Vec<Field> = map.table.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    let is_new = |name: &str| map.table.column(name).is_none() && !name.starts_with('_');
    let mut added: Vec<Field> = Vec::new();
    for column in map.columns.iter().filter(|column| !super::ends::is_end(map.table, &column.name)) {
        if is_new(&column.name) {
            added.push(Field::new(&column.name, column.kind));
        }
        let norm = format!("{}_norm", column.name);
        if column.is_matched && is_new(&norm) {
            added.push(Field::new(norm, Type::Text));
        }
    }
    added.sort_by(|a, b| a.name.cmp(&b.name));
    columns.extend(added);
    columns
}

/// The columns that the keep-filter of an object table sees: those of the rows, then its helper columns.
pub(crate) fn filtered_columns(map: &TableMap) -> Vec<Field> {
    let helpers = map.columns.iter().filter(|column| column.name.starts_with('_'));
    stored_columns(map).into_iter().chain(helpers.map(|column| Field::new(&column.name, column.kind))).collect()
}

fn position_of(map: &TableMap, name: &str) -> Option<usize> {
    map.columns.iter().position(|column| column.name == name)
}

/// What fills each stored column.
fn fills(map: &TableMap, columns: &[Field]) -> Vec<Fill> {
    let named = |name: &str| position_of(map, name);
    let fill = |column: &Field| {
        let role = map.table.column(&column.name).map(|column| column.role);
        match (role, column.name.as_str()) {
            (Some(Role::Attribute), "full_name") => {
                Fill::FullName { own: named("full_name"), given: named("given_name"), family: named("family_name") }
            }
            (Some(Role::Norm("full_name")), _) => Fill::FullNameNorm,
            (Some(Role::Norm(of)), _) => named(of).map_or(Fill::Null, Fill::Norm),
            (Some(Role::KeySource), _) => Fill::KeySource,
            (Some(Role::System), "row_hash") => Fill::RowHash,
            (Some(Role::System), "source") => Fill::Source,
            (Some(Role::System), "stale_loads") => Fill::Fresh,
            (None, name) if named(name).is_none() => {
                name.strip_suffix("_norm").and_then(named).map_or(Fill::Null, Fill::Norm)
            }
            (_, name) => named(name).map_or(Fill::Null, Fill::Value),
        }
    };
    columns.iter().map(fill).collect()
}

/// Brings namespace, key and references into key form. Returns namespace and key, where they are readable.
fn form_keys(
    map: &TableMap,
    kind: Kind,
    forms: &KeyForms,
    values: &mut [Value<'_>],
) -> (Option<String>, Option<String>) {
    let (mut namespace, mut key) = (None, None);
    // The key's form may depend on the namespace, so that one goes first.
    for pass in [true, false] {
        for (column, value) in map.columns.iter().zip(values.iter_mut()) {
            let of = match map.table.column(&column.name).map(|column| column.role) {
                Some(Role::Namespace(of)) if pass => of,
                Some(Role::Key) if !pass => kind,
                Some(Role::Reference(of)) if !pass => of,
                _ => continue,
            };
            let Some(text) = value.as_text() else { continue };
            let within = if of == kind && !pass { namespace.as_deref().unwrap_or("") } else { "" };
            let formed = forms.of(of, within).apply(text).into_owned();
            match map.table.column(&column.name).map(|column| column.role) {
                Some(Role::Namespace(_)) => namespace = Some(formed.clone()),
                Some(Role::Key) => key = Some(formed.clone()),
                _ => {}
            }
            *value = if formed.is_empty() { Value::Null } else { Value::Text(Cow::Owned(formed)) };
        }
    }
    let needs_namespace = kind.namespace().is_some();
    if needs_namespace && namespace.is_none() { (None, None) } else { (namespace, key) }
}

/// The key as the source wrote it.
fn key_source<'a>(map: &TableMap, cleaner: &'a RecordCleaner, row: &Row<'a>, file: &'a Found) -> Value<'a> {
    let is_key = |name: &str| map.table.column(name).is_some_and(|column| column.role == Role::Key);
    let at = map.columns.iter().position(|column| is_key(&column.name));
    match at.map(|at| cleaner.raw(at, row, file)) {
        Some(Cell::Text(text)) => Value::Text(Cow::Borrowed(text)),
        _ => Value::Null,
    }
}

fn norm(text: Option<&str>) -> Value<'static> {
    text.map_or(Value::Null, |text| Value::Text(Cow::Owned(normalise(text))))
}

/// The full name of a person: the source's, else given and family name joined by a blank.
fn full_name(fills: &[Fill], values: &[Value<'_>]) -> Option<String> {
    let text = |at: &Option<usize>| at.and_then(|at| values[at].as_text());
    let Some(Fill::FullName { own, given, family }) = fills.iter().find(|fill| matches!(fill, Fill::FullName { .. }))
    else {
        return None;
    };
    if let Some(own) = text(own) {
        return Some(own.to_owned());
    }
    let parts: Vec<&str> = [text(given), text(family)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The row hash, and the hash over everything including volatile columns.
///
/// Both are xxh3-64 over `name U+001F value U+001E` of the columns that are not null, in the order of their names,
/// read as a signed number. A column that is null everywhere changes nothing. `full_name` takes part as stored.
fn hashes(columns: &[(String, usize, bool)], values: &[Value<'_>], full_name: Option<&str>) -> (i64, i64) {
    let (mut lasting, mut volatile) = (String::new(), String::new());
    let add = |text: &mut String, name: &str, value: &str| {
        for piece in [name, "\u{1f}", value, "\u{1e}"] {
            text.push_str(piece);
        }
    };
    let mut full_name = full_name;
    for (name, at, is_lasting) in columns {
        if full_name.is_some() && name.as_str() >= "full_name" {
            add(&mut lasting, "full_name", full_name.take().unwrap_or_default());
        }
        if name == "full_name" || values[*at].is_null() {
            continue;
        }
        add(if *is_lasting { &mut lasting } else { &mut volatile }, name, &values[*at].canonical());
    }
    if let Some(full_name) = full_name {
        add(&mut lasting, "full_name", full_name);
    }
    let row_hash = xxh3_64(lasting.as_bytes()).cast_signed();
    lasting.push_str(&volatile);
    (row_hash, xxh3_64(lasting.as_bytes()).cast_signed())
}
