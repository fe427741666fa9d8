//! Questions about owners that a timeslot answers without a run: what rules cover, which would help, what a policy would
//! do.

pub mod coverage;
pub mod suggest;
pub mod trial;

use crate::engine::{Engine, EngineError};
use crate::model::TableSet;
use crate::stages::Ask;

/// Rows of accounts and whoever is in question as their owner, in SQL. Only a policy whose rules add up has scores.
pub(crate) fn in_question(has_scores: bool) -> &'static str {
    if has_scores {
        "SELECT q.account_uid, q.identity_uid FROM owner_candidates q UNION ALL SELECT q.account_uid, q.identity_uid FROM owner_scores q"
    } else {
        "SELECT q.account_uid, q.identity_uid FROM owner_candidates q"
    }
}

/// What is counted of the accounts of a repository that are of one class, by a rule; then the counts.
type Counted = ([String; 3], [u64; 3]);

/// The rows of a question whose cells are a repository, a class, a rule, and three counts.
fn counted(engine: &dyn Engine, tables: &TableSet, query: &str) -> Result<Vec<Counted>, EngineError> {
    let rows = Ask { engine, tables }.rows(query)?;
    let counted = rows.into_iter().filter_map(|mut row| {
        let counts: Vec<u64> = row.split_off(3).iter().map(|cell| cell.parse().unwrap_or(0)).collect();
        Some((row.try_into().ok()?, counts.try_into().ok()?))
    });
    Ok(counted.collect())
}
