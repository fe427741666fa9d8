//! The files of every source before a line of them is read: which there are, how old, and what they hash to.

use std::fs::{self, Metadata};
use std::io;
use std::time::SystemTime;

use jiff::Timestamp;

use super::Collection;
use super::collector::Collector;
use super::find::{self, Found};
use super::read::regular;
use super::source::{FileFact, SourceState};
use crate::ledger::{Content, sha256_hex};
use crate::model::BUILD;
use crate::settings::activate::References;

/// A source whose files were looked at.
pub(super) struct Gathered<'a> {
    pub(super) collector: &'a Collector,
    pub(super) references: &'a References,
    pub(super) files: Vec<Found>,
    pub(super) facts: Vec<FileFact>,
    /// What the system said of each file before it was hashed, and what was in it.
    stamps: Vec<(Stamp, Content)>,
    /// Why nothing of it can be read, with the state that follows.
    pub(super) missing: Option<(SourceState, String)>,
    /// What its rows are made from.
    pub(super) fingerprint: String,
    /// What is made of its files, whatever stands in them.
    pub(super) configuration: String,
}

/// Size and time of the last change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl Gathered<'_> {
    /// The first file that is not what it was when it was hashed. A file may be opened several times while its source
    /// is collected: only where it stayed the same do its rows belong to its hash.
    pub(super) fn changed(&self) -> Option<String> {
        let is_same = |file: &Found, stamp: &Stamp, content: &Content| -> io::Result<bool> {
            Ok(Stamp::of(&fs::metadata(&file.path)?) == *stamp && content.is_still_of(&file.path)?)
        };
        self.files.iter().zip(&self.stamps).find_map(|(file, (stamp, content))| match is_same(file, stamp, content) {
            Ok(true) => None,
            Ok(false) => Some(format!(
                "`{}` changed while it was read: it must be written whole before the load begins",
                file.path.display()
            )),
            Err(error) => Some(format!("`{}` was taken away while it was read: {error}", file.path.display())),
        })
    }
}

/// Looks at the files of a source.
pub(super) fn gather<'a>(collector: &'a Collector, collection: &Collection<'a>, now: Timestamp) -> Gathered<'a> {
    let files = find::files(&collector.files);
    let (mut facts, mut stamps) = (Vec::new(), Vec::new());
    let mut missing = None;
    for file in &files {
        let hashed = regular(&file.path).map_err(|fault| fault.to_string()).and_then(|metadata| {
            let content = Content::of(&file.path).map_err(|error| format!("it cannot be read: {error}"))?;
            Ok((Stamp::of(&metadata), content))
        });
        match hashed {
            Ok((stamp, content)) => {
                let (bytes, sha256) = (content.bytes, content.sha256.clone());
                facts.push(FileFact { path: file.path.display().to_string(), bytes, sha256, columns: Vec::new() });
                stamps.push((stamp, content));
            }
            Err(why) => missing = Some((SourceState::Failed, format!("`{}`: {why}", file.path.display()))),
        }
    }
    if let Some(why) = unfit(collector, &files) {
        missing = Some((SourceState::Failed, why));
    }
    if missing.is_none() {
        missing = too_old(collector, &files, now);
    }
    let captures: Vec<_> = files.iter().map(|file| &file.captures).collect();
    let hashes: Vec<_> = facts.iter().map(|fact| &fact.sha256).collect();
    let settings = (&collector.format, &collector.explode, &collector.demands, &collector.tables);
    let (forms, references) = (collection.forms, collection.references);
    let configuration = sha256_hex(format!("{settings:?}\n{forms:?}\n{references:?}").as_bytes());
    let fingerprint = sha256_hex(format!("{BUILD}\n{configuration}\n{captures:?}\n{hashes:?}").as_bytes());
    Gathered { collector, references, files, facts, stamps, missing, fingerprint, configuration }
}

/// Why the files that a source's pattern finds are not those it needs.
pub(super) fn unfit(collector: &Collector, files: &[Found]) -> Option<String> {
    if files.is_empty() {
        let near = find::near_miss(&collector.files);
        let near = near.map(|path| format!("; `{}` is there", path.display())).unwrap_or_default();
        return Some(format!("no file matches `{}`{near}", collector.files.pattern));
    }
    if files.len() > 1 && !collector.files.many {
        let names: Vec<String> = files.iter().map(|file| format!("`{}`", file.path.display())).collect();
        return Some(format!("{} files match where one is expected: {}", files.len(), names.join(", ")));
    }
    let refused = |file: &Found| Some(format!("`{}`: {}", file.path.display(), regular(&file.path).err()?));
    files.iter().find_map(refused)
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use super::super::collector::{Demands, FilePattern, MaxRejects, OnFailure};
    use super::super::key::KeyForms;
    use super::super::read::Format;
    use super::*;
    use crate::ids::SourceName;

    fn collector(path: &Path) -> Collector {
        Collector {
            name: "hr".parse::<SourceName>().expect("a name"),
            files: FilePattern { pattern: path.display().to_string(), many: false },
            format: Format::JsonLines,
            explode: None,
            demands: Demands {
                min_rows: 1,
                max_age: None,
                max_rejects: MaxRejects { share: 0.0, rows: 0 },
                max_keyless: 0,
            },
            on_failure: OnFailure::Stop,
            owner: None,
            tables: Vec::new(),
            path: path.to_owned(),
        }
    }

    #[test]
    fn a_file_of_the_same_size_and_age_with_other_content_has_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hr.jsonl");
        fs::write(&path, "{\"id\": 1}").expect("a file");
        let collector = collector(&path);
        let (forms, references) = (KeyForms::default(), References::default());
        let collection =
            Collection { collectors: &[], forms: &forms, references: &references, retire: &[], left_out: &[] };
        let gathered = gather(&collector, &collection, Timestamp::UNIX_EPOCH);
        assert_eq!(gathered.changed(), None);
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
        fs::write(&path, "{\"id\": 2}").expect("a file");
        File::options().write(true).open(&path).and_then(|file| file.set_modified(modified)).expect("the same time");
        let why = gathered.changed().expect("a change");
        assert!(why.contains("changed while it was read"), "{why}");
        fs::remove_file(&path).expect("gone");
        assert!(gathered.changed().expect("a change").contains("was taken away"));
    }

    #[test]
    fn a_directory_is_refused_by_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let collector = collector(folder.path());
        let (forms, references) = (KeyForms::default(), References::default());
        let collection =
            Collection { collectors: &[], forms: &forms, references: &references, retire: &[], left_out: &[] };
        let gathered = gather(&collector, &collection, Timestamp::UNIX_EPOCH);
        let (state, why) = gathered.missing.expect("refused");
        assert_eq!(state, SourceState::Failed);
        assert!(why.ends_with("it is a directory, not a file"), "{why}");
    }
}
