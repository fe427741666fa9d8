//! Files that survive a power cut: every write is flushed to the disk before anyone hears of it.
//!
//! An fsync that fails is never tried again: the kernel may have dropped the pages, and a second call would lie.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};

use super::LedgerError;

/// Readable by owner and group, writable by nobody: parts and log entries are created once.
const CREATED_ONCE: u32 = 0o440;

/// Makes a closure that wraps an I/O error with what was tried on `path`.
pub(super) fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> LedgerError {
    let path = path.to_owned();
    move |source| LedgerError::Io { what, path, source }
}

/// Flushes the entries of a folder, so that files created, renamed or removed in it stay so.
pub(super) fn sync_folder(path: &Path) -> Result<(), LedgerError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(failed("flush the folder", path))
}

/// Creates a folder and those above it where they are missing, and flushes each new one's parent.
pub(super) fn create_folder(path: &Path) -> Result<(), LedgerError> {
    create_folder_unflushed(path)?.iter().try_for_each(|changed| sync_folder(changed))
}

/// Creates a folder and those above it where they are missing. Returns the folders that were given a new one and are to
/// be flushed, the outermost first.
pub(super) fn create_folder_unflushed(path: &Path) -> Result<Vec<PathBuf>, LedgerError> {
    if path.is_dir() {
        return Ok(Vec::new());
    }
    let mut changed = Vec::new();
    if let Some(parent) = path.parent() {
        let is_named = !parent.as_os_str().is_empty();
        if is_named {
            changed = create_folder_unflushed(parent)?;
        }
        match fs::create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => {
                other.map_err(failed("create the folder", path))?;
                let folder = File::open(path).map_err(failed("open", path))?;
                take_group(&folder, path)?;
            }
        }
        if is_named {
            changed.push(parent.to_owned());
        }
    }
    Ok(changed)
}

/// Gives a new file or folder the group of the folder it lies in, so that all of a ledger has the group of its root.
pub(super) fn take_group(file: &File, path: &Path) -> Result<(), LedgerError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let group = fs::metadata(folder).map_err(failed("look at", folder))?.gid();
    let own = file.metadata().map_err(failed("look at", path))?.gid();
    if own == group {
        return Ok(());
    }
    fchown(file, None, Some(group)).map_err(failed("set the group of", path))
}

/// Sets group and mode of a file that is complete, and flushes its content.
pub(super) fn seal_file(file: &File, path: &Path) -> Result<(), LedgerError> {
    close_file(file, path)?;
    file.sync_all().map_err(failed("flush", path))
}

/// Sets group and mode of a file that is complete. Its content is not flushed.
pub(super) fn close_file(file: &File, path: &Path) -> Result<(), LedgerError> {
    take_group(file, path)?;
    file.set_permissions(fs::Permissions::from_mode(CREATED_ONCE)).map_err(failed("set the mode of", path))
}

/// Creates a file under a name that may not exist yet, and seals it. The folder is not flushed.
pub(super) fn create_sealed(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed("create", path))?;
    file.write_all(bytes).map_err(failed("write", path))?;
    seal_file(&file, path)
}

/// Replaces a file's whole content at once: readers see the old bytes or the new ones. Only one process may do so at a time;
/// what it leaves behind when it is killed goes with the next.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let temporary = temporary_name(path);
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(failed("remove", &temporary))?;
    }
    put_in_place(&temporary, path, bytes)
}

/// The same for a file that several processes may replace at once: they do not meet, and one of them is last.
pub(super) fn replace_shared(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    put_in_place(&own_name(path), path, bytes)
}

fn put_in_place(temporary: &Path, path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    create_sealed(temporary, bytes)?;
    fs::rename(temporary, path).map_err(failed("put in place", path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Creates a file that is whole from the beginning. Returns whether there was none: of processes that do so at once, one
/// creates it.
pub(super) fn create_whole(path: &Path, bytes: &[u8]) -> Result<bool, LedgerError> {
    let own = own_name(path);
    create_sealed(&own, bytes)?;
    let linked = fs::hard_link(&own, path);
    fs::remove_file(&own).map_err(failed("remove", &own))?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        linked => linked.map_err(failed("create", path))?,
    }
    sync_folder(path.parent().unwrap_or(Path::new(".")))?;
    Ok(true)
}

/// Publishes a file under its number: the link is the commit, and fails where the number is taken.
pub(super) fn publish(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let temporary = temporary_name(path);
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(failed("remove", &temporary))?;
    }
    create_sealed(&temporary, bytes)?;
    fs::hard_link(&temporary, path).map_err(failed("commit", path))?;
    sync_folder(folder)?;
    fs::remove_file(&temporary).map_err(failed("remove", &temporary))
}

/// Moves a folder to a name that may not exist, and flushes both folders above.
pub(super) fn move_folder(from: &Path, to: &Path) -> Result<(), LedgerError> {
    if let Some(parent) = to.parent() {
        create_folder(parent)?;
    }
    rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)
        .map_err(|errno| failed("move the timeslot to", to)(errno.into()))?;
    for parent in [from.parent(), to.parent()].into_iter().flatten() {
        sync_folder(parent)?;
    }
    Ok(())
}

/// Gives the file at `from` the further name `to`; copies where the file system has no links. Returns whether it
/// could be linked. The folder is not flushed.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> Result<bool, LedgerError> {
    if to.exists() {
        fs::remove_file(to).map_err(failed("remove", to))?;
    }
    match fs::hard_link(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(failed("link", from)(error)),
        Err(_) => {
            fs::copy(from, to).map_err(failed("copy to", to))?;
            let file = File::open(to).map_err(failed("open", to))?;
            seal_file(&file, to)?;
            Ok(false)
        }
    }
}

/// Whether a file name is one of the temporary names made here.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && Path::new(name).extension().is_some_and(|extension| extension == "tmp")
}

/// The name a file has until it is complete, where others may write it at the same time.
fn own_name(path: &Path) -> PathBuf {
    path.with_file_name(format!(".{}.tmp", uuid::Uuid::new_v4().simple()))
}

/// The name a file has until it is complete. Only one process writes it.
pub(super) fn temporary_name(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.tmp"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    use super::*;
    use crate::ledger::Ledger;

    #[test]
    fn of_all_who_make_a_ledger_at_once_one_does_and_none_fails() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().expect("a folder");
            let (root, start) = (folder.path().join("ledger"), Barrier::new(4));
            let make = || {
                start.wait();
                Ledger::open_or_create(&root, jiff::Timestamp::UNIX_EPOCH).expect("a ledger").id().to_owned()
            };
            let ids: BTreeSet<String> = std::thread::scope(|scope| {
                let makers: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
                makers.into_iter().map(|maker| maker.join().expect("no panic")).collect()
            });
            assert_eq!(ids.len(), 1);
        }
    }

    #[test]
    fn a_file_that_several_replace_at_once_is_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("since.json");
        std::thread::scope(|scope| {
            for writer in ["a", "b", "c"] {
                let (path, text) = (&path, writer.repeat(1000));
                scope.spawn(move || {
                    (0..50).for_each(|_| replace_shared(path, text.as_bytes()).expect("it is replaced"));
                });
            }
        });
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(["a", "b", "c"].iter().any(|writer| text == writer.repeat(1000)), "{text}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
