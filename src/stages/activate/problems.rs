//! References that lead nowhere, and keys that two sources bring.

use super::presence::objects_of;
use super::{Load, Model};
use crate::kernels::{Duplicates, is_walkable};
use crate::sql;
use crate::stages::relation;
use crate::table::Role;

/// What is wrong with the references of a table, by kind of problem.
pub(super) fn models(load: &Load<'_>) -> Vec<Model> {
    let mut models = Vec::new();
    if load.sources.iter().filter(|source| source.is_staged).count() > 1 {
        models.push(duplicates(load));
    }
    if load.is_object() {
        let references = load.table.columns.iter().filter_map(|column| match column.role {
            Role::Reference(kind) => Some((column.name, kind)),
            _ => None,
        });
        let table = load.table.name;
        let branches: Vec<String> = references
            .map(|(column, kind)| {
                format!(
                    "SELECT '{table}' AS table_name, '{column}' AS column_name, CASE WHEN t.{column}_uid IS NULL THEN 'unknown' ELSE 'absent' END AS problem,\n       '{kind}' AS kind, t.{column} AS key, t.source AS source, COUNT(*) AS occurrences\nFROM {table} t LEFT JOIN {} o ON o.uid = t.{column}_uid\nWHERE t.{column} IS NOT NULL AND o.uid IS NULL\nGROUP BY CASE WHEN t.{column}_uid IS NULL THEN 'unknown' ELSE 'absent' END, t.{column}, t.source",
                    objects_of(kind)
                )
            })
            .collect();
        if !branches.is_empty() {
            models.push(Model::sql(
                "reference_problems",
                &format!("references_{table}"),
                branches.join("\nUNION ALL\n"),
            ));
        }
    } else {
        models.push(unresolved(load));
    }
    models
}

/// Keys of a relation that do not resolve, from its side table.
fn unresolved(load: &Load<'_>) -> Model {
    let table = load.table.name;
    let ends = relation::ends(load.table);
    let case = |of: &dyn Fn(&str, &str) -> String| {
        let cases = ends.iter().map(|(column, kind)| {
            let end = column.trim_end_matches("_uid");
            format!("WHEN '{end}' THEN {}", of(end, kind.as_str()))
        });
        format!("CASE problem_column {} END", cases.collect::<Vec<_>>().join(" "))
    };
    let kind = case(&|_, kind| sql::text(kind));
    let key = case(&|end, _| format!("u.{end}_key"));
    let query = format!(
        "WITH named AS (SELECT problem_column, problem, {kind} AS kind, {key} AS key, source FROM unresolved_{table} u)\nSELECT '{table}' AS table_name, problem_column AS column_name, problem, kind, key, source, COUNT(*) AS occurrences\nFROM named GROUP BY problem_column, problem, kind, key, source"
    );
    Model::sql("reference_problems", &format!("unresolved_{table}"), query)
}

/// Rows that more than one source brings; the one of the source named first in the plan stays.
fn duplicates(load: &Load<'_>) -> Model {
    let table = load.table.name;
    let name = format!("duplicate_{table}");
    let query = if load.is_object() {
        let key = load.table.columns.iter().find(|column| column.role == Role::Key).map_or("uid", |column| column.name);
        format!(
            "SELECT '{table}' AS table_name, '{key}' AS column_name, 'duplicate' AS problem, CAST(NULL AS VARCHAR) AS kind,\n       MIN(s.{key}) AS key, MIN(s.source) AS source, COUNT(*) AS occurrences\nFROM staged_{table} s GROUP BY s.uid HAVING COUNT(*) > 1"
        )
    } else {
        let columns: Vec<&str> = relation::key(load.table).into_iter().map(|(column, _)| column).collect();
        let columns = columns.join(", ");
        format!(
            "WITH twice AS (SELECT {columns}, MIN(source) AS source, COUNT(*) AS copies FROM staged_{table} GROUP BY {columns} HAVING COUNT(*) > 1)\nSELECT '{table}' AS table_name, CAST(NULL AS VARCHAR) AS column_name, 'duplicate' AS problem, CAST(NULL AS VARCHAR) AS kind,\n       CAST(NULL AS VARCHAR) AS key, source, CAST(SUM(copies) AS BIGINT) AS occurrences\nFROM twice GROUP BY source"
        )
    };
    let model = Model::sql("reference_problems", &name, query);
    if is_walkable(load.table) { model.by(Duplicates { table: load.table }) } else { model }
}
