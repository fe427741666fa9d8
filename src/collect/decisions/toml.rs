//! The decision file as TOML: `[[decision]]` tables with the columns as keys. People keep it so where each decision is
//! reviewed as a change of a text.

use std::path::Path;

use super::super::key::KeyForms;
use super::super::read::Fault;
use super::super::said::{Form, tables};
use super::file::{COLUMNS, Decision, Sorted, taken};

/// What the file is to hold.
const FORM: Form<7> = Form { columns: COLUMNS, table: "decision", what: "a decision" };

/// Every table with the line on which it begins: those that can be taken, then those that cannot.
pub(super) fn read_tables(path: &Path, forms: &KeyForms) -> Result<Sorted, Fault> {
    let mut sorted = Sorted::default();
    for said in tables(path, &FORM)? {
        let cells = &said.cells;
        let plain = Decision { cells: [0, 1, 2, 3, 4, 5].map(|at| cells[at].clone()), ..Decision::default() };
        match said.problem.map_or_else(|| taken(&plain, cells[6].as_deref(), forms), Err) {
            Ok(decision) => sorted.taken.push((said.line, decision)),
            Err(problem) => sorted.spoilt.push(plain.spoilt(said.line, problem)),
        }
    }
    Ok(sorted)
}
