//! The decision file as TOML: `[[decision]]` tables with the columns as keys. People keep it so where each decision is
//! reviewed as a change of a text.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::clean::trim;
use super::super::key::KeyForms;
use super::super::read::Fault;
use super::file::{COLUMNS, Decision, Sorted, taken};

/// What the tables of the file are called.
const TABLE: &str = "decision";

/// Whether a file holds decisions as TOML, by its name.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// Every table with the line on which it begins: those that can be taken, then those that cannot.
pub(super) fn read_tables(path: &Path, forms: &KeyForms) -> Result<Sorted, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| Fault::new(format!("it cannot be read: {error}")))?;
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let root = DeTable::parse(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(span.start));
        Fault::new(error.message().replace('\n', ", ")).at(line as u64)
    })?;
    let mut sorted = Sorted::default();
    for (key, value) in root.get_ref() {
        let tables = match value.get_ref() {
            DeValue::Array(tables) if key.get_ref() == TABLE => tables,
            _ => {
                let fault = Fault::new(format!("`{}` is no decision", key.get_ref()));
                return Err(fault.at(line_of(key.span().start) as u64).hint("write `[[decision]]` above each one"));
            }
        };
        for table in tables {
            let line = i64::try_from(line_of(table.span().start)).unwrap_or(i64::MAX);
            let (cells, problem) = cells(table);
            let plain = Decision { cells: [0, 1, 2, 3, 4, 5].map(|at| cells[at].clone()), ..Decision::default() };
            match problem.map_or_else(|| taken(&plain, cells[6].as_deref(), forms), Err) {
                Ok(decision) => sorted.taken.push((line, decision)),
                Err(problem) => sorted.spoilt.push(plain.spoilt(line, problem)),
            }
        }
    }
    Ok(sorted)
}

/// The texts of a table in the order of the columns, and what is wrong with it. A day may stand without quotes.
fn cells(table: &Spanned<DeValue<'_>>) -> ([Option<String>; 7], Option<String>) {
    let mut cells: [Option<String>; 7] = Default::default();
    let DeValue::Table(table) = table.get_ref() else { return (cells, Some("this is no table".to_owned())) };
    let mut problem = None;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let Some(at) = COLUMNS.iter().position(|column| *column == name) else {
            problem = Some(format!("`{name}` is none of {}", COLUMNS.join(", ")));
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
