//! The published parts: the staged ones as they are where nothing is added or lost, else a query.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::presence::Presence;
use super::{Carry, Context, Load, Model, Origin, carried, side};
use crate::kernels::{Kernel, Present, Resolved};
use crate::model::{Faster, Make, Way};
use crate::sql;
use crate::stages::relation;
use crate::table::{Field, Role};

/// Published parts of a table, one per source, and the side parts of relations.
pub(super) fn models(load: &Load<'_>) -> Vec<Model> {
    let mut models = Vec::new();
    for source in &load.sources {
        models.push(published(load, source));
        if !load.is_object() {
            models.extend(side::models(load, source));
        }
    }
    models
}

/// The rejects of every source, as they were staged.
pub(super) fn rejects(context: &Context<'_>) -> Vec<Model> {
    let staged = context.tables.find("staged_rejects");
    staged
        .parts
        .iter()
        .map(|part| link("rejects", "staged_rejects", &part.name, &staged.columns, &staged.columns))
        .collect()
}

/// A model that publishes a staged part; `has` are the columns that the staged table has.
pub(super) fn link(table: &str, staged: &str, source: &str, columns: &[Field], has: &[Field]) -> Model {
    let list: Vec<String> = columns.iter().map(|column| cell(has, "s", column)).collect();
    Model {
        table: table.to_owned(),
        name: source.to_owned(),
        columns: Some(columns.to_vec()),
        make: Make::Publish {
            staged: staged.to_owned(),
            unless: Vec::new(),
            sql: format!("SELECT {} FROM {staged} s WHERE s.source = {}", list.join(", "), sql::text(source)),
        },
        faster: None,
        lasting: None,
        configuration: None,
        parts: BTreeMap::new(),
        reads: OnceLock::new(),
    }
}

/// A column of a table's rows; null, of its type, where the table has no such column.
pub(super) fn cell(has: &[Field], alias: &str, column: &Field) -> String {
    let name = sql::name(&column.name);
    if has.iter().any(|known| known.name == column.name) {
        format!("{alias}.{name}")
    } else {
        format!("CAST(NULL AS {}) AS {name}", column.kind.sql())
    }
}

/// The rows of a source that the timeslot shows.
pub(super) fn published(load: &Load<'_>, source: &Origin<'_>) -> Model {
    let name = load.table.name;
    let mut branches = Vec::new();
    if source.is_staged {
        branches.push(if load.is_object() { objects(load, source) } else { relations(load, source) });
    }
    if source.carry != Carry::Nothing {
        branches.push(carried::rows(load, source));
        if !load.is_object() {
            branches.push(carried::there_again(load, source));
        }
    }
    let query = branches.join("\nUNION ALL\n");
    let several = load.sources.iter().filter(|source| source.is_staged).count() > 1;
    let mut unless = Vec::new();
    let duplicates = several.then(|| ("reference_problems".to_owned(), format!("duplicate_{name}")));
    unless.extend(duplicates.clone());
    if !load.is_object() {
        unless.push((format!("unresolved_{name}"), side::absent(source.name)));
        if !load.rejecting.is_empty() {
            unless.push(("rejects".to_owned(), side::refused_name(load, source.name)));
        }
    }
    let is_plain = source.is_staged && source.carry == Carry::Nothing && !load.has_references();
    let make = if is_plain {
        Make::Publish { staged: format!("staged_{name}"), unless, sql: query }
    } else {
        Make::Sql(query)
    };
    let has_kernel = source.is_staged && source.carry == Carry::Nothing;
    let faster = has_kernel.then(|| {
        let (table, source) = (load.table, source.name.to_owned());
        let kernel: Arc<dyn Kernel> =
            if load.is_object() { Arc::new(Resolved { table, source }) } else { Arc::new(Present { table, source }) };
        Faster { unless: duplicates, way: Way::Kernel(kernel) }
    });
    Model {
        table: name.to_owned(),
        name: source.name.to_owned(),
        columns: Some(load.columns.clone()),
        make,
        faster,
        lasting: None,
        configuration: None,
        parts: BTreeMap::new(),
        reads: OnceLock::new(),
    }
}

/// Staged objects of a source, but those that a source before it in the plan brings too; references resolved.
fn objects(load: &Load<'_>, source: &Origin<'_>) -> String {
    let mut joins = String::new();
    let columns = load.columns.iter().map(|column| {
        let role = load.table.column(&column.name).map(|column| column.role);
        let Some(Role::ReferenceUid(kind)) = role else { return cell(&load.staged, "s", column) };
        let reference = column.name.trim_end_matches("_uid");
        let alias = format!("u_{reference}");
        joins.push_str(&format!(
            "\nLEFT JOIN uids {alias} ON {alias}.kind = {} AND {alias}.namespace = '' AND {alias}.key = s.{reference}",
            sql::text(kind.as_str())
        ));
        format!("{alias}.uid AS {}", column.name)
    });
    let columns: Vec<String> = columns.collect();
    format!(
        "SELECT {}\nFROM staged_{} s{joins}\nWHERE s.source = {}{}",
        columns.join(", "),
        load.table.name,
        sql::text(source.name),
        brought_before(load, source, "o.uid = s.uid"),
    )
}

/// Staged relations of a source whose ends are all there, but those that a source before it brings too.
fn relations(load: &Load<'_>, source: &Origin<'_>) -> String {
    let columns: Vec<String> = load.columns.iter().map(|column| cell(&load.staged, "s", column)).collect();
    let presence = Presence::of(load, "s");
    format!(
        "SELECT {}\nFROM staged_{} s{}\nWHERE s.source = {} AND {}{}",
        columns.join(", "),
        load.table.name,
        presence.joins,
        sql::text(source.name),
        presence.all_there,
        brought_before(load, source, &relation::same_key(load.table, "o", "s")),
    )
}

/// A condition that no source before this one brings the same row.
fn brought_before(load: &Load<'_>, source: &Origin<'_>, same: &str) -> String {
    let before: Vec<&str> = load
        .sources
        .iter()
        .take_while(|other| other.name != source.name)
        .filter(|other| other.is_staged)
        .map(|other| other.name)
        .collect();
    if before.is_empty() {
        return String::new();
    }
    let list = sql::texts(before);
    format!("\n  AND NOT EXISTS (SELECT 1 FROM staged_{} o WHERE o.source IN ({list}) AND {same})", load.table.name)
}
