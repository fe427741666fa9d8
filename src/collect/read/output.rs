//! The way out of a reader: every record is handed over exactly once, as rows or as a bad record, and counted.

use std::borrow::Cow;

use super::{BadRecord, Cell, Request, Row, Rows, Sink};

/// Characters of a record that are kept for rejects.
const RAW_CHARS: usize = 2_000;

/// Day 0.
pub(super) const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// Counts what goes to the sink.
pub(super) struct Output<'s> {
    sink: &'s mut dyn Sink,
    /// Rows handed over plus bad records.
    pub(super) records: u64,
}

impl<'s> Output<'s> {
    /// Nothing was handed over yet.
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        Self { sink, records: 0 }
    }

    /// Hands over one row. `raw` may be longer than what is kept.
    pub(super) fn row(&mut self, line: u64, cells: &[Cell<'_>], raw: &dyn Fn() -> String) {
        self.records += 1;
        self.sink.row(&Row { line, cells, raw: &|| cut(raw()) });
    }

    /// Hands over rows that follow each other. Their raw texts may be longer than what is kept.
    pub(super) fn rows(&mut self, rows: &Rows<'_>) {
        self.records += rows.lines.len() as u64;
        self.sink.rows(&Rows { raw: &|at| cut((rows.raw)(at)), ..*rows });
    }

    /// Hands over a record that cannot be read.
    pub(super) fn bad(&mut self, line: u64, wrong: Wrong, raw: String) {
        self.bad_but(line, wrong, raw, (Vec::new(), false));
    }

    /// Hands over a record that cannot be read as a whole, with the cells that can, and whether they surely stand in
    /// their columns.
    pub(super) fn bad_but(
        &mut self,
        line: u64,
        wrong: Wrong,
        raw: String,
        (cells, is_aligned): (Vec<Option<String>>, bool),
    ) {
        self.records += 1;
        let Wrong { column, reason } = wrong;
        self.sink.bad(BadRecord { line, column, reason, raw: cut(raw), cells, is_aligned });
    }

    /// Hands over a record of a format whose fields may hold several values: one list per wanted column.
    pub(super) fn record(
        &mut self,
        line: u64,
        request: &Request<'_>,
        fields: &[Vec<Cell<'_>>],
        raw: &dyn Fn() -> String,
    ) {
        if let Some(wrong) = control_character(request, fields) {
            let sound = |values: &Vec<Cell<'_>>| match values.as_slice() {
                [Cell::Text(text)] if !has_control(text.as_bytes()) => Some((*text).to_owned()),
                _ => None,
            };
            return self.bad_but(line, wrong, raw(), (fields.iter().map(sound).collect(), true));
        }
        let joined: Vec<Option<String>> =
            fields.iter().map(|values| (values.len() > 1).then(|| join(values))).collect();
        let mut cells: Vec<Cell<'_>> = fields
            .iter()
            .zip(&joined)
            .map(|(values, joined)| match joined {
                Some(joined) => Cell::Text(joined),
                None => values.first().copied().unwrap_or(Cell::Absent),
            })
            .collect();
        let exploded = request.explode.and_then(|name| request.columns.iter().position(|column| column == name));
        match exploded {
            Some(at) if fields[at].len() > 1 => {
                for &value in &fields[at] {
                    cells[at] = value;
                    self.row(line, &cells, raw);
                }
            }
            _ => self.row(line, &cells, raw),
        }
    }
}

/// What is wrong with one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The column it lies in, where it lies in one.
    pub(super) column: Option<String>,
    /// A lower-case fragment.
    pub(super) reason: String,
}

impl Wrong {
    /// Something about the record as a whole.
    pub(super) fn record(reason: impl Into<String>) -> Self {
        Self { column: None, reason: reason.into() }
    }

    /// Something about one column.
    pub(super) fn column(column: &str, reason: impl Into<String>) -> Self {
        Self { column: Some(column.to_owned()), reason: reason.into() }
    }
}

/// Whether a text holds a character that no name, key or description has: a sign of a damaged extract.
pub(super) fn has_control(text: &[u8]) -> bool {
    // Without a branch per byte, so that whole registers are compared at once.
    text.iter().fold(false, |found, &byte| found | is_control(byte))
}

/// The reason for a record with such a character.
pub(super) fn control_reason(text: &[u8]) -> String {
    let byte = text.iter().copied().find(|&byte| is_control(byte)).unwrap_or_default();
    format!("the control character U+{byte:04X} in a field")
}

/// Whether a byte is such a character.
#[inline]
pub(super) fn is_control(byte: u8) -> bool {
    byte < 0x20 && byte != b'\t' && byte != b'\n' && byte != b'\r'
}

fn control_character(request: &Request<'_>, fields: &[Vec<Cell<'_>>]) -> Option<Wrong> {
    request.columns.iter().zip(fields).find_map(|(column, values)| {
        values.iter().find_map(|value| match value {
            Cell::Text(text) if has_control(text.as_bytes()) => {
                Some(Wrong::column(column, control_reason(text.as_bytes())))
            }
            _ => None,
        })
    })
}

fn join(values: &[Cell<'_>]) -> String {
    values.iter().filter_map(|&value| text(value)).collect::<Vec<_>>().join("|")
}

/// A cell as text: days and instants in ISO 8601; `None` where it is absent.
pub(super) fn text(cell: Cell<'_>) -> Option<Cow<'_, str>> {
    match cell {
        Cell::Absent => None,
        Cell::Text(text) => Some(Cow::Borrowed(text)),
        Cell::Day(day) => {
            let date = EPOCH.checked_add(jiff::SignedDuration::from_hours(i64::from(day) * 24));
            // A day beyond the year 9999 has no ISO form: its number is still true.
            Some(Cow::Owned(date.map_or_else(|_| day.to_string(), |date| date.to_string())))
        }
        Cell::Instant(micros) => Some(Cow::Owned(
            jiff::Timestamp::from_microsecond(micros)
                .map_or_else(|_| micros.to_string(), |instant| instant.to_string()),
        )),
    }
}

/// A record of a format without a text of its own, as a JSON object: what a reject shows.
pub(super) fn as_json<'a>(cells: impl Iterator<Item = (&'a str, Option<Cow<'a, str>>)>) -> String {
    let object: serde_json::Map<String, serde_json::Value> =
        cells.map(|(name, cell)| (name.to_owned(), cell.map_or(serde_json::Value::Null, Into::into))).collect();
    serde_json::Value::Object(object).to_string()
}

fn cut(mut raw: String) -> String {
    if let Some((end, _)) = raw.char_indices().nth(RAW_CHARS) {
        raw.truncate(end);
    }
    raw
}
