//! A file that people also write by hand, replaced at once by one process at a time: whoever reads it has the old one or the
//! new one, whole.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use super::edit::EditError;

/// Loads may run under another account than the page.
const NEW_MODE: u32 = 0o644;

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> EditError {
    let path = path.to_owned();
    move |source| EditError::Io { what, path, source }
}

/// Does something with the text of a file while no other process of ours does; without a file the text is empty. Where the
/// path is a link, what it leads to is meant.
///
/// # Errors
/// Where the file cannot be read or locked; what `change` says.
pub(in crate::collect) fn locked<T>(
    path: &Path,
    change: impl FnOnce(&Path, &str) -> Result<T, EditError>,
) -> Result<T, EditError> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // Not the file that is replaced, and it stays: a lock that is removed holds nobody off.
    let lock = beside(&path, ".lock");
    let file = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(&lock);
    let file = file.map_err(failed("open", &lock))?;
    file.lock().map_err(failed("lock", &lock))?;
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        other => other.map_err(failed("read", &path))?,
    };
    change(&path, &text)
}

/// Whether there is no file, or nothing in it: then nobody has said anything yet.
pub(in crate::collect) fn is_unwritten(path: &Path) -> bool {
    match fs::metadata(path) {
        Err(error) => error.kind() == ErrorKind::NotFound,
        Ok(found) => found.len() == 0,
    }
}

/// The text of a file without the rows that are meant; every other byte of it stays. Each row is the line on which it begins,
/// counted from 1, and whether it is meant; they come in the order of their lines.
pub(in crate::collect) fn without(text: &str, rows: &[(i64, bool)]) -> String {
    // A row goes on, where a quoted cell holds line breaks, until the next one begins.
    let is_meant = |line: i64| {
        let behind = rows.partition_point(|(start, _)| *start <= line);
        behind.checked_sub(1).is_some_and(|at| rows[at].1)
    };
    let lines = (1_i64..).zip(text.split_inclusive('\n'));
    lines.filter(|(line, _)| !is_meant(*line)).map(|(_, content)| content).collect()
}

/// A cell as the reader of the file takes it for what it is.
pub(in crate::collect) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// Replaces a file by a text, where the new file passes a look. It keeps its mode and its owner.
///
/// # Errors
/// Where it does not pass, or the disk fails; the old file then stands.
pub(in crate::collect) fn replaced(
    path: &Path,
    text: &str,
    is_right: impl FnOnce(&Path) -> bool,
) -> Result<(), EditError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Gone by itself if anything fails.
    let mut new = Builder::new()
        .prefix(".edited.")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(failed("create a file in", folder))?;
    new.write_all(text.as_bytes()).map_err(failed("write", path))?;
    if !is_right(new.path()) {
        return Err(EditError::Entangled { path: path.to_owned() });
    }
    let old = fs::metadata(path).ok();
    if let Some(old) = &old {
        let own = new.as_file().metadata().map_err(failed("look at", path))?;
        if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
            fchown(new.as_file(), Some(old.uid()), Some(old.gid())).map_err(failed("keep the owner of", path))?;
        }
    }
    let mode = old.map_or(NEW_MODE, |old| old.permissions().mode() & 0o7777);
    new.as_file().set_permissions(Permissions::from_mode(mode)).map_err(failed("set the mode of", path))?;
    new.as_file().sync_all().map_err(failed("flush", path))?;
    new.persist(path).map_err(|error| failed("put in place", path)(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("flush the folder", folder))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}{suffix}"))
}
