//! Columns of small parts, kept in memory from query to query: a load asks some of them thirty times.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};

use super::EngineError;
use crate::ledger::{PartRows, arrow_schema, arrow_type};
use crate::table::Field;

/// Columns that were read, up to so many bytes. Where they are full, they begin anew. A part never changes, and its path
/// holds the fingerprint of what is in it, so that nothing kept grows old.
#[derive(Debug)]
pub(super) struct Kept {
    budget: usize,
    of_column: usize,
    most_rows: u64,
    leads_to_rows: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    columns: HashMap<PathBuf, HashMap<String, Pieces>>,
}

/// A column as it was read, batch by batch: pieces of one array would each count as the whole in the engine's memory.
type Pieces = Arc<Vec<ArrayRef>>;

impl Kept {
    /// Nothing yet, and at most `budget` bytes, of columns of at most `of_column` bytes of tables of at most so many rows.
    pub(super) fn new(budget: usize, of_column: usize, most_rows: u64, leads_to_rows: bool) -> Self {
        Self { budget, of_column, most_rows, leads_to_rows, state: Mutex::new(State::default()) }
    }

    /// Whether who asks for a few rows by what they are sorted by is led to these, and nothing is kept.
    pub(super) fn leads_to_rows(&self) -> bool {
        self.leads_to_rows
    }

    /// A table of at most so many rows is read as a whole, column by column, and may be kept.
    pub(super) fn most_rows(&self) -> u64 {
        self.most_rows
    }

    /// The rows of a part; a column that the part lacks is null.
    ///
    /// # Errors
    /// Where the part cannot be read.
    pub(super) fn rows(&self, file: &Path, rows: usize, columns: &[Field]) -> Result<Vec<RecordBatch>, EngineError> {
        let mut known = self.known(file);
        let missing: Vec<&Field> = columns.iter().filter(|column| !known.contains_key(&column.name)).collect();
        if !missing.is_empty() {
            let read = read(file, &missing)?;
            self.keep(file, &read);
            known.extend(read);
        }
        let schema = arrow_schema(columns);
        let has: Vec<&Pieces> = known.values().filter(|pieces| !pieces.is_empty()).collect();
        let sizes = has.first().map_or_else(|| vec![rows], |pieces| pieces.iter().map(Array::len).collect());
        let batch = |(at, size): (usize, usize)| {
            let array = |column: &Field| match known[&column.name].get(at) {
                Some(piece) => Arc::clone(piece),
                None => new_null_array(&arrow_type(column.kind), size),
            };
            let options = RecordBatchOptions::new().with_row_count(Some(size));
            RecordBatch::try_new_with_options(Arc::clone(&schema), columns.iter().map(array).collect(), &options)
        };
        let batches = sizes.into_iter().enumerate().map(batch);
        batches.collect::<Result<_, _>>().map_err(EngineError::from_arrow)
    }

    fn known(&self, file: &Path) -> HashMap<String, Pieces> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.columns.get(file).cloned().unwrap_or_default()
    }

    fn keep(&self, file: &Path, read: &[(String, Pieces)]) {
        let size = |pieces: &Pieces| pieces.iter().map(Array::get_buffer_memory_size).sum::<usize>();
        let small: Vec<&(String, Pieces)> = read.iter().filter(|(_, pieces)| size(pieces) <= self.of_column).collect();
        let bytes: usize = small.iter().map(|(_, pieces)| size(pieces)).sum();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.bytes + bytes > self.budget {
            *state = State::default();
        }
        if bytes <= self.budget {
            state.bytes += bytes;
            state.columns.entry(file.to_owned()).or_default().extend(small.into_iter().cloned());
        }
    }
}

/// Whole columns of a part; one that it lacks has no pieces.
fn read(file: &Path, columns: &[&Field]) -> Result<Vec<(String, Pieces)>, EngineError> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let part = PartRows::open(file, &names).map_err(EngineError::from_ledger)?;
    let batches = part.collect::<Result<Vec<_>, _>>().map_err(EngineError::from_ledger)?;
    let whole = |column: &&Field| {
        let pieces: Vec<ArrayRef> =
            batches.iter().filter_map(|batch| batch.column_by_name(&column.name).cloned()).collect();
        (column.name.clone(), Arc::new(pieces))
    };
    Ok(columns.iter().map(whole).collect())
}
