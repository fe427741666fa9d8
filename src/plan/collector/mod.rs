//! A collector: from its file to the checked value that collect runs.

use std::path::Path;

use crate::collect::collector::Collector;
use crate::ids::SourceName;
use crate::plan::files;
use crate::plan::mail::check_address;
use crate::plan::node::Spot;
use crate::plan::raw::collector::CollectorFile;
use crate::problem::{Problems, Severity};

mod column;
pub(super) mod ends;
mod names;
mod pattern;
mod source;
mod table;

/// The collector that a file's raw struct describes.
pub(super) fn check(
    raw: CollectorFile,
    name: SourceName,
    path: &Path,
    root: Spot<'_>,
    problems: &mut Problems,
) -> Option<Collector> {
    let errors = problems.count(Severity::Error);
    let at = root.key("source");
    let source = raw.source;
    let captures = pattern::captures(at.key("files"), problems);
    let format = source::format(&source, at, problems);
    let header = source.header.as_deref().unwrap_or_default();
    let given = column::Given { captures: &captures, header };
    let mut tables = Vec::new();
    let mut raw_tables = raw.table;
    for (name, spot) in root.key("table").entries() {
        let Some(raw) = raw_tables.remove(name) else { continue };
        tables.extend(table::check(name, raw, spot, &given, problems));
    }
    source::check_records(&tables, root, problems);
    source::check_explode(source.explode.as_deref(), &tables, at, problems);
    if let Some(owner) = &source.owner {
        check_address(owner, at.key("owner"), problems);
    }
    let collector = Collector {
        name,
        files: source::files(&source, files::folder_of(path)),
        format: format?,
        demands: source::demands(&source, at, problems),
        on_failure: source.on_failure.into(),
        explode: source.explode,
        owner: source.owner,
        tables,
        path: path.to_owned(),
    };
    (problems.count(Severity::Error) == errors).then_some(collector)
}
