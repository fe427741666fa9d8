//! What runs left behind on disk: when a sandbox was last touched, and folders of probes and dry runs that nobody holds.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::durable::failed;
use super::log::Act;
use super::manifest;
use super::{Ledger, LedgerError, Writer};
use crate::ids::TimeslotId;

/// How long a folder must lie still before it counts as left behind: a probe takes its lock much sooner.
const STILL: SignedDuration = SignedDuration::from_hours(1);

impl Ledger {
    /// When an open timeslot was begun or last written, whichever is later.
    ///
    /// # Errors
    /// Where log or manifest cannot be read.
    pub fn last_written(&self, id: &TimeslotId) -> Result<Timestamp, LedgerError> {
        let log = self.log()?;
        let begins = |act: &Act| matches!(act, Act::Begin { .. });
        let begun = log.entries().iter().rev().find(|entry| entry.timeslot == *id && begins(&entry.act));
        let begun = begun.map_or(Timestamp::MIN, |entry| entry.at);
        Ok(begun.max(modified(&self.open_folder(id).join(manifest::FILE))?))
    }

    /// Folders of probes (`runs/.<run>-probe`) and dry runs (`runs/<run>/dry`) that no living run holds.
    ///
    /// # Errors
    /// Where the folders cannot be read.
    pub fn left_behind(&self, now: Timestamp) -> Result<Vec<PathBuf>, LedgerError> {
        let runs = self.runs_folder();
        let mut found = Vec::new();
        for item in fs::read_dir(&runs).map_err(failed("read the folder", &runs))? {
            let path = item.map_err(failed("read the folder", &runs))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let shadow = if name.starts_with('.') && name.ends_with("-probe") { path } else { path.join("dry") };
            if shadow.is_dir() && now.duration_since(modified(&shadow)?) > STILL && !is_held(&shadow) {
                found.push(shadow);
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

impl Writer {
    /// Removes a folder that [`Ledger::left_behind`] found.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn remove_left_behind(&self, folder: &Path) -> Result<(), LedgerError> {
        debug_assert!(folder.starts_with(self.ledger.runs_folder()), "only folders of runs go");
        fs::remove_dir_all(folder).map_err(failed("remove", folder))
    }
}

/// Whether a process holds the lock of a shadow ledger.
fn is_held(shadow: &Path) -> bool {
    File::open(shadow.join("lock")).is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

fn modified(path: &Path) -> Result<Timestamp, LedgerError> {
    let time = fs::metadata(path).and_then(|metadata| metadata.modified()).map_err(failed("look at", path))?;
    Timestamp::try_from(time).map_err(|error| failed("look at", path)(io::Error::other(error)))
}
