//! JSON Lines: one object a line. A broken line costs one record, never the file.

use std::fs::File;
use std::io::{Read, Seek};

use super::encoding::{CHUNK, Decoded};
use super::json::{Fields, parse};
use super::lines::Lines;
use super::output::Output;
use super::{Fault, Notice, Request, Sink};

#[cfg(test)]
mod tests;

/// Reads a file of JSON Lines. Blank lines are no records.
pub(super) fn read(file: File, request: &Request<'_>, sink: &mut dyn Sink) -> Result<Notice, Fault> {
    read_in_chunks(file, request, sink, CHUNK)
}

fn read_in_chunks<R: Read + Seek>(
    source: R,
    request: &Request<'_>,
    sink: &mut dyn Sink,
    chunk: usize,
) -> Result<Notice, Fault> {
    let mut lines = Lines::new(Decoded::open(source, "utf-8", chunk)?);
    let mut out = Output::new(sink);
    let mut fields = Fields::new(request);
    while let Some((line, bytes)) = lines.next()? {
        match str::from_utf8(bytes) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => fields.hand_over(line, text, parse(text), &mut out),
            Err(_) => return Err(lines.malformed()),
        }
    }
    Ok(fields.into_notice(out.records))
}
