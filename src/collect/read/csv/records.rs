//! Records of separated text, one after the other: their fields, their raw bytes, their line.

use std::borrow::Cow;
use std::io::{Read, Seek};
use std::mem;

use csv_core::ReadRecordResult;

use super::plain::{Run, whole_lines};
use super::quoted::QuotedRun;
use super::quotes::{self, Flaw};
use crate::collect::read::encoding::Decoded;
use crate::collect::read::lines::LineCounter;
use crate::collect::read::{Csv, Fault};

/// A longer record is none: a quote was opened and never closed. It also bounds the memory of a reader.
const LONGEST_RECORD: usize = 16 << 20;

/// Bytes looked at for plain lines at a time: few where the last look was in vain, more as long as none is.
const WINDOW: std::ops::RangeInclusive<usize> = (1 << 10)..=(64 << 10);

const CLOSE: &str = "close the quote, or declare that the file has none; all after it would be one field";

/// A file of separated text.
pub(super) struct Records<R> {
    source: Decoded<R>,
    splitter: csv_core::Reader,
    delimiter: u8,
    quote: Option<u8>,
    /// Bytes of the file from the current record on.
    buffer: Vec<u8>,
    at: usize,
    window: usize,
    lines: LineCounter,
    /// The fields of the current record without quoting, end to end, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// One record.
pub(super) struct Record<'a> {
    /// The line on which it starts.
    pub(super) line: u64,
    /// The line on which it ends.
    pub(super) last_line: u64,
    /// Its bytes, without the line end.
    pub(super) raw: Raw<'a>,
    /// Its fields end to end, without quoting.
    pub(super) text: &'a str,
    /// What its quoting gets wrong.
    pub(super) flaw: Option<Flaw>,
    ends: &'a [usize],
}

/// The bytes of a record as the file has them.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a>(&'a [u8]);

impl std::fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: Cow<'_, str> = String::from_utf8_lossy(self.0);
        f.write_str(&text)
    }
}

impl<'a> Record<'a> {
    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field, by its number from 0.
    #[inline]
    pub(super) fn field(&self, at: usize) -> &'a str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    /// All fields in order.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(|at| self.field(at))
    }
}

impl<R: Read + Seek> Records<R> {
    /// Stands before the first line.
    ///
    /// # Errors
    /// A [`Fault`] where the settings contradict each other, or the source cannot be read or decoded.
    pub(super) fn open(source: R, csv: &Csv, chunk: usize) -> Result<Self, Fault> {
        let is_usable = |byte: u8| byte.is_ascii() && byte != b'\n' && byte != b'\r';
        if !is_usable(csv.delimiter) || !csv.quote.is_none_or(is_usable) || csv.quote == Some(csv.delimiter) {
            return Err(Fault::new(
                "the delimiter and the quote must be two different ASCII characters, and no line end",
            ));
        }
        let mut builder = csv_core::ReaderBuilder::new();
        builder.delimiter(csv.delimiter).quoting(csv.quote.is_some()).quote(csv.quote.unwrap_or(b'"'));
        Ok(Self {
            source: Decoded::open(source, &csv.encoding, chunk)?,
            splitter: builder.build(),
            delimiter: csv.delimiter,
            quote: csv.quote,
            buffer: Vec::new(),
            at: 0,
            window: *WINDOW.start(),
            lines: LineCounter::new(),
            text: vec![0; 4 << 10],
            ends: vec![0; 64],
        })
    }

    /// Passes over lines before the header, whatever they hold.
    ///
    /// # Errors
    /// A [`Fault`] where the file has no more lines than that.
    pub(super) fn skip_lines(&mut self, n_lines: u64) -> Result<(), Fault> {
        while self.lines.line <= n_lines {
            if !self.has_more()? {
                return Err(Fault::new(format!("the file has no line after the {n_lines} to skip")));
            }
            self.pass_byte();
        }
        Ok(())
    }

    /// The plain lines that come next, as far as they were read; the caller tells [`Self::pass_run`] how far it went.
    pub(super) fn run(&self) -> Run<'_> {
        let text = &self.buffer[self.at..];
        Run::of(&text[..text.len().min(self.window)], self.delimiter, self.quote, self.lines)
    }

    /// The lines that come next, as far as they were read, for as long as they have quotes. `None` where the file has
    /// none.
    pub(super) fn quoted_run(&self) -> Option<QuotedRun<'_>> {
        let text = &self.buffer[self.at..];
        let text = whole_lines(&text[..text.len().min(*WINDOW.end())]);
        Some(QuotedRun::of(text, self.delimiter, self.quote?, self.lines))
    }

    /// Passes over the bytes of a run that were handed over; `lines` stands behind them.
    pub(super) fn pass_run(&mut self, n_bytes: usize, is_whole: bool, lines: LineCounter) {
        self.at += n_bytes;
        self.lines = lines;
        self.window = if is_whole { (2 * self.window).min(*WINDOW.end()) } else { *WINDOW.start() };
    }

    /// Reads the next record. Blank lines are none.
    ///
    /// # Errors
    /// A [`Fault`] where the text cannot be decoded, or a quote is open at its end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Fault> {
        loop {
            if !self.has_more()? {
                return Ok(None);
            }
            if !matches!(self.buffer[self.at], b'\n' | b'\r') {
                break;
            }
            self.pass_byte();
        }
        let (end, n_bytes, n_ends) = self.split()?;
        let start = mem::replace(&mut self.at, end);
        let whole = &self.buffer[start..end];
        let line = self.lines.line;
        let raw = whole.strip_suffix(b"\n").or_else(|| whole.strip_suffix(b"\r")).unwrap_or(whole);
        let mut flaw = None;
        if let Some(quote) = self.quote
            && raw.contains(&quote)
        {
            let quoting = quotes::inspect(raw, self.delimiter, quote);
            if let Some(open) = quoting.open {
                self.lines.pass(&raw[..open]);
                return Err(Fault::new("a quote is opened and never closed").at(self.lines.line).hint(CLOSE));
            }
            flaw = quoting.flaw;
            self.lines.pass(raw);
        } else {
            self.lines.pass_within_line();
        }
        let last_line = self.lines.line;
        self.lines.pass(&whole[raw.len()..]);
        let ends = &self.ends[..n_ends];
        match str::from_utf8(&self.text[..n_bytes]) {
            // A delimiter in the middle of a character leaves two halves that are UTF-8 only when put together.
            Ok(text) if ends.iter().all(|&end| text.is_char_boundary(end)) => {
                Ok(Some(Record { line, last_line, raw: Raw(raw), text, flaw, ends }))
            }
            _ => Err(self.source.malformed()),
        }
    }

    /// Lets the splitter run through a record, while `at` stays at its start. Returns where it ends, and the
    /// numbers of bytes and fields it has.
    fn split(&mut self) -> Result<(usize, usize, usize), Fault> {
        let (mut end, mut n_bytes, mut n_ends) = (self.at, 0, 0);
        loop {
            if end == self.buffer.len() {
                if end - self.at > LONGEST_RECORD {
                    let message = format!("a record of more than {} MiB", LONGEST_RECORD >> 20);
                    return Err(Fault::new(message).at(self.lines.line).hint(CLOSE));
                }
                self.buffer.drain(..self.at);
                end -= mem::take(&mut self.at);
                // At the end of the file nothing is added, and the splitter takes the empty input for the end.
                self.source.fill(&mut self.buffer)?;
            }
            let (result, n_read, n_written, n_ended) =
                self.splitter.read_record(&self.buffer[end..], &mut self.text[n_bytes..], &mut self.ends[n_ends..]);
            end += n_read;
            n_bytes += n_written;
            n_ends += n_ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::Record | ReadRecordResult::End => return Ok((end, n_bytes, n_ends)),
            }
        }
    }

    fn has_more(&mut self) -> Result<bool, Fault> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            return self.source.fill(&mut self.buffer);
        }
        Ok(true)
    }

    fn pass_byte(&mut self) {
        self.lines.pass(&self.buffer[self.at..=self.at]);
        self.at += 1;
    }
}
