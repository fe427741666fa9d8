//! Relations with an end that cannot be resolved: kept as text in a side table, told by their ends.

use std::borrow::Cow;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::collector::TableMap;
use super::columns::Value;
use super::ends::{Ends, Named, is_end};
use super::key::KeyForms;
use super::rejects::About;
use super::source::Unknown;
use crate::table::{Field, Kind, Role, Table, Type};

/// What an unresolved row is made with.
pub(super) struct SideRow<'r> {
    pub(super) map: &'r TableMap,
    pub(super) side: &'r [Field],
    pub(super) ends: &'r Ends,
    pub(super) forms: &'r KeyForms,
    pub(super) source: &'r str,
}

impl<'r> SideRow<'r> {
    /// The cells of an unresolved row.
    pub(super) fn cells<'v>(&self, named: &[Named], values: &[Value<'v>]) -> Vec<Value<'v>>
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
                Named::Known(_) => self.ends.texts(end, values, self.forms),
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
pub(super) fn about(map: &TableMap, ends: &Ends, named: &[Named], values: &[Value<'_>]) -> About {
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
    let Some(known) = known else { return About { unknown: unknown(ends, named), ..About::default() } };
    let parts = key_parts(map.table).map(|part| {
        let at = map.columns.iter().position(|column| column.name == part);
        at.map_or(Cow::Borrowed(""), |at| values[at].canonical())
    });
    About { first: known.first().copied(), second: known.get(1).copied(), detail: joined(parts), ..About::default() }
}

/// The keys of a row that have no number.
fn unknown(ends: &Ends, named: &[Named]) -> Vec<Unknown> {
    let unknown = ends.all.iter().zip(named).filter_map(|(end, named)| match named {
        Named::Unknown { namespace, key, problem: "unknown" } => {
            Some(Unknown { kind: end.kind, namespace: namespace.clone(), key: key.clone() })
        }
        _ => None,
    });
    unknown.collect()
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
pub(super) fn about_of(table: &Table, rows: &RecordBatch, row: usize) -> About {
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
pub(super) fn joined<'a>(parts: impl Iterator<Item = Cow<'a, str>>) -> Option<String> {
    let parts: Vec<Cow<'a, str>> = parts.collect();
    parts.iter().any(|part| !part.is_empty()).then(|| parts.join("|"))
}

/// The columns that are a relation's key.
pub(super) fn key_columns(table: &Table, columns: &[Field]) -> Vec<usize> {
    let is_key =
        |name: &str| table.column(name).is_some_and(|column| matches!(column.role, Role::End(_) | Role::KeyPart));
    columns.iter().enumerate().filter(|(_, column)| is_key(&column.name)).map(|(at, _)| at).collect()
}

pub(super) fn key_parts(table: &Table) -> impl Iterator<Item = &'static str> + use<> {
    table.columns.iter().filter(|column| column.role == Role::KeyPart).map(|column| column.name)
}
