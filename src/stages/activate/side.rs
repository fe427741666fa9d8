//! The side table of a relation: rows with an end that no registry knows or that this load lacks, as text.

use std::sync::Arc;

use super::carried::{known_by_now, known_may_not_vanish, looked_up, may_not_vanish};
use super::presence::Presence;
use super::publish::{cell, link};
use super::{Carry, Load, Model, Origin};
use crate::collect::side_columns;
use crate::kernels::{Absent, Sieve};
use crate::sql;
use crate::stages::relation;
use crate::table::Field;

/// The parts of a source: what it could not resolve, what is absent, and what of the parent's may not vanish.
pub(super) fn models(load: &Load<'_>, source: &Origin<'_>) -> Vec<Model> {
    let name = load.table.name;
    let table = format!("unresolved_{name}");
    let columns = side_columns(load.table, &load.columns);
    let mut models = Vec::new();
    if source.is_staged {
        models.push(link(&table, &format!("staged_{table}"), source.name, &columns, &load.staged_side));
        let mut condition = format!("b.source = {}", sql::text(source.name));
        if !load.rejecting.is_empty() {
            models.push(refused(load, source, &columns));
            condition.push_str(&format!(" AND ({}) IS NULL", Presence::of(load, "b").refused));
        }
        let query = as_text(load, &columns, &format!("staged_{name}"), &load.staged, &condition);
        let model = Model { columns: Some(columns.clone()), ..Model::sql(&table, &absent(source.name), query) };
        models.push(model.sifted(sieve(load, source)));
    }
    if source.carry != Carry::Nothing {
        let name = carried(source.name);
        let query = carried_as_text(load, source, &columns);
        models.push(Model { columns: Some(columns), ..Model::sql(&table, &name, query) });
    }
    models
}

/// Rows of a source with an end that this load lacks, where the plan makes them rejects.
fn refused(load: &Load<'_>, source: &Origin<'_>, columns: &[Field]) -> Model {
    let presence = Presence::of(load, "b");
    let condition = format!("b.source = {} AND ({}) IS NOT NULL", sql::text(source.name), presence.refused);
    let texts =
        as_text_of(load, columns, &format!("staged_{}", load.table.name), &load.staged, &condition, &presence.refused);
    let ends = relation::ends(load.table);
    let cases = ends.iter().map(|(column, _)| {
        let end = column.trim_end_matches("_uid");
        format!("WHEN '{end}' THEN 'the {} `' || t.{end}_key || '` is not in this load'", end.replace('_', " "))
    });
    let raw = ends.iter().map(|(column, _)| {
        let end = column.trim_end_matches("_uid");
        format!("COALESCE('{end}=' || t.{end}_key || ' ', '')")
    });
    let query = format!(
        "SELECT {} AS source, '{}' AS table_name, CAST(NULL AS VARCHAR) AS file, CAST(NULL AS BIGINT) AS line, t.problem_column AS column_name,\n       CASE t.problem_column {} END AS reason, TRIM({}) AS raw, CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS BIGINT) AS uid,\n       CAST(NULL AS VARCHAR) AS related_kind, CAST(NULL AS BIGINT) AS related_uid, CAST(NULL AS VARCHAR) AS detail\nFROM (\n{texts}\n) t",
        sql::text(source.name),
        load.table.name,
        cases.collect::<Vec<_>>().join(" "),
        raw.collect::<Vec<_>>().join(" || "),
    );
    Model::sql("rejects", &refused_name(load, source.name), query).sifted(sieve(load, source))
}

/// What leaves the staged rows with an end that this load lacks: few, of perhaps very many.
fn sieve(load: &Load<'_>, source: &Origin<'_>) -> Vec<(String, Arc<dyn Sieve>)> {
    let absent = Absent { table: load.table, source: source.name.to_owned() };
    vec![(format!("staged_{}", load.table.name), Arc::new(absent))]
}

/// The part of rejects among a source's rows that were kept so far.
pub(super) fn refused_name(load: &Load<'_>, source: &str) -> String {
    format!("{source}-{}", load.table.name)
}

/// The part of rows that name what the registry knows and this load lacks.
pub(super) fn absent(source: &str) -> String {
    format!("{source}_absent")
}

fn carried(source: &str) -> String {
    format!("{source}_carried")
}

/// Whether a part of the side table holds rows of a source.
pub(super) fn is_of(part: &str, source: &str) -> bool {
    part == source || part == absent(source) || part == carried(source)
}

/// Rows of a table with an end that this load lacks, told by their keys.
fn as_text(load: &Load<'_>, columns: &[Field], table: &str, has: &[Field], condition: &str) -> String {
    as_text_of(load, columns, table, has, condition, &Presence::of(load, "b").missing)
}

/// The same, with what says which end is the problem.
fn as_text_of(
    load: &Load<'_>,
    columns: &[Field],
    table: &str,
    has: &[Field],
    condition: &str,
    problem_column: &str,
) -> String {
    let presence = Presence::of(load, "b");
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
                (None, "problem_column") => "d.problem_column".to_owned(),
                (None, _) => cell(has, "d", column),
            }
        })
        .collect();
    format!(
        "SELECT {}\nFROM (\n  SELECT b.*, {} AS problem_column\n  FROM {table} b{}\n  WHERE {condition} AND NOT ({})\n) d{joins}",
        selected.join(", "),
        problem_column,
        presence.joins,
        presence.all_there,
    )
}

/// What the parent knows of a source and this load does not bring: relations whose ends are gone, and text that still
/// is no relation.
fn carried_as_text(load: &Load<'_>, source: &Origin<'_>, columns: &[Field]) -> String {
    let from = sql::text(source.name);
    let condition = format!("b.source = {from} AND {}", may_not_vanish(load, source));
    let gone = as_text(load, columns, &format!("before_{}", load.table.name), &load.before, &condition);
    let presence = Presence::of(load, "b");
    let still_absent = format!(
        "SELECT {}\nFROM {} b{}\nWHERE NOT ({})\n  AND {}",
        texts_of(load, columns, &presence.missing, "'absent'"),
        known_by_now(load, source),
        presence.joins,
        presence.all_there,
        known_may_not_vanish(load, source),
    );
    let mut branches = vec![gone, still_absent];
    if source.carry == Carry::All {
        let problem = "CASE WHEN b.problem = 'ambiguous' THEN b.problem ELSE 'unknown' END";
        branches.push(format!(
            "SELECT {}\nFROM {} b\nWHERE b.unknown_end IS NOT NULL",
            texts_of(load, columns, "b.unknown_end", problem),
            looked_up(load, source),
        ));
    }
    branches.join("\nUNION ALL\n")
}

/// The columns of a text row of the parent, with what is wrong with it now.
fn texts_of(load: &Load<'_>, columns: &[Field], end: &str, problem: &str) -> String {
    let selected = columns.iter().map(|column| match column.name.as_str() {
        "problem_column" => format!("{end} AS problem_column"),
        "problem" => format!("{problem} AS problem"),
        _ => cell(&load.before_side, "b", column),
    });
    selected.collect::<Vec<_>>().join(", ")
}
