//! Column chunks of parts, encoded by us: what the Parquet library does value by value is done here for whole pages.
//!
//! A number is written as its difference to the one before, a text or a day as its number in a dictionary where it
//! repeats, a flag as a bit. Columns that hold the same are encoded once. What is written depends on the chunks of rows
//! alone, so that the same rows give the same bytes. `tests` hold it against what the library reads.

mod bits;
mod bounds;
mod pages;
mod repeats;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use parquet::basic::Encoding;
use parquet::errors::Result;

use self::bits::{put_differences, put_flags};
use self::bounds::Bounds;
pub(super) use self::pages::ColumnChunk;
use self::pages::{PAGE_ROWS, Pages};
use self::repeats::Repeats;

/// A column chunk being filled.
#[derive(Clone)]
pub(super) enum ColumnEncoder {
    Integers { pages: Pages, bounds: Option<Bounds> },
    Flags(Pages),
    Days(Repeats),
    Texts(Repeats),
}

impl ColumnEncoder {
    /// An encoder of a column; `None` for types that the library encodes. Only numbers can have bounds.
    pub(super) fn new(kind: &DataType, has_bounds: bool) -> Option<Self> {
        match kind {
            DataType::Int64 => {
                Some(Self::Integers { pages: Pages::default(), bounds: has_bounds.then(Bounds::default) })
            }
            _ if has_bounds => None,
            DataType::Boolean => Some(Self::Flags(Pages::default())),
            DataType::Date32 => Some(Self::Days(Repeats::default())),
            DataType::Utf8 => Some(Self::Texts(Repeats::default())),
            _ => None,
        }
    }

    /// Adds rows of the column's type.
    pub(super) fn write(&mut self, rows: &ArrayRef) -> Result<()> {
        match self {
            Self::Integers { pages, bounds } => {
                each_page(rows.as_primitive::<Int64Type>().clone(), |page: &Int64Array, nulls| {
                    let numbers = valid_numbers(page, nulls);
                    if let Some(bounds) = bounds {
                        bounds.push(&numbers, page.len() - numbers.len());
                    }
                    let mut values = Vec::new();
                    put_differences(&numbers, &mut values);
                    pages.push(page.len(), nulls, Encoding::DELTA_BINARY_PACKED, &values)
                })
            }
            Self::Flags(pages) => each_page(rows.as_boolean().clone(), |page: &BooleanArray, nulls| {
                let mut values = Vec::new();
                match nulls {
                    None => put_flags(page.values().iter(), &mut values),
                    Some(_) => put_flags(page.iter().flatten(), &mut values),
                }
                pages.push(page.len(), nulls, Encoding::PLAIN, &values)
            }),
            Self::Days(repeats) => {
                let days = rows.as_primitive::<Date32Type>();
                repeats.write(days, |row| days.value(row))
            }
            Self::Texts(repeats) => {
                let texts = rows.as_string::<i32>();
                repeats.write(texts, |row| texts.value(row))
            }
        }
    }

    /// The column chunk.
    pub(super) fn finish(self) -> Result<ColumnChunk> {
        match self {
            Self::Integers { pages, bounds } => pages.finish(None, bounds),
            Self::Flags(pages) => pages.finish(None, None),
            Self::Days(repeats) | Self::Texts(repeats) => repeats.finish(),
        }
    }
}

/// Whether two columns hold the same texts for sure. A difference that no reader sees may be taken for one.
pub(super) fn are_same_texts(a: &ArrayRef, b: &ArrayRef) -> bool {
    let (Some(a), Some(b)) = (a.as_string_opt::<i32>(), b.as_string_opt::<i32>()) else { return false };
    let text = |array: &StringArray| {
        let (start, end) = (array.value_offsets()[0], array.value_offsets()[array.len()]);
        (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0))
    };
    let ((a_start, a_end), (b_start, b_end)) = (text(a), text(b));
    a.len() == b.len()
        && a_end - a_start == b_end - b_start
        && a.null_count() == b.null_count()
        && a.value_data()[a_start..a_end] == b.value_data()[b_start..b_end]
        && a.nulls() == b.nulls()
        && a.offsets().lengths().eq(b.offsets().lengths())
}

/// Hands over the rows page by page, with the nulls of a page that has some.
fn each_page<A: Array + 'static>(rows: A, mut page: impl FnMut(&A, Option<&NullBuffer>) -> Result<()>) -> Result<()> {
    for from in (0..rows.len()).step_by(PAGE_ROWS) {
        let slice = rows.slice(from, PAGE_ROWS.min(rows.len() - from));
        let slice = slice.as_any().downcast_ref::<A>().expect("a slice is of the same type");
        page(slice, slice.nulls().filter(|nulls| nulls.null_count() > 0))?;
    }
    Ok(())
}

fn valid_numbers<'a>(page: &'a Int64Array, nulls: Option<&NullBuffer>) -> Cow<'a, [i64]> {
    match nulls {
        None => Cow::Borrowed(page.values()),
        Some(nulls) => nulls.valid_indices().map(|row| page.value(row)).collect(),
    }
}
