//! What a policy would do to the accounts of a confirmed timeslot. Nothing is kept: every model is a query over tables in
//! memory.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use super::coverage::{Covered, coverage};
use crate::cause::Causes;
use crate::engine::{Engine, EngineError};
use crate::ledger::Timeslot;
use crate::model::{BEFORE, Model, StoredTable, TableSet};
use crate::settings::reconcile::Reconcile;
use crate::stages::{Ask, Context, Stage};

/// What would come of a policy.
#[derive(Debug)]
pub struct Trial {
    /// How far each rule gets.
    pub covered: Vec<Covered>,
    /// The accounts that would have another owner, or another reason for none.
    pub changed: Vec<Changed>,
}

/// An account whose owner would be another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Code of the repository.
    pub repository: String,
    /// Identifier of the account.
    pub identifier: String,
    /// The employee id of the owner, or why there is none; empty for an orphan.
    pub before: String,
    /// The same under the policy.
    pub after: String,
    /// What would decide; empty for an orphan.
    pub rule: String,
}

/// Tries a policy on a timeslot as if that were loaded once more. With `afresh` nothing is carried but what people and
/// sources say: every account is judged by the rules.
///
/// # Errors
/// Where a table cannot be read, or a query fails.
pub fn trial(stage: &Reconcile, timeslot: &Timeslot, afresh: bool, engine: &dyn Engine) -> Result<Trial, EngineError> {
    let mut tables = TableSet::of(timeslot, Some(timeslot));
    let made_by_stage = ["ownership", "owner_candidates", "owner_scores", "owner_drift"];
    if afresh {
        for name in made_by_stage {
            let empty = StoredTable { columns: tables.find(name).columns.clone(), ..StoredTable::default() };
            tables.insert(&format!("{BEFORE}{name}"), empty);
        }
    }
    let context = Context {
        as_of: timeslot.manifest.as_of,
        tables: &tables,
        has_parent: true,
        parent_as_of: Some(timeslot.manifest.as_of),
        sources: &[],
        sources_before: &[],
        causes: &Causes::default(),
    };
    let models = stage.compile(&context);
    let made = make(models, tables.clone(), engine)?;
    let covered = coverage(&stage.policy, &made, engine)?;
    let mut both = made;
    both.insert("owned_now", tables.find("ownership"));
    let who = |alias: &str, of: &str| format!("COALESCE({alias}.employee_id, {of}.ownerless, '')");
    let (before, after) = (who("i", "w"), who("j", "o"));
    let rows = Ask { engine, tables: &both }.rows(&format!(
        "SELECT a.repository, a.identifier, {before}, {after}, COALESCE(o.rule, '')
         FROM accounts a
         LEFT JOIN owned_now w ON w.account_uid = a.uid LEFT JOIN identities i ON i.uid = w.identity_uid
         LEFT JOIN ownership o ON o.account_uid = a.uid LEFT JOIN identities j ON j.uid = o.identity_uid
         WHERE {before} <> {after}
         ORDER BY a.repository NULLS FIRST, a.identifier NULLS FIRST"
    ))?;
    let changed = rows.into_iter().filter_map(|row| {
        let [repository, identifier, before, after, rule] = <[String; 5]>::try_from(row).ok()?;
        Some(Changed { repository, identifier, before, after, rule })
    });
    Ok(Trial { covered, changed: changed.collect() })
}

/// The tables with those that models make, which lie in memory.
fn make(models: Vec<Model>, mut tables: TableSet, engine: &dyn Engine) -> Result<TableSet, EngineError> {
    let mut waiting = models;
    // What the timeslot has of them was made under the policy that stands.
    for model in &waiting {
        let columns = model.columns.clone().unwrap_or_default();
        tables.insert(&model.table, StoredTable { columns, ..StoredTable::default() });
    }
    let mut made: BTreeMap<String, Vec<RecordBatch>> = BTreeMap::new();
    while !waiting.is_empty() {
        let is_ready = |model: &Model| !waiting.iter().any(|other| model.reads().contains(&other.table));
        let (ready, later): (Vec<Model>, Vec<Model>) = waiting.iter().cloned().partition(is_ready);
        if ready.is_empty() {
            return Err(EngineError::new("models wait for each other"));
        }
        for model in &ready {
            let columns = match &model.columns {
                Some(columns) => columns.clone(),
                None => engine.columns(model.query(), &tables)?,
            };
            let held = made.entry(model.table.clone()).or_default();
            engine.run(model.query(), &tables, &columns, usize::MAX, &mut |rows| {
                held.push(rows);
                Ok(())
            })?;
        }
        for model in &ready {
            let columns = model.columns.clone().unwrap_or_default();
            let held = made.get(&model.table).cloned().unwrap_or_default();
            tables.insert(&model.table, StoredTable { columns, held, ..StoredTable::default() });
        }
        waiting = later;
    }
    Ok(tables)
}
