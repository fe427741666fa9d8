//! Runs the models of a stage: each as soon as its inputs stand, several at once, and only where nothing equal stands
//! already, in this timeslot or in its parent.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use rayon::prelude::*;

use crate::engine::{Engine, EngineError, RowSink};
use crate::env::Env;
use crate::event::{How, RunEventKind};
use crate::ids::StageName;
use crate::ledger::{LedgerError, OpenTimeslot, Part, Timeslot, arrow_schema};
use crate::model::{Make, Model, Reuse, StoredTable, TableSet, Way, fingerprint};
use crate::table::Field;
use crate::tables::telling_columns;

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
    /// A file that it reads is damaged.
    #[error("model `{table}/{name}` cannot be computed: {damage}")]
    Damaged {
        /// Its table.
        table: String,
        /// Its name.
        name: String,
        /// Which file, and what is wrong with it.
        damage: String,
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

impl ModelError {
    fn lacks_memory(&self) -> bool {
        matches!(self, Self::Query { source, .. } if source.lacks_memory)
    }
}

/// A finished model: its columns and its part.
struct Made {
    columns: Vec<Field>,
    part: Part,
    how: How,
}

/// The models of a stage, and what is to be done about them.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    /// The stage.
    pub stage: StageName,
    /// All of its models.
    pub models: &'a [Model],
    /// `(table, model)` pairs that are not made.
    pub left_out: &'a BTreeSet<(String, String)>,
    /// Tables of neither the timeslot nor its parent.
    pub further: &'a TableSet,
    /// Whether what stands already is taken over.
    pub reuse: Reuse,
}

/// Makes the models but those left out and puts their tables into the timeslot, which is not committed: the disk may work
/// while something else is done. What was left out stays as it stands. Returns how many were computed; the rest stood.
///
/// # Errors
/// Where a query or the disk fails, or models wait for each other; the timeslot then is not to be committed.
pub fn run_models(
    round: Round<'_>,
    open: &mut OpenTimeslot,
    parent: Option<&Timeslot>,
    engine: &dyn Engine,
    env: Env<'_>,
) -> Result<usize, ModelError> {
    let Round { stage, models, left_out, further, reuse } = round;
    let is_left = |table: &str, name: &str| left_out.contains(&(table.to_owned(), name.to_owned()));
    let mut waiting: Vec<&Model> = models.iter().filter(|model| !is_left(&model.table, &model.name)).collect();
    let mut parts: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    let mut columns: BTreeMap<&str, Vec<Field>> = BTreeMap::new();
    let mut rows = rows_that_stand(left_out, open);
    let mut made_models = 0;
    // What people wrote may ask the parent for a column that a collector has only now.
    let before = TableSet::before(parent);
    let is_wide = stage >= StageName::Rules;
    while !waiting.is_empty() {
        let (ready, later) = ready(&waiting);
        if ready.is_empty() {
            let models = later.iter().map(|model| format!("{}/{}", model.table, model.name)).collect();
            return Err(ModelError::Cycle { models });
        }
        let tables = before.clone().and(open.folder(), open.manifest()).with(further);
        let tables = if is_wide { tables.widened() } else { tables };
        let work = Work { stage, reuse, open, parent, tables: &tables, rows: &rows, engine, env };
        let mut results: Vec<Result<Made, ModelError>> =
            ready.par_iter().map(|model| work.make(model).map_err(|error| work.blame(model, error))).collect();
        // What ran out of memory beside others may find enough alone.
        let alone = Work { engine: engine.frugal(), ..work };
        for (model, made) in ready.iter().zip(&mut results) {
            if made.as_ref().is_err_and(ModelError::lacks_memory) {
                let item = format!("{}/{}", model.table, model.name);
                env.note(format!(
                    "`{item}` ran out of `memory` (below `[engine]`) and is made again, alone and more slowly"
                ));
                *made = alone.make(model);
            }
        }
        for (model, made) in ready.iter().zip(results) {
            let made = made?;
            made_models += usize::from(made.how == How::Made);
            rows.insert((model.table.clone(), model.name.clone()), made.part.rows);
            parts.entry(&model.table).or_default().push(made.part);
            columns.insert(&model.table, made.columns);
        }
        for table in ready.iter().map(|model| model.table.as_str()).collect::<BTreeSet<_>>() {
            if !later.iter().any(|model| model.table == table) {
                let mut parts = parts[table].clone();
                let stay = |part: &&Part| !is_of(stage, part) || is_left(table, &part.name);
                let record = open.manifest().tables.get(table);
                parts.extend(record.into_iter().flat_map(|record| &record.parts).filter(stay).cloned());
                open.put(table, columns[table].clone(), parts);
            }
        }
        waiting = later;
    }
    forget_what_is_no_longer_made(stage, models, open);
    Ok(made_models)
}

/// Of the models that wait: those for which nothing is to come any more, and the others.
pub(crate) fn ready<'a>(waiting: &[&'a Model]) -> (Vec<&'a Model>, Vec<&'a Model>) {
    let to_come: BTreeSet<&str> = waiting.iter().map(|model| model.table.as_str()).collect();
    let is_waiting = |table: &str, name: &str| waiting.iter().any(|model| model.table == table && model.name == name);
    waiting.iter().partition(|model| {
        model.reads().iter().all(|read| !to_come.contains(read.as_str()))
            && !model.decided_by().any(|(table, name)| is_waiting(table, name))
    })
}

/// Among what a part was made from: the stage. Several stages may fill one table; each replaces its own parts.
const STAGE: &str = "stage";

fn is_of(stage: StageName, part: &Part) -> bool {
    part.made_from.get(STAGE).is_some_and(|made_by| made_by == stage.as_str())
}

/// How many rows the models have that are left out and stand.
fn rows_that_stand(left_out: &BTreeSet<(String, String)>, open: &OpenTimeslot) -> BTreeMap<(String, String), u64> {
    let rows = |(table, name): &(String, String)| {
        let part = open.manifest().tables.get(table)?.parts.iter().find(|part| part.name == *name)?;
        Some(((table.clone(), name.clone()), part.rows))
    };
    left_out.iter().filter_map(rows).collect()
}

/// The fingerprints that a model's part can have over some tables. Whether a staged part was linked is known only from
/// what stands; both ways give the same rows.
pub(crate) fn possible(stage: StageName, model: &Model, tables: &TableSet) -> [String; 2] {
    [false, true].map(|is_linked| fingerprint(&pieces(stage, model, tables, is_linked)))
}

/// What a model's part is made from.
pub(crate) fn pieces(stage: StageName, model: &Model, tables: &TableSet, is_linked: bool) -> BTreeMap<String, String> {
    let mut pieces = model.made_from(tables, is_linked);
    pieces.insert(STAGE.to_owned(), stage.to_string());
    pieces
}

/// Takes out the tables and parts that an earlier pass of the stage made and this one does not.
fn forget_what_is_no_longer_made(stage: StageName, models: &[Model], open: &mut OpenTimeslot) {
    let tables = open.manifest().tables.clone();
    for (table, record) in tables.iter().filter(|(_, record)| record.parts.iter().any(|part| is_of(stage, part))) {
        let is_made = |part: &Part| models.iter().any(|model| model.table == *table && model.name == part.name);
        let stay: Vec<Part> =
            record.parts.iter().filter(|part| !is_of(stage, part) || is_made(part)).cloned().collect();
        if stay.is_empty() {
            open.remove(table);
        } else if stay.len() < record.parts.len() {
            open.put(table, record.columns.clone(), stay);
        }
    }
}

/// What models are made with.
#[derive(Clone, Copy)]
struct Work<'a> {
    stage: StageName,
    reuse: Reuse,
    open: &'a OpenTimeslot,
    parent: Option<&'a Timeslot>,
    tables: &'a TableSet,
    /// Rows of the models of this stage that are made.
    rows: &'a BTreeMap<(String, String), u64>,
    engine: &'a dyn Engine,
    env: Env<'a>,
}

impl Work<'_> {
    /// Makes one model, or finds that it stands.
    fn make(self, model: &Model) -> Result<Made, ModelError> {
        if self.env.stop.signal().is_some() {
            return Err(failed(model, EngineError::new("told to end")));
        }
        let began = self.env.clock.now();
        let staged = self.publishable(model);
        let made_from = pieces(self.stage, model, self.tables, staged.is_some());
        let fingerprint = fingerprint(&made_from);
        let (part, columns, how) = match (self.standing_part(model, &fingerprint, &made_from)?, staged) {
            (Some((part, columns)), _) => (part, model.columns.clone().unwrap_or(columns), How::Reused),
            (None, Some(staged)) => {
                let part = Part { fingerprint, ..staged };
                let part = self.open.link_part(self.open.folder(), &part, &model.table)?;
                (part, self.columns(model)?, How::Made)
            }
            (None, None) => {
                let columns = self.columns(model)?;
                (self.compute(model, &fingerprint, &columns)?, columns, How::Made)
            }
        };
        let part = Part { made_from, ..part };
        self.env.notice(RunEventKind::Progress {
            stage: self.stage,
            item: format!("{}/{}", model.table, model.name),
            rows: part.rows,
            bytes: 0,
            how,
            millis: self.env.millis_since(began),
        });
        Ok(Made { columns, part, how })
    }

    /// The columns of a model's result.
    fn columns(self, model: &Model) -> Result<Vec<Field>, ModelError> {
        match &model.columns {
            Some(columns) => Ok(columns.clone()),
            None => self.engine.columns(model.query(), self.tables).map_err(|error| failed(model, error)),
        }
    }

    /// Where a query failed because a file under it is damaged, the engine knows the damage and not the file.
    fn blame(self, model: &Model, error: ModelError) -> ModelError {
        if self.env.stop.signal().is_some() {
            return error;
        }
        let ModelError::Query { table, name, .. } = &error else { return error };
        if error.lacks_memory() {
            return error;
        }
        match model.reads().iter().find_map(|read| self.tables.find(read).damage()) {
            Some(damage) => ModelError::Damaged { table: table.clone(), name: name.clone(), damage },
            None => error,
        }
    }

    /// The part of the same fingerprint that stands in this timeslot or in its parent, or that of the parent where it
    /// lasts; with its table's columns.
    fn standing_part(
        self,
        model: &Model,
        fingerprint: &str,
        made_from: &BTreeMap<String, String>,
    ) -> Result<Option<(Part, Vec<Field>)>, LedgerError> {
        if self.reuse == Reuse::Never {
            return Ok(None);
        }
        let own = (self.open.folder(), self.open.manifest());
        let parent = self.parent.map(|parent| (parent.folder.as_path(), &parent.manifest));
        for (folder, manifest) in [Some(own), parent].into_iter().flatten() {
            let Some(record) = manifest.tables.get(&model.table) else { continue };
            if let Some(part) = record.parts.iter().find(|part| part.fingerprint == fingerprint) {
                let linked = self.open.link_part(folder, part, &model.table)?;
                return Ok(Some((linked, record.columns.clone())));
            }
        }
        let Some(parent) = self.parent else { return Ok(None) };
        let Some(record) = parent.manifest.tables.get(&model.table) else { return Ok(None) };
        let lasts = |part: &&Part| part.name == model.name && model.lasts(&part.made_from, made_from, self.tables);
        let Some(part) = record.parts.iter().find(lasts) else { return Ok(None) };
        let part = Part { fingerprint: fingerprint.to_owned(), ..part.clone() };
        let linked = self.open.link_part(&parent.folder, &part, &model.table)?;
        Ok(Some((linked, record.columns.clone())))
    }

    /// The staged part that may be published as it is.
    fn publishable(self, model: &Model) -> Option<Part> {
        let Make::Publish { staged, unless, .. } = &model.make else { return None };
        if unless.iter().any(|decider| self.has_rows(decider)) {
            return None;
        }
        self.tables.find(staged).parts.iter().find(|part| part.name == model.name).cloned()
    }

    /// Computes the rows of a model and writes them.
    fn compute(self, model: &Model, fingerprint: &str, columns: &[Field]) -> Result<Part, ModelError> {
        let mut writer = self.open.create_part(&model.table, &model.name, fingerprint, columns)?;
        let mut broken = None;
        if let Make::Rust { input, run, .. } = &model.make {
            let rows = self.engine.rows(input, self.tables).map_err(|error| failed(model, error))?;
            let outcome = run(rows, &mut |batch| {
                // A function may serve several tables: what its columns are called follows from the table.
                let batch = RecordBatch::try_new(arrow_schema(columns), batch.columns().to_vec())?;
                writer.write(batch).map_err(|error| {
                    let message = error.to_string();
                    broken = Some(error);
                    ArrowError::ComputeError(message)
                })
            });
            return match (broken, outcome) {
                (Some(error), _) => Err(error.into()),
                (None, Err(error)) => Err(failed(model, EngineError::from_arrow(error))),
                (None, Ok(())) => Ok(writer.finish()?),
            };
        }
        let outcome = self.rows(model, columns, &mut |batch| {
            writer.write(batch).map_err(|error| {
                let message = error.to_string();
                broken = Some(error);
                EngineError::new(message)
            })
        });
        match (broken, outcome) {
            (Some(error), _) => Err(error.into()),
            (None, Err(error)) => Err(failed(model, error)),
            (None, Ok(())) => Ok(writer.finish()?),
        }
    }
}

impl Work<'_> {
    /// The rows of a model's query, by the fastest way that is right.
    fn rows(self, model: &Model, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let faster =
            model.faster.as_ref().filter(|faster| !faster.unless.as_ref().is_some_and(|pair| self.has_rows(pair)));
        let telling = telling_columns(&model.table).unwrap_or(columns.len());
        match faster.map(|faster| &faster.way) {
            None => self.engine.run(model.query(), self.tables, columns, telling, sink),
            Some(Way::Shorter { query, column, text }) => {
                let mut rows = Vec::new();
                self.engine.run(query, self.tables, columns, telling, &mut |batch| {
                    rows.push(batch);
                    Ok(())
                })?;
                if rows.iter().all(|batch| has_only(batch, column, text)) {
                    return rows.into_iter().try_for_each(sink);
                }
                self.engine.run(model.query(), self.tables, columns, telling, sink)
            }
            Some(Way::Kernel(kernel)) => kernel.run(self.tables, columns, sink),
            Some(Way::Sifted(sieves)) => {
                let mut tables = TableSet::default();
                for read in model.reads() {
                    tables.insert(read, self.tables.find(read));
                }
                for (table, sieve) in sieves {
                    let held = sieve.rows(self.tables)?;
                    if held.is_empty() {
                        return Ok(());
                    }
                    let columns = self.tables.find(table).columns.clone();
                    tables.insert(table, StoredTable { columns, held, ..StoredTable::default() });
                }
                self.engine.run(model.query(), &tables, columns, telling, sink)
            }
        }
    }

    fn has_rows(self, decider: &(String, String)) -> bool {
        self.rows.get(decider).is_some_and(|rows| *rows > 0)
    }
}

/// Whether every row has that text in that column.
fn has_only(rows: &RecordBatch, column: &str, text: &str) -> bool {
    let Some(column) = rows.column_by_name(column).and_then(|column| column.as_string_opt::<i32>()) else {
        return false;
    };
    column.iter().all(|found| found == Some(text))
}

fn failed(model: &Model, source: EngineError) -> ModelError {
    ModelError::Query { table: model.table.clone(), name: model.name.clone(), source }
}
