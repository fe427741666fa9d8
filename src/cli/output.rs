//! Data on stdout: as a table for people, as JSON or CSV for programs.

use std::io::{self, Write};
use std::sync::OnceLock;

use clap::ValueEnum;

use super::clock::SystemClock;
use crate::csv_line::csv_line;
use crate::env::Clock;
use crate::log_line::LogLine;
use crate::table::Type;
use crate::text_table::aligned;

/// How data is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// An array of objects.
    Json,
    /// Comma-separated with a header; cells that a spreadsheet would run as a formula begin with an apostrophe.
    Csv,
}

/// Puts a text on stdout. A reader that goes away early is no error.
pub(super) fn print_text(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

/// How narration is written to stderr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How this process narrates: said once, when it begins.
static LOG_FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Says how this process narrates. The first word counts.
pub(super) fn log_as(format: LogFormat) {
    let _ = LOG_FORMAT.set(format);
}

/// Whether this process narrates in JSON.
pub(super) fn logs_json() -> bool {
    LOG_FORMAT.get() == Some(&LogFormat::Json)
}

/// What a process that this one starts is given, so that it narrates as this one does.
pub(super) fn log_arguments() -> &'static [&'static str] {
    if logs_json() { &["--log-format", "json"] } else { &[] }
}

/// Tells people something on stderr. A reader that goes away early is no error.
pub(super) fn say(text: &str) {
    if logs_json() {
        return LogLine::said(text, SystemClock.now()).write();
    }
    let _ = writeln!(io::stderr(), "{}", text.trim_end_matches('\n'));
}

/// Puts a value on stdout as JSON.
pub(super) fn print_json(value: &impl serde::Serialize) {
    print_text(&format!("{}\n", serde_json::to_string_pretty(value).expect("what is printed has only text keys")));
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cells {
    /// Text; dates and instants too.
    Texts,
    /// Decimal numbers.
    Numbers,
    /// `true` and `false`.
    Booleans,
}

impl From<Type> for Cells {
    fn from(kind: Type) -> Self {
        match kind {
            Type::Integer | Type::Double => Self::Numbers,
            Type::Boolean => Self::Booleans,
            Type::Text | Type::Date | Type::Timestamp => Self::Texts,
        }
    }
}

/// Rows of cells, written as text, under named columns.
pub(super) struct Rows {
    pub(super) columns: Vec<(String, Cells)>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// Rows of texts, still to come.
    pub(super) fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|column| ((*column).to_owned(), Cells::Texts)).collect(), rows: Vec::new() }
    }

    /// The same with numbers in some columns.
    pub(super) fn numbers(mut self, columns: &[&str]) -> Self {
        for (name, cells) in &mut self.columns {
            if columns.contains(&name.as_str()) {
                *cells = Cells::Numbers;
            }
        }
        self
    }

    /// Prints the rows.
    pub(super) fn print(&self, format: Format) {
        let text = match format {
            Format::Table => self.table(),
            Format::Json => self.json(),
            Format::Csv => self.csv(),
        };
        print_text(&text);
    }

    fn table(&self) -> String {
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| cell.clone().unwrap_or_default()).collect()).collect();
        let names: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        aligned(&names, &rows)
    }

    fn json(&self) -> String {
        let objects = self.rows.iter().map(|row| {
            let cells = self.columns.iter().zip(row);
            let pairs = cells.map(|((name, cells), cell)| (name.clone(), json_cell(*cells, cell.as_deref())));
            serde_json::Value::Object(pairs.collect())
        });
        let mut text =
            serde_json::to_string_pretty(&serde_json::Value::Array(objects.collect())).expect("only text keys");
        text.push('\n');
        text
    }

    fn csv(&self) -> String {
        let mut text = csv_line(self.columns.iter().map(|(name, _)| name.as_str()));
        for row in &self.rows {
            text.push_str(&csv_line(row.iter().map(|cell| cell.as_deref().unwrap_or(""))));
        }
        text
    }
}

/// A cell in JSON's own types. What JSON has no number for, such as NaN, stays text.
fn json_cell(cells: Cells, cell: Option<&str>) -> serde_json::Value {
    let Some(cell) = cell else { return serde_json::Value::Null };
    match cells {
        Cells::Texts => cell.into(),
        Cells::Booleans => cell.parse::<bool>().map_or_else(|_| cell.into(), Into::into),
        Cells::Numbers => cell.parse::<serde_json::Number>().map_or_else(|_| cell.into(), Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_numbers_booleans_and_null() {
        let columns =
            [("n", Cells::Numbers), ("share", Cells::Numbers), ("is", Cells::Booleans), ("code", Cells::Texts)];
        let rows = Rows {
            columns: columns.map(|(name, cells)| (name.to_owned(), cells)).to_vec(),
            rows: vec![
                ["42", "0.5", "true", "007"].map(|cell| Some(cell.to_owned())).to_vec(),
                vec![None, Some("NaN".to_owned()), Some("false".to_owned()), None],
            ],
        };
        let json: serde_json::Value = serde_json::from_str(&rows.json()).expect("it is JSON");
        let expected = serde_json::json!([
            { "n": 42, "share": 0.5, "is": true, "code": "007" },
            { "n": null, "share": "NaN", "is": false, "code": null },
        ]);
        assert_eq!(json.to_string(), expected.to_string());
    }
}
