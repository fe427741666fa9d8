//! How SQL speaks of any relation: its key, compared so that null equals null, and what it ties together.

use crate::sql;
use crate::table::{Kind, Role, Table, Type};

/// The ends of a relation in the order of its columns.
pub(crate) fn ends(table: &Table) -> Vec<(&'static str, Kind)> {
    table
        .columns
        .iter()
        .filter_map(|column| match column.role {
            Role::End(kind) => Some((column.name, kind)),
            _ => None,
        })
        .collect()
}

/// The columns of the key: the ends and the further parts.
pub(crate) fn key(table: &Table) -> Vec<(&'static str, Type)> {
    table
        .columns
        .iter()
        .filter(|column| matches!(column.role, Role::End(_) | Role::KeyPart))
        .map(|column| (column.name, column.kind))
        .collect()
}

/// A condition under which two rows have the same key.
pub(crate) fn same_key(table: &Table, left: &str, right: &str) -> String {
    let parts = key(table).into_iter().map(|(column, kind)| {
        let never = if kind == Type::Integer { "-1" } else { "''" };
        format!("COALESCE({left}.{column}, {never}) = COALESCE({right}.{column}, {never})")
    });
    parts.collect::<Vec<_>>().join(" AND ")
}

/// Expressions for the columns `kind, uid, related_kind, related_uid, detail` of a row: its first and second end, and
/// the further parts of its key.
pub(crate) struct About {
    pub(crate) kind: String,
    pub(crate) uid: String,
    pub(crate) related_kind: String,
    pub(crate) related_uid: String,
    pub(crate) detail: String,
}

/// An expression over some ends of a relation.
type OfEnds<'a> = &'a dyn Fn(&[(String, Kind)]) -> String;

/// What a row speaks of, each end taken where `end` says it stands.
pub(crate) fn about(table: &Table, end: &dyn Fn(&str) -> String) -> About {
    let ends: Vec<(String, Kind)> = ends(table).into_iter().map(|(column, kind)| (end(column), kind)).collect();
    let kind_of = |ends: &[(String, Kind)]| {
        let cases =
            ends.iter().map(|(column, kind)| format!("WHEN {column} IS NOT NULL THEN {}", sql::text(kind.as_str())));
        if ends.is_empty() {
            "CAST(NULL AS VARCHAR)".to_owned()
        } else {
            format!("CASE {} END", cases.collect::<Vec<_>>().join(" "))
        }
    };
    let uid_of = |ends: &[(String, Kind)]| {
        let columns: Vec<&str> = ends.iter().map(|(column, _)| column.as_str()).collect();
        if columns.is_empty() { "CAST(NULL AS BIGINT)".to_owned() } else { format!("COALESCE({})", columns.join(", ")) }
    };
    // The second end is the first of those behind the first.
    let second = |of: OfEnds<'_>, nothing: &str| {
        let cases = ends
            .iter()
            .enumerate()
            .map(|(at, (column, _))| format!("WHEN {column} IS NOT NULL THEN {}", of(&ends[at + 1..])));
        format!("CASE {} ELSE {nothing} END", cases.collect::<Vec<_>>().join(" "))
    };
    let parts: Vec<String> =
        table.columns.iter().filter(|column| column.role == Role::KeyPart).map(|column| end(column.name)).collect();
    let detail = match parts.as_slice() {
        [] => "CAST(NULL AS VARCHAR)".to_owned(),
        parts => {
            let joined: Vec<String> = parts.iter().map(|part| format!("COALESCE({part}, '')")).collect();
            format!(
                "CASE WHEN COALESCE({}) IS NULL THEN NULL ELSE {} END",
                parts.join(", "),
                joined.join(" || '|' || ")
            )
        }
    };
    About {
        kind: kind_of(&ends),
        uid: uid_of(&ends),
        related_kind: second(&kind_of, "CAST(NULL AS VARCHAR)"),
        related_uid: second(&uid_of, "CAST(NULL AS BIGINT)"),
        detail,
    }
}
