//! The pages of one column chunk: compressed where that is worth it, one behind the other, with where each begins.

use std::cell::RefCell;

use arrow::buffer::NullBuffer;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter as _};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

use super::bits::{put_run, put_runs};
use super::bounds::Bounds;
use crate::ledger::part::ZSTD_LEVEL;

/// Rows of a page. A page is the least that a reader reads.
pub(super) const PAGE_ROWS: usize = 16_384;

/// Every so-many-th page is compressed even where the one before was not worth it.
const TRY_AGAIN: usize = 16;

/// Bytes that compressing a small chunk must save. Whoever reads a chunk with anything compressed first makes what
/// decompresses it, which takes as long as reading so many bytes.
const LEAST_SAVED: usize = 2048;

/// Data pages of a column chunk, and its dictionary.
#[derive(Clone, Default)]
pub(in crate::ledger) struct Pages {
    bytes: Vec<u8>,
    places: Vec<PagePlace>,
    /// Bytes before compression.
    raw_bytes: usize,
    encodings: Vec<Encoding>,
    is_worth_compressing: bool,
    /// Whether a page is compressed, so that readers of the chunk must be ready for it.
    has_compressed: bool,
    /// The first page, where it is compressed and that saves little: it may stay the only one.
    first: Option<Box<RawPage>>,
}

/// A page before it is written.
#[derive(Clone)]
struct RawPage {
    rows: usize,
    n_nulls: usize,
    levels: Vec<u8>,
    encoding: Encoding,
    values: Vec<u8>,
}

#[derive(Clone, Copy)]
struct PagePlace {
    offset: usize,
    bytes: usize,
    rows: usize,
}

/// A column chunk that can be put into a row group.
pub(in crate::ledger) struct ColumnChunk {
    bytes: Bytes,
    pages: Pages,
    dictionary_bytes: Option<usize>,
    bounds: Option<Bounds>,
}

impl Pages {
    /// Adds a page of `rows` rows; `values` are those that are not null, in their encoding.
    pub(super) fn push(
        &mut self,
        rows: usize,
        nulls: Option<&NullBuffer>,
        encoding: Encoding,
        values: &[u8],
    ) -> Result<()> {
        let mut levels = Vec::with_capacity(16);
        match nulls {
            Some(nulls) => {
                let bits: Vec<u32> = nulls.iter().map(u32::from).collect();
                put_runs(&bits, 1, &mut levels);
            }
            None => put_run(1, rows, 1, &mut levels),
        }
        let is_tried = self.is_worth_compressing || self.places.len().is_multiple_of(TRY_AGAIN);
        let shorter = if is_tried && !values.is_empty() { Some(compressed(values)?) } else { None };
        let shorter = shorter.filter(|shorter| shorter.len() + shorter.len() / 16 < values.len());
        if is_tried {
            self.is_worth_compressing = shorter.is_some();
        }
        let n_nulls = nulls.map_or(0, NullBuffer::null_count);
        let page = RawPage { rows, n_nulls, levels, encoding, values: Vec::new() };
        self.put(&page, shorter.as_deref().unwrap_or(values), values.len())?;
        let saves_little = |shorter: &Vec<u8>| shorter.len() + LEAST_SAVED > values.len();
        if self.places.len() == 1 && shorter.as_ref().is_some_and(saves_little) {
            self.first = Some(Box::new(RawPage { values: values.to_vec(), ..page }));
        }
        Ok(())
    }

    /// Writes a page with these bytes of values, which are compressed where they are fewer than `n_values`.
    fn put(&mut self, page: &RawPage, values: &[u8], n_values: usize) -> Result<()> {
        let RawPage { rows, n_nulls, levels, encoding, .. } = page;
        let is_compressed = values.len() < n_values;
        let data = Page::DataPageV2 {
            buf: [levels.as_slice(), values].concat().into(),
            num_values: count(*rows)?,
            encoding: *encoding,
            num_nulls: count(*n_nulls)?,
            num_rows: count(*rows)?,
            def_levels_byte_len: count(levels.len())?,
            rep_levels_byte_len: 0,
            is_compressed,
            statistics: None,
        };
        self.has_compressed |= is_compressed;
        let offset = self.bytes.len();
        self.raw_bytes += put_page(data, levels.len() + n_values, &mut self.bytes)?;
        self.places.push(PagePlace { offset, bytes: self.bytes.len() - offset, rows: *rows });
        if !self.encodings.contains(encoding) {
            self.encodings.push(*encoding);
        }
        Ok(())
    }

    /// The column chunk. A dictionary is the plain form of its values, and how many they are.
    pub(super) fn finish(mut self, dictionary: Option<(&[u8], usize)>, bounds: Option<Bounds>) -> Result<ColumnChunk> {
        if let Some(only) = self.first.take().filter(|_| self.places.len() == 1) {
            self = Self::default();
            self.put(&only, &only.values, only.values.len())?;
        }
        let mut bytes = Vec::new();
        if let Some((values, n_values)) = dictionary {
            // A dictionary cannot say that it is not compressed: it is what its chunk is.
            let shorter = compressed(values)?;
            self.has_compressed |= shorter.len() + LEAST_SAVED < values.len();
            let page = Page::DictionaryPage {
                buf: if self.has_compressed { shorter } else { values.to_vec() }.into(),
                num_values: count(n_values)?,
                encoding: Encoding::PLAIN,
                is_sorted: false,
            };
            self.raw_bytes += put_page(page, values.len(), &mut bytes)?;
            self.encodings.push(Encoding::PLAIN);
        }
        self.encodings.push(Encoding::RLE);
        let dictionary_bytes = dictionary.map(|_| bytes.len());
        bytes.append(&mut self.bytes);
        Ok(ColumnChunk { bytes: bytes.into(), pages: self, dictionary_bytes, bounds })
    }
}

impl ColumnChunk {
    /// Puts the chunk in as the column that is next, whose description is given. The same chunk may be put in for
    /// several columns that hold the same.
    pub(in crate::ledger) fn append_to<W: std::io::Write + Send>(
        &self,
        row_group: &mut SerializedRowGroupWriter<'_, W>,
        column: ColumnDescPtr,
    ) -> Result<()> {
        let behind_dictionary = self.dictionary_bytes.unwrap_or(0);
        let rows: usize = self.pages.places.iter().map(|page| page.rows).sum();
        let mut offsets = OffsetIndexBuilder::new();
        for page in &self.pages.places {
            offsets.append_row_count(signed(page.rows)?);
            let bytes = i32::try_from(page.bytes).map_err(|error| ParquetError::External(Box::new(error)))?;
            offsets.append_offset_and_size(signed(behind_dictionary + page.offset)?, bytes);
        }
        let compression = if self.pages.has_compressed {
            Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?)
        } else {
            Compression::UNCOMPRESSED
        };
        let mut metadata = ColumnChunkMetaData::builder(column)
            .set_compression(compression)
            .set_encodings(self.pages.encodings.clone())
            .set_total_compressed_size(signed(self.bytes.len())?)
            .set_total_uncompressed_size(signed(self.pages.raw_bytes)?)
            .set_num_values(signed(rows)?)
            .set_data_page_offset(signed(behind_dictionary)?)
            .set_dictionary_page_offset(self.dictionary_bytes.map(|_| 0));
        if let Some(bounds) = &self.bounds {
            metadata = metadata.set_statistics(bounds.of_chunk());
        }
        let close = ColumnCloseResult {
            bytes_written: self.bytes.len() as u64,
            rows_written: rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: self.bounds.as_ref().map(Bounds::of_pages).transpose()?,
            offset_index: Some(offsets.build()),
        };
        row_group.append_column(&self.bytes, close)
    }
}

/// Appends a page with its header. Returns its bytes before compression.
fn put_page(page: Page, raw_bytes: usize, out: &mut Vec<u8>) -> Result<usize> {
    let mut tracked = TrackedWrite::new(out);
    let spec = SerializedPageWriter::new(&mut tracked).write_page(CompressedPage::new(page, raw_bytes))?;
    tracked.into_inner()?;
    Ok(spec.uncompressed_size)
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    thread_local! {
        /// A compressor has tables of a megabyte.
        static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(ZSTD_LEVEL)?),
        };
        Ok(compressor.compress(bytes)?)
    })
}

fn count(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(|error| ParquetError::External(Box::new(error)))
}

fn signed(number: usize) -> Result<i64> {
    i64::try_from(number).map_err(|error| ParquetError::External(Box::new(error)))
}
