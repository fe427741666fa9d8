//! `[stage.activate.references]`: which references may lead nowhere, and what becomes of the rows that refer.

use std::collections::BTreeMap;

use crate::names::suggest;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::problem::Problems;
use crate::settings::activate::{OnMissing, References};
use crate::table::{Role, Sort, Table};
use crate::tables::COLLECTED;

/// The settings; tables and columns that refer to nothing are problems.
pub(super) fn check(
    raw: &BTreeMap<String, BTreeMap<String, OnMissing>>,
    spot: Spot<'_>,
    problems: &mut Problems,
) -> References {
    let mut references = References::default();
    for (name, columns) in raw {
        let at = spot.key(name);
        let Some(table) = COLLECTED.iter().find(|table| table.name == name) else {
            let hint = suggest(name, "tables", COLLECTED.iter().map(|table| table.name));
            let message = format!("`{name}` is no table that a collector can fill");
            problems.add(at.key_error(codes::BAD_TABLE, message).hint(hint));
            continue;
        };
        let known = columns_of(table);
        for (column, on_missing) in columns {
            let at = at.key(column);
            if !known.contains(&column.as_str()) {
                let message = format!("`{column}` of `{name}` refers to nothing");
                let hint = suggest(column, "references", known.iter().copied());
                problems.add(at.key_error(codes::UNKNOWN_COLUMN, message).hint(hint));
            } else if *on_missing == OnMissing::Reject && table.sort != Sort::Relation {
                let message = "only relations are rejected for what they refer to";
                let hint = "an object that is rejected would take with it all that refers to it: `keep` or `stub`";
                problems.add(at.error(codes::NOT_ALLOWED, message).hint(hint));
            } else {
                references.0.insert((name.clone(), column.clone()), *on_missing);
            }
        }
    }
    references
}

/// The columns of a table that name objects, as collectors call them.
fn columns_of(table: &Table) -> Vec<&'static str> {
    let named = table.columns.iter().filter_map(|column| match column.role {
        Role::End(_) => column.name.strip_suffix("_uid"),
        Role::Reference(_) => Some(column.name),
        _ => None,
    });
    named.collect()
}
