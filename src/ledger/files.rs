//! The files and folders of a timeslot, as they lie there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::LedgerError;
use super::durable::{failed, is_temporary};
use super::manifest::{self, Manifest};

/// The folders of a timeslot that hold parts, and those between.
pub(super) fn table_folders(folder: &Path) -> Result<BTreeSet<PathBuf>, LedgerError> {
    let files = files_below(folder)?;
    let above = |path: &'_ PathBuf| -> Vec<PathBuf> {
        path.ancestors().skip(1).take_while(|above| *above != folder).map(Path::to_owned).collect()
    };
    Ok(files.iter().flat_map(above).collect())
}

/// Files of a timeslot that its manifest does not list.
pub(super) fn unlisted_files(folder: &Path, manifest: &Manifest) -> Result<Vec<PathBuf>, LedgerError> {
    let listed: BTreeSet<PathBuf> = manifest.parts().map(|part| folder.join(&part.path)).collect();
    let own = [folder.join(manifest::FILE), folder.join(manifest::SUMS)];
    Ok(files_below(folder)?.into_iter().filter(|path| !listed.contains(path) && !own.contains(path)).collect())
}

/// Every file below a folder, sorted.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, LedgerError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).map_err(failed("read the folder", &folder))? {
            let path = item.map_err(failed("read the folder", &folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Removes the temporary files of a folder.
pub(super) fn remove_temporary_files(folder: &Path) -> Result<Vec<PathBuf>, LedgerError> {
    let mut removed = Vec::new();
    for path in files_below(folder)? {
        if path.file_name().and_then(|name| name.to_str()).is_some_and(is_temporary) {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
            removed.push(path);
        }
    }
    Ok(removed)
}
