//! Runs the models of a stage: each as soon as its inputs stand, several at once, and only where nothing equal stands
//! already, in this timeslot or in its parent.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

use crate::engine::{Engine, EngineError};
use crate::env::Env;
use crate::event::{How, RunEventKind};
use crate::ids::StageName;
use crate::ledger::{LedgerError, OpenTimeslot, Part, Timeslot, arrow_schema};
use crate::model::{Make, Model, TableSet};
use crate::table::Field;

/// A model that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Its query fails.
    #[error("model `{table}/{name}` cannot be computed")]
    Query {
        /// Its table.
        table: String,
        /// Its name.
        name: String,
        /// Why.
        source: EngineError,
    },
    /// Models wait for each other.
    #[error("models {} wait for each other", models.join(", "))]
    Cycle {
        /// `table/name` of each.
        models: Vec<String>,
    },
    /// The ledger cannot take its rows.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A finished model: its columns and its part.
struct Made {
    columns: Vec<Field>,
    part: Part,
    how: How,
}

/// Makes the models, puts their tables into the timeslot and commits. Returns how many were computed; the rest stood.
///
/// # Errors
/// Where a query or the disk fails, or models wait for each other; the timeslot then stands as before.
pub fn run_models(
    stage: StageName,
    models: &[Model],
    open: &mut OpenTimeslot,
    parent: Option<&Timeslot>,
    engine: &dyn Engine,
    env: Env<'_>,
) -> Result<usize, ModelError> {
    let mut waiting: Vec<&Model> = models.iter().collect();
    let mut parts: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    let mut columns: BTreeMap<&str, Vec<Field>> = BTreeMap::new();
    let mut made_models = 0;
    while !waiting.is_empty() {
        let to_come: BTreeSet<&str> = waiting.iter().map(|model| model.table.as_str()).collect();
        let (ready, later): (Vec<&Model>, Vec<&Model>) =
            waiting.iter().partition(|model| model.reads().iter().all(|read| !to_come.contains(read.as_str())));
        if ready.is_empty() {
            let models = later.iter().map(|model| format!("{}/{}", model.table, model.name)).collect();
            return Err(ModelError::Cycle { models });
        }
        let now = Timeslot { folder: open.folder().to_owned(), manifest: open.manifest().clone() };
        let tables = TableSet::of(&now, parent);
        let reached: &OpenTimeslot = open;
        let results: Vec<Result<Made, ModelError>> = thread::scope(|scope| {
            let threads: Vec<_> = ready
                .iter()
                .map(|model| scope.spawn(|| make(stage, model, reached, parent, &tables, engine, env)))
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a model does not panic")).collect()
        });
        for (model, made) in ready.iter().zip(results) {
            let made = made?;
            made_models += usize::from(made.how == How::Made);
            parts.entry(&model.table).or_default().push(made.part);
            columns.insert(&model.table, made.columns);
        }
        for table in ready.iter().map(|model| model.table.as_str()).collect::<BTreeSet<_>>() {
            if !later.iter().any(|model| model.table == table) {
                open.put(table, columns[table].clone(), parts[table].clone());
            }
        }
        waiting = later;
    }
    open.commit()?;
    Ok(made_models)
}

/// Makes one model, or finds that it stands.
fn make(
    stage: StageName,
    model: &Model,
    open: &OpenTimeslot,
    parent: Option<&Timeslot>,
    tables: &TableSet,
    engine: &dyn Engine,
    env: Env<'_>,
) -> Result<Made, ModelError> {
    let began = env.clock.now();
    let failed = |source| ModelError::Query { table: model.table.clone(), name: model.name.clone(), source };
    let columns = match &model.columns {
        Some(columns) => columns.clone(),
        None => engine.columns(model.query(), tables).map_err(failed)?,
    };
    let fingerprint = model.fingerprint(tables);
    let (part, how) = match standing_part(model, &fingerprint, open, parent)? {
        Some(part) => (part, How::Reused),
        None => (compute(model, &fingerprint, &columns, open, tables, engine)?, How::Made),
    };
    env.notice(RunEventKind::Progress {
        stage,
        item: format!("{}/{}", model.table, model.name),
        rows: part.rows,
        bytes: 0,
        how,
        millis: env.millis_since(began),
    });
    Ok(Made { columns, part, how })
}

/// The part of the same fingerprint that stands in this timeslot or in its parent.
fn standing_part(
    model: &Model,
    fingerprint: &str,
    open: &OpenTimeslot,
    parent: Option<&Timeslot>,
) -> Result<Option<Part>, LedgerError> {
    let own = Timeslot { folder: open.folder().to_owned(), manifest: open.manifest().clone() };
    for timeslot in [Some(&own), parent].into_iter().flatten() {
        let record = timeslot.manifest.tables.get(&model.table);
        let part = record.and_then(|record| record.parts.iter().find(|part| part.fingerprint == fingerprint));
        if let Some(part) = part {
            return open.link_part(&timeslot.folder, part, &model.table).map(Some);
        }
    }
    Ok(None)
}

/// Computes the rows of a model and writes them.
fn compute(
    model: &Model,
    fingerprint: &str,
    columns: &[Field],
    open: &OpenTimeslot,
    tables: &TableSet,
    engine: &dyn Engine,
) -> Result<Part, ModelError> {
    let failed = |source| ModelError::Query { table: model.table.clone(), name: model.name.clone(), source };
    if let Make::Publish { staged, unless, .. } = &model.make {
        if let Some(part) = publishable(staged, unless, tables) {
            return Ok(open.link_part(
                open.folder(),
                &Part { fingerprint: fingerprint.to_owned(), ..part },
                &model.table,
            )?);
        }
    }
    let mut writer = open.create_part(&model.table, &model.name, fingerprint, columns)?;
    if let Make::Rust { input, run, .. } = &model.make {
        let rows = engine.rows(input, tables).map_err(failed)?;
        let broken = |error: ArrowError| failed(EngineError::from_arrow(error));
        let result = run(rows).map_err(broken)?;
        // A function may serve several tables: what its columns are called follows from the table.
        let result = RecordBatch::try_new(arrow_schema(columns), result.columns().to_vec()).map_err(broken)?;
        writer.write(result)?;
        return Ok(writer.finish()?);
    }
    let mut broken = None;
    let outcome = engine.run(model.query(), tables, columns, &mut |batch| {
        writer.write(batch).map_err(|error| {
            let message = error.to_string();
            broken = Some(error);
            EngineError { message }
        })
    });
    match (broken, outcome) {
        (Some(error), _) => Err(error.into()),
        (None, Err(error)) => Err(failed(error)),
        (None, Ok(())) => Ok(writer.finish()?),
    }
}

/// The single staged part that may be published as it is.
fn publishable(staged: &str, unless: &[(String, String)], tables: &TableSet) -> Option<Part> {
    let has_rows = |(table, name): &(String, String)| {
        tables.find(table).parts.iter().any(|part| part.name == *name && part.rows > 0)
    };
    let staged = tables.find(staged);
    match staged.parts.as_slice() {
        [part] if !unless.iter().any(has_rows) => Some(part.clone()),
        _ => None,
    }
}
