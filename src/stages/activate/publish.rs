//! The published parts: the staged ones as they are where nothing is added or lost, else a query.

use super::{Carry, Context, Load, Model, Origin};
use crate::collect::side_columns;
use crate::model::Make;
use crate::sql;
use crate::stages::relation;
use crate::table::{Field, Kind, Role, Table};

/// Published parts of a table, one per source, and the side parts of relations.
pub(super) fn models(load: &Load<'_>) -> Vec<Model> {
    let mut models = Vec::new();
    for source in &load.sources {
        models.push(published(load, source));
        if !load.is_object() {
            models.push(unresolved(load, source));
            if source.is_staged {
                models.push(dangling(load, source));
            }
        }
    }
    models
}

/// The rejects of every source, as they were staged.
pub(super) fn rejects(context: &Context<'_>) -> Vec<Model> {
    let staged = context.tables.find("staged_rejects");
    staged.parts.iter().map(|part| link("rejects", "staged_rejects", &part.name, &staged.columns, Vec::new())).collect()
}

/// A model that publishes a staged part.
fn link(table: &str, staged: &str, source: &str, columns: &[Field], unless: Vec<(String, String)>) -> Model {
    let list: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    Model {
        table: table.to_owned(),
        name: source.to_owned(),
        columns: Some(columns.to_vec()),
        make: Make::Publish {
            staged: staged.to_owned(),
            unless,
            sql: format!("SELECT {} FROM {staged} WHERE source = {}", list.join(", "), sql::text(source)),
        },
    }
}

/// The rows of a source that the timeslot shows.
fn published(load: &Load<'_>, source: &Origin<'_>) -> Model {
    let name = load.table.name;
    let mut branches = Vec::new();
    if source.is_staged {
        branches.push(if load.is_object() { objects(load, source) } else { relations(load, source) });
    }
    if source.carry != Carry::Nothing {
        branches.push(carried(load, source));
    }
    let query = branches.join("\nUNION ALL\n");
    let several = load.sources.iter().filter(|source| source.is_staged).count() > 1;
    let mut unless = Vec::new();
    if several {
        unless.push(("reference_problems".to_owned(), format!("duplicate_{name}")));
    }
    if !load.is_object() {
        unless.push((format!("unresolved_{name}"), dangling_name(source.name)));
    }
    let is_plain = source.is_staged && source.carry == Carry::Nothing && !load.has_references();
    let make = if is_plain {
        Make::Publish { staged: format!("staged_{name}"), unless, sql: query }
    } else {
        Make::Sql(query)
    };
    Model { table: name.to_owned(), name: source.name.to_owned(), columns: Some(load.columns.clone()), make }
}

/// Staged objects of a source, but those that a source before it in the plan brings too; references resolved.
fn objects(load: &Load<'_>, source: &Origin<'_>) -> String {
    let mut joins = String::new();
    let columns = load.columns.iter().map(|column| {
        let role = load.table.column(&column.name).map(|column| column.role);
        let Some(Role::ReferenceUid(kind)) = role else { return format!("s.{}", sql::name(&column.name)) };
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
    let columns: Vec<String> = load.columns.iter().map(|column| format!("s.{}", sql::name(&column.name))).collect();
    let presence = Presence::of(load.table, "s");
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

/// Rows of the parent that this load does not bring and that may not vanish for it.
fn carried(load: &Load<'_>, source: &Origin<'_>) -> String {
    let name = load.table.name;
    let columns: Vec<String> = load
        .columns
        .iter()
        .map(|column| match column.name.as_str() {
            "stale_loads" => "b.stale_loads + 1 AS stale_loads".to_owned(),
            other => format!("b.{}", sql::name(other)),
        })
        .collect();
    let same = if load.is_object() { "s.uid = b.uid".to_owned() } else { relation::same_key(load.table, "s", "b") };
    let presence = if load.is_object() { Presence::none() } else { Presence::of(load.table, "b") };
    let because = match source.carry {
        Carry::Nothing => "FALSE".to_owned(),
        Carry::All => "TRUE".to_owned(),
        Carry::Some { rejected, grace_loads } => {
            let mut reasons = Vec::new();
            if rejected {
                reasons.push(is_rejected(load, source));
            }
            if grace_loads > 0 {
                reasons.push(format!("b.stale_loads < {grace_loads}"));
            }
            reasons.join(" OR ")
        }
    };
    format!(
        "SELECT {}\nFROM before_{name} b{}\nWHERE b.source = {} AND {}\n  AND NOT EXISTS (SELECT 1 FROM staged_{name} s WHERE {same})\n  AND ({because})",
        columns.join(", "),
        presence.joins,
        sql::text(source.name),
        presence.all_there,
    )
}

/// A condition that a reject of this load speaks of the parent's row.
fn is_rejected(load: &Load<'_>, source: &Origin<'_>) -> String {
    let name = sql::text(load.table.name);
    let from = sql::text(source.name);
    if load.is_object() {
        return format!(
            "b.uid IN (SELECT r.uid FROM staged_rejects r WHERE r.table_name = {name} AND r.source = {from} AND r.uid IS NOT NULL)"
        );
    }
    let about = relation::about(load.table, &|column| format!("b.{column}"));
    let spoken = format!(
        "{} || ':' || CAST({} AS VARCHAR) || '|' || COALESCE({} || ':' || CAST({} AS VARCHAR), '') || '|' || COALESCE({}, '')",
        about.kind, about.uid, about.related_kind, about.related_uid, about.detail
    );
    format!(
        "{spoken} IN (SELECT r.kind || ':' || CAST(r.uid AS VARCHAR) || '|' || COALESCE(r.related_kind || ':' || CAST(r.related_uid AS VARCHAR), '') || '|' || COALESCE(r.detail, '') FROM staged_rejects r WHERE r.table_name = {name} AND r.source = {from} AND r.uid IS NOT NULL)"
    )
}

/// Rows of a source with an end that no registry knows, and those of the parent where the source is not complete.
fn unresolved(load: &Load<'_>, source: &Origin<'_>) -> Model {
    let name = load.table.name;
    let table = format!("unresolved_{name}");
    let columns = side_columns(load.table, &load.columns);
    if source.carry != Carry::All {
        return link(&table, &format!("staged_{table}"), source.name, &columns, Vec::new());
    }
    let list: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let list = list.join(", ");
    let from = sql::text(source.name);
    let staged = format!("SELECT {list} FROM staged_{table} WHERE source = {from}");
    let query = format!("SELECT {list} FROM before_{table} WHERE source = {from}\nEXCEPT\n{staged}");
    let query = if source.is_staged { format!("{staged}\nUNION ALL\n({query})") } else { query };
    Model { table, name: source.name.to_owned(), columns: Some(columns), make: Make::Sql(query) }
}

/// Rows of a source with an end that the registry knows but this load lacks.
fn dangling(load: &Load<'_>, source: &Origin<'_>) -> Model {
    let name = load.table.name;
    let columns = side_columns(load.table, &load.columns);
    let presence = Presence::of(load.table, "s");
    let mut joins = String::new();
    let mut texts: Vec<(String, String)> = Vec::new();
    for (column, kind) in relation::ends(load.table) {
        let end = column.trim_end_matches("_uid");
        let alias = format!("u_{end}");
        joins.push_str(&format!(
            "\nLEFT JOIN uids {alias} ON {alias}.kind = {} AND {alias}.uid = d.{column}",
            sql::text(kind.as_str())
        ));
        if let Some(namespace) = kind.namespace() {
            texts.push((format!("{end}_{namespace}"), format!("{alias}.namespace")));
        }
        texts.push((format!("{end}_key"), format!("{alias}.key")));
    }
    let selected: Vec<String> = columns
        .iter()
        .map(|column| {
            let text = texts.iter().find(|(name, _)| *name == column.name).map(|(_, text)| text.as_str());
            match (text, column.name.as_str()) {
                (Some(text), name) => format!("{text} AS {name}"),
                (None, "problem") => "'absent' AS problem".to_owned(),
                (None, name) => format!("d.{}", sql::name(name)),
            }
        })
        .collect();
    let query = format!(
        "WITH d AS (\n  SELECT s.*, {} AS problem_column\n  FROM staged_{name} s{}\n  WHERE s.source = {} AND NOT ({})\n)\nSELECT {}\nFROM d{joins}",
        presence.missing,
        presence.joins,
        sql::text(source.name),
        presence.all_there,
        selected.join(", "),
    );
    Model {
        table: format!("unresolved_{name}"),
        name: dangling_name(source.name),
        columns: Some(columns),
        make: Make::Sql(query),
    }
}

fn dangling_name(source: &str) -> String {
    format!("{source}_absent")
}

/// Joins and conditions that tell whether the objects at a relation's ends are in this load.
struct Presence {
    joins: String,
    all_there: String,
    /// The first end that is not there.
    missing: String,
}

impl Presence {
    fn none() -> Self {
        Self { joins: String::new(), all_there: "TRUE".to_owned(), missing: String::new() }
    }

    fn of(table: &Table, alias: &str) -> Self {
        let (mut joins, mut there, mut missing) = (String::new(), Vec::new(), String::from("CASE"));
        for (column, kind) in relation::ends(table) {
            let end = column.trim_end_matches("_uid");
            joins.push_str(&format!("\nLEFT JOIN {} p_{end} ON p_{end}.uid = {alias}.{column}", objects_of(kind)));
            there.push(format!("({alias}.{column} IS NULL OR p_{end}.uid IS NOT NULL)"));
            missing.push_str(&format!(
                " WHEN {alias}.{column} IS NOT NULL AND p_{end}.uid IS NULL THEN {}",
                sql::text(end)
            ));
        }
        missing.push_str(" END");
        Self { joins, all_there: there.join(" AND "), missing }
    }
}

/// The table of objects of a kind.
pub(super) fn objects_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisation => "organisations",
        Kind::Identity => "identities",
        Kind::Repository => "repositories",
        Kind::Account => "accounts",
        Kind::Group => "groups",
        Kind::Application => "applications",
        Kind::Permission => "permissions",
    }
}
