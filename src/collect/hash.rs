//! The hashes of an object's row: one over what lasts, by which activate sees modifications, and one over everything.

use xxhash_rust::xxh3::xxh3_64;

use super::collector::TableMap;
use super::columns::Value;
use crate::table::Role;

const FULL_NAME: &str = "full_name";

/// The hashing of a table map's rows.
pub(super) struct RowHasher {
    /// Columns of the map in the order of their names, without the full name.
    columns: Vec<Hashed>,
    /// How many of them come before the full name.
    before_full_name: usize,
    /// What is hashed of a row, kept so that a row needs no text of its own.
    lasting: String,
    volatile: String,
}

struct Hashed {
    name: String,
    at: usize,
    /// Whether it counts for the row hash.
    is_lasting: bool,
}

impl RowHasher {
    pub(super) fn new(map: &TableMap) -> Self {
        let hashed = map
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| !column.name.starts_with('_') && column.name != FULL_NAME);
        let mut columns: Vec<Hashed> = hashed
            .map(|(at, column)| {
                let born_volatile = map.table.column(&column.name).is_some_and(|column| column.role == Role::Volatile);
                Hashed { name: column.name.clone(), at, is_lasting: !column.is_volatile && !born_volatile }
            })
            .collect();
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        let before_full_name = columns.partition_point(|column| column.name.as_str() < FULL_NAME);
        Self { columns, before_full_name, lasting: String::new(), volatile: String::new() }
    }

    /// The row hash, and the hash over everything including volatile columns.
    ///
    /// Both are xxh3-64 over `name U+001F value U+001E` of the columns that are not null, in the order of their names,
    /// read as a signed number. A column that is null everywhere changes nothing. `full_name` takes part as stored.
    pub(super) fn hashes(&mut self, values: &[Value<'_>], full_name: Option<&str>) -> (i64, i64) {
        let Self { columns, before_full_name, lasting, volatile } = self;
        lasting.clear();
        volatile.clear();
        let (before, behind) = columns.split_at(*before_full_name);
        let mut add_all = |columns: &[Hashed], lasting: &mut String| {
            for Hashed { name, at, is_lasting } in columns {
                if !values[*at].is_null() {
                    add(if *is_lasting { lasting } else { volatile }, name, &values[*at]);
                }
            }
        };
        add_all(before, lasting);
        if let Some(full_name) = full_name {
            add(lasting, FULL_NAME, &Value::Text(full_name.into()));
        }
        add_all(behind, lasting);
        let row_hash = xxh3_64(lasting.as_bytes()).cast_signed();
        if volatile.is_empty() {
            return (row_hash, row_hash);
        }
        lasting.push_str(volatile);
        (row_hash, xxh3_64(lasting.as_bytes()).cast_signed())
    }
}

fn add(text: &mut String, name: &str, value: &Value<'_>) {
    text.push_str(name);
    text.push('\u{1f}');
    value.write_canonical(text);
    text.push('\u{1e}');
}
