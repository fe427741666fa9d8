//! The rows of a table and its unresolved rows in this timeslot and in its parent: counted by source, and those that
//! only one of the two has.

use std::sync::Arc;

use super::catalogue::{By, belongs_to, by, ends_by, is_about};
use crate::kernels::{MovedRows, MovedSide, Sieve};
use crate::model::BEFORE;
use crate::sql;
use crate::stages::{Context, relation};
use crate::table::{Kind, Role, Sort, Table};

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

    /// One query for each table that is there: its rows by source.
    pub(super) fn counts(&self) -> Vec<String> {
        let counted = |table: &String, before: &str, now: &str| {
            format!(
                "SELECT '{}' AS table_name, s.source AS source, {before} AS before_rows, {now} AS now_rows FROM {table} s GROUP BY s.source",
                self.table.name
            )
        };
        let before = self.before.iter().map(|table| counted(table, "COUNT(*)", "0"));
        before.chain(self.now.iter().map(|table| counted(table, "0", "COUNT(*)"))).collect()
    }

    /// Queries for what the parent had and is gone, and for what is new: a row each, with what it belongs to.
    pub(super) fn movements(&self, context: &Context<'_>) -> Vec<String> {
        let mut branches = self.moved(
            Moved { movement: "deleted", prefix: BEFORE, there: &self.before, other_prefix: "", other: &self.now },
            context,
        );
        branches.extend(self.moved(
            Moved { movement: "new", prefix: "", there: &self.now, other_prefix: BEFORE, other: &self.before },
            context,
        ));
        branches
    }

    /// What leaves the rows of both loads that [`Self::movements`] asks for, where `movements` names them.
    pub(super) fn sieves(&self) -> Vec<(String, Arc<dyn Sieve>)> {
        let name = self.table.name;
        let both = [
            (name.to_owned(), MovedSide::Now, &self.now),
            (format!("{BEFORE}{name}"), MovedSide::Before, &self.before),
        ];
        let is_object = matches!(self.table.sort, Sort::Object(_));
        let has_few_ends = (1..=MovedRows::MOST_ENDS).contains(&relation::ends(self.table).len());
        if !(is_object || has_few_ends) || both.iter().any(|(stored, _, there)| !there.contains(stored)) {
            return Vec::new();
        }
        let key = relation::key(self.table).into_iter().map(|(column, _)| column);
        let columns = key.chain(["uid", "source"]).chain(belongs_to(self.table));
        let columns: Vec<String> = columns.map(str::to_owned).collect();
        let sieve = |(stored, side, _)| -> (String, Arc<dyn Sieve>) {
            (stored, Arc::new(MovedRows { table: self.table, side, columns: columns.clone() }))
        };
        both.into_iter().map(sieve).collect()
    }

    /// The kinds of which [`Self::movements`] asks for keys.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let column = belongs_to(self.table).filter(|_| !self.now.is_empty() || !self.before.is_empty());
        column.into_iter().flat_map(|column| ends_by(self.table, column)).map(|(_, kind)| kind).collect()
    }

    fn moved(&self, side: Moved<'_>, context: &Context<'_>) -> Vec<String> {
        let (table, name, movement) = (self.table, self.table.name, side.movement);
        let mut branches = Vec::new();
        let column = belongs_to(table);
        let head = format!(
            "SELECT '{name}' AS table_name, '{movement}' AS movement, t.source AS source, {} AS belongs_column",
            sql::text_or_null(column)
        );
        let rows = format!("{}{name}", side.prefix);
        if side.there.contains(&rows) {
            let fields = &context.tables.find(&rows).columns;
            let belongs = column.and_then(|column| by(table, fields, column, "u_")).unwrap_or_else(By::nothing);
            let about = about(table);
            // A table that only one of the two timeslots has makes no movements: all of it is gone or new.
            let (from, condition) = if side.other.contains(&format!("{}{name}", side.other_prefix)) {
                let condition = format!("m.table_name = '{name}' AND m.movement = '{movement}'");
                (format!("movements m JOIN {rows} t ON {}", is_about(table)), condition)
            } else {
                (format!("{rows} t"), "TRUE".to_owned())
            };
            branches.push(format!(
                "{head}, {} AS belongs_to, {} AS kind, {} AS uid FROM {from}{} WHERE {condition}",
                belongs.expression, about.kind, about.uid, belongs.joins
            ));
        }
        let unresolved = format!("{}unresolved_{name}", side.prefix);
        if side.there.contains(&unresolved) {
            let other = format!("{}unresolved_{name}", side.other_prefix);
            let same: Vec<String> = side_key(table)
                .iter()
                .map(|column| format!("COALESCE(n.{column}, '') = COALESCE(t.{column}, '')"))
                .collect();
            let condition = if side.other.contains(&other) {
                format!("NOT EXISTS (SELECT 1 FROM {other} n WHERE {})", same.join(" AND "))
            } else {
                "TRUE".to_owned()
            };
            branches
                .push(format!(
                    "{head}, {} AS belongs_to, CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS BIGINT) AS uid FROM {unresolved} t WHERE {condition}",
                    side_belongs(table)
                ));
        }
        branches
    }
}

/// Rows of one timeslot that the other lacks.
struct Moved<'a> {
    movement: &'static str,
    prefix: &'static str,
    there: &'a [String],
    other_prefix: &'static str,
    other: &'a [String],
}

/// The object that a row `t` is, or its first end.
fn about(table: &Table) -> relation::About {
    let about = relation::about(table, &|column| format!("t.{column}"));
    match table.sort {
        Sort::Object(kind) => relation::About { kind: sql::text(kind.as_str()), uid: "t.uid".to_owned(), ..about },
        _ => about,
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
