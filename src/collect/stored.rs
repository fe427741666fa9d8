//! The columns that a table map fills, as the ledger has them.

use super::collector::{ColumnMap, TableMap};
use super::source::TableCounts;
use crate::table::{Column, Field, Role, Type};

/// The counts of a table before anything was read.
pub(crate) fn counts_of(map: &TableMap) -> TableCounts {
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
