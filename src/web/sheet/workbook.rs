//! Workbooks: one sheet, whose header stays in sight and filters. A row is in memory only until the next begins.
//!
//! Texts are texts, whatever they look like: never formulas, never links. What a spreadsheet has no exact form for, a whole
//! number of more than 15 digits or a day before March 1900, is text too.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::SheetError;
use super::name::sheet_name;
use crate::csv_line::is_run;
use crate::engine::EngineError;
use crate::table::{Field, Type};

/// Below the header.
const MOST_ROWS: u32 = 1_048_575;
const MOST_COLUMNS: u16 = 16_384;
/// As a workbook counts: in UTF-16.
const MOST_CHARACTERS: usize = 32_767;
/// Spreadsheets show no more digits of a number, and lose the others once its cell is edited.
const MOST_EXACT: u64 = 999_999_999_999_999;
/// 1970-01-01, as spreadsheets number days.
const EPOCH: f64 = 25_569.0;
/// 1900-03-01 and 9999-12-31, from 1970-01-01. Spreadsheets take 1900 for a leap year, so that earlier days differ.
const DAYS: std::ops::RangeInclusive<i64> = -25_508..=2_932_896;
const MICROS_OF_A_DAY: i64 = 86_400_000_000;

pub(super) struct WorkbookSheet {
    workbook: Workbook,
    columns: Vec<Field>,
    formats: Formats,
    /// How wide each column is, in characters.
    widths: Vec<usize>,
    rows: u32,
    into: File,
}

struct Formats {
    header: Format,
    integer: Format,
    date: Format,
    timestamp: Format,
    /// Editing the cell leaves it a text.
    guarded: Format,
}

impl WorkbookSheet {
    pub(super) fn begin(title: &str, columns: &[Field], into: File) -> Result<Self, SheetError> {
        if columns.len() > usize::from(MOST_COLUMNS) {
            return Err(SheetError::TooManyColumns { most: MOST_COLUMNS, columns: columns.len() });
        }
        let formats = Formats {
            header: Format::new().set_bold(),
            integer: Format::new().set_num_format("0"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            timestamp: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            guarded: Format::new().set_quote_prefix(),
        };
        let mut workbook = Workbook::new();
        guarded(|| {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            sheet.set_name(sheet_name(title))?.set_freeze_panes(1, 0)?;
            for (at, column) in (0..).zip(columns) {
                sheet.write_string_with_format(0, at, &column.name, &formats.header)?;
            }
            Ok(())
        })?;
        let widths = columns.iter().map(|column| column.name.chars().count() + 3).collect();
        Ok(Self { workbook, columns: columns.to_vec(), formats, widths, rows: 0, into })
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), SheetError> {
        let rows = u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
        if rows > MOST_ROWS - self.rows {
            return Err(SheetError::TooManyRows { most: MOST_ROWS });
        }
        self.measure(batch)?;
        let Self { workbook, columns, formats, rows: written, .. } = self;
        let texts: Result<Vec<_>, _> = batch.columns().iter().map(|array| text_of(array.as_ref())).collect();
        let texts = texts.map_err(|error| SheetError::Rows(EngineError::from_arrow(error)))?;
        guarded(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (row, line) in (0..batch.num_rows()).zip(*written + 1..) {
                for (column, (array, text)) in (0..).zip(batch.columns().iter().zip(&texts)) {
                    if array.is_valid(row) {
                        let kind = columns[usize::from(column)].kind;
                        put(sheet, (line, column), cell(kind, array.as_ref(), row, text), formats)?;
                    }
                }
            }
            Ok(())
        })?;
        *written += rows;
        Ok(())
    }

    /// Finds how wide the columns are, and texts that no cell can hold.
    fn measure(&mut self, batch: &RecordBatch) -> Result<(), SheetError> {
        for ((array, column), width) in batch.columns().iter().zip(&self.columns).zip(&mut self.widths) {
            match column.kind {
                Type::Text => {
                    for (row, text) in array.as_string::<i32>().iter().enumerate() {
                        let text = text.unwrap_or_default();
                        // A text has never more characters than bytes.
                        let length = if text.len() > MOST_CHARACTERS { text.encode_utf16().count() } else { 0 };
                        if length > MOST_CHARACTERS {
                            let row = u64::from(self.rows) + row as u64 + 1;
                            let column = column.name.clone();
                            return Err(SheetError::CellTooLong { row, column, length, most: MOST_CHARACTERS });
                        }
                        *width = (*width).max(text.len().min(60));
                    }
                }
                Type::Timestamp => *width = (*width).max(19),
                _ => *width = (*width).max(10),
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), SheetError> {
        let Self { mut workbook, widths, rows, into, .. } = self;
        let mut file = BufWriter::new(into);
        guarded(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (at, width) in (0..).zip(&widths) {
                sheet.set_column_width(at, u16::try_from(*width).unwrap_or(60))?;
            }
            if let Some(last) = u16::try_from(widths.len()).ok().and_then(|columns| columns.checked_sub(1)) {
                sheet.autofilter(0, 0, rows, last)?;
            }
            workbook.save_to_writer(&mut file)
        })?;
        file.flush().map_err(SheetError::Write)
    }
}

/// A value, as a workbook can hold it.
enum Cell {
    Text(String),
    Integer(f64),
    Double(f64),
    Boolean(bool),
    Date(f64),
    Timestamp(f64),
}

/// A value that is not null.
#[expect(clippy::cast_precision_loss, reason = "the numbers have at most 15 digits, and instants are days then")]
fn cell(kind: Type, array: &dyn Array, row: usize, text: &ArrayFormatter<'_>) -> Cell {
    let as_text = || Cell::Text(text.value(row).to_string());
    match kind {
        Type::Text => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        Type::Boolean => Cell::Boolean(array.as_boolean().value(row)),
        Type::Double => Cell::Double(array.as_primitive::<Float64Type>().value(row)),
        Type::Integer => match array.as_primitive::<Int64Type>().value(row) {
            number if number.unsigned_abs() <= MOST_EXACT => Cell::Integer(number as f64),
            _ => as_text(),
        },
        Type::Date => match array.as_primitive::<Date32Type>().value(row) {
            day if DAYS.contains(&i64::from(day)) => Cell::Date(f64::from(day) + EPOCH),
            _ => as_text(),
        },
        Type::Timestamp => match array.as_primitive::<TimestampMicrosecondType>().value(row) {
            micros if DAYS.contains(&micros.div_euclid(MICROS_OF_A_DAY)) => {
                Cell::Timestamp(micros as f64 / MICROS_OF_A_DAY as f64 + EPOCH)
            }
            _ => as_text(),
        },
    }
}

fn put(sheet: &mut Worksheet, (row, column): (u32, u16), cell: Cell, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if is_run(&text) => sheet.write_string_with_format(row, column, text, &formats.guarded),
        Cell::Text(text) => sheet.write_string(row, column, text),
        Cell::Integer(number) => sheet.write_number_with_format(row, column, number, &formats.integer),
        Cell::Double(number) => sheet.write_number(row, column, number),
        Cell::Boolean(truth) => sheet.write_boolean(row, column, truth),
        Cell::Date(day) => sheet.write_number_with_format(row, column, day, &formats.date),
        Cell::Timestamp(instant) => sheet.write_number_with_format(row, column, instant, &formats.timestamp),
    }
    .map(drop)
}

fn text_of(array: &dyn Array) -> Result<ArrayFormatter<'_>, arrow::error::ArrowError> {
    static OPTIONS: FormatOptions<'static> = FormatOptions::new();
    ArrayFormatter::try_new(array, &OPTIONS)
}

/// Does some work with the writer of workbooks. It panics where its temporary file cannot be written, which is no mistake
/// of the program.
fn guarded<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, SheetError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(SheetError::Workbook),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(SheetError::Stopped {
                reason: text.unwrap_or_else(|| "no reason was given".to_owned()),
                folder: std::env::temp_dir().display().to_string(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_that_stops_is_an_error() {
        let stopped = guarded(|| -> Result<(), XlsxError> { panic!("no space left: {}", 28) });
        let told = stopped.expect_err("it stopped").to_string();
        assert!(told.starts_with("cannot write the workbook: no space left: 28; there may be no room"), "{told}");
    }
}
