//! A place in a JSON text, and steps from token to token.
//!
//! `serde_json` says where a value ends and what is wrong with it; the value itself stays the text it is. Its own
//! tree would write `1e3` as `1e+3`, and an identifier must stay what was written.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use crate::collect::read::Fault;

/// A place in a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// The next byte.
    pub(super) at: usize,
    /// Its line, counted from 1.
    pub(super) line: u64,
}

impl<'a> Cursor<'a> {
    /// Stands before the text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The text from a place up to here.
    pub(super) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// Whether nothing but blanks follows.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.at == self.text.len()
    }

    /// Steps over a token of one byte, and blanks before it, where it is the next.
    pub(super) fn take(&mut self, token: u8) -> bool {
        let is_next = self.peek() == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    /// The next byte that is not blank.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over a key and its colon.
    ///
    /// # Errors
    /// A [`Fault`] where the syntax is wrong.
    pub(super) fn key(&mut self) -> Result<String, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key"));
        }
        let key = self.string()?;
        if self.take(b':') { Ok(key) } else { Err(self.unexpected("`:`")) }
    }

    /// Steps over a string.
    ///
    /// # Errors
    /// A [`Fault`] where it is none.
    pub(super) fn string(&mut self) -> Result<String, Fault> {
        if let Some(plain) = self.plain_string() {
            return Ok(plain.to_owned());
        }
        let line = self.line;
        serde_json::from_str(self.value()?).map_err(|error| not_json(&error).at(line))
    }

    /// Steps over a string without escapes, which is its own text; most are.
    fn plain_string(&mut self) -> Option<&'a str> {
        let start = self.at + usize::from(self.peek()? == b'"');
        let bytes = self.text.as_bytes().get(start..).filter(|_| start > self.at)?;
        let len = bytes.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20)?;
        if bytes[len] != b'"' {
            return None;
        }
        self.at = start + len + 1;
        Some(&self.text[start..start + len])
    }

    /// Steps over any value.
    ///
    /// # Errors
    /// A [`Fault`] where the syntax is wrong.
    pub(super) fn value(&mut self) -> Result<&'a str, Fault> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let mut values = Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        match values.next() {
            None => Err(self.unexpected("a value")),
            Some(Err(error)) => {
                let line = self.line + (error.line() as u64).saturating_sub(1);
                Err(not_json(&error).at(line))
            }
            Some(Ok(IgnoredAny)) => {
                let value = &rest[..values.byte_offset()];
                self.step(value.len());
                Ok(value)
            }
        }
    }

    /// The fault of finding something else.
    pub(super) fn unexpected(&mut self, expected: &str) -> Fault {
        self.skip_blanks();
        let found = match self.text[self.at..].chars().next() {
            None => "the end of the file".to_owned(),
            Some(found) => format!("`{}`", found.escape_debug()),
        };
        Fault::new(format!("not JSON: {found} where {expected} is expected")).at(self.line)
    }

    fn skip_blanks(&mut self) {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.step(self.text.as_bytes()[self.at..].iter().take_while(|byte| is_blank(byte)).count());
    }

    fn step(&mut self, n_bytes: usize) {
        let passed = &self.text[self.at..self.at + n_bytes];
        self.line += passed.matches('\n').count() as u64;
        self.at += n_bytes;
    }
}

/// The fault of wrong syntax. The place is left out of the words: it counts from the start of a part.
fn not_json(error: &serde_json::Error) -> Fault {
    let mut reason = error.to_string();
    if let Some(end) = reason.rfind(" at line ") {
        reason.truncate(end);
    }
    Fault::new(format!("not JSON: {reason}"))
}
