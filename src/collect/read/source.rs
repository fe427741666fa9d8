//! The file itself: only regular files are opened, and a failing disk is told as a [`Fault`].

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

use super::Fault;

/// Opens a regular file, following links.
///
/// # Errors
/// A [`Fault`] for anything else.
pub(super) fn open(path: &Path) -> Result<File, Fault> {
    // Looked at before it is opened, because opening a pipe waits for a writer.
    regular(path)?;
    File::open(path).map_err(|error| unreadable(&error))
}

/// What the system knows of a regular file, following links, without opening it.
///
/// # Errors
/// A [`Fault`] for anything else: a directory has no records, and a pipe or a socket can be read only once, so
/// that neither its sum nor a second look would mean anything.
pub(in crate::collect) fn regular(path: &Path) -> Result<Metadata, Fault> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if metadata.is_file() {
        return Ok(metadata);
    }
    let kind = if metadata.is_dir() { "a directory" } else { "a pipe, a socket or a device" };
    Err(Fault::new(format!("it is {kind}, not a file")))
}

/// The fault of a file that the system refuses to read.
pub(super) fn unreadable(error: &io::Error) -> Fault {
    Fault::new(format!("the file cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_a_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(open(folder.path()).expect_err("a directory").message, "it is a directory, not a file");
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_is_a_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        assert_eq!(open(&path).expect_err("a socket").message, "it is a pipe, a socket or a device, not a file");
    }

    #[test]
    fn a_missing_file_is_a_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let fault = open(&folder.path().join("hr.csv")).expect_err("no file");
        assert!(fault.message.starts_with("the file cannot be read: "), "{}", fault.message);
    }
}
