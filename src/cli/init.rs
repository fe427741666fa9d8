//! `ledgerline init`: a small project that runs at once, explained by its comments.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Failure;
use super::export::write_new;

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

#[expect(clippy::print_stdout, reason = "the command line talks")]
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let files: BTreeMap<PathBuf, Vec<u8>> =
        FILES.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect();
    write_new(&files, &arguments.folder)?;
    let folder = arguments.folder.display();
    println!("a project of {} files is in `{folder}`; run it with\n", files.len());
    println!("  cd {folder}\n  ledgerline check\n  ledgerline run weekly");
    Ok(0)
}
