//! What a plan's models are over the tables of a timeslot: views over the exact files, the queries, and which of them
//! stand. Pasted into DuckDB, the text gives the same rows.

mod next;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::next::{Step, next_run};
use crate::cause::Causes;
use crate::check::Ahead;
use crate::collect;
use crate::engine::DUCKDB_MACROS;
use crate::graph::{pieces, possible};
use crate::ids::StageName;
use crate::ledger::{Ledger, LedgerError, TableRecord, Timeslot};
use crate::model::{Make, Model, TableSet};
use crate::plan::Plan;
use crate::run::{compared, models_of, planned_stages, tables_for};
use crate::sql;
use crate::stages::Context;
use crate::temporal::{self, Past};

/// A model as it would be made.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// The stage it belongs to.
    pub stage: StageName,
    /// Its table.
    pub table: String,
    /// Its name: the beginning of its part's file name.
    pub model: String,
    /// `sql`; `publish`, where staged parts may be linked instead of running the query; `rust`.
    pub kind: &'static str,
    /// The columns of the table, in the order in which the part is sorted.
    pub columns: Vec<String>,
    /// The query. Of a Rust model, one that recomputes its rows in DuckDB.
    pub query: String,
    /// Tables it reads.
    pub reads: Vec<String>,
    /// Whether the timeslot has it already.
    pub stands: bool,
    /// Why it would run; that it stands, else.
    pub why: String,
}

/// A view over the exact files of a table.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// The name under which models read it.
    pub name: String,
    /// `CREATE OR REPLACE VIEW ..`, for DuckDB.
    pub statement: String,
}

/// A function that the engine has and DuckDB has not.
#[derive(Debug, Clone, Serialize)]
pub struct Macro {
    /// The name under which models call it.
    pub name: &'static str,
    /// `CREATE OR REPLACE MACRO ..`, for DuckDB.
    pub statement: &'static str,
}

/// Everything a timeslot's models are made of.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Views of this timeslot's tables and, as `before_..`, of its parent's.
    pub views: Vec<View>,
    /// Functions that the models call and that DuckDB must be given first.
    pub macros: Vec<Macro>,
    /// The models of every stage of the plan.
    pub models: Vec<Explained>,
    /// What the next run would do; empty where a timeslot was asked for by name.
    pub next: Vec<Step>,
}

/// Explains a plan before its first load: over tables that have columns and no rows.
#[must_use]
pub fn explain_ahead(plan: &Plan, as_of: jiff::civil::Date) -> Explanation {
    let mut ahead = Ahead::of(plan, None);
    ahead.tables = ahead.tables.with(&compared(plan, None).unwrap_or_default());
    let context = Context {
        as_of,
        tables: &ahead.tables,
        has_parent: false,
        parent_as_of: None,
        sources: &ahead.sources,
        sources_before: &[],
        causes: &Causes::default(),
    };
    of(plan, &context, &TableRecords::new(), None)
}

/// The tables of a manifest.
type TableRecords = BTreeMap<String, TableRecord>;

/// Explains a plan over the tables of a timeslot.
///
/// # Errors
/// Where what earlier timeslots have or measured cannot be read.
pub fn explain(
    ledger: &Ledger,
    plan: &Plan,
    timeslot: &Timeslot,
    parent: Option<&Timeslot>,
) -> Result<Explanation, LedgerError> {
    let past = Past::as_made(ledger, timeslot.clone())?;
    let compared = compared(plan, Some((ledger, &timeslot.manifest.timeslot)))?;
    let tables = TableSet::of(timeslot, parent).with(&compared);
    let sources = collect::reports_of(Some(timeslot));
    let before = collect::reports_of(parent);
    let context = Context {
        as_of: timeslot.manifest.as_of,
        tables: &tables,
        has_parent: parent.is_some(),
        parent_as_of: parent.map(|parent| parent.manifest.as_of),
        sources: &sources,
        sources_before: &before,
        causes: &Causes::default(),
    };
    Ok(of(plan, &context, &timeslot.manifest.tables, Some(&past)))
}

fn of(plan: &Plan, context: &Context<'_>, records: &TableRecords, past: Option<&Past>) -> Explanation {
    let stages = planned_stages(plan).into_iter();
    let compiled = stages.filter(|stage| *stage > StageName::Collect && *stage < StageName::Confirm);
    let models: Vec<(StageName, Model)> = compiled
        .flat_map(|stage| {
            let models = models_of(plan, stage, context);
            models.into_iter().map(move |model| (stage, model)).collect::<Vec<_>>()
        })
        .collect();
    let followed = temporal::named(models.iter().flat_map(|(_, model)| model.reads()));
    let seen = past.map(|past| past.bare_views(&followed)).unwrap_or_default();
    let mut tables = context.tables.clone();
    for view in &seen {
        tables.insert(&view.name, view.bare.clone());
    }
    let models: Vec<Explained> = models
        .into_iter()
        .map(|(stage, model)| explained(stage, &model, records, &tables_for(stage, tables.clone())))
        .collect();
    let mut names: Vec<String> = models.iter().flat_map(|model| model.reads.clone()).collect();
    names.extend(tables.iter().map(|(name, _)| name.to_owned()));
    names.sort();
    names.dedup();
    names.retain(|name| !seen.iter().any(|view| view.name == *name));
    let wide = tables.widened();
    let mut views: Vec<View> = names.into_iter().map(|name| view(name, &wide)).collect();
    views.extend(seen.iter().flat_map(over_all_loads));
    let macros = DUCKDB_MACROS.into_iter().filter(|(name, _)| models.iter().any(|model| model.query.contains(name)));
    let macros = macros.map(|(name, statement)| Macro { name, statement }).collect();
    Explanation { views, macros, models, next: Vec::new() }
}

fn explained(stage: StageName, model: &Model, records: &TableRecords, tables: &TableSet) -> Explained {
    let (kind, query) = match &model.make {
        Make::Sql(query) => ("sql", query),
        Make::Publish { sql, .. } => ("publish", sql),
        Make::Rust { check, .. } => ("rust", check),
    };
    let nothing = TableRecord::default();
    let record = records.get(&model.table).unwrap_or(&nothing);
    let part = record.parts.iter().find(|part| part.name == model.name);
    let stands = part.is_some_and(|part| possible(stage, model, tables).contains(&part.fingerprint));
    let why = match part {
        None => "it has not run".to_owned(),
        Some(_) if stands => "it stands".to_owned(),
        Some(part) => changed(&part.made_from, &pieces(stage, model, tables, false)),
    };
    Explained {
        stage,
        table: model.table.clone(),
        model: model.name.clone(),
        kind,
        columns: record.columns.iter().map(|column| column.name.clone()).collect(),
        query: query.clone(),
        reads: model.reads().iter().cloned().collect(),
        stands,
        why,
    }
}

/// Which pieces of a fingerprint differ.
fn changed(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> =
        now.iter().filter(|(name, hash)| before.get(*name) != Some(hash)).map(|(name, _)| name.as_str()).collect();
    if names.is_empty() { "it reads less than before".to_owned() } else { format!("changed: {}", names.join(", ")) }
}

/// A view over all loads, behind those of the loads.
fn over_all_loads(seen: &temporal::View) -> Vec<View> {
    let of_loads = seen.tables.iter().filter(|(name, _)| *name != "uids");
    let mut views: Vec<View> = of_loads.map(|(name, _)| view(name.to_owned(), &seen.tables)).collect();
    let statement = format!("CREATE OR REPLACE VIEW {} AS {};", sql::name(&seen.name), seen.query);
    views.push(View { name: seen.name.clone(), statement });
    views
}

/// A view that has every column of the table, even where a file lacks it.
fn view(name: String, tables: &TableSet) -> View {
    let stored = tables.find(&name);
    let typed: Vec<String> = stored
        .columns
        .iter()
        .map(|column| format!("CAST(NULL AS {}) AS {}", column.kind.sql(), sql::name(&column.name)))
        .collect();
    let empty = format!("SELECT {} WHERE FALSE", typed.join(", "));
    let body = if stored.files.is_empty() {
        empty
    } else {
        let files: Vec<String> = stored
            .files
            .iter()
            .map(|file| sql::text(&file.canonicalize().unwrap_or_else(|_| file.clone()).display().to_string()))
            .collect();
        format!(
            "{empty}\nUNION ALL BY NAME\nSELECT * FROM read_parquet([{}], hive_partitioning = false, union_by_name = true)",
            files.join(", ")
        )
    };
    View { statement: format!("CREATE OR REPLACE VIEW {} AS {body};", sql::name(&name)), name }
}
