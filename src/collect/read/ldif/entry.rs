//! One entry: its lines unfolded, its values decoded on demand.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::collect::read::Fault;
use crate::collect::read::output::Wrong;

/// A longer entry is none: the blank lines of the file were lost.
const LONGEST_ENTRY: usize = 64 << 20;

/// The lines between two blank ones.
#[derive(Default)]
pub(super) struct Entry {
    /// The line on which it starts, counted from 1.
    pub(super) line: u64,
    raw: Vec<u8>,
    /// Unfolded lines without comments, and the line on which each starts.
    logical: Vec<(u64, Vec<u8>)>,
    is_in_comment: bool,
}

/// A value as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'a> {
    Plain(&'a [u8]),
    Base64(&'a [u8]),
}

impl Entry {
    /// Takes one physical line, which is not blank.
    ///
    /// # Errors
    /// A [`Fault`] where the entry does not end.
    pub(super) fn push(&mut self, line: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.raw.extend_from_slice(bytes);
        self.raw.push(b'\n');
        match (bytes, self.logical.last_mut()) {
            ([b' ', ..], _) if self.is_in_comment => {}
            ([b' ', rest @ ..], Some((_, last))) => last.extend_from_slice(rest),
            _ => {
                self.is_in_comment = bytes.starts_with(b"#");
                if !self.is_in_comment {
                    if self.logical.is_empty() {
                        self.line = line;
                    }
                    self.logical.push((line, bytes.to_vec()));
                }
            }
        }
        if self.raw.len() > LONGEST_ENTRY {
            return Err(Fault::new(format!("an entry of more than {} MiB", LONGEST_ENTRY >> 20)).at(self.line));
        }
        Ok(())
    }

    /// Whether it has nothing but comments.
    pub(super) fn is_blank(&self) -> bool {
        self.logical.is_empty()
    }

    /// The entry as the file has it, with its comments and folds.
    pub(super) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).trim_end().to_owned()
    }

    /// Looks for what no entry of a content file has.
    ///
    /// # Errors
    /// A [`Fault`] where there is a value by URL or a change record.
    pub(super) fn check(&self) -> Result<(), Fault> {
        for (line, bytes) in &self.logical {
            let Some((name, value)) = split(bytes) else { continue };
            if value.starts_with(b"<") {
                let message = format!("`{}` is given by a URL, which is never fetched", String::from_utf8_lossy(name));
                return Err(Fault::new(message).at(*line).hint("have the values themselves exported"));
            }
            if name.eq_ignore_ascii_case(b"changetype") {
                let hint = "have the entries themselves exported: a change record does not say what is";
                return Err(Fault::new("the file has change records").at(*line).hint(hint));
            }
        }
        Ok(())
    }

    /// Takes the version line off the first entry.
    ///
    /// # Errors
    /// A [`Fault`] where it is another version than 1.
    pub(super) fn take_version(&mut self) -> Result<(), Fault> {
        let Some((line, bytes)) = self.logical.first() else { return Ok(()) };
        match split(bytes) {
            Some((name, version)) if name.eq_ignore_ascii_case(b"version") => {
                if version.trim_ascii() != b"1" {
                    let version = String::from_utf8_lossy(version.trim_ascii()).into_owned();
                    return Err(Fault::new(format!("version `{version}` of LDIF is not known, only 1")).at(*line));
                }
                self.logical.remove(0);
                self.line = self.logical.first().map_or(self.line, |(line, _)| *line);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Its attributes in order, names in lower case, the `dn` first.
    ///
    /// # Errors
    /// What is wrong, where it is no entry.
    pub(super) fn attributes(&self) -> Result<Vec<(String, Written<'_>)>, Wrong> {
        let mut attributes = Vec::with_capacity(self.logical.len());
        for (line, bytes) in &self.logical {
            let Some((name, value)) = split(bytes) else {
                return Err(Wrong::record(format!("line {line} is not `attribute: value`")));
            };
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            let written = match value {
                [b':', encoded @ ..] => Written::Base64(encoded.trim_ascii()),
                plain => Written::Plain(plain.trim_ascii_start()),
            };
            attributes.push((name, written));
        }
        if attributes.first().is_none_or(|(name, _)| name != "dn") {
            return Err(Wrong::record("the entry does not begin with its `dn`"));
        }
        Ok(attributes)
    }
}

impl<'a> Written<'a> {
    /// The value as text.
    ///
    /// # Errors
    /// The reason why it is none.
    pub(super) fn text(self) -> Result<Cow<'a, str>, &'static str> {
        const BINARY: &str = "a value that is not UTF-8 text";
        match self {
            Written::Plain(bytes) => str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| BINARY),
            Written::Base64(encoded) => {
                let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| "a value that is not base64")?;
                String::from_utf8(bytes).map(Cow::Owned).map_err(|_| BINARY)
            }
        }
    }
}

/// The name and what follows the first colon.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = bytes.iter().position(|&byte| byte == b':').filter(|&colon| colon > 0)?;
    Some((&bytes[..colon], &bytes[colon + 1..]))
}
