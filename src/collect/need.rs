//! What memory it takes to collect some sources, told from the sizes of their files before a record of them is read.

use std::fs;

use super::collector::Collector;
use super::find;
use super::read::Format;

/// What every load takes, in bytes.
const ANY: u64 = 150 << 20;

/// Bytes of memory for each byte of a file of text: what loads of 10,000 to 300,000 people took at most was two, see
/// `docs/scale.md`; half as much again is to spare.
const OF_TEXT: u64 = 3;

/// The same for formats that are compressed: they hold some eight times as much text.
const OF_COMPRESSED: u64 = 8 * OF_TEXT;

/// What memory collecting takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// In bytes; an upper bound for the tables that loads have, and no promise.
    pub bytes: u64,
    /// The source that takes most of it, with its share of the bytes.
    pub most: Option<(String, u64)>,
}

/// What collecting takes at most. Sources that turn out to be unchanged take nothing; which these are is known only once they
/// are hashed.
#[must_use]
pub fn need<'a>(collectors: impl Iterator<Item = &'a Collector>) -> Need {
    let sources = collectors.map(|collector| {
        let files = find::files(&collector.files);
        let bytes: u64 = files.iter().filter_map(|file| fs::metadata(&file.path).ok()).map(|facts| facts.len()).sum();
        (collector.name.to_string(), bytes.saturating_mul(per_byte(&collector.format)))
    });
    let sources: Vec<(String, u64)> = sources.collect();
    let bytes = sources.iter().fold(ANY, |sum, (_, bytes)| sum.saturating_add(*bytes));
    Need { bytes, most: sources.into_iter().max_by_key(|(_, bytes)| *bytes).filter(|(_, bytes)| *bytes > 0) }
}

fn per_byte(format: &Format) -> u64 {
    match format {
        Format::Csv(_) | Format::Json { .. } | Format::JsonLines | Format::Ldif => OF_TEXT,
        Format::Parquet | Format::Xlsx { .. } => OF_COMPRESSED,
    }
}
