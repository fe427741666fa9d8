//! The hashes of an object's row: one over what lasts, by which activate sees modifications, and one over everything.

use xxhash_rust::xxh3::xxh3_64;

use super::collector::TableMap;
use super::columns::Value;
use crate::table::Role;

/// The hashing of a table map's rows.
pub(super) struct RowHasher {
    /// Columns of the map in the order of their names.
    columns: Vec<Hashed>,
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
        let hashed = map.columns.iter().enumerate().filter(|(_, column)| !column.name.starts_with('_'));
        let mut columns: Vec<Hashed> = hashed
            .map(|(at, column)| {
                let born_volatile = map.table.column(&column.name).is_some_and(|column| column.role == Role::Volatile);
                Hashed { name: column.name.clone(), at, is_lasting: !column.is_volatile && !born_volatile }
            })
            .collect();
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        Self { columns, lasting: String::new(), volatile: String::new() }
    }

    /// The row hash, and the hash over everything including volatile columns.
    ///
    /// Both are xxh3-64 over `name U+001F value U+001E` of the columns that are not null, in the order of their names,
    /// read as a signed number. A column that is null everywhere changes nothing. `full_name` takes part as stored.
    pub(super) fn hashes(&mut self, values: &[Value<'_>], mut full_name: Option<&str>) -> (i64, i64) {
        let Self { columns, lasting, volatile } = self;
        lasting.clear();
        volatile.clear();
        for Hashed { name, at, is_lasting } in columns.iter() {
            if name.as_str() >= "full_name"
                && let Some(full_name) = full_name.take()
            {
                add(lasting, "full_name", &Value::Text(full_name.into()));
            }
            if name != "full_name" && !values[*at].is_null() {
                add(if *is_lasting { lasting } else { volatile }, name, &values[*at]);
            }
        }
        if let Some(full_name) = full_name {
            add(lasting, "full_name", &Value::Text(full_name.into()));
        }
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
