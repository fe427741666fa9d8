//! The inner steps of collect that `benches/` times. No part of the library: whatever is here may change or go.

use super::clean::Cleaner;
use super::collector::{ColumnMap, KeyForm, TableMap};
use super::find::Found;
use super::key::KeyForms;
use super::objects::ObjectIntake;
use super::read::{Cell, Row};
use super::registry::{Anywhere, Registry};
use crate::table::Kind;

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

/// Keys of accounts that have a number.
pub struct Numbered(Registry);

impl Numbered {
    /// Numbers keys, all of one repository.
    #[must_use]
    pub fn new<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        let mut registry = Registry::default();
        registry.number(Kind::Account, &keys.map(|key| ("AD".to_owned(), key.to_owned())).collect());
        Self(registry)
    }

    /// Looks texts up in a repository; `None` = in all. Returns how many are found.
    #[must_use]
    pub fn resolve(&self, form: KeyForm, texts: &[&str], repository: Option<&str>) -> usize {
        let is_found = |key: &str| match repository {
            Some(repository) => self.0.find(Kind::Account, repository, key).is_some(),
            None => matches!(self.0.find_anywhere(Kind::Account, key), Anywhere::Once(_)),
        };
        texts.iter().filter(|text| is_found(&form.apply(text))).count()
    }
}
