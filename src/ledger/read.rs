//! Reading parts back, batch by batch, for work that is not SQL.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

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
        let broken = |source| LedgerError::Parquet { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed("open the part", path))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(broken)?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(broken)?;
        Ok(Self { path: path.to_owned(), reader })
    }
}

impl Iterator for PartRows {
    type Item = Result<RecordBatch, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.map_err(|error| LedgerError::Parquet { path: self.path.clone(), source: error.into() }))
    }
}
