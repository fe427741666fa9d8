//! Why a table could not be put into a file.

use std::io;

use rust_xlsxwriter::XlsxError;

use crate::engine::EngineError;

/// Why a table could not be put into a file.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The rows could not be had.
    #[error(transparent)]
    Rows(EngineError),
    /// More rows than a workbook has.
    #[error("a workbook has room for {most} rows, and there are more; take CSV or Parquet")]
    TooManyRows {
        /// How many it has room for, below the header.
        most: u32,
    },
    /// More columns than a workbook has.
    #[error("a workbook has room for {most} columns, and there are {columns}; take CSV or Parquet")]
    TooManyColumns {
        /// How many it has room for.
        most: u16,
        /// How many there are.
        columns: usize,
    },
    /// A text that a cell of a workbook cannot hold.
    #[error(
        "row {row} has {length} characters in `{column}`, and a cell of a workbook holds {most}; take CSV or Parquet"
    )]
    CellTooLong {
        /// Counted from 1, below the header.
        row: u64,
        /// The column's name.
        column: String,
        /// How long the text is, as workbooks count: in UTF-16.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// The rows have other columns than were announced: a mistake in Ledgerline.
    #[error("the rows have other columns than the table")]
    OtherColumns,
    /// The disk.
    #[error("cannot write the file")]
    Write(#[source] io::Error),
    /// The writer of workbooks, which keeps rows in a temporary file.
    #[error("cannot write the workbook")]
    Workbook(#[source] XlsxError),
    /// The writer of workbooks stopped, as it does where its temporary file cannot be written.
    #[error("cannot write the workbook: {reason}; there may be no room for temporary files in `{folder}`")]
    Stopped {
        /// What it said.
        reason: String,
        /// Where its temporary file lies.
        folder: String,
    },
    /// The writer of Parquet.
    #[error("cannot write the Parquet file")]
    Parquet(#[source] parquet::errors::ParquetError),
}
