//! The values of a TOML file with their places, in the order of the file.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use crate::plan::rule::reads_as;
use crate::problem::{Code, Problem};
use crate::source::{Place, SourceFile, SqlText};
use crate::table::Type;

/// A value and where it and its key stand.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The key's bytes; the value's for elements of an array.
    pub(super) key_span: Range<usize>,
    /// The value's bytes, with quotes and brackets.
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

/// What a value is. The entries of a table are in the order of the file.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    /// A whole number that no 64 bits hold.
    HugeInteger,
    Float(f64),
    Boolean(bool),
    Datetime(toml::value::Datetime),
    Array(Vec<Node>),
    Table(Vec<(String, Node)>),
    /// A string whose variables could not be filled: already reported.
    Unfilled,
}

impl Node {
    /// The value that the parser read.
    pub(super) fn new(key_span: Range<usize>, span: Range<usize>, value: &DeValue<'_>) -> Self {
        let value = match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => {
                i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::HugeInteger, Value::Integer)
            }
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(datetime) => Value::Datetime(*datetime),
            DeValue::Array(items) => {
                Value::Array(items.iter().map(|item| Self::new(item.span(), item.span(), item.get_ref())).collect())
            }
            DeValue::Table(table) => {
                let mut entries: Vec<(String, Self)> = table
                    .iter()
                    .map(|(key, item)| (key.get_ref().to_string(), Self::new(key.span(), item.span(), item.get_ref())))
                    .collect();
                entries.sort_by_key(|(_, node)| node.key_span.start);
                Value::Table(entries)
            }
        };
        Self { key_span, span, value }
    }

    /// The value as serde takes it.
    pub(super) fn to_toml(&self) -> toml::Value {
        match &self.value {
            Value::Text(text) => toml::Value::String(text.clone()),
            Value::Integer(number) => toml::Value::Integer(*number),
            Value::HugeInteger => toml::Value::Integer(i64::MAX),
            Value::Float(number) => toml::Value::Float(*number),
            Value::Boolean(truth) => toml::Value::Boolean(*truth),
            Value::Datetime(datetime) => toml::Value::Datetime(*datetime),
            Value::Array(items) => toml::Value::Array(items.iter().map(Self::to_toml).collect()),
            Value::Table(entries) => {
                toml::Value::Table(entries.iter().map(|(key, node)| (key.clone(), node.to_toml())).collect())
            }
            Value::Unfilled => toml::Value::String(String::new()),
        }
    }

    /// What the value is, in TOML's words.
    pub(super) fn type_name(&self) -> &'static str {
        match self.value {
            Value::Text(_) | Value::Unfilled => "a string",
            Value::Integer(_) | Value::HugeInteger => "an integer",
            Value::Float(_) => "a number",
            Value::Boolean(_) => "a boolean",
            Value::Datetime(_) => "a date",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

/// A value within a file: what checks walk along and point at.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    file: &'a Arc<SourceFile>,
    node: &'a Node,
}

impl<'a> Spot<'a> {
    pub(super) fn new(file: &'a Arc<SourceFile>, node: &'a Node) -> Self {
        Self { file, node }
    }

    /// The value of a key, where this is a table that has it.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.entries().into_iter().find(|(known, _)| *known == key).map(|(_, spot)| spot)
    }

    /// The value of a key; this table itself where it lacks the key, so that there is always a place to point at.
    pub(super) fn key(self, key: &str) -> Self {
        self.get(key).unwrap_or(self)
    }

    /// The element of an array; the array itself where it is shorter.
    pub(super) fn item(self, index: usize) -> Self {
        self.items().get(index).copied().unwrap_or(self)
    }

    /// Keys and values of a table in the order of the file; nothing for other values.
    pub(super) fn entries(self) -> Vec<(&'a str, Self)> {
        match &self.node.value {
            Value::Table(entries) => {
                entries.iter().map(|(key, node)| (key.as_str(), Self { file: self.file, node })).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Elements of an array; nothing for other values.
    pub(super) fn items(self) -> Vec<Self> {
        match &self.node.value {
            Value::Array(items) => items.iter().map(|node| Self { file: self.file, node }).collect(),
            _ => Vec::new(),
        }
    }

    /// The text of a string.
    pub(super) fn text(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub(super) fn boolean(self) -> Option<bool> {
        if let Value::Boolean(truth) = self.node.value { Some(truth) } else { None }
    }

    /// The value of a whole number.
    pub(super) fn integer(self) -> Option<i64> {
        if let Value::Integer(number) = self.node.value { Some(number) } else { None }
    }

    /// The value as the text that a parameter of a type takes, where it is one.
    pub(super) fn reads(self, kind: Type) -> Option<String> {
        let text = match (&self.node.value, kind) {
            (Value::Text(text), Type::Text | Type::Date | Type::Timestamp) => text.clone(),
            (Value::Integer(number), Type::Integer | Type::Double) => number.to_string(),
            (Value::Float(number), Type::Double) => format!("{number:?}"),
            (Value::Boolean(truth), Type::Boolean) => truth.to_string(),
            _ => return None,
        };
        reads_as(&text, kind).then_some(text)
    }

    /// The text of a string as SQL that knows its place.
    pub(super) fn sql(self) -> Option<SqlText> {
        let text = self.text()?.to_owned();
        Some(SqlText { text, place: self.content() })
    }

    /// The place of the key.
    pub(super) fn on_key(self) -> Place {
        Place::new(self.file, self.node.key_span.clone())
    }

    /// The place of the value; of its name for a table with a header.
    pub(super) fn on_value(self) -> Place {
        match self.node.value {
            Value::Table(_) if !self.file.text()[self.file.clamp(&self.node.span)].starts_with('{') => self.on_key(),
            _ => Place::new(self.file, self.node.span.clone()),
        }
    }

    /// The place of a string's text, without its quotes.
    pub(super) fn content(self) -> Place {
        Place::new(self.file, content_span(self.file.text(), &self.node.span))
    }

    /// An error at the value.
    pub(super) fn error(self, code: Code, message: impl Into<String>) -> Problem {
        Problem::error(code, message).at(self.on_value())
    }

    /// An error at the key.
    pub(super) fn key_error(self, code: Code, message: impl Into<String>) -> Problem {
        Problem::error(code, message).at(self.on_key())
    }
}

/// The bytes between the quotes of a string; TOML drops a line break right behind three quotes.
pub(super) fn content_span(text: &str, span: &Range<usize>) -> Range<usize> {
    let Some(written) = text.get(span.clone()) else { return span.clone() };
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        let Some(inner) = written.strip_prefix(quotes).and_then(|rest| rest.strip_suffix(quotes)) else { continue };
        let dropped = match quotes.len() {
            3 if inner.starts_with("\r\n") => 2,
            3 if inner.starts_with('\n') => 1,
            _ => 0,
        };
        return span.start + quotes.len() + dropped..span.end - quotes.len();
    }
    span.clone()
}
