//! LDIF (RFC 2849): the entries of a directory, as `ldapsearch` and its like export them.
//!
//! Only content records are read. A change record or a value by URL is a fault of the file: the first says what to
//! do and not what is, the second would have a reader fetch what a file names. Attribute names match in any case;
//! an option (`cn;lang-fr`) is part of the name.

mod attributes;
mod entry;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Read, Seek};

use super::encoding::{CHUNK, Decoded};
use super::lines::Lines;
use super::output::Output;
use super::{Fault, Notice, Request, Sink};
use attributes::Attributes;
use entry::Entry;

/// Reads the entries of an LDIF file.
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
    let mut attributes = Attributes::new(request);
    let mut entry = Entry::default();
    let mut is_first = true;
    loop {
        match lines.next()? {
            Some((line, bytes)) if !bytes.is_empty() => entry.push(line, bytes)?,
            end => {
                let is_end = end.is_none();
                entry.check()?;
                if std::mem::take(&mut is_first) {
                    entry.take_version()?;
                }
                if !entry.is_blank() {
                    attributes.hand_over(&entry, &mut out);
                }
                entry = Entry::default();
                if is_end {
                    return Ok(attributes.into_notice(out.records));
                }
            }
        }
    }
}
