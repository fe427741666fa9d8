//! A JSON document: an array of objects, found under a path.
//!
//! The document is kept as text, never as a tree: records are parsed one by one, which is what tells the line of
//! each and keeps a bad one apart. Wrong syntax leaves no record behind it readable and is a fault of the file.

mod cursor;
mod document;
mod fields;
mod value;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Read, Seek};

use super::encoding::{CHUNK, Decoded};
use super::output::Output;
use super::{Fault, Notice, Request, Sink};
use document::Document;
pub(super) use fields::Fields;
pub(super) use value::parse;
use value::parse_checked;

/// Reads a JSON document whose records lie under the keys `path`.
pub(super) fn read(file: File, path: &[String], request: &Request<'_>, sink: &mut dyn Sink) -> Result<Notice, Fault> {
    read_in_chunks(file, path, request, sink, CHUNK)
}

fn read_in_chunks<R: Read + Seek>(
    source: R,
    path: &[String],
    request: &Request<'_>,
    sink: &mut dyn Sink,
    chunk: usize,
) -> Result<Notice, Fault> {
    let mut source = Decoded::open(source, "utf-8", chunk)?;
    let mut text = Vec::new();
    while source.fill(&mut text)? {}
    let Ok(text) = str::from_utf8(&text) else {
        return Err(source.malformed());
    };
    let mut out = Output::new(sink);
    let mut fields = Fields::new(request);
    let mut document = Document::open(text, path)?;
    while let Some((line, record)) = document.next_record()? {
        fields.hand_over(line, record, parse_checked(record), &mut out);
    }
    document.close()?;
    Ok(fields.into_notice(out.records))
}
