//! `HEAD`: the newest entry of the log as the last writer knew it, kept beside the log, so that a log whose end is gone
//! is noticed before anything is written behind the gap.
//!
//! It is written after the entry is on disk for good, never before: after a crash the log may be one entry ahead of it,
//! which is well, but never behind. A ledger without the file is taken as it is, and has one from its next entry on.

use std::fs;
use std::io;

use super::durable::{failed, replace};
use super::{Head, Ledger, LedgerError, Log};

/// The name of the file.
const FILE: &str = "HEAD";

/// Number and hash that were remembered; `None` = nothing was.
pub(super) fn read(ledger: &Ledger) -> Result<Option<String>, LedgerError> {
    let path = ledger.root.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", &path)(error)),
    }
}

/// Remembers the head of the log. Where that fails the memory lags behind, which only makes it weaker.
pub(super) fn write(ledger: &Ledger, head: &Head) {
    let _ = replace(&ledger.root.join(FILE), format!("{}:{}\n", head.number, head.hash).as_bytes());
}

/// What is wrong with a log that does not contain what was remembered.
pub(super) fn missing(remembered: Option<&str>, log: &Log) -> Option<String> {
    let remembered = remembered.filter(|head| !log.contains(head))?;
    let short = remembered.get(..remembered.len().min(24)).unwrap_or_default();
    Some(format!(
        "the last writer left it at {short}.., and it now ends at {}: entries were cut off or written anew; put them back from a copy",
        log.head()
    ))
}
