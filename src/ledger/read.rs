//! Reading parts back, batch by batch, for work that is not SQL.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};

use super::durable::failed;
use super::{LedgerError, Timeslot};

impl Timeslot {
    /// Hands the rows of a table's parts to `take`, batch by batch, in the order of the manifest. Only the named
    /// columns are read; they stand in the order of the table. A table the timeslot lacks has no rows.
    ///
    /// # Errors
    /// Where a part cannot be read, or lacks a column; what `take` says.
    pub fn read(
        &self,
        table: &str,
        columns: &[&str],
        take: &mut dyn FnMut(&str, RecordBatch) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let Some(record) = self.manifest.tables.get(table) else { return Ok(()) };
        for part in record.parts.iter().filter(|part| part.rows > 0) {
            read_part(&self.folder.join(&part.path), columns, &mut |batch| take(&part.name, batch))?;
        }
        Ok(())
    }
}

fn read_part(
    path: &Path,
    columns: &[&str],
    take: &mut dyn FnMut(RecordBatch) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    PartRows::open(path, columns)?.try_for_each(|batch| take(batch?))
}

/// Rows that are handed over at once.
const BATCH_ROWS: usize = 16_384;

/// The rows of one part, batch by batch, in the order in which they lie.
pub struct PartRows {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
}

impl PartRows {
    /// Opens the part at `path`. Of the named columns those are read that it has; they stand in its order.
    ///
    /// # Errors
    /// Where it cannot be opened, or is no Parquet.
    pub fn open(path: &Path, columns: &[&str]) -> Result<Self, LedgerError> {
        Self::open_as(path, columns, &Wanted::default())
    }

    /// The same, with what else is wanted.
    ///
    /// # Errors
    /// Where it cannot be opened, or is no Parquet.
    pub fn open_as(path: &Path, columns: &[&str], wanted: &Wanted) -> Result<Self, LedgerError> {
        let broken = |source| LedgerError::Parquet { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed("open the part", path))?;
        let mut read = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(broken)?;
        if !wanted.dictionaries.is_empty() {
            let options = ArrowReaderOptions::default().with_schema(Arc::new(wanted.schema(read.schema())));
            read = ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options).map_err(broken)?;
        }
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, read);
        if let Some(rows) = &wanted.rows {
            let n_rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
            let selection = RowSelection::from_consecutive_ranges(rows.iter().cloned(), n_rows);
            builder = builder.with_row_selection(selection);
        }
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(broken)?;
        Ok(Self { path: path.to_owned(), reader })
    }
}

/// What of a part is wanted, and how.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The rows, ascending, by their place in the part; all where there is `None`.
    pub rows: Option<Vec<Range<usize>>>,
    /// The columns of text that are handed over as they are stored: numbers of words, and the words.
    pub dictionaries: Vec<String>,
}

impl Wanted {
    fn schema(&self, stored: &Schema) -> Schema {
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let field = |field: &Arc<Field>| {
            let is_wanted = self.dictionaries.contains(field.name()) && *field.data_type() == DataType::Utf8;
            if is_wanted {
                Arc::new(field.as_ref().clone().with_data_type(dictionary.clone()))
            } else {
                Arc::clone(field)
            }
        };
        Schema::new_with_metadata(stored.fields().iter().map(field).collect::<Vec<_>>(), stored.metadata().clone())
    }
}

impl Iterator for PartRows {
    type Item = Result<RecordBatch, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.map_err(|error| LedgerError::Parquet { path: self.path.clone(), source: error.into() }))
    }
}
