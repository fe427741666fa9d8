//! `ledgerline init`: a small project that runs at once, explained by its comments.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Failure;
use super::export::write_new;
use super::output::print_text;

/// Begin a project that runs at once.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The new folder.
    pub(super) folder: PathBuf,
}

macro_rules! template {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/minimal/", $path)))),*]
    };
}

/// Every file of the project, by its path.
const FILES: &[(&str, &str)] = template![
    "ledgerline.toml",
    "plans/weekly.toml",
    "collectors/hr.toml",
    "collectors/directory.toml",
    "policies/owners.toml",
    "extracts/hr.csv",
    "extracts/directory.csv",
];

pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let files: BTreeMap<PathBuf, Vec<u8>> =
        FILES.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect();
    write_new(&files, &arguments.folder)?;
    let folder = arguments.folder.display();
    let count = files.len();
    print_text(&format!(
        "a project of {count} files is in `{folder}`; run it with\n\n  cd {folder}\n  ledgerline check\n  ledgerline run weekly\n"
    ));
    Ok(0)
}
