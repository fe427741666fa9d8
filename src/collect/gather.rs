//! The files of every source before a line of them is read: which there are, how old, and what they hash to.

use std::fs;
use std::time::SystemTime;

use jiff::Timestamp;

use super::collector::Collector;
use super::find::{self, Found};
use super::key::KeyForms;
use super::source::{FileFact, SourceState};
use crate::ledger::{sha256_hex, sha256_of_file};
use crate::model::BUILD;

/// A source whose files were looked at.
pub(super) struct Gathered<'a> {
    pub(super) collector: &'a Collector,
    pub(super) files: Vec<Found>,
    pub(super) facts: Vec<FileFact>,
    /// Why nothing of it can be read, with the state that follows.
    pub(super) missing: Option<(SourceState, String)>,
    /// What its rows are made from.
    pub(super) fingerprint: String,
}

/// Looks at the files of a source.
pub(super) fn gather<'a>(collector: &'a Collector, forms: &KeyForms, now: Timestamp) -> Gathered<'a> {
    let files = find::files(&collector.files);
    let mut facts = Vec::new();
    let mut missing = None;
    for file in &files {
        match sha256_of_file(&file.path) {
            Ok((sha256, bytes)) => {
                facts.push(FileFact { path: file.path.display().to_string(), bytes, sha256 });
            }
            Err(error) => {
                missing = Some((SourceState::Failed, format!("`{}` cannot be read: {error}", file.path.display())));
            }
        }
    }
    if let Some(why) = wrong_number(collector, &files) {
        missing = Some((SourceState::Failed, why));
    }
    if missing.is_none() {
        missing = too_old(collector, &files, now);
    }
    let captures: Vec<_> = files.iter().map(|file| &file.captures).collect();
    let hashes: Vec<_> = facts.iter().map(|fact| &fact.sha256).collect();
    let settings = (&collector.format, &collector.explode, &collector.demands, &collector.tables);
    let fingerprint = sha256_hex(format!("{BUILD}\n{settings:?}\n{forms:?}\n{captures:?}\n{hashes:?}").as_bytes());
    Gathered { collector, files, facts, missing, fingerprint }
}

/// Why the files that a source's pattern finds are not those it needs.
pub(super) fn wrong_number(collector: &Collector, files: &[Found]) -> Option<String> {
    if files.is_empty() {
        let near = find::near_miss(&collector.files);
        let near = near.map(|path| format!("; `{}` is there", path.display())).unwrap_or_default();
        return Some(format!("no file matches `{}`{near}", collector.files.pattern));
    }
    (files.len() > 1 && !collector.files.many).then(|| {
        let names: Vec<String> = files.iter().map(|file| format!("`{}`", file.path.display())).collect();
        format!("{} files match where one is expected: {}", files.len(), names.join(", "))
    })
}

/// The oldest file, where it is older than it may be.
fn too_old(collector: &Collector, files: &[Found], now: Timestamp) -> Option<(SourceState, String)> {
    let max_age = collector.demands.max_age?;
    let now = SystemTime::from(now);
    files.iter().find_map(|file| {
        let age = now.duration_since(fs::metadata(&file.path).and_then(|file| file.modified()).ok()?).ok()?;
        let hours = |duration: std::time::Duration| duration.as_secs() / 3600;
        (age > max_age).then(|| {
            let message = format!(
                "`{}` is {} hours old; at most {} are allowed",
                file.path.display(),
                hours(age),
                hours(max_age)
            );
            (SourceState::Stale, message)
        })
    })
}
