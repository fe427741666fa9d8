//! Records that become relations: each row's keys are resolved to uids as it is read, so that a big table never
//! becomes columns of text. Rows with a key that no registry knows stay as text in a side part.

use std::borrow::Cow;
use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, AsArray, DynComparator, Int64Array, RecordBatch, UInt32Array, make_comparator};
use arrow::compute::{SortOptions, concat_batches, take_record_batch};
use arrow::datatypes::Int64Type;
use xxhash_rust::xxh3::xxh3_64;

use super::collector::{OnDuplicate, TableMap};
use super::columns::{ColumnBuilder, Value};
use super::ends::{Ends, Named, is_end};
use super::find::Found;
use super::key::KeyForms;
use super::objects::{counts_of, stored_columns};
use super::read::Row;
use super::record::{Flaw, Nulled, RecordCleaner};
use super::registry::Registry;
use super::rejects::{About, Reject};
use super::settle::{Rows, settle};
use super::source::TableCounts;
use crate::engine::{EngineError, Predicate};
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind, Role, Table, Type};

/// Rows are filtered and put aside in chunks of this many.
const CHUNK_ROWS: usize = 65_536;

/// What fills a column of the table.
enum Fill {
    Null,
    /// The so-many-th end.
    End(usize),
    /// The so-many-th column of the map.
    Value(usize),
    Source,
    Fresh,
}

/// The records of one source being turned into relations of one table.
pub(super) struct RelationIntake<'a> {
    map: &'a TableMap,
    source: &'a str,
    forms: &'a KeyForms,
    registry: &'a Registry,
    cleaner: RecordCleaner,
    ends: Ends,
    keep: Option<(Predicate, Vec<Field>)>,
    columns: Vec<Field>,
    fills: Vec<Fill>,
    resolved: Pile,
    unresolved: Pile,
    side: Vec<Field>,
    rejects: Vec<Reject>,
    counts: TableCounts,
    nulled: Nulled,
    keyless: u64,
}

/// What came of a source's records for one relation table.
pub(super) struct RelationRows {
    pub(super) table: &'static Table,
    pub(super) columns: Vec<Field>,
    /// Rows in the order of all columns.
    pub(super) rows: RecordBatch,
    pub(super) side: Vec<Field>,
    /// Unresolved rows in the order of all columns.
    pub(super) unresolved: RecordBatch,
    pub(super) rejects: Vec<Reject>,
    pub(super) counts: TableCounts,
    pub(super) keyless: u64,
}

impl<'a> RelationIntake<'a> {
    pub(super) fn new(
        map: &'a TableMap,
        source: &'a str,
        asked: &[String],
        forms: &'a KeyForms,
        registry: &'a Registry,
    ) -> Result<Self, EngineError> {
        let columns = stored_columns(map);
        let ends = Ends::new(map);
        let side = side_columns(map.table, &columns);
        let fills = columns.iter().map(|column| fill(map, &ends, &column.name)).collect();
        let keep = match &map.keep {
            Some(text) => {
                let seen: Vec<Field> = map.columns.iter().map(|column| Field::new(&column.name, column.kind)).collect();
                Some((Predicate::new(&text.text, &seen)?, seen))
            }
            None => None,
        };
        Ok(Self {
            map,
            source,
            forms,
            registry,
            cleaner: RecordCleaner::new(map, asked),
            ends,
            keep,
            resolved: Pile::new(&columns),
            unresolved: Pile::new(&side),
            columns,
            fills,
            side,
            rejects: Vec::new(),
            counts: counts_of(map),
            nulled: Nulled::default(),
            keyless: 0,
        })
    }

    /// Takes one record; `position` orders the records of the source.
    pub(super) fn row(&mut self, row: &Row<'_>, file: &Found, position: i64) -> Result<(), EngineError> {
        self.counts.read += 1;
        let (map, forms, source) = (self.map, self.forms, self.source);
        let Self { cleaner, ends, side, .. } = self;
        let (mut values, mut nulled) = (Vec::with_capacity(map.columns.len()), Vec::new());
        let flaw = cleaner.clean(row, file, &mut values, &mut nulled);
        if let Some((keep, seen)) = &self.keep
            && !is_kept(keep, seen, &values)?
        {
            self.counts.filtered += 1;
            return Ok(());
        }
        let named = ends.resolve(&values, forms, self.registry);
        let flaw = match (&named, flaw) {
            (Err(reason), None) => Some((None, reason.clone())),
            (_, Some(Flaw { column, reason })) => Some((Some(cleaner.name(column).to_owned()), reason)),
            (Ok(_), None) => None,
        };
        if let Some((column, reason)) = flaw {
            let about = named.as_deref().map_or_else(|_| About::default(), |named| about(map, ends, named, &values));
            self.keyless += u64::from(named.is_err());
            self.counts.rejected += 1;
            self.rejects.push(Reject {
                source: self.source.to_owned(),
                table: Some(self.map.table.name),
                file: file.path.display().to_string(),
                line: i64::try_from(row.line).unwrap_or(i64::MAX),
                column,
                reason,
                raw: (row.raw)(),
                about,
            });
            return Ok(());
        }
        let named = named.expect("a row without ends is a reject");
        self.nulled.count(cleaner, &nulled);
        if named.iter().any(|named| matches!(named, Named::Unknown { .. })) {
            let row = SideRow { map, side, ends, forms, source };
            let cells = row.cells(&named, &values);
            self.unresolved.push(&cells, position);
        } else {
            let cells: Vec<Value<'_>> = self
                .fills
                .iter()
                .map(|fill| match fill {
                    Fill::Null => Value::Null,
                    Fill::End(end) => match named[*end] {
                        Named::Known(uid) => Value::Integer(uid),
                        _ => Value::Null,
                    },
                    Fill::Value(at) => values[*at].clone(),
                    Fill::Source => Value::Text(Cow::Borrowed(self.source)),
                    Fill::Fresh => Value::Integer(0),
                })
                .collect();
            self.resolved.push(&cells, position);
        }
        Ok(())
    }

    /// Takes a record that could not be read at all.
    pub(super) fn bad(&mut self) {
        self.counts.read += 1;
        self.counts.rejected += 1;
        self.keyless += 1;
    }

    /// Settles the rows by key. `place` names file and line of a position.
    pub(super) fn finish(mut self, place: &dyn Fn(i64) -> (String, i64)) -> Result<RelationRows, EngineError> {
        let (rows, positions, contents) = self.resolved.finish(&self.columns)?;
        let keys = key_columns(self.map.table, &self.columns);
        let order = TotalOrder::new(&rows, &keys);
        let mut sorted: Vec<u32> =
            (0..u32::try_from(rows.num_rows()).expect("a source has fewer than 2^32 rows")).collect();
        sorted.sort_unstable_by(|a, b| {
            order
                .by_key(*a, *b)
                .then_with(|| contents[*a as usize].cmp(&contents[*b as usize]))
                .then_with(|| positions[*a as usize].cmp(&positions[*b as usize]))
        });
        let smallest = match &self.map.on_duplicate {
            OnDuplicate::Min(column) => rows.column_by_name(column).cloned(),
            _ => None,
        };
        let facts = Rows { content: &contents, position: &positions, smallest };
        let mut settled = settle(&sorted, |a, b| order.by_key(a, b).is_eq(), &facts, &self.map.on_duplicate);
        for (row, copies) in &settled.rejected {
            let (file, line) = place(positions[*row as usize]);
            self.rejects.push(Reject {
                source: self.source.to_owned(),
                table: Some(self.map.table.name),
                file,
                line,
                column: None,
                reason: format!("the same relation is given {copies} times with different values"),
                raw: String::new(),
                about: about_of(self.map.table, &rows, *row as usize),
            });
        }
        settled.kept.sort_unstable_by(|a, b| order.by_all(*a, *b));
        let kept = take_record_batch(&rows, &UInt32Array::from(std::mem::take(&mut settled.kept)))
            .map_err(EngineError::from_arrow)?;
        let (unresolved, unresolved_duplicates) = distinct(self.unresolved.finish(&self.side)?.0)?;
        self.counts.unresolved = unresolved.num_rows() as u64;
        self.counts.kept = kept.num_rows() as u64 + self.counts.unresolved;
        self.counts.rejected += settled.rejected.len() as u64;
        self.counts.duplicate = settled.duplicates + unresolved_duplicates;
        self.counts.nulled = std::mem::take(&mut self.nulled).into_map();
        self.counts.carrying = self.rejects.iter().filter(|reject| reject.about.first.is_some()).count() as u64;
        Ok(RelationRows {
            table: self.map.table,
            columns: self.columns,
            rows: kept,
            side: self.side,
            unresolved,
            rejects: self.rejects,
            counts: self.counts,
            keyless: self.keyless,
        })
    }
}

/// What an unresolved row is made with.
struct SideRow<'r> {
    map: &'r TableMap,
    side: &'r [Field],
    ends: &'r Ends,
    forms: &'r KeyForms,
    source: &'r str,
}

impl<'r> SideRow<'r> {
    /// The cells of an unresolved row.
    fn cells<'v>(&self, named: &[Named], values: &[Value<'v>]) -> Vec<Value<'v>>
    where
        'r: 'v,
    {
        let mut cells = vec![Value::Null; self.side.len()];
        let mut set = |name: &str, value: Value<'v>| {
            if let Some(at) = self.side.iter().position(|column| column.name == name) {
                cells[at] = value;
            }
        };
        for (end, named) in self.ends.all.iter().zip(named) {
            let name = end.column.trim_end_matches("_uid");
            let (namespace, key) = match named {
                Named::Not => continue,
                Named::Known(_) => end.texts(values, self.forms),
                Named::Unknown { namespace, key, problem } => {
                    set("problem_column", Value::Text(Cow::Borrowed(name)));
                    set("problem", Value::Text(Cow::Borrowed(problem)));
                    (namespace.clone(), key.clone())
                }
            };
            if let (Some(of), Some(namespace)) = (end.kind.namespace(), namespace) {
                set(&format!("{name}_{of}"), Value::Text(Cow::Owned(namespace)));
            }
            set(&format!("{name}_key"), Value::Text(Cow::Owned(key)));
        }
        for (column, value) in self.map.columns.iter().zip(values) {
            if !is_end(self.map.table, &column.name) {
                set(&column.name, value.clone());
            }
        }
        set("source", Value::Text(Cow::Borrowed(self.source)));
        cells
    }
}

/// What a rejected row speaks of: its ends, where all that are named are known, and its key parts.
fn about(map: &TableMap, ends: &Ends, named: &[Named], values: &[Value<'_>]) -> About {
    let known: Option<Vec<(Kind, i64)>> = ends
        .all
        .iter()
        .zip(named)
        .filter(|(_, named)| **named != Named::Not)
        .map(|(end, named)| match named {
            Named::Known(uid) => Some((end.kind, *uid)),
            _ => None,
        })
        .collect();
    let Some(known) = known else { return About::default() };
    let parts = key_parts(map.table).map(|part| {
        let at = map.columns.iter().position(|column| column.name == part);
        at.map_or(Cow::Borrowed(""), |at| values[at].canonical())
    });
    About { first: known.first().copied(), second: known.get(1).copied(), detail: joined(parts) }
}

/// Rows being piled up, chunk by chunk.
struct Pile {
    builders: Vec<ColumnBuilder>,
    columns: Vec<Field>,
    chunks: Vec<RecordBatch>,
    positions: Vec<i64>,
    contents: Vec<i64>,
    text: String,
}

impl Pile {
    fn new(columns: &[Field]) -> Self {
        Self {
            builders: columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect(),
            columns: columns.to_vec(),
            chunks: Vec::new(),
            positions: Vec::new(),
            contents: Vec::new(),
            text: String::new(),
        }
    }

    fn push(&mut self, values: &[Value<'_>], position: i64) {
        self.text.clear();
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.push(value);
            self.text.push_str(if value.is_null() { "\u{0}" } else { "\u{1f}" });
            self.text.push_str(&value.canonical());
        }
        self.positions.push(position);
        self.contents.push(xxh3_64(self.text.as_bytes()).cast_signed());
        if self.builders.first().is_some_and(|builder| builder.len() == CHUNK_ROWS) {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(ColumnBuilder::finish).collect();
        let chunk = RecordBatch::try_new(arrow_schema(&self.columns), arrays);
        self.chunks.push(chunk.expect("every builder has every row"));
    }

    /// The rows, their positions, and a hash of what each says.
    fn finish(&mut self, columns: &[Field]) -> Result<(RecordBatch, Vec<i64>, Vec<i64>), EngineError> {
        self.flush();
        let rows = concat_batches(&arrow_schema(columns), &self.chunks).map_err(EngineError::from_arrow)?;
        self.chunks.clear();
        Ok((rows, std::mem::take(&mut self.positions), std::mem::take(&mut self.contents)))
    }
}

/// The order of rows by their columns, nulls first: what the engine's parts have too.
struct TotalOrder {
    /// The numbers at the ends, which decide nearly always.
    numbers: Vec<Int64Array>,
    keys: Vec<DynComparator>,
    all: Vec<DynComparator>,
}

impl TotalOrder {
    fn new(rows: &RecordBatch, keys: &[usize]) -> Self {
        let compare = |column: &ArrayRef| {
            make_comparator(column, column, SortOptions { descending: false, nulls_first: true })
                .expect("a column compares with itself")
        };
        let is_number = |at: &&usize| rows.column(**at).as_primitive_opt::<Int64Type>().is_some();
        Self {
            numbers: keys.iter().take_while(is_number).map(|at| rows.column(*at).as_primitive().clone()).collect(),
            keys: keys.iter().skip_while(is_number).map(|at| compare(rows.column(*at))).collect(),
            all: rows.columns().iter().map(compare).collect(),
        }
    }

    fn by_key(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        for column in &self.numbers {
            let number = |row| if column.is_null(row) { i64::MIN } else { column.value(row) };
            match number(a).cmp(&number(b)) {
                Ordering::Equal => {}
                other => return other,
            }
        }
        first_difference(&self.keys, a, b)
    }

    fn by_all(&self, a: u32, b: u32) -> Ordering {
        first_difference(&self.all, a as usize, b as usize)
    }
}

fn first_difference(columns: &[DynComparator], a: usize, b: usize) -> Ordering {
    columns.iter().map(|compare| compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Rows without those that say the same again, in the order of all columns; and how many went.
fn distinct(rows: RecordBatch) -> Result<(RecordBatch, u64), EngineError> {
    let order = TotalOrder::new(&rows, &[]);
    let mut sorted: Vec<u32> =
        (0..u32::try_from(rows.num_rows()).expect("a source has fewer than 2^32 rows")).collect();
    sorted.sort_unstable_by(|a, b| order.by_all(*a, *b));
    let all = sorted.len();
    sorted.dedup_by(|a, b| order.by_all(*a, *b).is_eq());
    let gone = (all - sorted.len()) as u64;
    Ok((take_record_batch(&rows, &UInt32Array::from(sorted)).map_err(EngineError::from_arrow)?, gone))
}

/// The columns that are a relation's key.
fn key_columns(table: &Table, columns: &[Field]) -> Vec<usize> {
    let is_key =
        |name: &str| table.column(name).is_some_and(|column| matches!(column.role, Role::End(_) | Role::KeyPart));
    columns.iter().enumerate().filter(|(_, column)| is_key(&column.name)).map(|(at, _)| at).collect()
}

fn key_parts(table: &Table) -> impl Iterator<Item = &'static str> + use<> {
    table.columns.iter().filter(|column| column.role == Role::KeyPart).map(|column| column.name)
}

fn fill(map: &TableMap, ends: &Ends, column: &str) -> Fill {
    match column {
        "source" => Fill::Source,
        "stale_loads" => Fill::Fresh,
        _ => match ends.all.iter().position(|end| end.column == column) {
            Some(end) => Fill::End(end),
            None => map.columns.iter().position(|mapped| mapped.name == column).map_or(Fill::Null, Fill::Value),
        },
    }
}

/// The columns of the side table of unresolved rows: each end as text with its namespace, the key parts, what else
/// the row says, which end is the problem, and the source.
pub(crate) fn side_columns(table: &Table, columns: &[Field]) -> Vec<Field> {
    let mut side = Vec::new();
    for column in columns {
        match table.column(&column.name).map(|column| column.role) {
            Some(Role::End(kind)) => {
                let end = column.name.trim_end_matches("_uid");
                if let Some(namespace) = kind.namespace() {
                    side.push(Field::new(format!("{end}_{namespace}"), Type::Text));
                }
                side.push(Field::new(format!("{end}_key"), Type::Text));
            }
            Some(Role::System) => {}
            _ => side.push(column.clone()),
        }
    }
    side.extend(["problem_column", "problem", "source"].map(|name| Field::new(name, Type::Text)));
    side
}

/// What a row of the table speaks of.
fn about_of(table: &Table, rows: &RecordBatch, row: usize) -> About {
    let mut about = About::default();
    for column in table.columns {
        let Some(array) = rows.column_by_name(column.name).filter(|array| array.is_valid(row)) else { continue };
        if let Role::End(kind) = column.role {
            let end = Some((kind, array.as_primitive::<Int64Type>().value(row)));
            if about.first.is_none() { about.first = end } else { about.second = end }
        }
    }
    let part = |name| {
        let column = rows.column_by_name(name).filter(|column| column.is_valid(row));
        Cow::Borrowed(column.map_or("", |column| column.as_string::<i32>().value(row)))
    };
    about.detail = joined(key_parts(table).map(part));
    about
}

/// Key parts as one text, null as the empty text; `None` where all are null.
fn joined<'a>(parts: impl Iterator<Item = Cow<'a, str>>) -> Option<String> {
    let parts: Vec<Cow<'a, str>> = parts.collect();
    parts.iter().any(|part| !part.is_empty()).then(|| parts.join("|"))
}

/// Whether the filter holds for one row.
fn is_kept(keep: &Predicate, seen: &[Field], values: &[Value<'_>]) -> Result<bool, EngineError> {
    let arrays = seen.iter().zip(values).map(|(column, value)| {
        let mut builder = ColumnBuilder::new(column.kind);
        builder.push(value);
        builder.finish()
    });
    let row = RecordBatch::try_new(arrow_schema(seen), arrays.collect()).map_err(EngineError::from_arrow)?;
    Ok(keep.holds(&row)?.value(0))
}
