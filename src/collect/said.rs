//! Files in which people say something row by row, as CSV or as tables of TOML: their cells as texts, each row with the
//! line on which it begins. What a row means, whoever reads the file knows.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::clean::trim;
use super::read::{BadRecord, Cell, Csv, Fault, Format, Request, Row, Sink, read};

/// What a file is to hold.
pub(super) struct Form<const N: usize> {
    /// Its columns; in TOML, the keys of a table.
    pub(super) columns: [&'static str; N],
    /// What a table of TOML is called: `[[exception]]`.
    pub(super) table: &'static str,
    /// What a row is, with its article: `an exception`.
    pub(super) what: &'static str,
}

/// A row: trimmed, with null for an empty cell.
#[derive(Debug)]
pub(super) struct Said<const N: usize> {
    /// Where it begins, counted from 1.
    pub(super) line: i64,
    pub(super) cells: [Option<String>; N],
    /// Why its cells are not to be relied on.
    pub(super) problem: Option<String>,
}

/// Whether a file holds tables of TOML, by its name.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// Every row of the file, in its order.
pub(super) fn rows<const N: usize>(path: &Path, form: &Form<N>) -> Result<Vec<Said<N>>, Fault> {
    if is_toml(path) {
        return tables(path, form);
    }
    let columns = form.columns.map(str::to_owned);
    let csv =
        Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() };
    let mut found = Rows(Vec::new());
    let notice = read(path, &Request { format: &Format::Csv(csv), columns: &columns, explode: None }, &mut found)?;
    match notice.unused_columns.first() {
        Some(column) => {
            let hint = format!("its columns are {}", form.columns.join(", "));
            Err(Fault::new(format!("the column `{column}` is none of {}", form.what)).hint(hint))
        }
        None => Ok(found.0),
    }
}

struct Rows<const N: usize>(Vec<Said<N>>);

impl<const N: usize> Sink for Rows<N> {
    fn row(&mut self, row: &Row<'_>) {
        let text = |at: usize| match row.cells[at] {
            Cell::Text(text) => Some(trim(text).to_owned()).filter(|text| !text.is_empty()),
            _ => None,
        };
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        self.0.push(Said { line, cells: std::array::from_fn(text), problem: None });
    }

    fn bad(&mut self, record: BadRecord) {
        let line = i64::try_from(record.line).unwrap_or(i64::MAX);
        self.0.push(Said { line, cells: std::array::from_fn(|_| None), problem: Some(record.reason) });
    }
}

/// The tables of a TOML file.
pub(super) fn tables<const N: usize>(path: &Path, form: &Form<N>) -> Result<Vec<Said<N>>, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| Fault::new(format!("it cannot be read: {error}")))?;
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let root = DeTable::parse(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(span.start));
        Fault::new(error.message().replace('\n', ", ")).at(line as u64)
    })?;
    let mut found = Vec::new();
    for (key, value) in root.get_ref() {
        let tables = match value.get_ref() {
            DeValue::Array(tables) if key.get_ref() == form.table => tables,
            _ => {
                let fault = Fault::new(format!("`{}` is no {}", key.get_ref(), form.table));
                let hint = format!("write `[[{}]]` above each one", form.table);
                return Err(fault.at(line_of(key.span().start) as u64).hint(hint));
            }
        };
        for table in tables {
            let line = i64::try_from(line_of(table.span().start)).unwrap_or(i64::MAX);
            let (cells, problem) = cells(table, form.columns);
            found.push(Said { line, cells, problem });
        }
    }
    Ok(found)
}

/// The texts of a table in the order of the columns, and what is wrong with it. A day may stand without quotes.
fn cells<const N: usize>(table: &Spanned<DeValue<'_>>, columns: [&str; N]) -> ([Option<String>; N], Option<String>) {
    let mut cells = std::array::from_fn(|_| None);
    let DeValue::Table(table) = table.get_ref() else { return (cells, Some("this is no table".to_owned())) };
    let mut problem = None;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let Some(at) = columns.iter().position(|column| *column == name) else {
            problem = Some(format!("`{name}` is none of {}", columns.join(", ")));
            continue;
        };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(day) => day.to_string(),
            _ => {
                problem = Some(format!("`{name}` is no text: write it in quotes"));
                continue;
            }
        };
        cells[at] = Some(trim(&text).to_owned()).filter(|text| !text.is_empty());
    }
    (cells, problem)
}
