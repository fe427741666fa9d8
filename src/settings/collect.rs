//! Settings of collect: which sources are loaded, in which order.

use crate::ids::SourceName;

/// `[stage.collect]`
#[derive(Debug, Clone)]
pub struct Collect {
    /// Sources in load order, none twice.
    pub sources: Vec<SourceName>,
    /// Sources whose rows are deleted instead of carried; none of `sources`.
    pub retire: Vec<SourceName>,
}
