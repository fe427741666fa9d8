//! Columns of small parts, kept in memory from query to query: a load asks some of them thirty times.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::concat;

use super::EngineError;
use crate::ledger::{PartRows, arrow_schema, arrow_type};
use crate::table::Field;

/// Columns that were read, up to so many bytes. Where they are full, they begin anew. A part never changes, and its path
/// holds the fingerprint of what is in it, so that nothing kept grows old.
#[derive(Debug)]
pub(super) struct Kept {
    budget: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    columns: HashMap<PathBuf, HashMap<String, ArrayRef>>,
}

impl Kept {
    /// Nothing yet, and at most `budget` bytes.
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, state: Mutex::new(State::default()) }
    }

    /// The rows of a part, all of them in one batch; a column that the part lacks is null.
    ///
    /// # Errors
    /// Where the part cannot be read.
    pub(super) fn rows(&self, file: &Path, rows: usize, columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let mut known = self.known(file);
        let missing: Vec<&Field> = columns.iter().filter(|column| !known.contains_key(&column.name)).collect();
        if !missing.is_empty() {
            let read = read(file, rows, &missing)?;
            self.keep(file, &read);
            known.extend(read);
        }
        let arrays = columns.iter().map(|column| Arc::clone(&known[&column.name])).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(arrow_schema(columns), arrays, &options).map_err(EngineError::from_arrow)
    }

    fn known(&self, file: &Path) -> HashMap<String, ArrayRef> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.columns.get(file).cloned().unwrap_or_default()
    }

    fn keep(&self, file: &Path, read: &[(String, ArrayRef)]) {
        let bytes: usize = read.iter().map(|(_, array)| array.get_buffer_memory_size()).sum();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.bytes + bytes > self.budget {
            *state = State::default();
        }
        if bytes <= self.budget {
            state.bytes += bytes;
            state.columns.entry(file.to_owned()).or_default().extend(read.iter().cloned());
        }
    }
}

/// Whole columns of a part.
fn read(file: &Path, rows: usize, columns: &[&Field]) -> Result<Vec<(String, ArrayRef)>, EngineError> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let part = PartRows::open(file, &names).map_err(EngineError::from_ledger)?;
    let batches = part.collect::<Result<Vec<_>, _>>().map_err(EngineError::from_ledger)?;
    let whole = |column: &&Field| {
        let pieces: Option<Vec<&dyn Array>> =
            batches.iter().map(|batch| batch.column_by_name(&column.name).map(AsRef::as_ref)).collect();
        let array = match pieces {
            Some(pieces) if !pieces.is_empty() => concat(&pieces).map_err(EngineError::from_arrow)?,
            _ => new_null_array(&arrow_type(column.kind), rows),
        };
        Ok((column.name.clone(), array))
    };
    columns.iter().map(whole).collect()
}
