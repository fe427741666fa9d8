//! Controls that a load does not evaluate: a source with `on_failure = "skip"` is not complete, and they depend, directly
//! or through other models, on a table that it fills. What the parent found stands on: nothing opens, nothing is fixed.

use std::collections::{BTreeSet, VecDeque};

use super::excepted;
use crate::collect::source::SourceState;
use crate::model::{BEFORE, Model, TableSet};
use crate::settings::controls::{Check, Control, Controls, Skipping};
use crate::sql;
use crate::stages::Context;
use crate::tables;

/// Why a control is not evaluated.
pub(super) struct Skipped<'a> {
    source: &'a str,
    state: SourceState,
    table: &'static str,
}

/// Why a control is not evaluated, going by what its query reads. `None`: it is.
pub(super) fn skipped<'a>(controls: &'a Controls, hits: &Model, context: &Context<'_>) -> Option<Skipped<'a>> {
    let incomplete: Vec<(&Skipping, SourceState)> = controls
        .skipping
        .iter()
        .filter_map(|skipping| {
            let report = context.sources.iter().find(|report| report.source == skipping.source.as_str())?;
            (report.state != SourceState::Complete).then_some((skipping, report.state))
        })
        .collect();
    if incomplete.is_empty() {
        return None;
    }
    let read = all_read(hits.reads().clone(), context.tables);
    read.iter().find_map(|read| {
        incomplete.iter().find_map(|(skipping, state)| {
            let table = *skipping.tables.iter().find(|table| *table == read)?;
            Some(Skipped { source: skipping.source.as_str(), state: *state, table })
        })
    })
}

/// Every table of this load that something is made from, whatever lies between; the nearest first.
fn all_read(directly: BTreeSet<String>, tables: &TableSet) -> Vec<String> {
    let mut read: Vec<String> = Vec::new();
    let mut waiting: VecDeque<String> = directly.into_iter().collect();
    while let Some(name) = waiting.pop_front() {
        if name.starts_with(BEFORE) || read.contains(&name) {
            continue;
        }
        let parts = tables.find(&name).parts.clone();
        let pieces = parts.iter().flat_map(|part| part.made_from.keys());
        waiting.extend(pieces.filter_map(|piece| piece.strip_prefix("table ")).map(str::to_owned));
        if let Some(relation) = name.strip_prefix("unresolved_") {
            waiting.push_back(relation.to_owned());
        }
        read.push(name);
    }
    read
}

/// What else is known of findings of duties.
const OF_DUTIES: [&str; 4] = ["finding_causes", "finding_ways", "finding_paths", "finding_removals"];

/// What the parent had of a table about a control.
fn carried(table: &str, control: &str) -> Model {
    let columns = tables::by_name(table).map_or(&[][..], |table| table.columns);
    let columns: Vec<String> = columns.iter().map(|column| format!("b.{}", column.name)).collect();
    let query =
        format!("SELECT {} FROM {BEFORE}{table} b WHERE b.control = {}", columns.join(", "), sql::text(control));
    Model::sql(table, control, query)
}

/// The models of a control that is not evaluated: what the parent found, none of it new any more.
pub(super) fn models(control: &Control, skipped: &Skipped<'_>, has_exceptions: bool) -> Vec<Model> {
    let id = control.id.as_str();
    let name = sql::text(id);
    let why = format!(
        "SELECT {name} AS control, {} AS source, '{}' AS state, '{}' AS table_name",
        sql::text(skipped.source),
        skipped.state.as_str(),
        skipped.table,
    );
    let findings = excepted::standing_on(id, "not evaluated in this load", &[id], has_exceptions);
    let mut models = vec![Model::sql("skipped_controls", id, why), findings];
    match control.check {
        Check::SegregationOfDuties { .. } => models.extend(OF_DUTIES.map(|table| carried(table, id))),
        Check::Rule { .. } | Check::PermissionHolders { .. } => models.push(carried("finding_causes", id)),
        Check::Overlap { .. } | Check::TheoreticalRights { .. } => {}
    }
    models
}
