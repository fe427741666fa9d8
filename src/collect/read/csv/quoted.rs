//! Runs of lines with quotes that are no riddle: every quote opens a field or closes it, and none is doubled. Many
//! extracts quote the names of people, and nothing else.
//!
//! As in `plain`, nothing is judged here: any other line ends the run, and `records` looks at it byte by byte.

use memchr::{memchr, memchr2, memchr2_iter};

use super::block::Block;
use crate::collect::read::Cell;
use crate::collect::read::header::Header;
use crate::collect::read::lines::LineCounter;
use crate::collect::read::output::{Output, has_control};

/// Whole lines that may have such quotes.
pub(super) struct QuotedRun<'a> {
    text: &'a [u8],
    delimiter: u8,
    quote: u8,
    lines: LineCounter,
}

impl<'a> QuotedRun<'a> {
    /// The lines at the start of `text`, which are whole; `lines` stands before them.
    pub(super) fn of(text: &'a [u8], delimiter: u8, quote: u8, lines: LineCounter) -> Self {
        Self { text, delimiter, quote, lines }
    }

    /// Hands over the lines, up to the first without a quote or with another number of fields than the header. Returns
    /// the number of bytes that were passed, and where the lines stand behind them.
    pub(super) fn hand_over(mut self, header: &Header, out: &mut Output<'_>) -> (usize, LineCounter) {
        let mut fields = Vec::with_capacity(header.names.len());
        let mut block = Block::default();
        let mut start = 0;
        for end in memchr2_iter(b'\n', b'\r', self.text) {
            // A blank line is no record.
            if end > start {
                let line = &self.text[start..end];
                let Some(line) = self.split(line, &mut fields) else { break };
                if fields.len() != header.names.len() {
                    break;
                }
                self.lines.pass_within_line();
                let field = |place: usize| Cell::Text(&line[fields[place].0..fields[place].1]);
                block.push(self.lines.line, line, header.places.iter().map(|&place| field(place)));
                if block.is_full() {
                    block.hand_over(out);
                }
            }
            self.lines.pass(&self.text[end..=end]);
            start = end + 1;
        }
        block.hand_over(out);
        (start, self.lines)
    }

    /// Finds where the fields of a line lie, without their quotes. `None` where the line is another's business.
    fn split<'l>(&self, line: &'l [u8], fields: &mut Vec<(usize, usize)>) -> Option<&'l str> {
        let Self { delimiter, quote, .. } = *self;
        fields.clear();
        memchr(quote, line)?;
        let text = str::from_utf8(line).ok().filter(|_| !has_control(line))?;
        let mut start = 0;
        loop {
            let end = if line.get(start) == Some(&quote) {
                let end = start + 1 + memchr(quote, &line[start + 1..])?;
                fields.push((start + 1, end));
                end + 1
            } else {
                let end = memchr2(delimiter, quote, &line[start..]).map_or(line.len(), |len| start + len);
                fields.push((start, end));
                end
            };
            match line.get(end) {
                None => return Some(text),
                Some(byte) if *byte == delimiter => start = end + 1,
                Some(_) => return None,
            }
        }
    }
}
