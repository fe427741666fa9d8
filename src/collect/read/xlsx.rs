//! Worksheets of XLSX: the first row that is not blank names the columns.
//!
//! Cells arrive as they are stored, typed: a day is a day whatever the sheet shows. Spreadsheets know no time zone,
//! so an instant is taken as UTC. Values nobody wants are not looked at, nor are columns without a name.

mod cell;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, Read, Seek};

use calamine::{DataRef, Reader, Xlsx, XlsxCellReader, XlsxError};

use super::guard::guarded;
use super::header::Header;
use super::output::{Output, Wrong, as_json};
use super::source::unreadable;
use super::{Fault, Notice, Request, Sink};
use cell::Stored;

/// Reads a worksheet: the one of this name, or the first.
pub(super) fn read(
    file: File,
    sheet: Option<&str>,
    request: &Request<'_>,
    sink: &mut dyn Sink,
) -> Result<Notice, Fault> {
    read_sheet(BufReader::new(file), sheet, request, sink)
}

fn read_sheet<R: Read + Seek>(
    mut source: R,
    sheet: Option<&str>,
    request: &Request<'_>,
    sink: &mut dyn Sink,
) -> Result<Notice, Fault> {
    check_kind(&mut source)?;
    let mut workbook = guarded(|| Xlsx::new(source))?.map_err(|error| damaged(&error))?;
    let name = sheet_name(&workbook.sheet_names(), sheet)?;
    let cells = guarded(|| workbook.worksheet_cells_reader(&name))?.map_err(|error| damaged(&error))?;
    let mut rows = Rows { cells, ahead: None, is_at_end: false };

    let Some((line, first)) = rows.next()? else {
        return Err(Fault::new(format!("the sheet `{name}` is empty")));
    };
    let names: Vec<String> = first.iter().map(|cell| cell::shown(cell).unwrap_or_default().into_owned()).collect();
    let header = Header::new(&names, request.columns, line)?;

    let mut out = Output::new(sink);
    while let Some((line, row)) = rows.next()? {
        let raw = || {
            let cells = header.names.iter().zip(&row).filter(|(name, _)| !name.is_empty());
            as_json(cells.map(|(name, cell)| (name.as_str(), cell::shown(cell))))
        };
        match wanted(&row, &header) {
            Err(wrong) => out.bad(line, wrong, raw()),
            Ok(stored) => {
                let fields: Vec<_> = stored.iter().map(|stored| vec![stored.cell()]).collect();
                out.record(line, request, &fields, &raw);
            }
        }
    }
    Ok(header.into_notice(out.records))
}

fn wanted<'a>(row: &'a [DataRef<'a>], header: &Header) -> Result<Vec<Stored<'a>>, Wrong> {
    let empty = &DataRef::Empty;
    (header.places.iter())
        .map(|&place| {
            let stored = Stored::new(row.get(place).unwrap_or(empty));
            stored.map_err(|reason| Wrong::column(&header.names[place], reason))
        })
        .collect()
}

/// Tells apart what people name `.xlsx`.
fn check_kind<R: Read + Seek>(source: &mut R) -> Result<(), Fault> {
    let mut head = Vec::new();
    source.by_ref().take(8).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
    source.rewind().map_err(|error| unreadable(&error))?;
    match head.as_slice() {
        [] => Err(Fault::new("the file is empty")),
        [b'P', b'K', ..] => Ok(()),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(Fault::new("the file is an old or an encrypted workbook, not XLSX")
            .hint("save it as `.xlsx` without a password")),
        _ => Err(Fault::new("the file is not XLSX").hint("is it separated text under another name?")),
    }
}

fn sheet_name(names: &[String], wanted: Option<&str>) -> Result<String, Fault> {
    let found = match wanted {
        None => names.first(),
        Some(wanted) => names.iter().find(|name| *name == wanted),
    };
    found.cloned().ok_or_else(|| match wanted {
        None => Fault::new("the workbook has no sheet"),
        Some(wanted) => {
            Fault::new(format!("the workbook has no sheet `{wanted}`")).hint(format!("it has `{}`", names.join("`, `")))
        }
    })
}

fn damaged(error: &XlsxError) -> Fault {
    Fault::new(format!("the workbook cannot be read: {error}"))
}

/// Rows that are not wholly blank, from the first column on.
struct Rows<'a, R: Read + Seek> {
    cells: XlsxCellReader<'a, R>,
    /// The first cell of the next row: a row ends where another begins.
    ahead: Option<(u32, usize, DataRef<'a>)>,
    is_at_end: bool,
}

impl<'a, R: Read + Seek> Rows<'a, R> {
    /// The next row and its number, counted from 1.
    fn next(&mut self) -> Result<Option<(u64, Vec<DataRef<'a>>)>, Fault> {
        let mut row = Vec::new();
        let mut number = None;
        loop {
            let Some((at, column, cell)) = self.take()? else {
                return Ok(number.map(|number| (u64::from(number) + 1, row)));
            };
            if number.is_some_and(|number| number != at) {
                self.ahead = Some((at, column, cell));
                return Ok(number.map(|number| (u64::from(number) + 1, row)));
            }
            number = Some(at);
            if row.len() <= column {
                row.resize(column + 1, DataRef::Empty);
            }
            row[column] = cell;
        }
    }

    /// The next cell that is not blank: its row, its column, what it holds.
    fn take(&mut self) -> Result<Option<(u32, usize, DataRef<'a>)>, Fault> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        while !self.is_at_end {
            let cell = guarded(|| self.cells.next_cell())?.map_err(|error| damaged(&error))?;
            let Some(cell) = cell else {
                self.is_at_end = true;
                break;
            };
            let ((row, column), value) = (cell.get_position(), cell.get_value());
            if !cell::is_blank(value) {
                return Ok(Some((row, column as usize, value.clone())));
            }
        }
        Ok(None)
    }
}
