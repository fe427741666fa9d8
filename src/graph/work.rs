//! How one model is made: from what stands already, or by the fastest way that is right.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;

use super::once::Once;
use super::{Made, ModelError, pieces};
use crate::engine::{Engine, EngineError, RowSink};
use crate::env::Env;
use crate::event::{How, RunEventKind};
use crate::ids::StageName;
use crate::kernels::Sieve;
use crate::ledger::{LedgerError, OpenTimeslot, Part, Timeslot, arrow_schema};
use crate::model::{Make, Model, Reuse, StoredTable, TableSet, Way, fingerprint};
use crate::table::Field;
use crate::tables::telling_columns;

/// What models are made with.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) stage: StageName,
    pub(super) reuse: Reuse,
    pub(super) open: &'a OpenTimeslot,
    pub(super) parent: Option<&'a Timeslot>,
    pub(super) tables: &'a TableSet,
    /// Rows of the models of this stage that are made.
    pub(super) rows: &'a BTreeMap<(String, String), u64>,
    pub(super) engine: &'a dyn Engine,
    pub(super) env: Env<'a>,
}

impl Work<'_> {
    /// Makes one model, or finds that it stands.
    pub(super) fn make(self, model: &Model) -> Result<Made, ModelError> {
        if self.env.stop.signal().is_some() {
            return Err(failed(model, EngineError::new("told to end")));
        }
        let narrowed = model.narrowed(self.tables);
        Work { tables: &narrowed, ..self }.make_of(model)
    }

    /// The same over tables as the model reads them.
    fn make_of(self, model: &Model) -> Result<Made, ModelError> {
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
    pub(super) fn blame(self, model: &Model, error: ModelError) -> ModelError {
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
            Some(Way::Shorter { query, column, text, else_sifted }) => {
                let mut rows = Vec::new();
                self.engine.run(query, self.tables, columns, telling, &mut |batch| {
                    rows.push(batch);
                    Ok(())
                })?;
                if rows.iter().all(|batch| has_only(batch, column, text)) {
                    return rows.into_iter().try_for_each(sink);
                }
                match self.sifted(model, else_sifted)? {
                    Some(tables) => self.engine.run(model.query(), &tables, columns, telling, sink),
                    None => Ok(()),
                }
            }
            Some(Way::Once { query }) => {
                let mut once = Once::default();
                self.engine.run(query, self.tables, columns, telling, &mut |batch| {
                    sink(once.of(&batch).map_err(EngineError::from_arrow)?)
                })
            }
            Some(Way::Kernel(kernel)) => kernel.run(self.tables, columns, sink),
            Some(Way::Sifted(sieves)) => match self.sifted(model, sieves)? {
                Some(tables) => self.engine.run(model.query(), &tables, columns, telling, sink),
                None => Ok(()),
            },
        }
    }

    /// The tables that a model reads, with what sieves leave of them; `None` where one leaves nothing.
    fn sifted(self, model: &Model, sieves: &[(String, Arc<dyn Sieve>)]) -> Result<Option<TableSet>, EngineError> {
        let mut tables = TableSet::default();
        for read in model.reads() {
            tables.insert(read, self.tables.find(read));
        }
        for (table, sieve) in sieves {
            let held = sieve.rows(self.tables)?;
            if held.is_empty() {
                return Ok(None);
            }
            let columns = self.tables.find(table).columns.clone();
            tables.insert(table, StoredTable { columns, held, ..StoredTable::default() });
        }
        Ok(Some(tables))
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
