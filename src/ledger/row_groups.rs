//! Chunks of rows encoded into row groups: the columns of a large chunk on all processors, each for itself. Who encodes
//! a column changes nothing in its bytes.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

use super::columns::{ColumnChunk, ColumnEncoder, are_same_texts};

/// Chunks of fewer rows are encoded where they are: sharing them out would cost more.
const WORTH_SHARING: usize = 16_384;

/// What of the work is shared out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// The columns of a large chunk.
    Columns,
    Nothing,
}

/// A file that row groups are written to.
pub(super) struct RowGroups<W: Write + Send> {
    file: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Those of the row group that is being filled.
    columns: Vec<Column>,
    /// Rows of that row group, and how many it may have.
    rows: usize,
    most: usize,
}

/// A column of a row group that is being filled.
enum Column {
    Encoded(ColumnEncoder),
    /// Of a type that is left to the library.
    Library(Box<ArrowColumnWriter>),
    /// It holds the same as the so-many-th column, which comes before it.
    Same(usize),
}

/// A column that has all its rows.
enum Finished {
    Encoded(Arc<ColumnChunk>),
    Library(Box<ArrowColumnChunk>),
}

impl<W: Write + Send> RowGroups<W> {
    /// Begins a file; `most` is a whole number of chunks.
    pub(super) fn new(output: W, schema: SchemaRef, properties: WriterProperties, most: usize) -> Result<Self> {
        let writer = ArrowWriter::try_new(output, SchemaRef::clone(&schema), Some(properties))?;
        let (file, factory) = writer.into_serialized_writer()?;
        Ok(Self { file, factory, schema, columns: Vec::new(), rows: 0, most })
    }

    /// Appends a chunk.
    pub(super) fn write(&mut self, chunk: &RecordBatch, share: Share) -> Result<()> {
        if self.columns.is_empty() {
            self.columns = self.begin(chunk)?;
        }
        self.part_what_differs(chunk);
        let schema = &self.schema;
        let encode = |(at, (column, rows)): (usize, (&mut Column, &ArrayRef))| -> Result<()> {
            match column {
                Column::Encoded(encoder) => encoder.write(rows),
                Column::Library(writer) => {
                    compute_leaves(schema.field(at), rows)?.iter().try_for_each(|leaf| writer.write(leaf))
                }
                Column::Same(_) => Ok(()),
            }
        };
        if share == Share::Nothing || chunk.num_rows() < WORTH_SHARING {
            self.columns.iter_mut().zip(chunk.columns()).enumerate().try_for_each(encode)?;
        } else {
            self.columns.par_iter_mut().zip(chunk.columns()).enumerate().try_for_each(encode)?;
        }
        self.rows += chunk.num_rows();
        if self.rows < self.most { Ok(()) } else { self.end_row_group(share) }
    }

    /// Completes the file.
    pub(super) fn finish(mut self, share: Share) -> Result<W> {
        if self.rows > 0 {
            self.end_row_group(share)?;
        }
        self.file.into_inner()
    }

    /// The columns of a row group whose first rows these are.
    fn begin(&self, chunk: &RecordBatch) -> Result<Vec<Column>> {
        let encoder =
            |(at, field): (usize, &arrow::datatypes::FieldRef)| ColumnEncoder::new(field.data_type(), at == 0);
        let encoders: Vec<Option<ColumnEncoder>> = self.schema.fields().iter().enumerate().map(encoder).collect();
        // The library makes writers for all columns or none.
        let all = if encoders.iter().any(Option::is_none) {
            self.factory.create_column_writers(self.file.flushed_row_groups().len())?
        } else {
            Vec::new()
        };
        let mut library = all.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        let mut columns: Vec<Column> = Vec::with_capacity(encoders.len());
        for (at, (encoder, writer)) in encoders.into_iter().zip(&mut library).enumerate() {
            let is_same = |before: &usize| {
                matches!(columns[*before], Column::Encoded(_))
                    && are_same_texts(chunk.column(*before), chunk.column(at))
            };
            let column = match (encoder, writer) {
                (Some(encoder), _) => (0..at).find(is_same).map_or(Column::Encoded(encoder), Column::Same),
                (None, Some(writer)) => Column::Library(Box::new(writer)),
                (None, None) => unreachable!("there are writers for all columns"),
            };
            columns.push(column);
        }
        Ok(columns)
    }

    /// Parts the columns that were the same so far and are not in the next chunk.
    fn part_what_differs(&mut self, chunk: &RecordBatch) {
        for at in 0..self.columns.len() {
            if let Column::Same(other) = self.columns[at]
                && let Column::Encoded(so_far) = &self.columns[other]
                && !are_same_texts(chunk.column(other), chunk.column(at))
            {
                self.columns[at] = Column::Encoded(so_far.clone());
            }
        }
    }

    fn end_row_group(&mut self, share: Share) -> Result<()> {
        let columns = std::mem::take(&mut self.columns);
        let finish = |column: Column| -> Result<std::result::Result<Finished, usize>> {
            Ok(match column {
                Column::Encoded(encoder) => Ok(Finished::Encoded(Arc::new(encoder.finish()?))),
                Column::Library(writer) => Ok(Finished::Library(Box::new(writer.close()?))),
                Column::Same(other) => Err(other),
            })
        };
        let finished: Vec<_> = if share == Share::Nothing || self.rows < WORTH_SHARING {
            columns.into_iter().map(finish).collect::<Result<_>>()?
        } else {
            columns.into_par_iter().map(finish).collect::<Result<_>>()?
        };
        self.rows = 0;
        let mut chunks: Vec<Finished> = Vec::with_capacity(finished.len());
        for chunk in finished {
            chunks.push(chunk.unwrap_or_else(|other| match &chunks[other] {
                Finished::Encoded(chunk) => Finished::Encoded(Arc::clone(chunk)),
                Finished::Library(_) => unreachable!("only encoded columns are compared"),
            }));
        }
        let descriptions = self.file.schema_descr().columns().to_vec();
        let mut row_group = self.file.next_row_group()?;
        for (chunk, description) in chunks.into_iter().zip(descriptions) {
            match chunk {
                Finished::Encoded(chunk) => chunk.append_to(&mut row_group, description)?,
                Finished::Library(chunk) => chunk.append_to_row_group(&mut row_group)?,
            }
        }
        row_group.close()?;
        Ok(())
    }
}
