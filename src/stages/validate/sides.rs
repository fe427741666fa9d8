//! The rows of a table and its unresolved rows in this timeslot and in its parent: counted by source, and those that
//! only one of the two has.

use std::sync::Arc;

use super::catalogue::{By, belongs_to, by, ends_by, is_about};
use super::leads;
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

    /// Queries for what the parent had and is gone, and for what is new: a row each, with what is told of it.
    pub(super) fn movements(&self, tell: Tell, context: &Context<'_>) -> Vec<String> {
        let (now, before) = (&self.now, &self.before);
        let gone = Moved { movement: "deleted", prefix: BEFORE, there: before, other_prefix: "", other: now };
        let new = Moved { movement: "new", prefix: "", there: now, other_prefix: BEFORE, other: before };
        [gone, new].iter().flat_map(|side| self.moved(side, tell, context)).collect()
    }

    /// What leaves the rows of both loads that [`Self::movements`] asks for, where `movements` names them.
    pub(super) fn sieves(&self, tell: Tell) -> Vec<(String, Arc<dyn Sieve>)> {
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
        let told: Vec<&str> = match tell {
            Tell::Belongs => belongs_to(self.table).into_iter().collect(),
            Tell::Name => {
                let named = |role| matches!(role, Role::Key | Role::Namespace(_));
                self.table.columns.iter().filter(|column| named(column.role)).map(|column| column.name).collect()
            }
        };
        let columns: Vec<String> = key.chain(["uid", "source"]).chain(told).map(str::to_owned).collect();
        let sieve = |(stored, side, _)| -> (String, Arc<dyn Sieve>) {
            (stored, Arc::new(MovedRows { table: self.table, side, columns: columns.clone() }))
        };
        both.into_iter().map(sieve).collect()
    }

    /// The kinds of which [`Self::movements`] asks for keys.
    pub(super) fn kinds(&self, tell: Tell) -> Vec<Kind> {
        if self.now.is_empty() && self.before.is_empty() {
            return Vec::new();
        }
        let kinds = |ends: &mut dyn Iterator<Item = (&'static str, Kind)>| ends.map(|(_, kind)| kind).collect();
        match (tell, belongs_to(self.table)) {
            (Tell::Belongs, None) => Vec::new(),
            (Tell::Belongs, Some(column)) => kinds(&mut ends_by(self.table, column)),
            (Tell::Name, _) => kinds(&mut relation::ends(self.table).into_iter()),
        }
    }

    fn moved(&self, side: &Moved<'_>, tell: Tell, context: &Context<'_>) -> Vec<String> {
        let (table, name, movement) = (self.table, self.table.name, side.movement);
        let mut branches = Vec::new();
        let column = belongs_to(table);
        let head = format!("SELECT '{name}' AS table_name, '{movement}' AS movement, t.source AS source");
        let told = |by: &By| match tell {
            Tell::Belongs => {
                format!("{} AS belongs_column, {} AS belongs_to", sql::text_or_null(column), by.expression)
            }
            Tell::Name => format!("{} AS name", by.expression),
        };
        let rows = format!("{}{name}", side.prefix);
        if side.there.contains(&rows) {
            let fields = &context.tables.find(&rows).columns;
            let by = match tell {
                Tell::Belongs => column.and_then(|column| by(table, fields, column, "u_")).unwrap_or_else(By::nothing),
                Tell::Name => leads::name(table, "u_"),
            };
            // A table that only one of the two timeslots has makes no movements: all of it is gone or new.
            let (from, condition) = if side.other.contains(&format!("{}{name}", side.other_prefix)) {
                let condition = format!("m.table_name = '{name}' AND m.movement = '{movement}'");
                (format!("movements m JOIN {rows} t ON {}", is_about(table)), condition)
            } else {
                (format!("{rows} t"), "TRUE".to_owned())
            };
            branches.push(format!("{head}, {} FROM {from}{} WHERE {condition}", told(&by), by.joins));
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
            let expression = match tell {
                Tell::Belongs => side_belongs(table),
                Tell::Name => side_name(table),
            };
            let told = told(&By { expression, joins: String::new() });
            branches.push(format!("{head}, {told} FROM {unresolved} t WHERE {condition}"));
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

/// What is told of a row that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tell {
    /// What it belongs to.
    Belongs,
    /// What it is called.
    Name,
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

/// An end of an unresolved row of a relation as text, null where the row has none.
fn side_end((column, kind): (&'static str, Kind)) -> String {
    let end = column.trim_end_matches("_uid");
    let key = format!("t.{}", sql::name(&format!("{end}_key")));
    match kind.namespace() {
        Some(namespace) => format!("COALESCE(t.{} || '/', '') || {key}", sql::name(&format!("{end}_{namespace}"))),
        None => key,
    }
}

/// What an unresolved row of a relation belongs to, as text.
fn side_belongs(table: &Table) -> String {
    let far = belongs_to(table).and_then(|column| ends_by(table, column).last());
    far.map_or_else(|| By::nothing().expression, side_end)
}

/// What an unresolved row of a relation is called, as [`leads::name`] calls those that are resolved.
fn side_name(table: &Table) -> String {
    let ends = relation::ends(table).into_iter().map(side_end);
    let pieces: Vec<String> = ends.map(|end| format!("COALESCE(' > ' || {end}, '')")).collect();
    if pieces.is_empty() { By::nothing().expression } else { format!("NULLIF(SUBSTR({}, 4), '')", pieces.join(" || ")) }
}
