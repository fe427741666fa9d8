//! A walk through the text of a document: down to the array of records, then record by record.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use super::value::reason;
use crate::collect::read::Fault;

/// A place in a document.
pub(super) struct Document<'a> {
    text: &'a str,
    at: usize,
    /// The line of `at`, counted from 1.
    line: u64,
    /// How many objects are open around the array.
    n_open: usize,
    is_first: bool,
}

impl<'a> Document<'a> {
    /// Stands before the document.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1, n_open: 0, is_first: true }
    }

    /// Goes down to the array under the keys `path`.
    ///
    /// # Errors
    /// A [`Fault`] where the way is not there, or leads to something else.
    pub(super) fn enter(&mut self, path: &[String]) -> Result<(), Fault> {
        for (depth, key) in path.iter().enumerate() {
            if !self.enter_key(key)? {
                return Err(self.nothing_under(&path[..=depth]));
            }
            self.n_open += 1;
        }
        if self.take(b'[') { Ok(()) } else { Err(self.nothing_under(path)) }
    }

    /// The text of the next record and the line on which it starts.
    ///
    /// # Errors
    /// A [`Fault`] where the syntax is wrong.
    pub(super) fn next_record(&mut self) -> Result<Option<(u64, &'a str)>, Fault> {
        let has_more = if std::mem::take(&mut self.is_first) { !self.peek(b']') } else { self.take(b',') };
        if has_more {
            self.skip_blanks();
            let line = self.line;
            return self.value().map(|record| Some((line, record)));
        }
        if self.take(b']') { Ok(None) } else { Err(self.unexpected("`,` or `]`")) }
    }

    /// Goes from the end of the array to the end of the document, so that a document cut short is noticed.
    ///
    /// # Errors
    /// A [`Fault`] where the syntax is wrong.
    pub(super) fn leave(&mut self) -> Result<(), Fault> {
        for _ in 0..self.n_open {
            while self.take(b',') {
                self.key()?;
                self.value()?;
            }
            if !self.take(b'}') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
        self.skip_blanks();
        if self.at == self.text.len() { Ok(()) } else { Err(self.unexpected("the end of the file")) }
    }

    /// Stands at the value of `wanted` afterwards; false where there is no object, or none with this key.
    fn enter_key(&mut self, wanted: &str) -> Result<bool, Fault> {
        if !self.take(b'{') || self.peek(b'}') {
            return Ok(false);
        }
        loop {
            if self.key()? == wanted {
                return Ok(true);
            }
            self.value()?;
            if !self.take(b',') {
                return if self.peek(b'}') { Ok(false) } else { Err(self.unexpected("`,` or `}`")) };
            }
        }
    }

    fn key(&mut self) -> Result<String, Fault> {
        if !self.peek(b'"') {
            return Err(self.unexpected("a key"));
        }
        let line = self.line;
        let key = serde_json::from_str(self.value()?);
        let key = key.map_err(|error| Fault::new(format!("not JSON: {}", reason(&error))).at(line))?;
        if self.take(b':') { Ok(key) } else { Err(self.unexpected("`:`")) }
    }

    /// The text of any value, and a step over it.
    fn value(&mut self) -> Result<&'a str, Fault> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let mut values = Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        match values.next() {
            None => Err(self.unexpected("a value")),
            Some(Err(error)) => {
                let line = self.line + (error.line() as u64).saturating_sub(1);
                Err(Fault::new(format!("not JSON: {}", reason(&error))).at(line))
            }
            Some(Ok(IgnoredAny)) => {
                let value = &rest[..values.byte_offset()];
                self.step(value.len());
                Ok(value)
            }
        }
    }

    fn take(&mut self, token: u8) -> bool {
        let is_next = self.peek(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn peek(&mut self, token: u8) -> bool {
        self.skip_blanks();
        self.text.as_bytes().get(self.at) == Some(&token)
    }

    fn skip_blanks(&mut self) {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.step(self.text.as_bytes()[self.at..].iter().take_while(|byte| is_blank(byte)).count());
    }

    fn step(&mut self, n_bytes: usize) {
        let passed = &self.text.as_bytes()[self.at..self.at + n_bytes];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at += n_bytes;
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.text[self.at..].chars().next() {
            None => "the end of the file".to_owned(),
            Some(found) => format!("`{}`", found.escape_debug()),
        };
        Fault::new(format!("not JSON: {found} where {expected} is expected")).at(self.line)
    }

    fn nothing_under(&self, path: &[String]) -> Fault {
        let message = match path {
            [] => "the document is no array of records".to_owned(),
            _ => format!("the document has no array of records under `{}`", path.join(".")),
        };
        Fault::new(message).at(self.line).hint("`records` names the keys that lead to the array")
    }
}
