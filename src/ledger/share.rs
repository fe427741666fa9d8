//! Parts with the same bytes become one file with several names, before a timeslot is confirmed.
//!
//! A model whose inputs changed often gives the rows it gave before. Its part then has the bytes of the parent's under
//! another name; the parent's takes its place, so that a load costs the disk what is new in it and nothing more. No part is
//! ever merged with another: parts are shared source by source, and a merged one would be shared by nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::durable::{failed, temporary_name};
use super::flushes::Flushes;
use super::hash::sha256_of_file;
use super::{LedgerError, Manifest, Timeslot};

/// Makes each part that has the bytes of one of the parent's, or of another of its own, one file with it. Where the file
/// system refuses, parts stay as they are. Returns the bytes that are no longer there twice.
pub(super) fn share(
    folder: &Path,
    manifest: &Manifest,
    parent: Option<&Timeslot>,
    flushes: &Flushes,
) -> Result<u64, LedgerError> {
    let mut known: BTreeMap<&str, PathBuf> = BTreeMap::new();
    if let Some(parent) = parent {
        for part in parent.manifest.parts() {
            known.entry(&part.sha256).or_insert_with(|| parent.folder.join(&part.path));
        }
    }
    let (mut spared, mut changed) = (0, BTreeSet::new());
    for part in manifest.parts() {
        let path = folder.join(&part.path);
        let Some(other) = known.get(part.sha256.as_str()) else {
            known.insert(&part.sha256, path);
            continue;
        };
        if are_one_file(&path, other)? {
            continue;
        }
        // What was damaged in the parent must not spread: its bytes are looked at, not what its manifest says of them.
        let is_sound = sha256_of_file(other).is_ok_and(|(sha256, _)| sha256 == part.sha256);
        if is_sound && take_place(other, &path)? {
            spared += part.bytes;
            changed.extend(path.parent().map(Path::to_owned));
        }
    }
    for folder in &changed {
        flushes.begin(folder);
    }
    flushes.wait()?;
    Ok(spared)
}

fn are_one_file(a: &Path, b: &Path) -> Result<bool, LedgerError> {
    let inode = |path: &Path| {
        let metadata = fs::metadata(path).map_err(failed("look at", path))?;
        Ok::<_, LedgerError>((metadata.dev(), metadata.ino()))
    };
    // A file of the parent that is gone is told by `verify`, not here.
    let Ok(other) = inode(b) else { return Ok(true) };
    Ok(inode(a)? == other)
}

/// Puts a further name of the file at `other` in the place of the file at `path`. Whether the file system has such names.
fn take_place(other: &Path, path: &Path) -> Result<bool, LedgerError> {
    let temporary = temporary_name(path);
    if fs::hard_link(other, &temporary).is_err() {
        return Ok(false);
    }
    fs::rename(&temporary, path).map_err(failed("put in place", path))?;
    Ok(true)
}
