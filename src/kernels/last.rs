//! What was made of some tables last: several models of a stage ask for the same one behind the other, or at once.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::EngineError;
use crate::model::TableSet;

/// What was made last, and of which files.
#[derive(Debug)]
pub(super) struct Last<T>(Mutex<Option<(Vec<PathBuf>, Arc<T>)>>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Last<T> {
    /// What `make` makes of these tables; what it made last where they are the same. Who asks at the same time waits: `make`
    /// may not wait for work of the common pool, which may be whoever asks.
    ///
    /// # Errors
    /// What `make` says; the next one to ask tries again.
    pub(super) fn of(
        &self,
        tables: &TableSet,
        read: &[&str],
        make: impl FnOnce() -> Result<T, EngineError>,
    ) -> Result<Arc<T>, EngineError> {
        let read: Vec<_> = read.iter().map(|table| tables.find(table)).collect();
        // A part never changes. Rows in memory have no name by which to know them again.
        let has_files = read.iter().all(|table| table.held.is_empty());
        let files: Vec<PathBuf> = read.iter().flat_map(|table| table.files.iter().cloned()).collect();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, lasting)) if has_files && *known == files => Ok(Arc::clone(lasting)),
            _ => {
                let new = Arc::new(make()?);
                *last = Some((files, Arc::clone(&new)));
                Ok(new)
            }
        }
    }
}
