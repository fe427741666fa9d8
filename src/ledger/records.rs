//! Small files of JSON that stand beside the timeslots.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LedgerError;
use super::durable::failed;

/// A value as its file has it.
pub(super) fn bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("records have only text keys");
    bytes.push(b'\n');
    bytes
}

/// What a file says; `None` where there is none, or nothing that can be read.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, LedgerError> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        bytes => Ok(serde_json::from_slice(&bytes.map_err(failed("read", path))?).ok()),
    }
}

/// The names of the records of a folder, without `.json`; none where there is no folder.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, LedgerError> {
    let items = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        items => items.map_err(failed("read the folder", folder))?,
    };
    let mut names = Vec::new();
    for item in items {
        let file = item.map_err(failed("read the folder", folder))?.file_name();
        names.extend(file.to_str().and_then(|file| file.strip_suffix(".json")).map(str::to_owned));
    }
    Ok(names)
}
