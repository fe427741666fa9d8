//! Few of the keys that the registry has ever given numbers to: it names everything, and its keys are long.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::Sieve;
use super::pick::{of_uids, places_of_words};
use super::rows::{column, each, names, shaped};
use crate::engine::EngineError;
use crate::ledger::{Wanted, arrow_schema};
use crate::model::TableSet;
use crate::table::{Kind, Type};

/// The rows of `uids` that a query asks for.
#[derive(Debug)]
pub enum Registered {
    /// Those of some kinds.
    OfKinds(BTreeSet<Kind>),
    /// Those whose uid is in one of some columns of a small table, of whatever kind.
    NamedIn {
        /// The table.
        table: &'static str,
        /// The columns.
        columns: &'static [&'static str],
    },
}

impl Sieve for Registered {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let stored = tables.find("uids");
        match self {
            Self::OfKinds(kinds) => {
                let of_kinds = |path: &Path| {
                    let is_meant = |word: &str| Kind::named(word).is_some_and(|kind| kinds.contains(&kind));
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
            Self::NamedIn { table, columns } => {
                let mut named: Vec<i64> = Vec::new();
                each(tables, table, columns, |batch| {
                    for name in *columns {
                        let uids = column(batch, name, Type::Integer);
                        named.extend(uids.as_primitive::<Int64Type>().iter().flatten());
                    }
                    Ok(())
                })?;
                Ok(of_uids(&stored, named)?.held)
            }
        }
    }
}
