//! The stages that turn settings into models, in running order. None touches a file, a frame or the clock, and none
//! knows another: what one leaves for the next is a table.
//!
//! - `activate` publishes what was collected, carries what may not vanish, and says what moved.
//! - `leavers` says who is active.
//! - `reconcile` gives accounts their owners.
//! - `closures`, part of activate: groups, units and permissions with all that is above them, and cycles.
//! - `effective`, part of reconcile: what each identity can do.
//! - `managers` finds who manages each object.
//! - `identity_movements`, part of managers, or of reconcile without it: what changed for each identity.
//! - `rights_model` says who should hold what, and where that differs from what is held.
//! - `rules` keeps the answers to saved questions.
//! - `controls` turns checks into findings that last from load to load.
//! - `validate` holds the timeslot against its parent.

pub mod activate;
#[cfg(test)]
pub(crate) mod check;
pub mod closures;
pub mod controls;
pub mod effective;
pub(crate) mod fill;
pub mod identity_movements;
pub mod leavers;
pub mod managers;
pub(crate) mod permissions;
pub mod reconcile;
pub mod relation;
pub mod rights_model;
pub mod rules;
pub mod validate;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::Date;

use crate::cause::Causes;
use crate::collect::source::SourceReport;
use crate::engine::{Engine, EngineError};
use crate::event::{ReportTable, StageReport};
use crate::ids::StageName;
use crate::model::{Model, TableSet};

/// What a stage compiles with.
pub struct Context<'a> {
    /// The date the run speaks about.
    pub as_of: Date,
    /// The tables that stand, with those of the parent.
    pub tables: &'a TableSet,
    /// Whether there is a parent.
    pub has_parent: bool,
    /// The date that the parent speaks about.
    pub parent_as_of: Option<Date>,
    /// What became of each source in this load.
    pub sources: &'a [SourceReport],
    /// What became of each source in the parent.
    pub sources_before: &'a [SourceReport],
    /// What moved tables since the parent.
    pub causes: &'a Causes,
}

impl Context<'_> {
    /// The date that the load speaks about, in days since 1970.
    fn day(&self) -> i32 {
        let days = self.as_of.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        i32::try_from(days).expect("the calendar has fewer than 2^31 days")
    }
}

/// A stage: checked settings that compile to models and say what they found.
pub trait Stage {
    /// Which stage it is.
    fn name(&self) -> StageName;

    /// The models that do its work.
    fn compile(&self, context: &Context<'_>) -> Vec<Model>;

    /// What it has to say once its models stand: counts and samples, read back from their tables.
    ///
    /// # Errors
    /// Where a question fails.
    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError>;
}

/// Puts small questions to the tables.
pub struct Ask<'a> {
    /// Who answers.
    pub engine: &'a dyn Engine,
    /// The tables.
    pub tables: &'a TableSet,
}

impl Ask<'_> {
    /// The rows of an answer, every cell as text; null is the empty text.
    ///
    /// # Errors
    /// Where the question fails.
    pub fn rows(&self, query: &str) -> Result<Vec<Vec<String>>, EngineError> {
        let options = FormatOptions::default();
        let mut rows = Vec::new();
        for batch in self.engine.rows(query, self.tables)? {
            let columns: Result<Vec<_>, _> =
                batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect();
            let columns = columns.map_err(EngineError::from_arrow)?;
            for row in 0..batch.num_rows() {
                rows.push(columns.iter().map(|column| column.value(row).to_string()).collect());
            }
        }
        Ok(rows)
    }

    /// A table of a report.
    ///
    /// # Errors
    /// Where the question fails.
    pub fn table(&self, title: &str, columns: &[&str], query: &str) -> Result<ReportTable, EngineError> {
        Ok(ReportTable::new(title, columns, self.rows(query)?))
    }
}
