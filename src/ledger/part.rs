//! The one writer of Parquet parts. The same rows in the same order give the same bytes, however they arrive.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::BatchCoalescer;
use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};

use super::LedgerError;
use super::durable::{close_file, failed, temporary_name};
use super::encoder::Encoder;
use super::flushes::Flushes;
use super::hash::hex;
use super::manifest::Part;
use super::row_groups::RowGroups;
use crate::table::{Field, Type};

/// Rows are written in chunks of this many, whatever the size of the batches that arrive: where pages end depends on
/// the chunks.
const CHUNK_ROWS: usize = 65_536;

/// Rows of a row group: a whole number of chunks.
const ROW_GROUP_ROWS: usize = 16 * CHUNK_ROWS;

/// Good compression at a speed that does not show.
pub(super) const ZSTD_LEVEL: i32 = 3;

/// The Arrow type that a ledger type has everywhere in the program.
#[must_use]
pub fn arrow_type(kind: Type) -> DataType {
    match kind {
        Type::Text => DataType::Utf8,
        Type::Integer => DataType::Int64,
        Type::Boolean => DataType::Boolean,
        Type::Date => DataType::Date32,
        Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        Type::Double => DataType::Float64,
    }
}

/// The Arrow schema of some columns; every column may hold nulls.
#[must_use]
pub fn arrow_schema(columns: &[Field]) -> SchemaRef {
    let fields: Vec<ArrowField> =
        columns.iter().map(|column| ArrowField::new(&column.name, arrow_type(column.kind), true)).collect();
    Arc::new(Schema::new(fields))
}

/// Writes one part. Until [`PartWriter::finish`] the file has a temporary name, and dropping the writer leaves only
/// that for recovery to remove.
pub struct PartWriter {
    encoder: Encoder<HashingFile>,
    rows_in_chunks: BatchCoalescer,
    temporary: PathBuf,
    path: PathBuf,
    part: Part,
    flushes: Arc<Flushes>,
}

impl PartWriter {
    /// Opens a part `<name>-<fingerprint>.parquet` in the table's folder below `timeslot`, which is there.
    pub(super) fn create(
        timeslot: &Path,
        flushes: Arc<Flushes>,
        table: &str,
        name: &str,
        fingerprint: &str,
        columns: &[Field],
    ) -> Result<Self, LedgerError> {
        let relative = part_path(table, name, fingerprint);
        let path = timeslot.join(&relative);
        let temporary = temporary_name(&path);
        let _ = fs::remove_file(&temporary);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .map_err(failed("create the part", &temporary))?;
        let schema = arrow_schema(columns);
        let output = HashingFile { file, hasher: Sha256::new(), bytes: 0 };
        let row_groups = RowGroups::new(output, Arc::clone(&schema), properties(columns), ROW_GROUP_ROWS)
            .map_err(|source| LedgerError::Parquet { path: path.clone(), source })?;
        Ok(Self {
            encoder: Encoder::new(row_groups),
            rows_in_chunks: BatchCoalescer::new(schema, CHUNK_ROWS),
            temporary,
            path,
            part: Part {
                name: name.to_owned(),
                path: relative,
                rows: 0,
                bytes: 0,
                sha256: String::new(),
                fingerprint: fingerprint.to_owned(),
                made_from: BTreeMap::new(),
            },
            flushes,
        })
    }

    /// Appends rows; the batch must have the part's schema.
    ///
    /// # Errors
    /// Where the disk or the encoder fails; the part is then lost.
    pub fn write(&mut self, batch: RecordBatch) -> Result<(), LedgerError> {
        self.part.rows += batch.num_rows() as u64;
        let mut from = 0;
        while from < batch.num_rows() {
            let gathered = self.rows_in_chunks.get_buffered_rows();
            let rows = (CHUNK_ROWS - gathered).min(batch.num_rows() - from);
            let piece = batch.slice(from, rows);
            from += rows;
            if rows == CHUNK_ROWS {
                // A whole chunk is not copied.
                self.encoder.write(piece).map_err(|error| self.broken(error))?;
            } else {
                self.rows_in_chunks.push_batch(piece).map_err(|error| self.broken(error.into()))?;
                self.drain()?;
            }
        }
        Ok(())
    }

    /// Completes the file: mode set, named, on its way to the disk. It is there, and its folder flushed, when the manifest
    /// is. A part without rows has no file, no path and no SHA-256.
    ///
    /// # Errors
    /// Where the disk or the encoder fails; the part is then lost.
    pub fn finish(mut self) -> Result<Part, LedgerError> {
        self.rows_in_chunks.finish_buffered_batch().map_err(|error| self.broken(error.into()))?;
        self.drain()?;
        let Self { encoder, temporary, path, mut part, flushes, .. } = self;
        if part.rows == 0 {
            fs::remove_file(&temporary).map_err(failed("remove", &temporary))?;
            part.path = String::new();
            return Ok(part);
        }
        let output = encoder.finish().map_err(|source| LedgerError::Parquet { path: path.clone(), source })?;
        close_file(&output.file, &temporary)?;
        fs::rename(&temporary, &path).map_err(failed("put in place", &path))?;
        flushes.begin(&path);
        part.bytes = output.bytes;
        part.sha256 = hex(&output.hasher.finalize());
        Ok(part)
    }

    fn drain(&mut self) -> Result<(), LedgerError> {
        while let Some(chunk) = self.rows_in_chunks.next_completed_batch() {
            self.encoder.write(chunk).map_err(|error| self.broken(error))?;
        }
        Ok(())
    }

    fn broken(&self, source: parquet::errors::ParquetError) -> LedgerError {
        LedgerError::Parquet { path: self.path.clone(), source }
    }
}

/// The path of a part below its timeslot.
pub(super) fn part_path(table: &str, name: &str, fingerprint: &str) -> String {
    let folder = match table.strip_prefix("staged_") {
        Some(collected) => format!("staged/{collected}"),
        None => table.to_owned(),
    };
    format!("{folder}/{name}-{}.parquet", &fingerprint[..12])
}

/// What the library is told for the columns that `columns` leaves to it. Rows are sorted by the first column, so the bounds
/// of its pages tell a reader what to leave out; those of others would tell nothing and cost two comparisons a value.
pub(super) fn properties(columns: &[Field]) -> WriterProperties {
    let zstd = ZstdLevel::try_new(ZSTD_LEVEL).expect("the level is within zstd's range");
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("ledgerline".to_owned())
        .set_compression(Compression::ZSTD(zstd))
        .set_statistics_enabled(EnabledStatistics::None);
    if let Some(first) = columns.first() {
        let path = ColumnPath::new(vec![first.name.clone()]);
        properties = properties.set_column_statistics_enabled(path, EnabledStatistics::Page);
    }
    properties.build()
}

/// A file that knows the size and the SHA-256 of what was written to it.
struct HashingFile {
    file: File,
    hasher: Sha256,
    bytes: u64,
}

impl Write for HashingFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
