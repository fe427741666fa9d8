//! Values that repeat: each is written once into a dictionary, and rows name them by number. Where nearly every row has
//! a value of its own the values stand in the rows instead.

use arrow::array::Array;
use arrow::buffer::NullBuffer;
use hashbrown::HashTable;
use parquet::basic::Encoding;
use parquet::errors::Result;
use xxhash_rust::xxh3::xxh3_64;

use super::bits::{put_runs, width_of};
use super::pages::{ColumnChunk, PAGE_ROWS, Pages};

/// A dictionary is no longer; what comes behind stands in the rows.
const DICTIONARY_BYTES: usize = 1 << 20;

/// A page of values as they are ends when it is so long.
const PAGE_BYTES: usize = 1 << 20;

/// A value that can be in a dictionary.
pub(super) trait Entry: Copy + PartialEq {
    /// A number that is nearly always another for another value.
    fn hash(self) -> u64;
    /// Appends the plain form.
    fn put(self, out: &mut Vec<u8>);
    /// Whether the plain form stands at the start of some bytes.
    fn is_at(self, bytes: &[u8]) -> bool;
    /// The hash of the value whose plain form stands at the start of some bytes.
    fn hash_at(bytes: &[u8]) -> u64;
}

impl Entry for &str {
    fn hash(self) -> u64 {
        xxh3_64(self.as_bytes())
    }

    fn put(self, out: &mut Vec<u8>) {
        // Arrow's texts are shorter than 2 GiB.
        out.extend_from_slice(&u32::try_from(self.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(self.as_bytes());
    }

    fn is_at(self, bytes: &[u8]) -> bool {
        bytes.split_first_chunk().is_some_and(|(length, text)| {
            u32::from_le_bytes(*length) as usize == self.len() && text.get(..self.len()) == Some(self.as_bytes())
        })
    }

    fn hash_at(bytes: &[u8]) -> u64 {
        let text = bytes.split_first_chunk().map(|(length, text)| &text[..u32::from_le_bytes(*length) as usize]);
        xxh3_64(text.unwrap_or_default())
    }
}

impl Entry for i32 {
    fn hash(self) -> u64 {
        let hash = u64::from(self.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 32)
    }

    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn is_at(self, bytes: &[u8]) -> bool {
        bytes.first_chunk() == Some(&self.to_le_bytes())
    }

    fn hash_at(bytes: &[u8]) -> u64 {
        bytes.first_chunk().copied().map(i32::from_le_bytes).unwrap_or_default().hash()
    }
}

/// A column chunk of values that may repeat.
#[derive(Clone, Default)]
pub(in crate::ledger) struct Repeats {
    pages: Pages,
    dictionary: Dictionary,
    way: Way,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Way {
    /// No chunk of rows was seen yet.
    #[default]
    Undecided,
    Dictionary,
    Plain,
}

#[derive(Clone, Default)]
struct Dictionary {
    numbers: HashTable<u32>,
    /// The plain forms, and where each begins.
    body: Vec<u8>,
    starts: Vec<usize>,
}

impl Dictionary {
    fn len(&self) -> usize {
        self.starts.len()
    }

    fn number<E: Entry>(&mut self, value: E) -> u32 {
        let Self { numbers, body, starts } = self;
        let found = numbers.entry(
            value.hash(),
            |number| value.is_at(&body[starts[*number as usize]..]),
            |number| E::hash_at(&body[starts[*number as usize]..]),
        );
        match found {
            hashbrown::hash_table::Entry::Occupied(known) => *known.get(),
            hashbrown::hash_table::Entry::Vacant(free) => {
                // A chunk has fewer rows than that.
                let number = u32::try_from(starts.len()).unwrap_or(u32::MAX);
                free.insert(number);
                starts.push(body.len());
                value.put(body);
                number
            }
        }
    }

    /// Forgets all but the first so many values. It takes no more.
    fn cut(&mut self, len: usize) {
        if let Some(end) = self.starts.get(len) {
            self.body.truncate(*end);
        }
        self.starts.truncate(len);
        self.numbers = HashTable::new();
    }
}

impl Repeats {
    /// Adds rows; `value` gives that of a row that is not null.
    pub(super) fn write<E: Entry>(&mut self, rows: &dyn Array, value: impl Fn(usize) -> E) -> Result<()> {
        let nulls = rows.nulls().filter(|nulls| nulls.null_count() > 0);
        let known = self.dictionary.len();
        let numbers = match self.way {
            Way::Plain => None,
            Way::Undecided | Way::Dictionary => self.numbers(rows.len(), nulls, &value),
        };
        match numbers {
            // Rows without any value decide nothing.
            Some(numbers) if numbers.is_empty() => self.put_plain(rows.len(), nulls, value),
            Some(numbers) => {
                self.way = Way::Dictionary;
                self.put_numbers(&numbers, rows.len(), nulls)
            }
            None => {
                if self.way != Way::Plain {
                    self.dictionary.cut(known);
                }
                self.way = Way::Plain;
                self.put_plain(rows.len(), nulls, value)
            }
        }
    }

    /// The number of each value; `None` where a dictionary is not worth it.
    fn numbers<E: Entry>(
        &mut self,
        rows: usize,
        nulls: Option<&NullBuffer>,
        value: impl Fn(usize) -> E,
    ) -> Option<Vec<u32>> {
        let mut numbers: Vec<u32> = Vec::with_capacity(rows);
        let mut last: Option<(E, u32)> = None;
        for row in 0..rows {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                continue;
            }
            let value = value(row);
            let number = match last {
                Some((same, number)) if same == value => number,
                _ => self.dictionary.number(value),
            };
            last = Some((value, number));
            numbers.push(number);
            // Nearly all differ: it will not become better.
            let is_end_of_page = numbers.len() == PAGE_ROWS;
            if is_end_of_page && self.way == Way::Undecided && self.dictionary.len() > PAGE_ROWS / 16 * 15 {
                return None;
            }
            if self.dictionary.body.len() > DICTIONARY_BYTES {
                return None;
            }
        }
        let is_worth_it = self.way == Way::Dictionary || self.dictionary.len() <= numbers.len().div_ceil(2);
        is_worth_it.then_some(numbers)
    }

    fn put_numbers(&mut self, numbers: &[u32], rows: usize, nulls: Option<&NullBuffer>) -> Result<()> {
        let highest = u32::try_from(self.dictionary.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let width = width_of(highest);
        let mut from = 0;
        for row in (0..rows).step_by(PAGE_ROWS) {
            let rows = PAGE_ROWS.min(rows - row);
            let nulls = nulls.map(|nulls| nulls.slice(row, rows)).filter(|nulls| nulls.null_count() > 0);
            let end = from + rows - nulls.as_ref().map_or(0, NullBuffer::null_count);
            let mut values = vec![u8::try_from(width).unwrap_or(u8::MAX)];
            put_runs(&numbers[from..end], width, &mut values);
            self.pages.push(rows, nulls.as_ref(), Encoding::RLE_DICTIONARY, &values)?;
            from = end;
        }
        Ok(())
    }

    fn put_plain<E: Entry>(
        &mut self,
        rows: usize,
        nulls: Option<&NullBuffer>,
        value: impl Fn(usize) -> E,
    ) -> Result<()> {
        let mut values = Vec::new();
        let mut from = 0;
        for row in 0..rows {
            if nulls.is_none_or(|nulls| nulls.is_valid(row)) {
                value(row).put(&mut values);
            }
            let end = row + 1;
            if end - from == PAGE_ROWS || values.len() >= PAGE_BYTES || end == rows {
                let nulls = nulls.map(|nulls| nulls.slice(from, end - from)).filter(|nulls| nulls.null_count() > 0);
                self.pages.push(end - from, nulls.as_ref(), Encoding::PLAIN, &values)?;
                values.clear();
                from = end;
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<ColumnChunk> {
        let Dictionary { body, starts, .. } = &self.dictionary;
        let dictionary = (!starts.is_empty()).then_some((body.as_slice(), starts.len()));
        self.pages.finish(dictionary, None)
    }
}
