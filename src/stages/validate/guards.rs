//! The thresholds that every load has: rows that vanish or appear in bulk, owners lost, tables that came empty.
//!
//! Rows of a table are counted by source, its unresolved rows among them: an extract that was cut or read twice shows
//! there first. A relation that loses an end counts as lost: nobody holds it any more.

use std::sync::Arc;

use super::sides::Sides;
use super::words::{first, number, percent, top};
use crate::kernels::{Registered, Sieve};
use crate::model::Model;
use crate::sql;
use crate::stages::Context;
use crate::table::Table;
use crate::tables;

/// The columns of `movement_counts` that name objects.
const EXAMPLES: [&str; 3] = ["first_uid", "second_uid", "third_uid"];

const OWNERS_LOST: &str = include_str!("owners_lost.sql");

/// Every guard that compares with the parent, all of them in one query each for counting, measuring and judging: a
/// small load has as many tables as a large one.
pub(super) fn models(context: &Context<'_>) -> Vec<Model> {
    let sides: Vec<Sides> = tables::COLLECTED.iter().map(|table| Sides::of(table, context)).collect();
    let counts: Vec<String> = sides.iter().flat_map(Sides::counts).collect();
    let movements: Vec<String> = sides.iter().flat_map(|sides| sides.movements(context)).collect();
    // Accounts that lost their owner have not moved themselves.
    let of_owners = sql::tables_of(OWNERS_LOST).expect("our own query");
    let mut sieves: Vec<_> = sides.iter().flat_map(Sides::sieves).collect();
    sieves.retain(|(table, _)| !of_owners.contains(table));
    let kinds = sides.iter().flat_map(Sides::kinds).collect();
    sieves.push(("uids".to_owned(), Arc::new(Registered::OfKinds(kinds))));
    let named = Registered::NamedIn { table: "movement_counts", columns: &EXAMPLES };
    let named: Vec<(String, Arc<dyn Sieve>)> = vec![("uids".to_owned(), Arc::new(named))];
    let results = sql::fill(
        include_str!("guard_results.sql"),
        &[
            ("contributors", &contributors()),
            ("samples", &samples()),
            ("guards", &sql::texts(guards().iter().map(String::as_str))),
            ("moved", &number("j.moved")),
            ("before", &number("j.before_value")),
            ("now", &number("j.value")),
            ("there_now", &number("(j.value + COALESCE(j.added, 0))")),
            ("percent", &percent("j.moved", "j.before_value")),
        ],
    );
    vec![
        Model::sql("source_counts", "guards", counted(&counts)),
        Model::sql("movement_counts", "guards", moved(&movements)).sifted(sieves),
        Model::sql("metrics", "guards", include_str!("guard_metrics.sql").to_owned()),
        Model::sql("threshold_results", "guards", results).sifted(named),
    ]
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

/// What moved, with three examples that need no sorting, and the accounts that lost their owner by the repository they are in.
fn moved(branches: &[String]) -> String {
    let branches: Vec<&str> = branches.iter().map(String::as_str).chain([OWNERS_LOST.trim_end()]).collect();
    format!(
        "SELECT x.table_name, x.movement, x.source, x.belongs_column, x.belongs_to, x.kind,
       MIN(CASE WHEN x.uid % 3 = 0 THEN x.uid END) AS first_uid, MIN(CASE WHEN x.uid % 3 = 1 THEN x.uid END) AS second_uid,
       MIN(CASE WHEN x.uid % 3 = 2 THEN x.uid END) AS third_uid, CAST(COUNT(*) AS BIGINT) AS moved
FROM (\n{}\n) x
GROUP BY x.table_name, x.movement, x.source, x.belongs_column, x.belongs_to, x.kind",
        branches.join("\nUNION ALL\n")
    )
}

/// The guard that a row of `movement_counts` is about.
const GUARD: &str = "CASE WHEN c.table_name = 'ownership' THEN 'guard_owners_lost' WHEN c.movement = 'deleted' THEN 'guard_removed_' || c.table_name
                ELSE 'guard_added_' || c.table_name END";

/// What most of the rows that moved belong to, by guard and source.
fn contributors() -> String {
    let sums = format!(
        "SELECT {GUARD} AS threshold, c.source AS by_value, c.belongs_column AS belongs_column, c.belongs_to AS name, CAST(SUM(c.moved) AS BIGINT) AS n
    FROM movement_counts c
    WHERE c.belongs_column IS NOT NULL
    GROUP BY c.table_name, c.movement, c.source, c.belongs_column, c.belongs_to"
    );
    top(&["threshold", "by_value", "belongs_column"], &sums)
}

/// Three of the objects that moved, by guard and source, by name.
fn samples() -> String {
    let example = |column: &str| {
        format!(
            "SELECT {GUARD} AS threshold, c.source AS by_value, c.kind, c.{column} AS uid FROM movement_counts c WHERE c.{column} IS NOT NULL"
        )
    };
    let examples = EXAMPLES.map(example).join("\n  UNION\n  ");
    let named = format!(
        "SELECT DISTINCT e.threshold AS threshold, e.by_value AS by_value, COALESCE(NULLIF(u.namespace, '') || '/', '') || u.key AS name
  FROM (\n  {examples}\n  ) e JOIN uids u ON u.kind = e.kind AND u.uid = e.uid"
    );
    first(&["threshold", "by_value"], &named)
}
