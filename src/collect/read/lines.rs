//! Physical lines: counting them where records have lines of their own, and walking them where a line is a record.

use std::io::{Read, Seek};

use super::Fault;
use super::encoding::Decoded;

/// A longer line is no line: the file is something else, or its line ends were lost.
const LONGEST_LINE: usize = 64 << 20;

/// The line number at a place in a text. CRLF, LF and CR end a line, in any mixture.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineCounter {
    /// The line of the next byte, counted from 1.
    pub(super) line: u64,
    after_cr: bool,
}

impl LineCounter {
    /// Stands before the first byte.
    pub(super) fn new() -> Self {
        Self { line: 1, after_cr: false }
    }

    /// Moves past `bytes`.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.line += u64::from(byte == b'\r' || (byte == b'\n' && !self.after_cr));
            self.after_cr = byte == b'\r';
        }
    }

    /// Moves past bytes of which the caller knows that none ends a line.
    pub(super) fn pass_within_line(&mut self) {
        self.after_cr = false;
    }
}

/// A file line by line. LF and CRLF end a line; the end is not part of it.
pub(super) struct Lines<R> {
    text: Decoded<R>,
    buffer: Vec<u8>,
    at: usize,
    line: u64,
}

impl<R: Read + Seek> Lines<R> {
    /// Stands before the first line.
    pub(super) fn new(text: Decoded<R>) -> Self {
        Self { text, buffer: Vec::new(), at: 0, line: 0 }
    }

    /// Hands over the next line and its number. Bytes are as the file has them: not yet known to be UTF-8.
    ///
    /// # Errors
    /// A [`Fault`] where the file cannot be read or decoded, or a line never ends.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, Fault> {
        let mut searched = self.at;
        let end = loop {
            if let Some(found) = self.buffer[searched..].iter().position(|&byte| byte == b'\n') {
                break searched + found;
            }
            if self.buffer.len() - self.at > LONGEST_LINE {
                return Err(Fault::new(format!("a line of more than {} MiB", LONGEST_LINE >> 20)).at(self.line + 1));
            }
            self.buffer.drain(..self.at);
            self.at = 0;
            searched = self.buffer.len();
            if !self.text.fill(&mut self.buffer)? {
                break searched;
            }
        };
        let start = self.at;
        if start == end && end == self.buffer.len() {
            return Ok(None);
        }
        self.line += 1;
        self.at = (end + 1).min(self.buffer.len());
        let line = &self.buffer[start..end];
        Ok(Some((self.line, line.strip_suffix(b"\r").unwrap_or(line))))
    }

    /// The fault of a file whose bytes are not of its encoding.
    pub(super) fn malformed(&mut self) -> Fault {
        self.text.malformed()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn lines(text: &str, chunk: usize) -> Vec<(u64, String)> {
        let mut lines = Lines::new(Decoded::open(Cursor::new(text.as_bytes()), "utf-8", chunk).expect("text"));
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next().expect("lines") {
            seen.push((number, String::from_utf8(line.to_vec()).expect("UTF-8")));
        }
        seen
    }

    #[test]
    fn line_ends_may_be_mixed_and_the_last_may_be_missing() {
        let expected = [(1, "a"), (2, ""), (3, "b"), (4, "c")].map(|(number, line)| (number, line.to_owned()));
        for chunk in [1, 2, 3, 100] {
            assert_eq!(lines("a\n\r\nb\r\nc", chunk), expected, "chunk {chunk}");
            assert_eq!(lines("a\n\r\nb\r\nc\n", chunk), expected, "chunk {chunk}");
        }
    }

    #[test]
    fn a_line_is_counted_once_whatever_ends_it() {
        for (text, line) in [("a", 1), ("a\n", 2), ("a\r\n", 2), ("a\rb", 2), ("\r\n\n\r", 4)] {
            let mut counter = LineCounter::new();
            counter.pass(text.as_bytes());
            assert_eq!(counter.line, line, "{text:?}");
        }
    }
}
