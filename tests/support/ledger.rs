//! The ledger's files as they lie on disk, read without our own code.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A part as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub(crate) table: String,
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) sha256: String,
}

/// Every part of a timeslot's folder with rows, by table and name.
#[track_caller]
pub(crate) fn parts_of(folder: &Path) -> Vec<Part> {
    let text = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&text).expect("a manifest is JSON");
    let mut parts = Vec::new();
    for (table, record) in manifest["tables"].as_object().expect("a manifest has tables") {
        for part in record["parts"].as_array().expect("a table has parts") {
            let text = |name: &str| part[name].as_str().expect("a part has texts").to_owned();
            let rows = part["rows"].as_u64().expect("a part has rows");
            if rows > 0 {
                parts.push(Part { table: table.clone(), name: text("name"), rows, sha256: text("sha256") });
            }
        }
    }
    parts.sort();
    parts
}

/// The folders of the confirmed timeslots, oldest first.
#[track_caller]
pub(crate) fn timeslots_of(ledger: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(ledger)
        .expect("a ledger")
        .flatten()
        .map(|item| item.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("timeslot=")))
        .collect();
    folders.sort();
    folders
}
