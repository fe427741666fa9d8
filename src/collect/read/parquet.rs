//! Apache Parquet, batch by batch; only the wanted columns are read.
//!
//! A Parquet file is a program for its reader, written by somebody else. Its frame is checked before it is parsed,
//! and whatever the library makes of a damaged one ends as a fault of the file.

mod column;
mod frame;

#[cfg(test)]
mod tests;

use std::fs::File;

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::LogicalType;
use parquet::schema::types::SchemaDescriptor;

use super::guard::guarded;
use super::header::Header;
use super::output::{Output, Wrong, as_json};
use super::{Cell, Fault, Notice, Request, Sink};
use column::Column;

/// Rows held at a time.
const BATCH_ROWS: usize = 8_192;

/// Reads a Parquet file.
pub(super) fn read(file: File, request: &Request<'_>, sink: &mut dyn Sink) -> Result<Notice, Fault> {
    read_in_batches(file, request, sink, BATCH_ROWS)
}

fn read_in_batches(
    mut file: File,
    request: &Request<'_>,
    sink: &mut dyn Sink,
    batch_rows: usize,
) -> Result<Notice, Fault> {
    let file_len = frame::check(&mut file)?;
    let opened = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))?;
    let builder = opened.map_err(|error| damaged(&error))?;
    guarded(|| frame::check_chunks(builder.metadata(), file_len))??;
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let header = Header::new(&names, request.columns, 1).map_err(|fault| Fault { line: None, ..fault })?;
    let uuids: Vec<bool> = header.places.iter().map(|&place| is_uuid(builder.parquet_schema(), place)).collect();
    let mut rows = guarded(|| {
        let mask = ProjectionMask::roots(builder.parquet_schema(), header.places.iter().copied());
        builder.with_projection(mask).with_batch_size(batch_rows).build()
    })?
    .map_err(|error| damaged(&error))?;

    let mut out = Output::new(sink);
    let mut line = 0;
    while let Some(batch) = next_batch(&mut rows)? {
        let columns = columns(&batch, request, &uuids)?;
        for at in 0..batch.num_rows() {
            line += 1;
            hand_over(line, &columns, at, request, &mut out);
        }
    }
    Ok(header.into_notice(out.records))
}

fn next_batch(rows: &mut ParquetRecordBatchReader) -> Result<Option<RecordBatch>, Fault> {
    guarded(|| rows.next())?.transpose().map_err(|error| damaged(&error))
}

/// The columns of a batch in the order in which they were asked for.
fn columns(batch: &RecordBatch, request: &Request<'_>, uuids: &[bool]) -> Result<Vec<Column>, Fault> {
    (request.columns.iter().zip(uuids))
        .map(|(name, &is_uuid)| {
            let array = batch.column_by_name(name.trim()).ok_or_else(|| damaged(&"a batch lacks a column"))?;
            let column = guarded(|| if is_uuid { Ok(Column::uuids(array)) } else { Column::new(array) })?;
            column.map_err(|kind| {
                Fault::new(format!("the column `{name}` is of type {kind}, which has no text form"))
                    .hint("have its parts written as columns of their own")
            })
        })
        .collect()
}

fn hand_over(line: u64, columns: &[Column], at: usize, request: &Request<'_>, out: &mut Output<'_>) {
    let fields: Result<Vec<Vec<Cell<'_>>>, Wrong> = (columns.iter().zip(request.columns))
        .map(|(column, name)| column.values(at).map_err(|reason| Wrong::column(name, reason)))
        .collect();
    let raw = || {
        let shown = columns.iter().map(|column| column.shown(at));
        as_json(request.columns.iter().map(String::as_str).zip(shown))
    };
    match fields {
        Ok(fields) => out.record(line, request, &fields, &raw),
        Err(wrong) => out.bad(line, wrong, raw()),
    }
}

/// Whether a column holds UUIDs, which arrow would hand over as sixteen bytes without a meaning.
fn is_uuid(schema: &SchemaDescriptor, place: usize) -> bool {
    let field = schema.root_schema().get_fields().get(place);
    field.is_some_and(|field| field.get_basic_info().logical_type_ref() == Some(&LogicalType::Uuid))
}

fn damaged(error: &dyn std::fmt::Display) -> Fault {
    Fault::new(format!("the file is not readable Parquet: {error}"))
}
