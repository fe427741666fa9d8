//! The columns that the controls of a pack ask for and that no table is born with: a collector may bring them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::texts;
use crate::settings::packs::PackColumn;
use crate::table::Type;

/// `packs/<name>/columns.toml`: table, column, and what it is.
type ColumnsFile = BTreeMap<String, BTreeMap<String, ColumnEntry>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    #[serde(rename = "type")]
    kind: ColumnType,
    about: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ColumnType {
    Text,
    Integer,
    Boolean,
    Date,
}

/// The columns of a pack, by table and name.
///
/// # Panics
/// Where the file of the pack is wrong: it is part of the program, and a test reads it.
pub(super) fn of(pack: &str) -> Vec<PackColumn> {
    let path = format!("packs/{pack}/columns.toml");
    let Some((_, text)) = texts::files(pack, "toml").find(|(known, _)| *known == path) else { return Vec::new() };
    let tables: ColumnsFile = toml::from_str(text).expect("the columns of a pack can be read");
    let columns = |(table, columns): (String, BTreeMap<String, ColumnEntry>)| {
        columns.into_iter().map(move |(name, entry)| PackColumn {
            table: table.clone(),
            name,
            kind: match entry.kind {
                ColumnType::Text => Type::Text,
                ColumnType::Integer => Type::Integer,
                ColumnType::Boolean => Type::Boolean,
                ColumnType::Date => Type::Date,
            },
            about: entry.about,
        })
    };
    tables.into_iter().flat_map(columns).collect()
}
