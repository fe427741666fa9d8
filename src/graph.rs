//! Runs the models of a stage: each as soon as its inputs stand, several at once, and only where nothing equal stands
//! already, in this timeslot or in its parent.

mod once;
mod work;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

use self::work::Work;
use crate::engine::{Engine, EngineError, STACK};
use crate::env::Env;
use crate::event::How;
use crate::ids::StageName;
use crate::ledger::{LedgerError, OpenTimeslot, Part, Timeslot};
use crate::model::{Model, Reuse, TableSet, fingerprint};
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
        let attempt = |model: &Model| work.make(model).map_err(|error| work.blame(model, error));
        let mut results = longest_first(&ready, &tables, attempt);
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

/// What `attempt` gives for each model, in their order. Those that read most rows are begun first, so that none of them is left
/// to one processor in the end.
///
/// Models have threads of their own. In one of those that share out the work of a model, whoever waits for a share may begin
/// another model meanwhile; the engine does not begin a query inside another.
fn longest_first<T: Send>(models: &[&Model], tables: &TableSet, attempt: impl Fn(&Model) -> T + Sync) -> Vec<T> {
    let rows = |model: &Model| -> u64 {
        let narrowed = model.narrowed(tables);
        model.reads().iter().map(|read| narrowed.find(read).rows()).sum()
    };
    let mut order: Vec<(usize, u64)> = models.iter().map(|model| rows(model)).enumerate().collect();
    order.sort_by_key(|(_, rows)| Reverse(*rows));
    let next = Mutex::new(order.into_iter());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || iter::from_fn(take).map(|(place, _)| (place, attempt(models[place]))).collect::<Vec<_>>();
    let mut made: Vec<(usize, T)> = thread::scope(|scope| {
        let begin = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok();
        let threads: Vec<_> = (0..rayon::current_num_threads().min(models.len())).filter_map(begin).collect();
        // Where the machine gives no threads any more, this one is there.
        let here = if threads.is_empty() { work() } else { Vec::new() };
        let ended = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        ended.flatten().chain(here).collect()
    });
    made.sort_by_key(|(place, _)| *place);
    made.into_iter().map(|(_, made)| made).collect()
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

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use rayon::prelude::*;

    use super::*;

    fn models() -> Vec<Model> {
        (0..40).map(|number| Model::sql("t", &number.to_string(), "SELECT 1 AS one FROM x".to_owned())).collect()
    }

    #[test]
    fn models_are_made_once_each_outside_of_the_threads_that_share_their_work_and_told_in_their_order() {
        let models = models();
        let made = longest_first(&models.iter().collect::<Vec<_>>(), &TableSet::default(), |model| {
            let shared: usize = (0..1000_usize).into_par_iter().map(|number| number % 7).sum();
            assert!(shared > 0 && rayon::current_thread_index().is_none());
            model.name.clone()
        });
        assert_eq!(made, models.iter().map(|model| model.name.clone()).collect::<Vec<_>>());
        assert!(longest_first(&[], &TableSet::default(), |_| ()).is_empty());
    }

    #[test]
    fn a_panic_in_a_model_is_handed_on_once_the_others_have_ended() {
        let models = models();
        let ended = Mutex::new(0);
        let attempt = |model: &Model| {
            assert!(model.name != "3", "the third");
            *ended.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        };
        let refs: Vec<&Model> = models.iter().collect();
        let told = catch_unwind(AssertUnwindSafe(|| longest_first(&refs, &TableSet::default(), attempt)));
        assert!(told.is_err());
        // With one thread, those behind it are not begun.
        let ended = *ended.lock().unwrap_or_else(PoisonError::into_inner);
        assert!((3..=39).contains(&ended), "{ended}");
    }
}
