//! Runs of plain lines: without a quote, without a control character, valid UTF-8. Nearly all of most files is such.
//!
//! Nothing is judged here. A line that is not plain, that has another number of fields, or whose end is not in the
//! buffer yet ends the run, and `records` looks at it byte by byte: what is told of it does not depend on this file.

use memchr::memrchr;

use super::block::Block;
use super::marks;
use crate::collect::read::Cell;
use crate::collect::read::header::Header;
use crate::collect::read::lines::LineCounter;
use crate::collect::read::output::{Output, is_control};

#[cfg(test)]
mod tests;

/// Bytes looked at together to find what is not plain.
const BLOCK: usize = 64;

/// Bytes to a field and the mark behind it, as few as to have room for most texts at once.
const MARK_BYTES: usize = 8;

/// Whole lines, all plain.
pub(super) struct Run<'a> {
    text: &'a str,
    delimiter: u8,
    lines: LineCounter,
}

impl<'a> Run<'a> {
    /// The plain lines at the start of `text`; `lines` stands before them.
    pub(super) fn of(text: &'a [u8], delimiter: u8, quote: Option<u8>, lines: LineCounter) -> Self {
        let text = whole_lines(&text[..plain_len(text, quote)]);
        let text = str::from_utf8(text).unwrap_or_else(|error| {
            let sound = whole_lines(&text[..error.valid_up_to()]);
            str::from_utf8(sound).unwrap_or_default()
        });
        Self { text, delimiter, lines }
    }

    /// The number of bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Hands over the lines, up to the first with another number of fields than the header. Returns the number of bytes
    /// that were passed, and where the lines stand behind them.
    pub(super) fn hand_over(mut self, header: &Header, out: &mut Output<'_>) -> (usize, LineCounter) {
        let (text, n_fields) = (self.text, header.names.len());
        let mut ends = Vec::with_capacity(n_fields);
        let mut block = Block::default();
        let mut start = 0;
        if text.is_empty() {
            return (start, self.lines);
        }
        let mut marks = Vec::with_capacity(text.len() / MARK_BYTES);
        marks::find(text.as_bytes(), self.delimiter, &mut marks);
        for end in marks {
            let end = end as usize;
            let byte = text.as_bytes()[end];
            if byte == self.delimiter {
                ends.push(end);
                continue;
            }
            // Another control character is a part of a field.
            if !matches!(byte, b'\n' | b'\r') {
                continue;
            }
            // A blank line is no record.
            if end > start {
                ends.push(end);
                if ends.len() != n_fields {
                    break;
                }
                self.lines.pass_within_line();
                let field = |place: usize| {
                    let start = if place == 0 { start } else { ends[place - 1] + 1 };
                    Cell::Text(&text[start..ends[place]])
                };
                block.push(self.lines.line, &text[start..end], header.places.iter().map(|&place| field(place)));
                if block.is_full() {
                    block.hand_over(out);
                }
                ends.clear();
            }
            self.lines.pass(&[byte]);
            start = end + 1;
        }
        block.hand_over(out);
        (start, self.lines)
    }
}

/// What of a text is before its last line end, with it.
pub(super) fn whole_lines(text: &[u8]) -> &[u8] {
    &text[..memrchr(b'\n', text).map_or(0, |end| end + 1)]
}

/// The number of bytes before the first quote or control character.
fn plain_len(text: &[u8], quote: Option<u8>) -> usize {
    // NUL, where there is no quote, is a control character anyway.
    let quote = quote.unwrap_or(0);
    let is_special = |byte: u8| is_control(byte) || byte == quote;
    // Without a branch per byte, so that whole registers are compared at once.
    let is_plain = |block: &[u8]| !block.iter().fold(false, |found, &byte| found | is_special(byte));
    let n_plain = text.chunks(BLOCK).take_while(|block| is_plain(block)).count() * BLOCK;
    let rest = text.get(n_plain..).unwrap_or_default();
    let len = rest.iter().take(BLOCK).position(|&byte| is_special(byte)).unwrap_or(rest.len().min(BLOCK));
    text.len().min(n_plain + len)
}
