//! `users.toml`: read with its mode, replaced at once, changed by one process at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use super::error::failed;
use super::{Users, UsersError};

/// Who may do what with the file: its owner alone, and perhaps only read.
const MODES: [u32; 2] = [0o600, 0o400];

impl Users {
    /// The users of a file; none where there is no file.
    ///
    /// # Errors
    /// Where others than its owner may read it, it says what it may not, or the disk fails.
    pub fn load(path: &Path) -> Result<Self, UsersError> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            other => other.map_err(failed("read", path))?,
        };
        let mode = file.metadata().map_err(failed("look at", path))?.permissions().mode() & 0o7777;
        if !MODES.contains(&mode) {
            return Err(UsersError::TooOpen { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed("read", path))?;
        Self::parse(path, &text)
    }

    /// Replaces the file by these users: whoever reads it has the old ones or these. It keeps its owner.
    ///
    /// # Errors
    /// Where the disk fails; the old file then stands.
    pub fn save(&self, path: &Path) -> Result<(), UsersError> {
        let folder = folder_of(path);
        // Made with mode 0600, and gone if anything fails.
        let mut new = Builder::new()
            .prefix(".users.")
            .suffix(".tmp")
            .tempfile_in(folder)
            .map_err(failed("create a file in", folder))?;
        new.write_all(self.text().as_bytes()).map_err(failed("write", path))?;
        // An administrator edits as root what the page reads as somebody else.
        if let Ok(old) = fs::metadata(path) {
            let own = new.as_file().metadata().map_err(failed("look at", path))?;
            if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
                fchown(new.as_file(), Some(old.uid()), Some(old.gid())).map_err(failed("keep the owner of", path))?;
            }
        }
        new.as_file().sync_all().map_err(failed("flush", path))?;
        new.persist(path).map_err(|error| failed("put in place", path)(error.error))?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("flush the folder", folder))
    }

    /// Changes the users of a file. Nobody else does so meanwhile, and nothing is written where the change fails.
    ///
    /// # Errors
    /// As [`Self::load`] and [`Self::save`]; what `change` says.
    pub fn change<T>(path: &Path, change: impl FnOnce(&mut Self) -> Result<T, UsersError>) -> Result<T, UsersError> {
        let lock = lock_of(path);
        let file = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(&lock);
        let file = file.map_err(failed("open", &lock))?;
        file.lock().map_err(failed("lock", &lock))?;
        let mut users = Self::load(path)?;
        let done = change(&mut users)?;
        users.save(path)?;
        Ok(done)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file that is locked. It is not the one that is replaced, and stays: a lock that is removed holds nobody off.
fn lock_of(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.lock"))
}
