//! The first few new findings of each control by name, and the rights behind them.

use std::collections::HashMap;

use super::hits;
use crate::engine::EngineError;
use crate::settings::controls::{Check, Control};
use crate::sql;
use crate::stages::Ask;
use crate::table::Kind;
use crate::tables;

/// So many new findings of a control are named.
const SAMPLES: u32 = 5;

/// So many rights behind them are.
const CAUSES: u32 = 10;

/// The states of a finding that was none before, or was answered for.
const NEW: &str = "('opened', 'reopened', 'lapsed')";

/// Control, state, subject and detail of the first few new findings of some controls, in the order of these.
pub(super) fn newest(controls: &[&Control], ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    if controls.is_empty() {
        return Ok(Vec::new());
    }
    let ids = sql::texts(controls.iter().map(|control| control.id.as_str()));
    let found = ask.rows(&format!(
        "SELECT n.control, n.state, n.kind, CAST(n.uid AS VARCHAR), n.detail FROM (
  SELECT f.control, f.kind, f.state, f.uid, f.detail,
         ROW_NUMBER() OVER (PARTITION BY f.control ORDER BY f.uid NULLS LAST, f.detail NULLS FIRST) AS place
  FROM findings f WHERE f.control IN ({ids}) AND f.state IN {NEW}
) n
WHERE n.place <= {SAMPLES}
ORDER BY n.control NULLS LAST, n.place NULLS LAST"
    ))?;
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let of_kind: Vec<&Vec<String>> = found.iter().filter(|row| row[2] == kind.as_str()).collect();
        let names = names(kind, of_kind.iter().map(|row| row[3].as_str()), ask)?;
        rows.extend(of_kind.into_iter().map(|row| {
            let name = names.get(&row[3]).filter(|name| !name.is_empty());
            let name = name.cloned().unwrap_or_else(|| format!("{kind} {}", row[3]));
            vec![row[0].clone(), row[1].clone(), name, row[4].clone()]
        }));
    }
    rows.sort_by_key(|row| place(controls, row));
    Ok(rows)
}

/// What some objects of a kind are called, by uid.
fn names<'u>(
    kind: Kind,
    uids: impl Iterator<Item = &'u str>,
    ask: &Ask<'_>,
) -> Result<HashMap<String, String>, EngineError> {
    let uids: Vec<&str> = uids.collect();
    if uids.is_empty() {
        return Ok(HashMap::new());
    }
    let (table, name) = (tables::of_kind(kind).name, name_of(kind));
    let rows = ask.rows(&format!(
        "SELECT CAST(o.uid AS VARCHAR), {name} AS name FROM {table} o WHERE o.uid IN ({})",
        uids.join(", ")
    ))?;
    Ok(rows.into_iter().map(|mut row| (std::mem::take(&mut row[0]), std::mem::take(&mut row[1]))).collect())
}

/// What a subject `o` is called.
fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => "o.employee_id || COALESCE(' ' || o.full_name, '')",
        Kind::Account => "o.repository || '/' || o.identifier",
        Kind::Group => "o.repository || '/' || o.code",
        Kind::Permission => "o.application || '/' || o.code",
        Kind::Organisation | Kind::Repository | Kind::Application => "o.code || COALESCE(' ' || o.name, '')",
    }
}

/// The rights behind the first few new findings of those of some controls that are about duties, in the order of these.
pub(super) fn causes(controls: &[&Control], ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let of_kind = controls.iter().filter(|control| {
            matches!(control.check, Check::SegregationOfDuties { .. }) && hits::subject(&control.check) == kind
        });
        let ids: Vec<&str> = of_kind.map(|control| control.id.as_str()).collect();
        if !ids.is_empty() {
            rows.extend(ask.rows(&causes_of(&ids, kind))?);
        }
    }
    rows.sort_by_key(|row| place(controls, row));
    Ok(rows)
}

/// The rights behind the first few new findings of each of some controls over one kind.
fn causes_of(controls: &[&str], kind: Kind) -> String {
    format!(
        "WITH new AS (
  SELECT f.control, f.uid, f.detail FROM findings f WHERE f.control IN ({ids}) AND f.state IN {NEW}
),
placed AS (
  SELECT c.control, c.uid, c.detail, c.account_uid, c.group_uid, c.permission_uid, c.wanted_uid, c.perimeter,
         ROW_NUMBER() OVER (PARTITION BY c.control ORDER BY c.uid NULLS LAST, c.detail NULLS FIRST, c.wanted_uid NULLS FIRST,
                            c.account_uid NULLS FIRST, c.group_uid NULLS FIRST, c.permission_uid NULLS FIRST, c.perimeter NULLS FIRST) AS place
  FROM finding_causes c
  JOIN new f ON f.control = c.control AND f.uid = c.uid AND COALESCE(f.detail, '') = COALESCE(c.detail, '')
),
first_few AS (
  SELECT placed.* FROM placed WHERE placed.place <= {CAUSES}
)
SELECT c.control, {name} AS subject, c.detail, a.repository || '/' || a.identifier, g.repository || '/' || g.code,
       p.application || '/' || p.code, CASE WHEN w.uid <> p.uid THEN w.application || '/' || w.code END, c.perimeter
FROM first_few c
JOIN {table} o ON o.uid = c.uid
JOIN accounts a ON a.uid = c.account_uid
JOIN permissions p ON p.uid = c.permission_uid
JOIN permissions w ON w.uid = c.wanted_uid
LEFT JOIN groups g ON g.uid = c.group_uid
ORDER BY c.control NULLS LAST, c.place NULLS LAST",
        name = name_of(kind),
        table = tables::of_kind(kind).name,
        ids = sql::texts(controls.iter().copied()),
    )
}

/// Where the control of a row stands among some.
fn place(controls: &[&Control], row: &[String]) -> Option<usize> {
    controls.iter().position(|control| control.id.as_str() == row[0])
}
