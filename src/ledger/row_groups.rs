//! Chunks of rows encoded into row groups: the columns of a large chunk on all processors, each for itself. Who encodes
//! a column changes nothing in its bytes.

use std::io::Write;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

/// Chunks of fewer rows are encoded where they are: sharing them out would cost more.
const WORTH_SHARING: usize = 16_384;

/// A file that row groups are written to.
pub(super) struct RowGroups<W: Write + Send> {
    file: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Those of the row group that is being filled.
    columns: Vec<ArrowColumnWriter>,
    /// Rows of that row group, and how many it may have.
    rows: usize,
    most: usize,
}

impl<W: Write + Send> RowGroups<W> {
    /// Begins a file; `most` is a whole number of chunks.
    pub(super) fn new(output: W, schema: SchemaRef, properties: WriterProperties, most: usize) -> Result<Self> {
        let writer = ArrowWriter::try_new(output, SchemaRef::clone(&schema), Some(properties))?;
        let (file, factory) = writer.into_serialized_writer()?;
        Ok(Self { file, factory, schema, columns: Vec::new(), rows: 0, most })
    }

    /// Appends a chunk.
    pub(super) fn write(&mut self, chunk: &RecordBatch) -> Result<()> {
        if self.columns.is_empty() {
            self.columns = self.factory.create_column_writers(self.file.flushed_row_groups().len())?;
        }
        let schema = &self.schema;
        let encode = |(at, (column, array)): (usize, (&mut ArrowColumnWriter, &ArrayRef))| -> Result<()> {
            compute_leaves(schema.field(at), array)?.iter().try_for_each(|leaf| column.write(leaf))
        };
        if chunk.num_rows() < WORTH_SHARING {
            self.columns.iter_mut().zip(chunk.columns()).enumerate().try_for_each(encode)?;
        } else {
            self.columns.par_iter_mut().zip(chunk.columns()).enumerate().try_for_each(encode)?;
        }
        self.rows += chunk.num_rows();
        if self.rows < self.most { Ok(()) } else { self.end_row_group() }
    }

    /// Completes the file.
    pub(super) fn finish(mut self) -> Result<W> {
        if self.rows > 0 {
            self.end_row_group()?;
        }
        self.file.into_inner()
    }

    fn end_row_group(&mut self) -> Result<()> {
        let columns = std::mem::take(&mut self.columns);
        let chunks: Vec<ArrowColumnChunk> = if self.rows < WORTH_SHARING {
            columns.into_iter().map(ArrowColumnWriter::close).collect::<Result<_>>()?
        } else {
            columns.into_par_iter().map(ArrowColumnWriter::close).collect::<std::result::Result<_, ParquetError>>()?
        };
        self.rows = 0;
        let mut row_group = self.file.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        Ok(())
    }
}
