//! Separated text, read strictly and without holding more than a chunk of it.
//!
//! `csv-core` splits the text and finds a reading for anything. What it forgives is looked for in the raw bytes of
//! each record: a quote inside an unquoted field, text after a closing quote, a quote that is never closed. Each of
//! them is how a shifted row or half a file looks, and none may pass as data. Lines without any quote need no such
//! look: `plain` hands them over in runs, and `quoted` those whose quotes are no riddle.

mod block;
mod delimiter;
mod marks;
mod plain;
mod quoted;
mod quotes;
mod records;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Read, Seek};

use super::encoding::CHUNK;
use super::header::Header;
use super::output::{Output, Wrong, control_reason, has_control};
use super::{Cell, Csv, Fault, Notice, Request, Sink};
use records::{Record, Records};

/// Reads a file of separated text.
pub(super) fn read(file: File, csv: &Csv, request: &Request<'_>, sink: &mut dyn Sink) -> Result<Notice, Fault> {
    read_in_chunks(file, csv, request, sink, CHUNK, true)
}

/// `takes_runs` is false only where a test compares: each record is then split by itself.
fn read_in_chunks<R: Read + Seek>(
    source: R,
    csv: &Csv,
    request: &Request<'_>,
    sink: &mut dyn Sink,
    chunk: usize,
    takes_runs: bool,
) -> Result<Notice, Fault> {
    let mut records = Records::open(source, csv, chunk)?;
    records.skip_lines(csv.skip_lines)?;
    let header = match csv.columns.as_slice() {
        [] => read_header(&mut records, csv, request)?,
        columns => Header::new(columns, request.columns, csv.skip_lines + 1)?,
    };
    let mut out = Output::new(sink);
    let mut spare = Vec::with_capacity(header.places.len());
    let mut short: Option<(u64, Wrong, String, Sound)> = None;
    loop {
        let next = records.next();
        if let Some((line, wrong, raw, sound)) = short.take() {
            // Where the last record is short, the file was cut: which records it lost, nobody knows.
            let is_last = !matches!(next, Ok(Some(_)));
            out.bad_but(line, wrong, raw, if is_last { Sound::default() } else { sound });
        }
        let Some(record) = next? else { break };
        let raw = || record.raw.to_string();
        if let Some(wrong) = wrong(&record, &header) {
            let sound = sound(&record, &header);
            if record.len() < header.names.len() {
                short = Some((record.line, wrong, raw(), sound));
            } else {
                out.bad_but(record.line, wrong, raw(), sound);
            }
            continue;
        }
        let mut cells = recycled(spare);
        cells.extend(header.places.iter().map(|&place| Cell::Text(record.field(place))));
        out.row(record.line, &cells, &raw);
        spare = recycled(cells);
        if takes_runs {
            hand_over_runs(&mut records, &header, &mut out);
        }
    }
    Ok(header.into_notice(out.records))
}

/// Hands over the lines that were read and that need no look at each byte.
fn hand_over_runs<R: Read + Seek>(records: &mut Records<R>, header: &Header, out: &mut Output<'_>) {
    loop {
        let run = records.run();
        let len = run.len();
        let (n_bytes, lines) = run.hand_over(header, out);
        records.pass_run(n_bytes, n_bytes == len, lines);
        let Some(run) = records.quoted_run() else { return };
        let (n_bytes, lines) = run.hand_over(header, out);
        if n_bytes == 0 {
            return;
        }
        records.pass_run(n_bytes, true, lines);
    }
}

/// The cells of a bad record that are sound, and whether they surely stand in their columns.
type Sound = (Vec<Option<String>>, bool);

/// What can be trusted of a bad record. Nothing where it takes several lines: a quote may have swallowed other records.
/// Of one with too few or too many fields the first, as long as it is not the last; of one with a flaw what stands
/// before it; of one with a control character all fields without one.
fn sound(record: &Record<'_>, header: &Header) -> Sound {
    if record.last_line > record.line {
        return (Vec::new(), false);
    }
    let is_aligned = record.len() == header.names.len();
    let end = match (&record.flaw, is_aligned) {
        (Some(flaw), _) => flaw.field(),
        (None, true) => record.len(),
        (None, false) => usize::from(record.len() > 1),
    };
    let is_sound = |place: &usize| *place < end && !has_control(record.field(*place).as_bytes());
    let cells = header.places.iter().map(|place| is_sound(place).then(|| record.field(*place).to_owned()));
    (cells.collect(), is_aligned)
}

fn read_header<R: Read + Seek>(records: &mut Records<R>, csv: &Csv, request: &Request<'_>) -> Result<Header, Fault> {
    let Some(record) = records.next()? else {
        return Err(Fault::new("the file has no header line"));
    };
    let names: Vec<String> = record.fields().map(str::to_owned).collect();
    if names.len() == 1 && request.columns != names {
        let line = record.raw.to_string();
        if let Some(likely) = delimiter::likely(&line, csv.delimiter, request.columns) {
            let used = char::from(csv.delimiter).escape_default();
            return Err(Fault::new(format!("the header is one single column when split at `{used}`"))
                .at(record.line)
                .hint(format!("the delimiter is likely to be `{}`", char::from(likely).escape_default())));
        }
    }
    if let Some(flaw) = record.flaw {
        return Err(Fault::new(format!("the header has {}", flaw.reason())).at(record.line));
    }
    Header::new(&names, request.columns, record.line)
}

fn wrong(record: &Record<'_>, header: &Header) -> Option<Wrong> {
    let expected = header.names.len();
    let mut wrong = if let Some(flaw) = record.flaw {
        Wrong { column: header.names.get(flaw.field()).cloned(), reason: flaw.reason().to_owned() }
    } else if record.len() != expected {
        let n_fields = if record.len() == 1 { "1 field".to_owned() } else { format!("{} fields", record.len()) };
        Wrong::record(format!("{n_fields} where {expected} are expected"))
    } else if has_control(record.text.as_bytes()) {
        let (field, name) = (record.fields().zip(&header.names)).find(|(field, _)| has_control(field.as_bytes()))?;
        Wrong::column(name, control_reason(field.as_bytes()))
    } else {
        return None;
    };
    if record.last_line > record.line {
        wrong.reason =
            format!("{}, in a record that ends on line {}: is a quote missing?", wrong.reason, record.last_line);
    }
    Some(wrong)
}

/// The same allocation for cells of another lifetime: a row of its own would be an allocation for each record.
fn recycled<'b>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Absent).collect()
}
