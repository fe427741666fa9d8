//! The file that the lineage of a run is written to.

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::output::say;
use crate::ledger::Ledger;
use crate::lineage::{Lineage, Names};
use crate::plan::{Plan, Project};

/// The lineage of a run, where the project wants it. A file that cannot be opened is a warning.
pub(super) fn of(project: &Project, plan: &Plan, ledger: &Ledger, folder: &Path) -> Option<Lineage<File>> {
    let settings = project.lineage.as_ref()?;
    let path = settings.file.clone().unwrap_or_else(|| folder.join("openlineage.jsonl"));
    match OpenOptions::new().create(true).append(true).open(&path) {
        Ok(file) => Some(Lineage::new(Names::of(&project.name, ledger.id(), &plan.collectors), file)),
        Err(error) => {
            say(&format!("warning: there is no lineage of the run: cannot write `{}`: {error}", path.display()));
            None
        }
    }
}
