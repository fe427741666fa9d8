//! The thresholds that every load has: rows that vanish or appear in bulk, owners lost, tables that came empty.
//!
//! Rows of a table are counted by source, its unresolved rows among them: an extract that was cut or read twice shows
//! there first. A relation that loses an end counts as lost: nobody holds it any more.

use super::catalogue::{By, belongs_to, by, is_about};
use super::judge::is_share;
use super::words::{number, percent, top};
use crate::model::{BEFORE, Model};
use crate::sql;
use crate::stages::{Context, relation};
use crate::table::{Role, Table};
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

/// A table with its unresolved rows, in this timeslot and in its parent, as far as each is there.
struct Sides {
    table: &'static Table,
    now: Vec<String>,
    before: Vec<String>,
}

impl Sides {
    fn of(table: &'static Table, context: &Context<'_>) -> Self {
        let there = |prefix: &str| {
            let names = [format!("{prefix}{}", table.name), format!("{prefix}unresolved_{}", table.name)];
            names.into_iter().filter(|name| context.tables.contains(name)).collect()
        };
        Self { table, now: there(""), before: there(BEFORE) }
    }

    fn has_now(&self) -> bool {
        !self.now.is_empty()
    }

    fn has_before(&self) -> bool {
        !self.before.is_empty()
    }

    /// Rows by source.
    fn counted(tables: &[String]) -> String {
        let branches: Vec<String> = tables.iter().map(|table| format!("SELECT s.source FROM {table} s")).collect();
        let rows = if branches.is_empty() {
            "SELECT CAST(NULL AS VARCHAR) AS source WHERE FALSE".to_owned()
        } else {
            branches.join(" UNION ALL ")
        };
        format!("  SELECT x.source, CAST(COUNT(*) AS BIGINT) AS n FROM ({rows}) x GROUP BY x.source")
    }

    fn lost(&self) -> String {
        format!(
            "  SELECT l.source, CAST(SUM(l.lost) AS BIGINT) AS n FROM losses l WHERE l.table_name = '{}' GROUP BY l.source",
            self.table.name
        )
    }

    /// What the parent had, and what of it is still there.
    fn removed(&self) -> String {
        let name = self.table.name;
        format!(
            "WITH before_rows AS (\n{}\n),\nlost AS (\n{}\n)
SELECT 'guard_removed_{name}' AS threshold, 'source' AS by_column, b.source AS by_value,
       CAST(b.n AS DOUBLE) AS before_value, CAST(b.n - COALESCE(l.n, 0) AS DOUBLE) AS value
FROM before_rows b LEFT JOIN lost l ON l.source = b.source",
            Self::counted(&self.before),
            self.lost()
        )
    }

    /// What the parent had, and that with what is new.
    fn added(&self) -> String {
        let name = self.table.name;
        let lost = if self.has_before() {
            self.lost()
        } else {
            "  SELECT CAST(NULL AS VARCHAR) AS source, CAST(0 AS BIGINT) AS n WHERE FALSE".to_owned()
        };
        format!(
            "WITH now_rows AS (\n{}\n),\nbefore_rows AS (\n{}\n),\nlost AS (\n{lost}\n)
SELECT 'guard_added_{name}' AS threshold, 'source' AS by_column, n.source AS by_value,
       CAST(COALESCE(b.n, 0) AS DOUBLE) AS before_value, CAST(n.n + COALESCE(l.n, 0) AS DOUBLE) AS value
FROM now_rows n LEFT JOIN before_rows b ON b.source = n.source LEFT JOIN lost l ON l.source = n.source",
            Self::counted(&self.now),
            Self::counted(&self.before),
        )
    }

    /// All rows of both.
    fn empty(&self) -> String {
        let total = |tables: &[String]| {
            let counts: Vec<String> = tables.iter().map(|table| format!("(SELECT COUNT(*) FROM {table})")).collect();
            if counts.is_empty() { "0".to_owned() } else { counts.join(" + ") }
        };
        format!(
            "SELECT 'guard_empty_{}' AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       CAST({} AS DOUBLE) AS before_value, CAST({} AS DOUBLE) AS value",
            self.table.name,
            total(&self.before),
            total(&self.now)
        )
    }

    /// Rows of the parent that are gone, by source and by what they belong to.
    fn losses(&self, context: &Context<'_>) -> String {
        let (table, name) = (self.table, self.table.name);
        let mut branches = Vec::new();
        let before = format!("{BEFORE}{name}");
        if self.before.contains(&before) {
            let fields = context.tables.find(&before).columns;
            let belongs =
                belongs_to(table).and_then(|column| by(table, &fields, column, "t")).unwrap_or_else(By::nothing);
            // A table that no source brings any more has no movements: all of it is gone.
            let (from, gone) = if self.now.contains(&name.to_owned()) {
                let gone = format!("m.table_name = '{name}' AND m.movement = 'deleted'");
                (format!("movements m JOIN {before} t ON {}", is_about(table)), gone)
            } else {
                (format!("{before} t"), "TRUE".to_owned())
            };
            branches.push(format!(
                "SELECT t.source AS source, {} AS belongs_to FROM {from}{} WHERE {gone}",
                belongs.expression, belongs.joins
            ));
        }
        let side = format!("unresolved_{name}");
        let side_before = format!("{BEFORE}{side}");
        if self.before.contains(&side_before) {
            let key = side_key(table);
            let same: Vec<String> =
                key.iter().map(|column| format!("COALESCE(n.{column}, '') = COALESCE(t.{column}, '')")).collect();
            let gone = if self.now.contains(&side) {
                format!("NOT EXISTS (SELECT 1 FROM {side} n WHERE {})", same.join(" AND "))
            } else {
                "TRUE".to_owned()
            };
            let belongs = side_belongs(table);
            branches
                .push(format!("SELECT t.source AS source, {belongs} AS belongs_to FROM {side_before} t WHERE {gone}"));
        }
        format!(
            "SELECT '{name}' AS table_name, x.source, x.belongs_to, CAST(COUNT(*) AS BIGINT) AS lost\nFROM (\n{}\n) x\nGROUP BY x.source, x.belongs_to",
            branches.join("\nUNION ALL\n")
        )
    }
}

/// The columns that tell unresolved rows of a relation apart, quoted.
fn side_key(table: &Table) -> Vec<String> {
    let mut key = Vec::new();
    for (column, kind) in relation::ends(table) {
        let end = column.trim_end_matches("_uid");
        key.extend(kind.namespace().map(|namespace| sql::name(&format!("{end}_{namespace}"))));
        key.push(sql::name(&format!("{end}_key")));
    }
    let parts = table.columns.iter().filter(|column| column.role == Role::KeyPart);
    key.extend(parts.map(|column| sql::name(column.name)));
    key
}

/// What an unresolved row of a relation belongs to: its last end as text.
fn side_belongs(table: &Table) -> String {
    let Some((column, kind)) = relation::ends(table).pop() else { return By::nothing().expression };
    let end = column.trim_end_matches("_uid");
    let key = format!("t.{}", sql::name(&format!("{end}_key")));
    match kind.namespace() {
        Some(namespace) => format!("COALESCE(t.{} || '/', '') || {key}", sql::name(&format!("{end}_{namespace}"))),
        None => key,
    }
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
