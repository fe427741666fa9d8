//! The thresholds that every load has: rows that vanish or appear in bulk, owners lost, tables that came empty.
//!
//! Rows of a table are counted by source, its unresolved rows among them: an extract that was cut or read twice shows
//! there first. A relation that loses an end counts as lost: nobody holds it any more.

use std::sync::Arc;

use super::sides::{Sides, Tell};
use super::words::{first, number, percent, top};
use crate::kernels::{Registered, Sieve};
use crate::model::Model;
use crate::sql;
use crate::stages::Context;
use crate::table::Table;
use crate::tables;

const OWNERS_LOST: &str = include_str!("owners_lost.sql");

/// Every guard that compares with the parent, all of them in one query each for counting, measuring and judging: a
/// small load has as many tables as a large one. Where none is reached, nobody asks what the rows that moved are called.
pub(super) fn models(context: &Context<'_>) -> Vec<Model> {
    let sides: Vec<Sides> = tables::COLLECTED.iter().map(|table| Sides::of(table, context)).collect();
    let counts: Vec<String> = sides.iter().flat_map(Sides::counts).collect();
    let movements = moved(&all_moved(&sides, Tell::Belongs, context));
    let names = names(&all_moved(&sides, Tell::Name, context));
    let samples = format!(",\nsamples AS (\n{}\n)", first(&["threshold", "by_value"], &names));
    let joined =
        "LEFT JOIN samples s ON s.threshold = m.threshold AND COALESCE(s.by_value, '') = COALESCE(m.by_value, '')";
    let with_names = results([&samples, joined, "s.named"]);
    let without = results(["", "", "CAST(NULL AS VARCHAR)"]);
    let sifted = sieves(&sides, Tell::Name);
    vec![
        Model::sql("source_counts", "guards", counted(&counts)),
        Model::sql("movement_counts", "guards", movements).sifted(sieves(&sides, Tell::Belongs)),
        Model::sql("metrics", "guards", include_str!("guard_metrics.sql").to_owned()),
        Model::sql("threshold_results", "guards", with_names).shorter_or_sifted(without, "severity", "ok", sifted),
    ]
}

/// What the guards conclude, with a table of what rows are called, how it is joined, and what it tells.
fn results([samples, joined, named]: [&str; 3]) -> String {
    sql::fill(
        include_str!("guard_results.sql"),
        &[
            ("contributors", &contributors()),
            ("samples", samples),
            ("joined", joined),
            ("named", named),
            ("guards", &sql::texts(guards().iter().map(String::as_str))),
            ("moved", &number("j.moved")),
            ("before", &number("j.before_value")),
            ("now", &number("j.value")),
            ("there_now", &number("(j.value + COALESCE(j.added, 0))")),
            ("percent", &percent("j.moved", "j.before_value")),
        ],
    )
}

/// Queries for all rows that moved, and for the accounts that lost their owner by the repository they are in.
fn all_moved(sides: &[Sides], tell: Tell, context: &Context<'_>) -> Vec<String> {
    let owners = sql::fill(OWNERS_LOST.trim_end(), &[("told", owners_told(tell))]);
    sides.iter().flat_map(|sides| sides.movements(tell, context)).chain([owners]).collect()
}

fn owners_told(tell: Tell) -> &'static str {
    match tell {
        Tell::Belongs => "'repository' AS belongs_column, n.repository AS belongs_to",
        Tell::Name => "COALESCE(n.repository || '/', '') || n.identifier AS name",
    }
}

/// What leaves of the tables that [`all_moved`] reads only what it asks for.
fn sieves(sides: &[Sides], tell: Tell) -> Vec<(String, Arc<dyn Sieve>)> {
    // Accounts that lost their owner have not moved themselves.
    let of_owners = sql::tables_of(&sql::fill(OWNERS_LOST, &[("told", owners_told(tell))])).expect("our own query");
    let mut sieves: Vec<_> = sides.iter().flat_map(|sides| sides.sieves(tell)).collect();
    sieves.retain(|(table, _)| !of_owners.contains(table));
    let kinds = sides.iter().flat_map(|sides| sides.kinds(tell)).collect();
    sieves.push(("uids".to_owned(), Arc::new(Registered(kinds))));
    sieves
}

/// The ids of the guards: a threshold of the plan may begin with the same word.
fn guards() -> Vec<String> {
    let of = |table: &&Table| ["removed", "added", "empty"].map(|what| format!("guard_{what}_{}", table.name));
    tables::COLLECTED.iter().flat_map(of).chain(["guard_owners_lost".to_owned()]).collect()
}

fn counted(branches: &[String]) -> String {
    format!(
        "SELECT c.table_name, c.source, CAST(SUM(c.before_rows) AS BIGINT) AS before_rows, CAST(SUM(c.now_rows) AS BIGINT) AS now_rows
FROM (\n{}\n) c
GROUP BY c.table_name, c.source",
        branches.join("\nUNION ALL\n")
    )
}

/// What moved, by what it belongs to.
fn moved(branches: &[String]) -> String {
    format!(
        "SELECT x.table_name, x.movement, x.source, x.belongs_column, x.belongs_to, CAST(COUNT(*) AS BIGINT) AS moved
FROM (\n{}\n) x
GROUP BY x.table_name, x.movement, x.source, x.belongs_column, x.belongs_to",
        branches.join("\nUNION ALL\n")
    )
}

/// The guards that a row `c` that moved is about: what is gone may have left its table empty. `v.of_empty` tells which of
/// both is meant.
const GUARD: &str = "CASE WHEN v.of_empty THEN 'guard_empty_' || c.table_name WHEN c.table_name = 'ownership' THEN 'guard_owners_lost'
                WHEN c.movement = 'deleted' THEN 'guard_removed_' || c.table_name ELSE 'guard_added_' || c.table_name END";
const BY_VALUE: &str = "CASE WHEN v.of_empty THEN CAST(NULL AS VARCHAR) ELSE c.source END";
const BOTH: &str = "JOIN (SELECT FALSE AS of_empty UNION ALL SELECT TRUE AS of_empty) v ON NOT v.of_empty OR (c.movement = 'deleted' AND c.table_name <> 'ownership')";

/// What most of the rows that moved belong to, by guard and source.
fn contributors() -> String {
    let sums = format!(
        "SELECT x.threshold AS threshold, x.by_value AS by_value, x.belongs_column AS belongs_column, x.name AS name, CAST(SUM(x.moved) AS BIGINT) AS n
    FROM (
      SELECT {GUARD} AS threshold, {BY_VALUE} AS by_value, c.belongs_column AS belongs_column, c.belongs_to AS name, c.moved AS moved
      FROM movement_counts c {BOTH}
      WHERE c.belongs_column IS NOT NULL
    ) x
    GROUP BY x.threshold, x.by_value, x.belongs_column, x.name"
    );
    top(&["threshold", "by_value", "belongs_column"], &sums)
}

/// What the rows that moved are called, by guard and source.
fn names(branches: &[String]) -> String {
    format!(
        "SELECT DISTINCT {GUARD} AS threshold, {BY_VALUE} AS by_value, c.name AS name
  FROM (\n{}\n  ) c {BOTH}",
        branches.join("\nUNION ALL\n")
    )
}
