//! The first few new findings of each control by name, and the rights behind them.

use std::collections::BTreeMap;

use super::hits;
use crate::engine::EngineError;
use crate::kernels::{FindingCounts, NewFinding};
use crate::settings::controls::Control;
use crate::sql;
use crate::stages::Ask;
use crate::table::Kind;
use crate::tables;

/// So many new findings of a control are named.
pub(super) const SAMPLES: usize = 5;

/// So many rights behind them are.
const CAUSES: u32 = 10;

/// The states of a finding that was none before, or was answered for.
const NEW: &str = "('opened', 'reopened', 'lapsed')";

/// Control, state, subject and detail of the first few new findings of some controls, in the order of these.
pub(super) fn newest(
    controls: &[&Control],
    counts: &BTreeMap<String, FindingCounts>,
    ask: &Ask<'_>,
) -> Result<Vec<Vec<String>>, EngineError> {
    let new = |control: &&Control| {
        let id = control.id.to_string();
        let newest = counts.get(&id).into_iter().flat_map(|counts| &counts.newest);
        newest.map(move |new| (id.clone(), new)).collect::<Vec<_>>()
    };
    let found: Vec<(String, &NewFinding)> = controls.iter().flat_map(new).collect();
    let mut called: BTreeMap<Kind, BTreeMap<u32, String>> = BTreeMap::new();
    for kind in Kind::ALL {
        let uids = found.iter().filter(|(_, new)| new.kind == kind).map(|(_, new)| new.uid);
        called.insert(kind, names(kind, uids, ask)?);
    }
    let row = |(control, new): (String, &NewFinding)| {
        let name = called[&new.kind].get(&new.uid).filter(|name| !name.is_empty()).cloned();
        let name = name.unwrap_or_else(|| format!("{} {}", new.kind, new.uid));
        vec![control, new.state.to_owned(), name, new.detail.clone().unwrap_or_default()]
    };
    Ok(found.into_iter().map(row).collect())
}

/// What some objects of a kind are called.
fn names(kind: Kind, uids: impl Iterator<Item = u32>, ask: &Ask<'_>) -> Result<BTreeMap<u32, String>, EngineError> {
    let uids: Vec<String> = uids.map(|uid| uid.to_string()).collect();
    if uids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (table, name) = (tables::of_kind(kind).name, name_of(kind));
    let rows = ask.rows(&format!(
        "SELECT CAST(o.uid AS VARCHAR), {name} AS name FROM {table} o WHERE o.uid IN ({})",
        uids.join(", ")
    ))?;
    let named = |row: Vec<String>| {
        let [uid, name] = <[String; 2]>::try_from(row).ok()?;
        Some((uid.parse().ok()?, name))
    };
    Ok(rows.into_iter().filter_map(named).collect())
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

/// The rights behind the first few new findings of those of some controls of which they are kept, in the order of these.
pub(super) fn causes(controls: &[&Control], ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let kept = ask.tables.find("finding_causes");
    let has_causes =
        |control: &&&Control| kept.parts.iter().any(|part| part.name == control.id.as_str() && part.rows > 0);
    let of_causes: Vec<&Control> = controls.iter().filter(has_causes).copied().collect();
    // Each of these has its findings in a part of its own.
    let names = of_causes.iter().map(|control| control.id.to_string()).collect();
    let tables = ask.tables.clone().of_parts("findings", &names);
    let ask = Ask { tables: &tables, ..*ask };
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let of_kind = of_causes.iter().filter(|control| hits::subject(&control.check) == kind);
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
LEFT JOIN accounts a ON a.uid = c.account_uid
LEFT JOIN permissions p ON p.uid = c.permission_uid
LEFT JOIN permissions w ON w.uid = c.wanted_uid
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
