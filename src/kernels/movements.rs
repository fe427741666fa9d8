//! What moved in a table since the parent: a merge of both loads by the key.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray};

use super::Kernel;
use super::sorted::{Met, Shape, SortedRow, differences, open_both};
use crate::cause::BySource;
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Kind, Role, Sort, Table};

/// New, modified and deleted rows of a table.
#[derive(Debug)]
pub struct Movements {
    /// The table.
    pub table: &'static Table,
    /// The columns whose change is a modification.
    pub attributes: Vec<Field>,
    /// What moved them.
    pub causes: BySource,
}

/// A row of `movements` without its table, in the order of its columns.
type Movement =
    (&'static str, Option<&'static str>, Option<i64>, Option<&'static str>, Option<i64>, Option<String>, &'static str);

impl Kernel for Movements {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let shape = Shape { attributes: self.attributes.clone(), ..key_of(self.table) };
        let ends = kinds_of(self.table);
        let (now, before) = (tables.find(self.table.name), tables.find(&format!("{BEFORE}{}", self.table.name)));
        let (mut now, mut before) = open_both(&now, &before, &shape)?;
        let mut moved: Vec<Movement> = Vec::new();
        differences(&mut now, &mut before, |met| {
            let (what, row, other) = match met {
                Met::Now(row) => ("new", row, row),
                Met::Before(row) => ("deleted", row, row),
                Met::Both(now, before) => ("modified", now, before),
            };
            let cause = self.causes.of(row.part());
            moved.push(movement((what, cause), &ends, row, other, shape.texts.len()));
        })?;
        if moved.is_empty() {
            return Ok(());
        }
        moved.sort_unstable();
        sink(self.rows(&moved, columns)?)
    }
}

impl Movements {
    fn rows(&self, moved: &[Movement], columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let rows = RecordBatch::try_new(
            arrow_schema(columns),
            vec![
                Arc::new(StringArray::from_iter_values(moved.iter().map(|_| self.table.name))),
                Arc::new(StringArray::from_iter_values(moved.iter().map(|row| row.0))),
                Arc::new(moved.iter().map(|row| row.1).collect::<StringArray>()),
                Arc::new(moved.iter().map(|row| row.2).collect::<Int64Array>()),
                Arc::new(moved.iter().map(|row| row.3).collect::<StringArray>()),
                Arc::new(moved.iter().map(|row| row.4).collect::<Int64Array>()),
                Arc::new(moved.iter().map(|row| row.5.as_deref()).collect::<StringArray>()),
                Arc::new(StringArray::from_iter_values(moved.iter().map(|row| row.6))),
            ],
        );
        rows.map_err(EngineError::from_arrow)
    }
}

/// What happened and why, and what the row speaks of: its first two ends, and the further parts of its key.
fn movement(
    (movement, cause): (&'static str, &'static str),
    ends: &[Kind],
    row: SortedRow<'_>,
    other: SortedRow<'_>,
    n_texts: usize,
) -> Movement {
    let mut named = ends.iter().enumerate().filter_map(|(at, kind)| Some((kind.as_str(), row.number(at)?)));
    let (first, second) = (named.next(), named.next());
    let texts: Vec<Option<&str>> = (0..n_texts).map(|at| row.text(at).or_else(|| other.text(at))).collect();
    let detail = texts.iter().any(Option::is_some).then(|| {
        let texts: Vec<&str> = texts.iter().map(|text| text.unwrap_or("")).collect();
        texts.join("|")
    });
    let (kind, related_kind) = (first.map(|end| end.0), second.map(|end| end.0));
    (movement, kind, first.map(|end| end.1), related_kind, second.map(|end| end.1), detail, cause)
}

/// The ends of a relation in the order of its columns.
pub(super) fn ends_of(table: &'static Table) -> impl Iterator<Item = (&'static str, Kind)> {
    table.columns.iter().filter_map(|column| match column.role {
        Role::End(kind) => Some((column.name, kind)),
        _ => None,
    })
}

/// The kinds of what the numbers of a key name.
fn kinds_of(table: &'static Table) -> Vec<Kind> {
    match table.sort {
        Sort::Object(kind) => vec![kind],
        Sort::Relation | Sort::Derived => ends_of(table).map(|(_, kind)| kind).collect(),
    }
}

/// Whether the parts of a table can be walked by its key: the numbers of the key come first, then its texts, then all
/// else. Only then is the order of all columns that of the key.
#[must_use]
pub fn is_walkable(table: &'static Table) -> bool {
    let Shape { numbers, texts, .. } = key_of(table);
    let key = numbers.iter().chain(&texts).map(String::as_str);
    key.eq(table.columns.iter().map(|column| column.name).take(numbers.len() + texts.len()))
}

/// The key of a table: the uid of an object, the ends and key parts of a relation.
pub(super) fn key_of(table: &'static Table) -> Shape {
    if matches!(table.sort, Sort::Object(_)) {
        return Shape { numbers: vec!["uid".to_owned()], ..Shape::default() };
    }
    let parts = table.columns.iter().filter(|column| column.role == Role::KeyPart);
    Shape {
        numbers: ends_of(table).map(|(column, _)| column.to_owned()).collect(),
        texts: parts.map(|column| column.name.to_owned()).collect(),
        attributes: Vec::new(),
    }
}
