//! The thresholds that every load has: rows that vanish or appear in bulk, owners lost, tables that came empty.
//!
//! Rows of a table are counted by source, its unresolved rows among them: an extract that was cut or read twice shows
//! there first. A relation that loses an end counts as lost: nobody holds it any more.

use super::catalogue::belongs_to;
use super::judge::is_share;
use super::sides::Sides;
use super::words::{number, percent, top};
use crate::model::Model;
use crate::stages::Context;
use crate::table::Table;
use crate::tables;

/// Every guard that compares with the parent.
pub(super) fn models(context: &Context<'_>) -> Vec<Model> {
    let mut models = Vec::new();
    for table in tables::COLLECTED {
        let sides = Sides::of(table, context);
        let name = table.name;
        if sides.has_before() {
            models.push(Model::sql("losses", name, sides.losses(context)));
            models.push(metric(&format!("guard_removed_{name}"), sides.removed()));
            models.push(result(&format!("guard_removed_{name}"), removed(table)));
            models.push(metric(&format!("guard_empty_{name}"), sides.empty()));
            models.push(result(&format!("guard_empty_{name}"), empty(name)));
        }
        if sides.has_now() {
            models.push(metric(&format!("guard_added_{name}"), sides.added()));
            models.push(result(&format!("guard_added_{name}"), added(name)));
        }
    }
    models.push(metric("guard_owners_lost", include_str!("owners_lost.sql").to_owned()));
    models.push(result("guard_owners_lost", owners_lost()));
    models
}

fn metric(id: &str, query: String) -> Model {
    Model::sql("metrics", id, query)
}

fn result(id: &str, query: String) -> Model {
    Model::sql("threshold_results", id, query)
}

/// Rows gone: 10 % and 5 rows, or more than 500.
fn removed(table: &Table) -> String {
    let name = table.name;
    let share = format!(
        "({} AND m.before_value - m.value >= 5)",
        is_share(0.1, "(m.before_value - m.value)", "m.before_value")
    );
    let (gone, before, now) = (number("j.gone"), number("j.before_value"), number("j.now"));
    let contributors = top(&format!(
        "SELECT l.source AS by_value, l.belongs_to AS name, CAST(SUM(l.lost) AS BIGINT) AS n FROM losses l WHERE l.table_name = '{name}' GROUP BY l.source, l.belongs_to"
    ));
    let most = match belongs_to(table) {
        Some(column) => format!("COALESCE('; most of them by {column}: ' || t.named, '')"),
        None => "''".to_owned(),
    };
    format!(
        "WITH judged AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.before_value - m.value AS gone,
         m.value + COALESCE(a.value - a.before_value, 0) AS now, {share} AS is_share, m.before_value - m.value > 500 AS is_bulk
  FROM metrics m LEFT JOIN metrics a ON a.threshold = 'guard_added_{name}' AND a.by_value = m.by_value
  WHERE m.threshold = 'guard_removed_{name}'
),
top_names AS (
{contributors}
)
SELECT j.threshold, j.by_column, j.by_value, 'drop' AS side, CASE WHEN j.is_share OR j.is_bulk THEN 'hold' ELSE 'ok' END AS severity,
       j.before_value, j.value, CASE WHEN j.is_bulk AND NOT j.is_share THEN '500 rows' ELSE '10 %' END AS limit_text,
       {gone} || ' of ' || {before} || ' rows of `{name}` from source `' || j.by_value || '` are gone (' || {} || ' %, the limit is ' || CASE WHEN j.is_bulk AND NOT j.is_share THEN '500 rows' ELSE '10 %' END || '), ' || {now} || ' are there now' || {most} AS sentence
FROM judged j LEFT JOIN top_names t ON t.by_value = j.by_value",
        percent("j.gone", "j.before_value"),
    )
}

/// Rows that are new: 30 % and 20 rows. All rows of a source without any before are.
fn added(name: &str) -> String {
    let share = is_share(0.3, "(m.value - m.before_value)", "m.before_value");
    let (more, before) = (number("j.more"), number("j.before_value"));
    format!(
        "WITH judged AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.value - m.before_value AS more,
         ({share} AND m.value - m.before_value >= 20) AS is_reached
  FROM metrics m
  WHERE m.threshold = 'guard_added_{name}'
)
SELECT j.threshold, j.by_column, j.by_value, 'rise' AS side, CASE WHEN j.is_reached THEN 'hold' ELSE 'ok' END AS severity,
       j.before_value, j.value, '30 %' AS limit_text,
       {more} || ' rows of `{name}` from source `' || j.by_value || '` are new, where ' || {before} || ' were before' || CASE WHEN j.before_value > 0 THEN ' (' || {} || ' %, the limit is 30 %)' ELSE '' END AS sentence
FROM judged j",
        percent("j.more", "j.before_value"),
    )
}

/// A table that had rows and has none.
fn empty(name: &str) -> String {
    format!(
        "SELECT m.threshold, m.by_column, m.by_value, 'min' AS side, CASE WHEN m.before_value > 0 AND m.value = 0 THEN 'hold' ELSE 'ok' END AS severity,
       m.before_value, m.value, '1 row' AS limit_text,
       '`{name}` has ' || {} || ' rows, it had ' || {} AS sentence
FROM metrics m WHERE m.threshold = 'guard_empty_{name}'",
        number("m.value"),
        number("m.before_value")
    )
}

/// Accounts that had an owner and have none: more than 5 % of those that had one.
fn owners_lost() -> String {
    let contributors = top(
        "SELECT CAST(NULL AS VARCHAR) AS by_value, n.repository AS name, CAST(COUNT(*) AS BIGINT) AS n
    FROM before_ownership b JOIN accounts n ON n.uid = b.account_uid LEFT JOIN ownership o ON o.account_uid = b.account_uid
    WHERE b.identity_uid IS NOT NULL AND o.identity_uid IS NULL GROUP BY n.repository",
    );
    format!(
        "WITH judged AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.before_value - m.value AS gone FROM metrics m
  WHERE m.threshold = 'guard_owners_lost'
),
top_names AS (
{contributors}
)
SELECT j.threshold, j.by_column, j.by_value, 'drop' AS side,
       CASE WHEN j.gone > 0.05 * j.before_value + 0.000000001 * j.before_value THEN 'hold' ELSE 'ok' END AS severity,
       j.before_value, j.value, '5 %' AS limit_text,
       {} || ' of ' || {} || ' accounts that had an owner are still there and have none' || CASE WHEN j.before_value > 0 THEN ' (' || {} || ' %, the limit is 5 %)' ELSE '' END || COALESCE('; most of them in: ' || t.named, '') AS sentence
FROM judged j LEFT JOIN top_names t ON t.by_value IS NULL",
        number("j.gone"),
        number("j.before_value"),
        percent("j.gone", "j.before_value"),
    )
}
