//! What a threshold of the plan measures, now and in the parent.

use super::catalogue::{self, By, Row, Rows};
use super::{leads, rates};
use crate::settings::validate::{Metric, Threshold};
use crate::sql;
use crate::sql::admit::without_end;
use crate::stages::Context;
use crate::table::Table;

/// The last columns of a metric that is no share.
pub(super) const NO_SHARE: &str = "CAST(NULL AS DOUBLE) AS counted, CAST(NULL AS DOUBLE) AS out_of";

/// The query of a threshold's metric.
pub(super) fn query(threshold: &Threshold, context: &Context<'_>) -> String {
    let id = sql::text(&threshold.id);
    let Metric::Named(name) = &threshold.metric else { return of_sql(threshold, context) };
    if let Some(rate) = rates::find(name) {
        return rate.query(threshold, context);
    }
    let measure = catalogue::find(name).expect("check has found every metric");
    let by_column = sql::text_or_null(threshold.by.as_deref());
    let by = |prefix: &str| by_of(measure.table, threshold.by.as_deref(), Row { prefix, joined: "u_" }, context);
    let own = if measure.counts_parent_rows() { by("before_") } else { by("") };
    let now = counted(&measure.now(), &own);
    let before = match measure.before() {
        Some(rows) => counted(&rows, &by("before_")),
        None => measured_before(&id, threshold.by.as_deref()),
    };
    // A total that the parent did not measure is unknown; a value of a column that it did not have counts as 0.
    let before_value = match (context.has_parent, measure.before().is_some()) {
        (false, _) => "CAST(NULL AS DOUBLE)",
        (true, true) => "CAST(COALESCE(b.n, 0) AS DOUBLE)",
        (true, false) => "CASE WHEN k.known > 0 THEN CAST(COALESCE(b.n, 0) AS DOUBLE) END",
    };
    format!(
        "WITH now_counts AS (\n{now}\n),\nbefore_counts AS (\n{before}\n)
SELECT {id} AS threshold, {by_column} AS by_column, COALESCE(n.by_value, b.by_value) AS by_value,
       {before_value} AS before_value, CAST(COALESCE(n.n, 0) AS DOUBLE) AS value, {NO_SHARE}
FROM now_counts n FULL JOIN before_counts b ON COALESCE(b.by_value, '') = COALESCE(n.by_value, '')
CROSS JOIN (SELECT COUNT(*) AS known FROM before_counts) k"
    )
}

/// One number of a query of the plan, or one for each value; without a row, or null, it is 0. The parent's is what it
/// measured then.
fn of_sql(threshold: &Threshold, context: &Context<'_>) -> String {
    let Metric::Sql(text) = &threshold.metric else { unreachable!("the other kind of metric has a name") };
    let id = sql::text(&threshold.id);
    if let Some(by) = &threshold.by {
        return of_sql_by(&id, by, without_end(&text.text), context);
    }
    let before = if context.has_parent { "b.n" } else { "CAST(NULL AS DOUBLE)" };
    format!(
        "WITH now_value AS (
  SELECT CAST(COALESCE(MAX(q.n), 0) AS DOUBLE) AS n FROM (\n{}\n) AS q (n)
),
before_value AS (
  SELECT MAX(m.value) AS n FROM before_metrics m WHERE m.threshold = {id}
)
SELECT {id} AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value, {before} AS before_value, v.n AS value,
       {NO_SHARE}
FROM now_value v CROSS JOIN before_value b",
        without_end(&text.text)
    )
}

/// A number for each value of a query with two columns; of several rows for one value the largest number counts.
fn of_sql_by(id: &str, by: &str, query: &str, context: &Context<'_>) -> String {
    let before_value =
        if context.has_parent { "CASE WHEN k.known > 0 THEN COALESCE(b.n, 0.0) END" } else { "CAST(NULL AS DOUBLE)" };
    format!(
        "WITH now_values AS (
  SELECT CAST(q.by_value AS VARCHAR) AS by_value, CAST(COALESCE(MAX(q.n), 0) AS DOUBLE) AS n FROM (\n{query}\n) AS q (by_value, n)
  GROUP BY CAST(q.by_value AS VARCHAR)
),
before_values AS (\n{}\n)
SELECT {id} AS threshold, {} AS by_column, COALESCE(n.by_value, b.by_value) AS by_value,
       CAST({before_value} AS DOUBLE) AS before_value, COALESCE(n.n, CAST(0 AS DOUBLE)) AS value, {NO_SHARE}
FROM now_values n FULL JOIN before_values b ON COALESCE(b.by_value, '') = COALESCE(n.by_value, '')
CROSS JOIN (SELECT COUNT(*) AS known FROM before_values) k",
        measured_before(id, Some(by)),
        sql::text(by),
    )
}

/// How rows are told apart in a table of this timeslot or of the parent; the parent may lack the column.
pub(super) fn by_of(table: &'static Table, column: Option<&str>, row: Row<'_>, context: &Context<'_>) -> By {
    let Some(column) = column else { return By::nothing() };
    let fields = &context.tables.find(&format!("{}{}", row.prefix, table.name)).columns;
    let own = catalogue::by(table, fields, column, row.joined);
    own.or_else(|| leads::by(table, column, row, context)).unwrap_or_else(By::nothing)
}

/// Rows counted by value; a total is one row, even if there is nothing to count.
pub(super) fn counted(rows: &Rows, by: &By) -> String {
    let group = if by.expression == By::nothing().expression {
        String::new()
    } else {
        format!("\n  GROUP BY {}", by.expression)
    };
    format!(
        "  SELECT {} AS by_value, CAST(COUNT(*) AS BIGINT) AS n\n  FROM {}{}\n  WHERE {}{group}",
        by.expression, rows.from, by.joins, rows.condition
    )
}

pub(super) fn measured_before(id: &str, by: Option<&str>) -> String {
    measured("before_metrics", id, by)
}

/// What a table of metrics says of a threshold.
pub(super) fn measured(metrics: &str, id: &str, by: Option<&str>) -> String {
    let same = by.map_or_else(|| "m.by_column IS NULL".to_owned(), |by| format!("m.by_column = {}", sql::text(by)));
    format!("  SELECT m.by_value, m.value AS n FROM {metrics} m WHERE m.threshold = {id} AND {same}")
}
