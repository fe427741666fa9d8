//! Rows of the parent that this load does not bring and that may not vanish for it.

use super::presence::Presence;
use super::publish::cell;
use super::{Carry, Load, Origin};
use crate::sql;
use crate::stages::relation;
use crate::table::Role;

/// Rows of the parent's table; of relations those whose ends are there.
pub(super) fn rows(load: &Load<'_>, source: &Origin<'_>) -> String {
    let columns = load.columns.iter().map(|column| match column.name.as_str() {
        "stale_loads" => "b.stale_loads + 1 AS stale_loads".to_owned(),
        _ => cell(&load.before, "b", column),
    });
    let columns: Vec<String> = columns.collect();
    let presence = if load.is_object() { Presence::none() } else { Presence::of(load, "b") };
    format!(
        "SELECT {}\nFROM before_{} b{}\nWHERE b.source = {} AND {}\n  AND {}",
        columns.join(", "),
        load.table.name,
        presence.joins,
        sql::text(source.name),
        presence.all_there,
        may_not_vanish(load, source),
    )
}

/// Relations that the parent could only keep as text, and whose ends are there by now.
pub(super) fn there_again(load: &Load<'_>, source: &Origin<'_>) -> String {
    let columns = load.columns.iter().map(|column| {
        let role = load.table.column(&column.name).map(|column| column.role);
        match (role, column.name.as_str()) {
            (Some(Role::End(_)), end) => format!("b.{end}"),
            (_, "stale_loads") => format!("CAST({} AS BIGINT) AS stale_loads", source.stale_loads.max(1)),
            _ => cell(&load.before_side, "b", column),
        }
    });
    let columns: Vec<String> = columns.collect();
    let presence = Presence::of(load, "b");
    format!(
        "SELECT {}\nFROM {} b{}\nWHERE {}\n  AND {}",
        columns.join(", "),
        known_by_now(load, source),
        presence.joins,
        presence.all_there,
        known_may_not_vanish(load, source),
    )
}

/// The text rows of the parent whose ends all have numbers by now; of those that turn out to name the same, `copy` 1
/// is the one to take.
pub(super) fn known_by_now(load: &Load<'_>, source: &Origin<'_>) -> String {
    let key: Vec<String> = relation::key(load.table).iter().map(|(column, _)| format!("t.{column}")).collect();
    let order: Vec<String> =
        load.before_side.iter().map(|column| format!("t.{} NULLS FIRST", sql::name(&column.name))).collect();
    format!(
        "(\n  SELECT t.*, ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {}) AS copy\n  FROM {} t WHERE t.unknown_end IS NULL\n)",
        key.join(", "),
        order.join(", "),
        looked_up(load, source),
    )
}

/// The text rows of the parent that this load does not bring as text, with the numbers of their ends, and the first
/// end that has none.
pub(super) fn looked_up(load: &Load<'_>, source: &Origin<'_>) -> String {
    let name = load.table.name;
    let (mut joins, mut uids, mut unknown) = (String::new(), Vec::new(), String::from("CASE"));
    let mut same = Vec::new();
    for (column, kind) in relation::ends(load.table) {
        let end = column.trim_end_matches("_uid");
        let of_kind = sql::text(kind.as_str());
        let mut uid = format!("u_{end}.uid");
        let mut texts = vec![format!("{end}_key")];
        let namespace = match kind.namespace() {
            None => "''".to_owned(),
            Some(namespace) => {
                // A key that was given without its namespace is looked for in all of them.
                joins.push_str(&format!(
                    "\n  LEFT JOIN (SELECT key, MIN(uid) AS uid FROM uids WHERE kind = {of_kind} GROUP BY key HAVING COUNT(*) = 1) l_{end}\n    ON r.{end}_{namespace} IS NULL AND l_{end}.key = r.{end}_key"
                ));
                uid = format!("COALESCE(u_{end}.uid, l_{end}.uid)");
                texts.push(format!("{end}_{namespace}"));
                format!("r.{end}_{namespace}")
            }
        };
        joins.push_str(&format!(
            "\n  LEFT JOIN uids u_{end} ON u_{end}.kind = {of_kind} AND u_{end}.namespace = {namespace} AND u_{end}.key = r.{end}_key"
        ));
        unknown.push_str(&format!(" WHEN r.{end}_key IS NOT NULL AND {uid} IS NULL THEN {}", sql::text(end)));
        uids.push(format!("{uid} AS {column}"));
        same.extend(texts.iter().map(|text| format!("COALESCE(s.{text}, '') = COALESCE(r.{text}, '')")));
    }
    let parts = load.table.columns.iter().filter(|column| column.role == Role::KeyPart);
    same.extend(parts.map(|part| format!("COALESCE(s.{0}, '') = COALESCE(r.{0}, '')", part.name)));
    let from = sql::text(source.name);
    format!(
        "(\n  SELECT r.*, {}, {unknown} END AS unknown_end\n  FROM before_unresolved_{name} r{joins}\n  WHERE r.source = {from}\n    AND NOT EXISTS (SELECT 1 FROM staged_unresolved_{name} s WHERE s.source = {from} AND {})\n)",
        uids.join(", "),
        same.join(" AND "),
    )
}

/// A condition that this load does not bring the parent's row `b`, and that it must not be lost for that.
pub(super) fn may_not_vanish(load: &Load<'_>, source: &Origin<'_>) -> String {
    let same = if load.is_object() { "s.uid = b.uid".to_owned() } else { relation::same_key(load.table, "s", "b") };
    let because = match source.carry {
        Carry::Nothing => "FALSE".to_owned(),
        Carry::All => "TRUE".to_owned(),
        Carry::Some { rejected, absent } => {
            let mut reasons = Vec::new();
            if rejected {
                reasons.push(is_rejected(load, source));
            }
            if absent {
                reasons.push("b.uid IN (SELECT w.uid FROM absences w WHERE NOT w.is_gone)".to_owned());
            }
            reasons.join(" OR ")
        }
    };
    format!("NOT EXISTS (SELECT 1 FROM staged_{} s WHERE {same})\n  AND ({because})", load.table.name)
}

/// The same of a row that the parent had as text, and that is none of those it had as a relation.
pub(super) fn known_may_not_vanish(load: &Load<'_>, source: &Origin<'_>) -> String {
    format!(
        "b.copy = 1 AND NOT EXISTS (SELECT 1 FROM before_{} p WHERE {})\n  AND {}",
        load.table.name,
        relation::same_key(load.table, "p", "b"),
        may_not_vanish(load, source),
    )
}

/// A query for the objects of a table that rejects of a source name, each once, as `named_uid`.
pub(super) fn rejected_uids(table: &str, source: &str) -> String {
    format!(
        "SELECT DISTINCT r.uid AS named_uid FROM staged_rejects r WHERE r.table_name = {} AND r.source = {} AND r.uid IS NOT NULL",
        sql::text(table),
        sql::text(source)
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
