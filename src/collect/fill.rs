//! What fills each column of an object: values as they were cleaned, keys in key form, and what follows from them.

use std::borrow::Cow;

use super::collector::{KeyForm, TableMap};
use super::columns::Value;
use super::find::Found;
use super::key::{KeyForms, write_normalised};
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

/// Where namespace, key and references stand among the columns of a map.
pub(super) struct KeyColumns {
    kind: Kind,
    namespace: Option<(usize, Kind)>,
    key: Option<usize>,
    references: Vec<(usize, Kind)>,
}

impl KeyColumns {
    pub(super) fn of(map: &TableMap, kind: Kind) -> Self {
        let mut columns = Self { kind, namespace: None, key: None, references: Vec::new() };
        for (at, column) in map.columns.iter().enumerate() {
            match map.table.column(&column.name).map(|column| column.role) {
                Some(Role::Namespace(of)) => columns.namespace = Some((at, of)),
                Some(Role::Key) => columns.key = Some(at),
                Some(Role::Reference(of)) => columns.references.push((at, of)),
                _ => {}
            }
        }
        columns
    }

    /// The column with the key.
    pub(super) fn key(&self) -> Option<usize> {
        self.key
    }

    /// Brings namespace, key and references into key form; what is empty then is null. Returns whether the key can be
    /// read.
    pub(super) fn form(&self, forms: &KeyForms, values: &mut [Value<'_>]) -> bool {
        let has_namespace = self.namespace.is_some_and(|(at, of)| form(forms.of(of, ""), &mut values[at]));
        // The form of keys may depend on the namespace.
        let of_kind = forms.of(self.kind, self.texts(values).0);
        for (at, of) in &self.references {
            form(if *of == self.kind { of_kind } else { forms.of(*of, "") }, &mut values[*at]);
        }
        let has_key = self.key.is_some_and(|at| form(of_kind, &mut values[at]));
        if !forms.rekeys.is_empty() {
            self.rename(forms, values);
        }
        has_key && (has_namespace || self.kind.namespace().is_none())
    }

    /// Calls key and references what they are called now.
    fn rename(&self, forms: &KeyForms, values: &mut [Value<'_>]) {
        let namespace = self.texts(values).0.to_owned();
        let own = self.key.map(|at| (at, self.kind, namespace.as_str()));
        for (at, kind, namespace) in self.references.iter().map(|(at, of)| (*at, *of, "")).chain(own) {
            let new = values[at].as_text().and_then(|key| forms.rekeys.new_key(kind, namespace, key));
            if let Some(new) = new.map(str::to_owned) {
                values[at] = Value::Text(Cow::Owned(new));
            }
        }
    }

    /// Namespace and key of a row whose key can be read.
    pub(super) fn texts<'v>(&self, values: &'v [Value<'_>]) -> (&'v str, &'v str) {
        let text = |at: Option<usize>| at.and_then(|at| values[at].as_text()).unwrap_or("");
        (text(self.namespace.map(|(at, _)| at)), text(self.key))
    }
}

/// Brings one value into key form. Returns whether there was a text.
fn form(form: KeyForm, value: &mut Value<'_>) -> bool {
    let Some(text) = value.as_text() else { return false };
    let formed = match form.apply(text) {
        Cow::Borrowed(formed) if formed.len() == text.len() && !formed.is_empty() => return true,
        formed => formed.into_owned(),
    };
    *value = if formed.is_empty() { Value::Null } else { Value::Text(Cow::Owned(formed)) };
    true
}

/// The full name of a person: the source's, else given and family name joined by a blank.
pub(super) fn full_name<'v>(fill: Option<&Fill>, values: &'v [Value<'_>]) -> Option<Cow<'v, str>> {
    let text = |at: &Option<usize>| at.and_then(|at| values[at].as_text());
    let Some(Fill::FullName { own, given, family }) = fill else { return None };
    match (text(own), text(given), text(family)) {
        (Some(own), _, _) => Some(Cow::Borrowed(own)),
        (None, Some(given), Some(family)) => Some(Cow::Owned(format!("{given} {family}"))),
        (None, given, family) => given.or(family).map(Cow::Borrowed),
    }
}

/// The key as the source wrote it.
pub(super) fn key_source<'a>(
    keys: &KeyColumns,
    cleaner: &'a RecordCleaner,
    row: &Row<'a>,
    file: &'a Found,
) -> Value<'a> {
    match keys.key().map(|at| cleaner.raw(at, row.cells, file)) {
        Some(Cell::Text(text)) => Value::Text(Cow::Borrowed(text)),
        _ => Value::Null,
    }
}

/// The match form of a text, written into `form`.
pub(super) fn normalised<'a>(text: Option<&str>, form: &'a mut String) -> Value<'a> {
    let Some(text) = text else { return Value::Null };
    write_normalised(text, form);
    Value::Text(Cow::Borrowed(form))
}

pub(super) fn text_or_null(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text)))
}
