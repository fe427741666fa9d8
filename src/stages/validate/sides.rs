//! The rows of a table and its unresolved rows, counted by source in this timeslot and in its parent.

use super::catalogue::{By, belongs_to, by, is_about};
use crate::model::BEFORE;
use crate::sql;
use crate::stages::{Context, relation};
use crate::table::{Role, Table};

/// A table with its unresolved rows, in this timeslot and in its parent, as far as each is there.
pub(super) struct Sides {
    table: &'static Table,
    now: Vec<String>,
    before: Vec<String>,
}

impl Sides {
    pub(super) fn of(table: &'static Table, context: &Context<'_>) -> Self {
        let there = |prefix: &str| {
            let names = [format!("{prefix}{}", table.name), format!("{prefix}unresolved_{}", table.name)];
            names.into_iter().filter(|name| context.tables.contains(name)).collect()
        };
        Self { table, now: there(""), before: there(BEFORE) }
    }

    pub(super) fn has_now(&self) -> bool {
        !self.now.is_empty()
    }

    pub(super) fn has_before(&self) -> bool {
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
    pub(super) fn removed(&self) -> String {
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
    pub(super) fn added(&self) -> String {
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
    pub(super) fn empty(&self) -> String {
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
    pub(super) fn losses(&self, context: &Context<'_>) -> String {
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
