//! CSV: what any program reads. Cells read as `ledgerline query --format csv` writes them.

use std::fs::File;
use std::io::{BufWriter, Write};

use arrow::array::RecordBatch;

use super::SheetError;
use crate::csv_line::csv_line;
use crate::engine::cells;
use crate::table::Field;

/// Rows that are made text at once.
const ROWS: usize = 1024;

pub(super) struct CsvSheet(BufWriter<File>);

impl CsvSheet {
    pub(super) fn begin(columns: &[Field], into: File) -> Result<Self, SheetError> {
        let mut file = BufWriter::new(into);
        let header = csv_line(columns.iter().map(|column| column.name.as_str()));
        file.write_all(header.as_bytes()).map_err(SheetError::Write)?;
        Ok(Self(file))
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), SheetError> {
        for from in (0..batch.num_rows()).step_by(ROWS) {
            let piece = batch.slice(from, ROWS.min(batch.num_rows() - from));
            for row in cells(&[piece]).map_err(SheetError::Rows)? {
                let line = csv_line(row.iter().map(|cell| cell.as_deref().unwrap_or("")));
                self.0.write_all(line.as_bytes()).map_err(SheetError::Write)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), SheetError> {
        self.0.flush().map_err(SheetError::Write)
    }
}
