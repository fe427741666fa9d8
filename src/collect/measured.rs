//! The inner steps of collect that `benches/` times. No part of the library: whatever is here may change or go.

use super::clean::Cleaner;
use super::collector::{ColumnMap, KeyForm, TableMap};
use super::find::Found;
use super::key::KeyForms;
use super::objects::ObjectIntake;
use super::read::{Cell, Row};
use super::registry::Registry;

/// Cleans texts as values of one column. Returns how many fit.
#[must_use]
pub fn clean(map: &ColumnMap, texts: &[&str]) -> usize {
    let cleaner = Cleaner::new(map);
    texts.iter().filter(|text| cleaner.clean(Cell::Text(text)).is_ok()).count()
}

/// Brings texts into key form. Returns their length.
#[must_use]
pub fn key_forms(form: KeyForm, texts: &[&str]) -> usize {
    texts.iter().map(|text| form.apply(text).len()).sum()
}

/// Turns rows into objects of a table, `asked` naming their columns, and settles them. Returns how many are kept.
///
/// # Panics
/// Where the map has a filter that fails.
#[must_use]
pub fn objects(map: &TableMap, asked: &[String], rows: &[Vec<Cell<'_>>]) -> u64 {
    let (forms, registry) = (KeyForms::default(), Registry::default());
    let file = Found { path: "measured.csv".into(), captures: [].into() };
    let mut intake = ObjectIntake::new(map, "measured", asked, &forms, &registry).expect("no filter");
    for (line, cells) in (1_u64..).zip(rows) {
        let position = i64::try_from(line).expect("few rows");
        intake.row(&Row { line, cells, raw: &String::new }, &file, position);
    }
    intake.finish(&|position| (String::new(), position)).expect("no filter").counts.kept
}
