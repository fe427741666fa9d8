//! Readers: a file of any supported format becomes rows of cells.
//!
//! A reader is strict. It knows nothing of tables or types; it hands over what the file says, row by row, and
//! tells apart what is wrong with one record (a [`BadRecord`], reading goes on) and what is wrong with the file
//! (a [`Fault`], reading ends). Nothing is swallowed: every record of the file is a row or a bad record.

mod csv;
mod encoding;
mod guard;
mod header;
mod json;
mod jsonl;
mod ldif;
mod lines;
mod output;
mod parquet;
mod source;
#[cfg(test)]
mod tests;
mod xlsx;

use std::path::Path;

pub(super) use self::source::regular;

/// What one cell holds. Numbers of typed formats arrive as their canonical decimal text, booleans as `true` or
/// `false`; only what a text form would blur has a variant of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// The record has no such field, or an explicit null.
    Absent,
    /// The field's text, untrimmed, without the quoting of the format.
    Text(&'a str),
    /// A day, as days since 1970-01-01, from a format with typed dates.
    Day(i32),
    /// An instant, as microseconds since 1970-01-01T00:00:00 UTC, from a format with typed instants.
    Instant(i64),
}

/// One record of a file.
pub struct Row<'a> {
    /// The line on which the record starts, counted from 1; the row number for Parquet and XLSX.
    pub line: u64,
    /// One cell per wanted column, in the order in which they were asked for.
    pub cells: &'a [Cell<'a>],
    /// The record as the file has it, made on demand for rejects.
    pub raw: &'a dyn Fn() -> String,
}

/// Records of a file that follow each other.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The line on which each of them starts, counted from 1.
    pub lines: &'a [u64],
    /// The cells of all of them, record by record, as a [`Row`] has them.
    pub cells: &'a [Cell<'a>],
    /// How many cells each of them has.
    pub n_cells: usize,
    /// The so-many-th of them as the file has it.
    pub raw: &'a dyn Fn(usize) -> String,
}

impl<'a> Rows<'a> {
    /// The cells of one record.
    #[must_use]
    #[inline]
    pub fn cells_of(&self, at: usize) -> &'a [Cell<'a>] {
        &self.cells[at * self.n_cells..][..self.n_cells]
    }

    /// What `take` makes of one record.
    pub fn with<T>(&self, at: usize, take: impl FnOnce(&Row<'_>) -> T) -> T {
        take(&Row { line: self.lines[at], cells: self.cells_of(at), raw: &|| (self.raw)(at) })
    }
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// The line on which the record starts, counted from 1.
    pub line: u64,
    /// The column the reason lies in, as the file names it; `None` for the whole record.
    pub column: Option<String>,
    /// Why, in words a data owner can act on: a lower-case fragment.
    pub reason: String,
    /// The record as the file has it.
    pub raw: String,
    /// The texts of the wanted columns that are sound all the same, in the order in which they were asked for: enough,
    /// perhaps, to say whom the record is about. Empty where no text can be trusted to belong to its column.
    pub cells: Vec<Option<String>>,
    /// Whether `cells` surely stand in their columns; else a field may be missing before them.
    pub is_aligned: bool,
}

impl BadRecord {
    /// The sound cells as those of a row.
    pub(super) fn row_cells(&self) -> Vec<Cell<'_>> {
        self.cells.iter().map(|text| text.as_deref().map_or(Cell::Absent, Cell::Text)).collect()
    }
}

/// Who takes the records of a file.
pub trait Sink {
    /// Takes one record.
    fn row(&mut self, row: &Row<'_>);
    /// Takes records that follow each other.
    fn rows(&mut self, rows: &Rows<'_>) {
        for at in 0..rows.lines.len() {
            rows.with(at, |row| self.row(row));
        }
    }
    /// Takes one record that cannot be read.
    fn bad(&mut self, record: BadRecord);
}

/// What is wrong with a file as a whole. The source is then failed, or partial where rows came before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What is wrong: a lower-case fragment without the file's name.
    pub message: String,
    /// The line, counted from 1, where one can be named.
    pub line: Option<u64>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault without a line or a hint.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None, hint: None }
    }

    /// The same fault, on a line.
    pub(crate) fn at(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The same fault, with what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// What a reader noticed besides records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// Records seen: rows handed over plus bad records.
    pub records: u64,
    /// Columns of the file that nobody wanted, in file order.
    pub unused_columns: Vec<String>,
    /// Wanted columns that a format without a header never showed.
    pub unseen_columns: Vec<String>,
    /// The file's columns in order, where the format has a header; for noticing a changed layout.
    pub header: Vec<String>,
}

/// How a file is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Format {
    /// Separated text with a header line.
    Csv(Csv),
    /// One document: an array of objects, found under `records` (a path such as `data.items`; empty = the root).
    Json {
        /// Keys that lead to the array.
        records: Vec<String>,
    },
    /// One object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// A worksheet with a header row.
    Xlsx {
        /// Its name; `None` = the first.
        sheet: Option<String>,
    },
    /// LDAP data interchange, content records only.
    Ldif,
}

/// Settings of separated text.
#[derive(Debug, Clone, PartialEq)]
pub struct Csv {
    /// One byte between fields.
    pub delimiter: u8,
    /// The quote; `None` = quotes are ordinary text.
    pub quote: Option<u8>,
    /// A label of the Encoding Standard, `utf-8` by default; a byte order mark of UTF-8 or UTF-16 wins.
    pub encoding: String,
    /// Lines before the header.
    pub skip_lines: u64,
    /// The columns of a file without a header line; empty = the first line names them.
    pub columns: Vec<String>,
}

/// What is asked of a file.
pub struct Request<'a> {
    /// How it is written.
    pub format: &'a Format,
    /// Columns to hand over, each once, by their name in the file. A dotted name reaches into nested objects of
    /// JSON, and through arrays of them; the names of LDAP attributes match in any case.
    pub columns: &'a [String],
    /// A wanted column whose values each make a row of their own (members of an LDAP group, a JSON array);
    /// values of other repeated fields are joined by `|`. A record without a value for it makes one row, with
    /// [`Cell::Absent`] there, so that no record goes uncounted. Formats without repeated fields ignore it.
    pub explode: Option<&'a str>,
}

/// Reads the file at `path` from end to end into `sink`. Only regular files are read.
///
/// # Errors
/// A [`Fault`] where the file as a whole is wrong: rows handed over before it stay handed over, and the caller
/// must not take the absence of others for anything.
pub fn read(path: &Path, request: &Request<'_>, sink: &mut dyn Sink) -> Result<Notice, Fault> {
    if let Some(explode) = request.explode
        && !request.columns.iter().any(|column| column == explode)
    {
        return Err(Fault::new(format!("the column to explode, `{explode}`, is not among the wanted ones")));
    }
    let file = source::open(path)?;
    match request.format {
        Format::Csv(settings) => csv::read(file, settings, request, sink),
        Format::Json { records } => json::read(file, records, request, sink),
        Format::JsonLines => jsonl::read(file, request, sink),
        Format::Parquet => parquet::read(file, request, sink),
        Format::Xlsx { sheet } => xlsx::read(file, sheet.as_deref(), request, sink),
        Format::Ldif => ldif::read(file, request, sink),
    }
}
