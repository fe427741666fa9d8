//! Few of the keys that the registry has ever given numbers to: it names everything, and its keys are long.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::RecordBatch;

use super::Sieve;
use super::pick::places_of_words;
use super::rows::{names, shaped};
use crate::engine::EngineError;
use crate::ledger::{Wanted, arrow_schema};
use crate::model::TableSet;
use crate::table::Kind;

/// The rows of `uids` of the kinds that a query asks for.
#[derive(Debug)]
pub struct Registered(pub BTreeSet<Kind>);

impl Sieve for Registered {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let stored = tables.find("uids");
        let of_kinds = |path: &Path| {
            let is_meant = |word: &str| Kind::named(word).is_some_and(|kind| self.0.contains(&kind));
            let places = places_of_words(path, "kind", is_meant)?;
            Ok(Wanted { rows: Some(places), ..Wanted::default() })
        };
        // Without a row, the query still has others to tell of.
        let mut registered = vec![RecordBatch::new_empty(arrow_schema(&stored.columns))];
        for (_, rows) in stored.open_as(&names(&stored.columns), of_kinds)? {
            for batch in rows {
                registered.push(shaped(&batch.map_err(EngineError::from_ledger)?, &stored.columns)?);
            }
        }
        Ok(registered)
    }
}
