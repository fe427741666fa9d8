//! Where models run. The seam is a query and the tables it reads; the engine knows no stage.

mod conditions;
mod datafusion;
mod frugal;
mod functions;
mod kept;
mod ordered;
mod pool;
mod predicate;
mod provider;
mod resolve;
#[cfg(test)]
mod tests;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};

#[cfg(test)]
pub(crate) use self::conditions::columns_read;
pub use self::conditions::{Holds, constant_conditions, constant_predicate};
pub use self::datafusion::{DataFusionEngine, EngineSettings};
pub use self::functions::{DUCKDB_MACROS, trigram_similarity};
pub use self::predicate::Predicate;
pub use self::resolve::{Over, resolve, resolve_predicate};
use crate::ledger::LedgerError;
use crate::model::TableSet;
use crate::table::Field;

/// The stack of a thread that plans questions, in bytes: it recurses as deep as a question is nested, and the rules of a
/// policy nest theirs. Only what is used of it takes memory.
pub const STACK: usize = 16 << 20;

/// A query that could not be planned or run.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    /// What the engine says.
    pub message: String,
    /// Whether it would have gone well with more memory.
    pub lacks_memory: bool,
}

impl EngineError {
    /// An error that memory does not mend.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), lacks_memory: false }
    }

    /// An error of the parts that are read.
    #[must_use]
    pub fn from_ledger(error: LedgerError) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(deeper) = cause {
            message.push_str(&format!(": {deeper}"));
            cause = deeper.source();
        }
        Self::new(message)
    }

    /// An error of the columns themselves.
    #[must_use]
    pub fn from_arrow(error: arrow::error::ArrowError) -> Self {
        Self::new(error.to_string())
    }
}

/// The rows of a small answer, every cell as text; `None` for null.
///
/// # Errors
/// Where a column cannot be shown.
pub fn cells(batches: &[RecordBatch]) -> Result<Vec<Vec<Option<String>>>, EngineError> {
    let options = FormatOptions::default();
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Result<Vec<_>, _> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect();
        let columns = columns.map_err(EngineError::from_arrow)?;
        for row in 0..batch.num_rows() {
            let cell = |(array, text): (&ArrayRef, &ArrayFormatter<'_>)| {
                array.is_valid(row).then(|| text.value(row).to_string())
            };
            rows.push(batch.columns().iter().zip(&columns).map(cell).collect());
        }
    }
    Ok(rows)
}

/// Takes the batches of a result.
pub type RowSink<'a> = dyn FnMut(RecordBatch) -> Result<(), EngineError> + 'a;

/// Runs queries over tables.
pub trait Engine: Sync {
    /// The columns a query would give, in the ledger's types.
    ///
    /// # Errors
    /// Where the query cannot be planned over these tables, or a column has a type that no ledger table can hold.
    fn columns(&self, query: &str, tables: &TableSet) -> Result<Vec<Field>, EngineError>;

    /// Runs a query and hands its rows over in the ledger's types, sorted by the first `telling` columns, nulls first.
    /// These must tell any two rows apart that are not the same, so that the result does not depend on threads.
    /// `columns` are those wanted, by name and order.
    ///
    /// # Errors
    /// As [`Self::columns`]; where the query lacks a wanted column; where memory or disk give out; what `sink` says.
    fn run(
        &self,
        query: &str,
        tables: &TableSet,
        columns: &[Field],
        telling: usize,
        sink: &mut RowSink<'_>,
    ) -> Result<(), EngineError>;

    /// Runs a query and returns its rows as it orders them, for small answers.
    ///
    /// # Errors
    /// As [`Self::run`].
    fn rows(&self, query: &str, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError>;

    /// The same engine, but slower and with what takes least memory, for queries that ran out of it. It is to run one query
    /// at a time.
    fn frugal(&self) -> &dyn Engine;
}
