//! Tables as files to download: CSV, workbooks and Parquet, written as the rows come, so that a million rows take little
//! memory.

mod csv;
mod error;
mod name;
mod parquet;
#[cfg(test)]
mod tests;
mod workbook;

use std::fs::File;

use arrow::array::RecordBatch;

use self::csv::CsvSheet;
pub use self::error::SheetError;
pub use self::name::file_name;
use self::parquet::ParquetSheet;
use self::workbook::WorkbookSheet;
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_type;
use crate::table::Field;

/// The kinds of files that tables are downloaded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// For programs: UTF-8 with a header. Cells that a spreadsheet would run as a formula begin with an apostrophe.
    Csv,
    /// For people.
    Xlsx,
    /// For engines, in the ledger's types.
    Parquet,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Parquet];

    /// The kind of files that end so, without the dot.
    #[must_use]
    pub fn named(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }

    /// How such files end, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// What a browser is told that the file is.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Writes rows into an empty file and returns how many there were. `rows` hands its batches over in the ledger's types.
///
/// ```ignore
/// write(kind, "Orphan accounts", &columns, &mut |sink| engine.run(query, tables, &columns, telling, sink), file)
/// ```
///
/// # Errors
/// Where the rows cannot be had, the disk fails, or the kind of file cannot hold them: nothing is cut or left out. What is
/// in the file is of no use then.
pub fn write(
    kind: FileKind,
    title: &str,
    columns: &[Field],
    rows: &mut dyn FnMut(&mut RowSink<'_>) -> Result<(), EngineError>,
    into: File,
) -> Result<u64, SheetError> {
    let mut sheet = Sheet::begin(kind, title, columns, into)?;
    let mut refused = None;
    let given = rows(&mut |batch| {
        sheet.add(&batch).map_err(|error| {
            let told = EngineError::new(error.to_string());
            refused = Some(error);
            told
        })
    });
    match (refused, given) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(SheetError::Rows(error)),
        (None, Ok(())) => sheet.finish(),
    }
}

/// A file that is being written.
pub struct Sheet<'a> {
    columns: &'a [Field],
    rows: u64,
    format: Format,
}

enum Format {
    Csv(CsvSheet),
    Workbook(Box<WorkbookSheet>),
    Parquet(Box<ParquetSheet>),
}

impl<'a> Sheet<'a> {
    /// Begins a table in an empty file.
    ///
    /// # Errors
    /// Where the disk fails, or the kind of file cannot hold so many columns.
    pub fn begin(kind: FileKind, title: &str, columns: &'a [Field], into: File) -> Result<Self, SheetError> {
        let format = match kind {
            FileKind::Csv => Format::Csv(CsvSheet::begin(columns, into)?),
            FileKind::Xlsx => Format::Workbook(Box::new(WorkbookSheet::begin(title, columns, into)?)),
            FileKind::Parquet => Format::Parquet(Box::new(ParquetSheet::begin(columns, into)?)),
        };
        Ok(Self { columns, rows: 0, format })
    }

    /// Appends rows, in the ledger's types.
    ///
    /// # Errors
    /// Where the disk fails, the columns are others, or the kind of file cannot hold the rows.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), SheetError> {
        let fits = batch.num_columns() == self.columns.len()
            && batch
                .columns()
                .iter()
                .zip(self.columns)
                .all(|(array, column)| *array.data_type() == arrow_type(column.kind));
        if !fits {
            return Err(SheetError::OtherColumns);
        }
        match &mut self.format {
            Format::Csv(sheet) => sheet.add(batch)?,
            Format::Workbook(sheet) => sheet.add(batch)?,
            Format::Parquet(sheet) => sheet.add(batch)?,
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Completes the file. Returns how many rows it has.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn finish(self) -> Result<u64, SheetError> {
        match self.format {
            Format::Csv(sheet) => sheet.finish()?,
            Format::Workbook(sheet) => sheet.finish()?,
            Format::Parquet(sheet) => sheet.finish()?,
        }
        Ok(self.rows)
    }
}
