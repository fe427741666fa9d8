//! Settings of lineage: where the events of runs are written as OpenLineage has them.

use std::path::PathBuf;

/// `[lineage]` of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// A file that every run appends to; `None` = each run has one in its folder.
    pub file: Option<PathBuf>,
}
