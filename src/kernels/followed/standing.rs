//! Findings of few controls among all that the parent knew.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::RecordBatch;

use crate::engine::EngineError;
use crate::kernels::Sieve;
use crate::kernels::pick::places_of_words;
use crate::kernels::rows::{names, shaped};
use crate::ledger::Wanted;
use crate::model::{BEFORE, TableSet};

/// Rows of the parent's findings that are of some controls.
#[derive(Debug)]
pub struct StandingFindings(pub BTreeSet<String>);

impl Sieve for StandingFindings {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let stored = tables.find(&format!("{BEFORE}findings"));
        let only_meant = |path: &Path| {
            let places = places_of_words(path, "control", |control| self.0.contains(control))?;
            Ok(Wanted { rows: Some(places), ..Wanted::default() })
        };
        let mut standing = Vec::new();
        for (_, rows) in stored.open_as(&names(&stored.columns), only_meant)? {
            for batch in rows {
                standing.push(shaped(&batch.map_err(EngineError::from_ledger)?, &stored.columns)?);
            }
        }
        Ok(standing)
    }
}
