//! Records that become relations: each row's keys are resolved to uids as it is read, so that a big table never
//! becomes columns of text. Rows with a key that no registry knows stay as text in a side part.

use std::borrow::Cow;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;

use super::collector::{OnDuplicate, TableMap};
use super::columns::{ColumnBuilder, Value};
use super::ends::{Ends, Named};
use super::find::Found;
use super::key::KeyForms;
use super::pile::{Pile, TotalOrder, distinct};
use super::read::Row;
use super::record::{Flaw, Nulled, RecordCleaner};
use super::registry::Registry;
use super::rejects::{About, Reject};
use super::settle::{Rows, settle};
use super::side::{SideRow, about, about_of, key_columns, side_columns};
use super::source::TableCounts;
use super::stored::{counts_of, stored_columns};
use crate::engine::{EngineError, Predicate};
use crate::ledger::arrow_schema;
use crate::table::{Field, Table};

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
