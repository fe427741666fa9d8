//! What fills each column of an object: values as they were cleaned, keys in key form, and what follows from them.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use super::collector::TableMap;
use super::columns::Value;
use super::find::Found;
use super::key::{KeyForms, normalise};
use super::read::{Cell, Row};
use super::record::RecordCleaner;
use crate::table::{Field, Kind, Role};

/// What fills a column of the table.
pub(super) enum Fill {
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

pub(super) fn position_of(map: &TableMap, name: &str) -> Option<usize> {
    map.columns.iter().position(|column| column.name == name)
}

/// What fills each stored column.
pub(super) fn fills(map: &TableMap, columns: &[Field]) -> Vec<Fill> {
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
pub(super) fn form_keys(
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
pub(super) fn key_source<'a>(map: &TableMap, cleaner: &'a RecordCleaner, row: &Row<'a>, file: &'a Found) -> Value<'a> {
    let is_key = |name: &str| map.table.column(name).is_some_and(|column| column.role == Role::Key);
    let at = map.columns.iter().position(|column| is_key(&column.name));
    match at.map(|at| cleaner.raw(at, row, file)) {
        Some(Cell::Text(text)) => Value::Text(Cow::Borrowed(text)),
        _ => Value::Null,
    }
}

pub(super) fn norm(text: Option<&str>) -> Value<'static> {
    text.map_or(Value::Null, |text| Value::Text(Cow::Owned(normalise(text))))
}

/// The full name of a person: the source's, else given and family name joined by a blank.
pub(super) fn full_name(fills: &[Fill], values: &[Value<'_>]) -> Option<String> {
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
pub(super) fn hashes(columns: &[(String, usize, bool)], values: &[Value<'_>], full_name: Option<&str>) -> (i64, i64) {
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
