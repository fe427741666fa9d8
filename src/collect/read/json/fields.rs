//! From one object to cells: dotted names, arrays, and which keys nobody asked for.

use std::collections::HashSet;

use super::value::{Object, Value};
use crate::collect::read::output::{Output, Wrong};
use crate::collect::read::{Cell, Notice, Request};

/// The wanted columns, and what was seen of them and others.
pub(crate) struct Fields<'a> {
    request: &'a Request<'a>,
    was_seen: Vec<bool>,
    known: HashSet<String>,
    unused: Vec<String>,
}

impl<'a> Fields<'a> {
    /// Nothing was seen yet.
    pub(crate) fn new(request: &'a Request<'a>) -> Self {
        Self { request, was_seen: vec![false; request.columns.len()], known: HashSet::new(), unused: Vec::new() }
    }

    /// Hands over a record, as rows or as a bad record.
    pub(crate) fn hand_over(&mut self, line: u64, text: &str, value: Result<Value<'_>, String>, out: &mut Output<'_>) {
        let object = match value {
            Ok(Value::Object(_, object)) => object,
            Ok(_) => return out.bad(line, Wrong::record("the record is not an object"), text.to_owned()),
            Err(reason) => return out.bad(line, Wrong::record(reason), text.to_owned()),
        };
        self.note_keys(&object);
        let mut texts = Vec::with_capacity(self.request.columns.len());
        for (column, was_seen) in self.request.columns.iter().zip(&mut self.was_seen) {
            let mut values = Vec::new();
            *was_seen |= collect(&object, column, &mut values);
            texts.push(values.into_iter().filter_map(Value::text).collect::<Vec<_>>());
        }
        let cells: Vec<Vec<Cell<'_>>> =
            texts.iter().map(|texts| texts.iter().map(|text| Cell::Text(text)).collect()).collect();
        out.record(line, self.request, &cells, &|| text.to_owned());
    }

    /// What is reported at the end of the file.
    pub(crate) fn into_notice(self, records: u64) -> Notice {
        let unseen = self.request.columns.iter().zip(&self.was_seen).filter(|(_, was_seen)| !**was_seen);
        let unseen_columns = unseen.map(|(column, _)| column.clone()).collect();
        Notice { records, unused_columns: self.unused, unseen_columns, header: Vec::new() }
    }

    fn note_keys(&mut self, object: &Object<'_>) {
        for key in object.keys() {
            if self.known.contains(key) {
                continue;
            }
            self.known.insert(key.to_owned());
            let reaches =
                |column: &String| column.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if !self.request.columns.iter().any(reaches) {
                self.unused.push(key.to_owned());
            }
        }
    }
}

/// Collects the values under a dotted name; false where the name leads nowhere. A key that itself has dots is found
/// as well, and wins.
fn collect<'v>(object: &'v Object<'v>, name: &str, values: &mut Vec<&'v Value<'v>>) -> bool {
    if let Some(value) = object.get(name) {
        match value {
            Value::Array(_, items) => values.extend(items),
            value => values.push(value),
        }
        return true;
    }
    name.match_indices('.').any(|(dot, _)| match object.get(&name[..dot]) {
        Some(Value::Object(_, inner)) => collect(inner, &name[dot + 1..], values),
        Some(Value::Array(_, items)) => {
            let mut was_found = false;
            for item in items {
                if let Value::Object(_, inner) = item {
                    was_found |= collect(inner, &name[dot + 1..], values);
                }
            }
            was_found
        }
        _ => false,
    })
}
