//! Data on stdout: as a table for people, as JSON or CSV for programs.

use std::io::{self, Write};

use clap::ValueEnum;

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

/// Rows of text under named columns.
pub(super) struct Rows {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    pub(super) fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|column| (*column).to_owned()).collect(), rows: Vec::new() }
    }

    /// Prints the rows. A reader that goes away early is no error.
    pub(super) fn print(&self, format: Format) {
        let text = match format {
            Format::Table => self.table(),
            Format::Json => self.json(),
            Format::Csv => self.csv(),
        };
        let _ = io::stdout().write_all(text.as_bytes());
    }

    fn table(&self) -> String {
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| cell.clone().unwrap_or_default()).collect()).collect();
        aligned(&self.columns, &rows)
    }

    fn json(&self) -> String {
        let objects = self.rows.iter().map(|row| {
            let pairs = self.columns.iter().cloned().zip(row.iter().map(|cell| serde_json::json!(cell)));
            serde_json::Value::Object(pairs.collect())
        });
        let mut text =
            serde_json::to_string_pretty(&serde_json::Value::Array(objects.collect())).expect("only text keys");
        text.push('\n');
        text
    }

    fn csv(&self) -> String {
        let mut text = csv_line(self.columns.iter().map(String::as_str));
        for row in &self.rows {
            text.push_str(&csv_line(row.iter().map(|cell| cell.as_deref().unwrap_or(""))));
        }
        text
    }
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells = cells.map(|cell| {
        let guarded = if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) && cell.parse::<f64>().is_err() {
            format!("'{cell}")
        } else {
            cell.to_owned()
        };
        if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
    });
    let mut line = cells.collect::<Vec<_>>().join(",");
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_text() {
        assert_eq!(csv_line(["=1+1", "-5", "a,b", "@x"].into_iter()), "'=1+1,-5,\"a,b\",'@x\n");
    }
}
