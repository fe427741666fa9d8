//! `ledgerline project export`: the files a project consists of, in a folder of their own.

use std::path::PathBuf;

use super::export::{ExportError, MANIFEST, files, write};
use super::output::{Format, Rows, say};
use super::{Failure, open};
use crate::ledger::sha256_hex;

/// What is done with the project's files.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Copy the files that any plan is made of to a new folder, with their SHA-256; refused where check finds errors.
    Export(ExportArguments),
}

/// Copy the files of the project.
#[derive(clap::Args)]
pub(super) struct ExportArguments {
    /// The new folder.
    target: PathBuf,
    #[command(flatten)]
    given: open::Given,
}

#[cfg(test)]
pub(super) fn command(target: PathBuf) -> Command {
    Command::Export(ExportArguments { target, given: open::Given::none() })
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let Command::Export(arguments) = command;
    export(arguments, folder, format)
}

fn export(arguments: &ExportArguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    let plans = open::plans(folder.as_ref(), &project, &arguments.given)?;
    if plans.is_empty() {
        return Err(Failure::Usage("the project has no plan, so nothing says what belongs to it".to_owned()));
    }
    let files = files(&project, &plans)?;
    write(&files, &arguments.target)?;
    let mut rows = Rows::new(&["sha256", "path"]);
    rows.rows =
        files.iter().map(|(path, bytes)| vec![Some(sha256_hex(bytes)), Some(path.display().to_string())]).collect();
    rows.print(format);
    let target = arguments.target.display();
    say(&format!("{} files are in `{target}`; `sha256sum -c {MANIFEST}` there proves them", files.len()));
    Ok(0)
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Io { path, source, .. } => Self::Write { path, source },
            wrong => Self::Usage(wrong.to_string()),
        }
    }
}
