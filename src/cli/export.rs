//! The files that a project consists of, in a folder of their own: what is tested here and run elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::sha256_hex;
use crate::plan::{Plan, Project};

/// The list of the files with their SHA-256, as `sha256sum -c` reads it.
pub(super) const MANIFEST: &str = "MANIFEST";

/// Why a project could not be exported.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    /// A file that the project needs lies elsewhere.
    #[error("`{path}` lies outside the project's folder")]
    Outside {
        /// The file.
        path: PathBuf,
    },
    /// The target is there already.
    #[error("`{path}` exists and is not empty")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The disk.
    #[error("cannot {what} `{path}`")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Every file that the plans are made of, by its path below the project's folder. Source files and the ledger are
/// none of them.
///
/// # Errors
/// Where a file lies outside the project, or cannot be read.
pub(super) fn files(project: &Project, plans: &[Plan]) -> Result<BTreeMap<PathBuf, Vec<u8>>, ExportError> {
    let root = project.root.canonicalize().map_err(failed("find", &project.root))?;
    let mut files = BTreeMap::new();
    let mut add = |path: &Path, text: Option<&str>| {
        let real = path.canonicalize().map_err(failed("find", path))?;
        let below = real.strip_prefix(&root).map_err(|_| ExportError::Outside { path: path.to_owned() })?;
        let bytes = match text {
            // What was checked, not what someone has written since.
            Some(text) => text.as_bytes().to_vec(),
            None => fs::read(&real).map_err(failed("read", path))?,
        };
        files.insert(below.to_owned(), bytes);
        Ok(())
    };
    for file in plans.iter().flat_map(|plan| &plan.files).chain([&project.file]) {
        add(file.path(), Some(file.text()))?;
    }
    let decisions = plans.iter().filter_map(|plan| plan.stages.reconcile.decisions.as_deref());
    let controls = plans.iter().filter_map(|plan| plan.stages.controls.as_ref());
    let exceptions = controls.filter_map(|controls| Some(controls.exceptions.as_ref()?.file.as_path()));
    for said in decisions.chain(exceptions).filter(|said| said.exists()) {
        add(said, None)?;
    }
    Ok(files)
}

/// Writes files into a new folder, with a `MANIFEST`.
///
/// # Errors
/// Where the folder has something in it, or the disk refuses.
pub(super) fn write(files: &BTreeMap<PathBuf, Vec<u8>>, target: &Path) -> Result<(), ExportError> {
    write_new(files, target)?;
    let lines = files.iter().map(|(path, bytes)| format!("{}  {}\n", sha256_hex(bytes), path.display()));
    let path = target.join(MANIFEST);
    fs::write(&path, lines.collect::<String>()).map_err(failed("write", &path))
}

/// Writes files into a folder that has nothing in it.
///
/// # Errors
/// Where it has, or the disk refuses.
pub(super) fn write_new(files: &BTreeMap<PathBuf, Vec<u8>>, target: &Path) -> Result<(), ExportError> {
    fs::create_dir_all(target).map_err(failed("create the folder", target))?;
    let mut items = fs::read_dir(target).map_err(failed("read the folder", target))?;
    if items.next().is_some() {
        return Err(ExportError::NotEmpty { path: target.to_owned() });
    }
    for (path, bytes) in files {
        let path = target.join(path);
        let folder = path.parent().unwrap_or(target);
        fs::create_dir_all(folder).map_err(failed("create the folder", folder))?;
        fs::write(&path, bytes).map_err(failed("write", &path))?;
    }
    Ok(())
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ExportError {
    let path = path.to_owned();
    move |source| ExportError::Io { what, path, source }
}
