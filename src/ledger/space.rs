//! How much room the disk under a ledger has, and how much the last load took.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::durable::failed;
use super::files::files_below;
use super::{Ledger, LedgerError};
use crate::ids::TimeslotId;

impl Ledger {
    /// Bytes that this process may still write to the disk of the ledger.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub fn free_bytes(&self) -> Result<u64, LedgerError> {
        let room = rustix::fs::statvfs(self.root())
            .map_err(|error| failed("look at the disk of", self.root())(error.into()))?;
        Ok(room.f_bavail.saturating_mul(room.f_frsize))
    }

    /// Bytes of the files of a timeslot and of its run. A file that has two names counts once.
    ///
    /// # Errors
    /// Where the timeslot is not there, or a folder cannot be read.
    pub fn bytes_of_load(&self, id: &TimeslotId) -> Result<u64, LedgerError> {
        let timeslot = self.timeslot(id)?;
        let run = self.runs_folder().join(&timeslot.manifest.run);
        let mut files = files_below(&timeslot.folder)?;
        if run.is_dir() {
            files.extend(files_below(&run)?);
        }
        sum(&files)
    }
}

fn sum(files: &[impl AsRef<Path>]) -> Result<u64, LedgerError> {
    let mut seen = BTreeSet::new();
    let mut bytes = 0;
    for file in files {
        let metadata = fs::metadata(file).map_err(failed("look at", file.as_ref()))?;
        if seen.insert((metadata.dev(), metadata.ino())) {
            bytes += metadata.len();
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_two_names_takes_its_room_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let [a, b, c] = ["a", "b", "c"].map(|name| folder.path().join(name));
        fs::write(&a, [0; 100]).expect("a file");
        fs::hard_link(&a, &b).expect("a link");
        fs::write(&c, [0; 10]).expect("a file");
        assert_eq!(sum(&[a, b, c]).expect("they are there"), 110);
    }
}
