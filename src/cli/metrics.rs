//! `ledgerline metrics`, and the file of metrics behind what other commands do.

use std::path::PathBuf;

use super::output::{print_text, say};
use super::{Failure, open};
use crate::metrics;
use crate::plan::Project;

pub(super) fn run(folder: Option<PathBuf>) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    print_text(&metrics::text(&project)?);
    Ok(0)
}

/// Replaces the file that the project names. What fails here is told and changes nothing about what was done.
pub(super) fn write(project: &Project) {
    if let Err(why) = metrics::write(project) {
        say(&format!("warning: {why}"));
    }
}
