//! Parquet: the ledger's own types, for engines.

use std::fs::File;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::SheetError;
use crate::ledger::arrow_schema;
use crate::table::Field;

/// Rows that are kept in memory until they are written.
const ROW_GROUP_ROWS: usize = 131_072;

pub(super) struct ParquetSheet(ArrowWriter<File>);

impl ParquetSheet {
    pub(super) fn begin(columns: &[Field], into: File) -> Result<Self, SheetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        ArrowWriter::try_new(into, arrow_schema(columns), Some(properties)).map(Self).map_err(SheetError::Parquet)
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), SheetError> {
        self.0.write(batch).map_err(SheetError::Parquet)
    }

    pub(super) fn finish(self) -> Result<(), SheetError> {
        self.0.close().map(drop).map_err(SheetError::Parquet)
    }
}
