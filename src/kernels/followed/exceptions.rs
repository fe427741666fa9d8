//! What people answer for: of several exceptions of a finding the one that ends last.

use std::collections::HashMap;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Date32Type;

use crate::engine::EngineError;
use crate::kernels::rows::{column, each, numbers, text_at};
use crate::model::TableSet;
use crate::table::Type;

/// The exceptions that hold, by control, kind and uid.
#[derive(Default)]
pub(super) struct Exceptions(HashMap<(String, String, u32), Vec<Exception>>);

struct Exception {
    name: String,
    detail: Option<String>,
    valid_until: Option<i32>,
}

impl Exceptions {
    /// Those of a load.
    pub(super) fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let mut all: HashMap<(String, String, u32), Vec<Exception>> = HashMap::new();
        each(tables, "valid_exceptions", &["exception", "control", "kind", "uid", "detail", "valid_until"], |batch| {
            let texts = ["exception", "control", "kind", "detail"].map(|name| column(batch, name, Type::Text));
            let [names, controls, kinds, details] = texts.each_ref().map(AsArray::as_string::<i32>);
            let days = column(batch, "valid_until", Type::Date);
            let days = days.as_primitive::<Date32Type>();
            for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
                let text = |texts| text_at(texts, row).map(str::to_owned);
                let (Some(name), Some(control), Some(kind), Some(uid)) =
                    (text(names), text(controls), text(kinds), uid)
                else {
                    continue;
                };
                let valid_until = days.is_valid(row).then(|| days.value(row));
                all.entry((control, kind, uid)).or_default().push(Exception {
                    name,
                    detail: text(details),
                    valid_until,
                });
            }
            Ok(())
        })?;
        for several in all.values_mut() {
            // The one that ends last, and of these the first by name.
            several.sort_by(|one, other| (other.valid_until, &one.name).cmp(&(one.valid_until, &other.name)));
        }
        Ok(Self(all))
    }

    /// The one that a finding stands under, with its last day.
    pub(super) fn of_finding(
        &self,
        (control, kind, uid): (&str, &str, u32),
        detail: Option<&str>,
    ) -> Option<(&str, Option<i32>)> {
        if self.0.is_empty() {
            return None;
        }
        let of_subject = self.0.get(&(control.to_owned(), kind.to_owned(), uid))?;
        let speaks = |one: &&Exception| one.detail.is_none() || one.detail.as_deref() == detail;
        of_subject.iter().find(speaks).map(|one| (one.name.as_str(), one.valid_until))
    }
}
