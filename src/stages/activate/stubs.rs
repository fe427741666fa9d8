//! Stubs: objects that nobody lists and that the plan wants all the same, because rows refer to them. They have their key
//! and nothing else, and instead of a source the mark [`STUB`].

use super::publish::published;
use super::{Carry, Load, Model};
use crate::settings::activate::{OnMissing, References};
use crate::sql;
use crate::table::{Kind, Role, Sort, Type};

/// What stands in `source` of a stub: no collector can have the name.
pub(super) const STUB: &str = "(stub)";

/// The stubs of a table of objects and what is told of them; none where no reference to the kind makes any.
pub(super) fn models(load: &Load<'_>, loads: &[Load<'_>], references: &References) -> Vec<Model> {
    let Sort::Object(kind) = load.table.sort else { return Vec::new() };
    let named: Vec<String> = loads.iter().flat_map(|from| named_by(from, kind, references)).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let listed: Vec<String> = load
        .sources
        .iter()
        .map(|source| format!("SELECT l.uid FROM (\n{}\n) l", published(load, source).query()))
        .collect();
    let unlisted = if listed.is_empty() {
        String::new()
    } else {
        format!("\n  AND NOT EXISTS (SELECT 1 FROM (\n{}\n) p WHERE p.uid = u.uid)", listed.join("\nUNION ALL\n"))
    };
    let columns = load.columns.iter().map(|column| {
        let role = load.table.column(&column.name).map(|column| column.role);
        let name = sql::name(&column.name);
        match (role, column.name.as_str()) {
            (Some(Role::Uid), _) => "u.uid".to_owned(),
            (Some(Role::Namespace(_)), _) => format!("u.namespace AS {name}"),
            (Some(Role::Key | Role::KeySource), _) => format!("u.key AS {name}"),
            (_, "source") => format!("'{STUB}' AS source"),
            // No object has this hash but by an accident: what is listed one day is a modification.
            (_, "row_hash") => "CAST(0 AS BIGINT) AS row_hash".to_owned(),
            (_, "stale_loads") => "CAST(0 AS BIGINT) AS stale_loads".to_owned(),
            _ => format!("CAST(NULL AS {}) AS {name}", column.kind.sql()),
        }
    });
    let query = format!(
        "SELECT {}\nFROM uids u\nWHERE u.kind = '{kind}'\n  AND u.uid IN (\n{}\n){unlisted}",
        columns.collect::<Vec<_>>().join(", "),
        named.join("\nUNION ALL\n"),
    );
    let table = load.table.name;
    let key = load.table.columns.iter().find(|column| column.role == Role::Key).map_or("uid", |column| column.name);
    let told = format!(
        "SELECT '{table}' AS table_name, '{key}' AS column_name, 'stub' AS problem, '{kind}' AS kind, t.{key} AS key, t.source, CAST(1 AS BIGINT) AS occurrences\nFROM {table} t WHERE t.source = '{STUB}'"
    );
    vec![
        Model { columns: Some(load.columns.clone()), ..Model::sql(table, "stub-objects", query) },
        Model::sql("reference_problems", &format!("stubs_{table}"), told),
    ]
}

/// Queries for the uids of a kind that a table's rows name where the plan makes stubs: those of this load, and those of
/// the parent where they may be carried.
fn named_by(from: &Load<'_>, kind: Kind, references: &References) -> Vec<String> {
    let table = from.table.name;
    let carrying: Vec<&str> =
        from.sources.iter().filter(|source| source.carry != Carry::Nothing).map(|source| source.name).collect();
    let mut queries = Vec::new();
    for column in from.table.columns.iter().filter(|column| column.kind == Type::Integer || column.kind == Type::Text) {
        let name = column.name.trim_end_matches("_uid");
        if references.of(table, name) != OnMissing::Stub {
            continue;
        }
        let uid = match column.role {
            Role::End(of) if of == kind => {
                queries.push(format!("SELECT s.{0} AS uid FROM staged_{table} s WHERE s.{0} IS NOT NULL", column.name));
                column.name
            }
            Role::Reference(of) if of == kind => {
                queries.push(format!(
                    "SELECT n.uid FROM staged_{table} s JOIN uids n ON n.kind = '{kind}' AND n.namespace = '' AND n.key = s.{name}"
                ));
                continue;
            }
            Role::ReferenceUid(of) if of == kind => column.name,
            _ => continue,
        };
        if !carrying.is_empty() {
            let sources = sql::texts(carrying.iter().copied());
            queries.push(format!(
                "SELECT b.{uid} AS uid FROM before_{table} b WHERE b.source IN ({sources}) AND b.{uid} IS NOT NULL"
            ));
        }
    }
    queries
}
