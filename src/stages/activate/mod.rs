//! Activate: what was collected becomes the tables of the timeslot.
//!
//! Reads   `staged_*`, uids, and the parent.
//! Writes  every collected table, `unresolved_*`, rejects, `reference_problems`, movements, changes, `link_changes`;
//!         `listings` and `absences`.
//!
//! A source that is not complete never deletes anything: rows it does not bring are carried from the parent, stale.
//! A rejected row whose key is readable never deletes either, and an identity stays that another source may still list. Relations whose ends are not there, carried ones too, stay
//! as text in the side table `unresolved_<table>`, or the plan's `references` say what becomes of them.

mod carried;
mod listings;
mod movement;
mod presence;
mod problems;
mod publish;
mod report;
mod side;
mod stubs;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{Ask, Context, Stage};
use crate::collect::source::{SourceReport, SourceState};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::model::Model;
use crate::settings::activate::{Activate, OnMissing};
use crate::table::{Field, Role, Sort, Table};
use crate::tables;

impl Stage for Activate {
    fn name(&self) -> StageName {
        StageName::Activate
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let loads: Vec<Load<'_>> = tables::COLLECTED.iter().map(|table| Load::of(table, context, self)).collect();
        let mut models = Vec::new();
        for load in &loads {
            let stubs = stubs::models(load, &loads, &self.references);
            let is_filled = !load.sources.is_empty() || !stubs.is_empty();
            if is_filled {
                models.extend(publish::models(load));
                models.extend(problems::models(load));
                models.extend(stubs);
            }
            // Where nothing fills a table any more, what it held is gone all the same.
            if context.has_parent && (is_filled || load.had_rows) {
                models.extend(movement::models(load, context));
            }
        }
        models.extend(publish::rejects(context));
        let people = loads.iter().find(|load| load.table.name == tables::IDENTITIES.name);
        models.extend(people.into_iter().flat_map(|people| listings::models(people, self, context)));
        models
    }

    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(context, ask)
    }
}

/// The queries that say what moved in a table between the two timeslots of a context: `movements`, and for objects
/// `changes`. The same as a run's, over any pair.
pub(crate) fn movement_models(table: &'static Table, context: &Context<'_>) -> Vec<Model> {
    let load = Load { columns: context.tables.find(table.name).columns.clone(), ..Load::bare(table) };
    let mut models = movement::models(&load, context);
    models.retain(|model| model.table != "link_changes");
    models
}

/// A table in this load: where its rows come from and what columns they have.
struct Load<'a> {
    table: &'static Table,
    /// Columns of all sources, now and carried.
    columns: Vec<Field>,
    /// Those of them that this load staged.
    staged: Vec<Field>,
    /// Those of the parent.
    before: Vec<Field>,
    /// Those of the side table, staged and of the parent.
    staged_side: Vec<Field>,
    before_side: Vec<Field>,
    /// Whether the parent has rows, resolved or not.
    had_rows: bool,
    /// Ends, without `_uid`, whose absence makes a relation a reject.
    rejecting: Vec<&'a str>,
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
    /// Loads in a row in which it was not complete.
    stale_loads: u64,
}

/// Which rows of the parent are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    /// None: the source is complete, and no reject names anything known.
    Nothing,
    /// Those that rejects name, and identities who are absent and not gone.
    Some { rejected: bool, absent: bool },
    /// All: the source is not complete.
    All,
}

impl<'a> Load<'a> {
    fn bare(table: &'static Table) -> Self {
        Self {
            table,
            columns: Vec::new(),
            staged: Vec::new(),
            before: Vec::new(),
            staged_side: Vec::new(),
            before_side: Vec::new(),
            had_rows: false,
            rejecting: Vec::new(),
            sources: Vec::new(),
        }
    }

    fn of(table: &'static Table, context: &Context<'a>, settings: &'a Activate) -> Self {
        let staged = context.tables.find(&format!("staged_{}", table.name));
        let before = context.tables.find(&format!("before_{}", table.name));
        let side = context.tables.find(&format!("before_unresolved_{}", table.name));
        let staged_names: BTreeSet<&str> = staged.parts.iter().map(|part| part.name.as_str()).collect();
        let had_rows = |name: &str| {
            before.parts.iter().any(|part| part.name == name && part.rows > 0)
                || side.parts.iter().any(|part| part.rows > 0 && side::is_of(&part.name, name))
        };
        let absent = table.name == tables::IDENTITIES.name && may_be_absent(context, settings);
        let sources = context.sources.iter().map(|report| Origin {
            name: &report.source,
            is_staged: staged_names.contains(report.source.as_str()),
            carry: if had_rows(&report.source) { carry(report, table, absent) } else { Carry::Nothing },
            stale_loads: report.stale_loads,
        });
        // A source that neither brings rows nor leaves any has nothing to publish.
        let sources: Vec<Origin<'a>> =
            sources.filter(|source| source.is_staged || source.carry != Carry::Nothing).collect();
        let mut columns = staged.columns.clone();
        if sources.iter().any(|source| source.carry != Carry::Nothing) {
            let is_new = |column: &&Field| !columns.iter().any(|known| known.name == column.name);
            let more: Vec<Field> = before.columns.iter().filter(is_new).cloned().collect();
            columns.extend(more);
            let born = table.columns.len().min(columns.len());
            columns[born..].sort_by(|a, b| a.name.cmp(&b.name));
        }
        Self {
            table,
            columns,
            had_rows: before.rows() > 0 || side.rows() > 0,
            staged: staged.columns.clone(),
            before: before.columns.clone(),
            staged_side: context.tables.find(&format!("staged_unresolved_{}", table.name)).columns.clone(),
            before_side: side.columns.clone(),
            rejecting: settings.references.those(table.name, OnMissing::Reject).collect(),
            sources,
        }
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

/// Whether somebody whom a complete source drops may have to stay: for the grace, or because another source does not tell.
fn may_be_absent(context: &Context<'_>, settings: &Activate) -> bool {
    let lists_people = |source: &str| {
        let tables = ["staged_identities", "before_identities", "before_listings"];
        tables.iter().any(|table| context.tables.find(table).parts.iter().any(|part| part.name == source))
    };
    let tells = |report: &&SourceReport| {
        report.state == SourceState::Complete && rejects_known(report, tables::IDENTITIES.name).is_none()
    };
    settings.grace_loads > 0
        || context.sources.iter().filter(|report| lists_people(&report.source)).any(|report| !tells(&report))
}

/// How many rejects of a source name a known object of a table, where some do.
fn rejects_known(report: &SourceReport, table: &str) -> Option<u64> {
    let counts = report.tables.iter().find(|counts| counts.table == table)?;
    Some(counts.carrying).filter(|carrying| *carrying > 0)
}

/// What a source's state and rejects make of the parent's rows.
fn carry(report: &SourceReport, table: &Table, absent: bool) -> Carry {
    if report.state != SourceState::Complete {
        return Carry::All;
    }
    let rejected = rejects_known(report, table.name).is_some();
    if rejected || absent { Carry::Some { rejected, absent } } else { Carry::Nothing }
}
