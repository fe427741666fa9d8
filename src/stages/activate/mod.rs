//! Activate: what was collected becomes the tables of the timeslot.
//!
//! Reads   `staged_*`, uids, and the parent.
//! Writes  every collected table, `unresolved_*`, rejects, `reference_problems`, movements, changes, `link_changes`.
//!
//! A source that is not complete never deletes anything: rows it does not bring are carried from the parent, stale.
//! A rejected row whose key is readable never deletes either. Relations whose ends are not there stay as text in the
//! side table `unresolved_<table>`.

mod movement;
mod problems;
mod publish;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{Ask, Context, Stage};
use crate::collect::source::{SourceReport, SourceState, TableCounts};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::model::Model;
use crate::settings::activate::Activate;
use crate::table::{Field, Role, Sort, Table};
use crate::tables;

impl Stage for Activate {
    fn name(&self) -> StageName {
        StageName::Activate
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let mut models = Vec::new();
        for table in tables::COLLECTED {
            let load = Load::of(table, context, self.grace_loads);
            if load.sources.is_empty() {
                continue;
            }
            models.extend(publish::models(&load));
            models.extend(problems::models(&load));
            if context.has_parent {
                models.extend(movement::models(&load, context));
            }
        }
        models.extend(publish::rejects(context));
        models
    }

    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(context, ask)
    }
}

/// The queries that say what moved in a table between the two timeslots of a context: `movements`, and for objects
/// `changes`. The same as a run's, over any pair.
pub(crate) fn movement_models(table: &'static Table, context: &Context<'_>) -> Vec<Model> {
    let columns = context.tables.find(table.name).columns;
    let load = Load { table, columns, sources: Vec::new() };
    let mut models = movement::models(&load, context);
    models.retain(|model| model.table != "link_changes");
    models
}

/// A table in this load: where its rows come from and what columns they have.
struct Load<'a> {
    table: &'static Table,
    /// Columns of all sources, now and carried.
    columns: Vec<Field>,
    /// In the order of precedence.
    sources: Vec<Origin<'a>>,
}

/// A source of a table.
struct Origin<'a> {
    name: &'a str,
    /// Whether this load staged rows of it.
    is_staged: bool,
    /// Which rows of the parent are carried where this load does not bring them.
    carry: Carry,
}

/// Which rows of the parent are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    /// None: the source is complete, and no reject names anything known.
    Nothing,
    /// Those that rejects name, and identities within their grace.
    Some { rejected: bool, grace_loads: u32 },
    /// All: the source is not complete.
    All,
}

impl<'a> Load<'a> {
    fn of(table: &'static Table, context: &Context<'a>, grace_loads: u32) -> Self {
        let staged = context.tables.find(&format!("staged_{}", table.name));
        let before = context.tables.find(&format!("before_{}", table.name));
        let staged_names: BTreeSet<&str> = staged.parts.iter().map(|part| part.name.as_str()).collect();
        let had_rows = |name: &str| before.parts.iter().any(|part| part.name == name && part.rows > 0);
        let grace = if table.name == "identities" { grace_loads } else { 0 };
        let sources: Vec<Origin<'a>> = context
            .sources
            .iter()
            .filter(|report| staged_names.contains(report.source.as_str()) || had_rows(&report.source))
            .map(|report| Origin {
                name: &report.source,
                is_staged: staged_names.contains(report.source.as_str()),
                carry: if had_rows(&report.source) { carry(report, table, grace) } else { Carry::Nothing },
            })
            .collect();
        let mut columns = staged.columns.clone();
        if sources.iter().any(|source| source.carry != Carry::Nothing) || columns.is_empty() {
            let is_new = |column: &&Field| !columns.iter().any(|known| known.name == column.name);
            let more: Vec<Field> = before.columns.iter().filter(is_new).cloned().collect();
            columns.extend(more);
            let born = table.columns.len().min(columns.len());
            columns[born..].sort_by(|a, b| a.name.cmp(&b.name));
        }
        Self { table, columns, sources }
    }

    fn is_object(&self) -> bool {
        matches!(self.table.sort, Sort::Object(_))
    }

    fn has_references(&self) -> bool {
        self.table.columns.iter().any(|column| matches!(column.role, Role::ReferenceUid(_)))
    }

    /// Whether the parent's table has a column.
    fn parent_has(context: &Context<'_>, table: &str, column: &str) -> bool {
        context.tables.find(&format!("before_{table}")).columns.iter().any(|known| known.name == column)
    }
}

/// What a source's state and rejects make of the parent's rows.
fn carry(report: &SourceReport, table: &Table, grace_loads: u32) -> Carry {
    if report.state != SourceState::Complete {
        return Carry::All;
    }
    let counts = |counts: &&TableCounts| counts.table == table.name;
    let rejected = report.tables.iter().find(counts).is_some_and(|counts| counts.carrying > 0);
    if rejected || grace_loads > 0 { Carry::Some { rejected, grace_loads } } else { Carry::Nothing }
}
