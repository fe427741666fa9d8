//! What people call what a path leads over.

use std::collections::BTreeMap;

use crate::engine::EngineError;
use crate::stages::Ask;
use crate::table::Kind;

/// Uids as a list for a query that asks `IN`; a list without any matches nothing.
pub(super) fn list<'a>(uids: impl IntoIterator<Item = &'a i64>) -> String {
    let list: Vec<String> = uids.into_iter().map(ToString::to_string).collect();
    if list.is_empty() { "NULL".to_owned() } else { list.join(", ") }
}

/// `NAMESPACE/KEY` of objects of a kind, by uid.
pub(super) fn names(
    ask: &Ask<'_>,
    kind: Kind,
    uids: impl IntoIterator<Item = i64>,
) -> Result<BTreeMap<i64, String>, EngineError> {
    let uids: Vec<i64> = uids.into_iter().collect();
    let query = format!(
        "SELECT u.uid, CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS name
         FROM uids u WHERE u.kind = '{kind}' AND u.uid IN ({})",
        list(&uids)
    );
    let rows = ask.rows(&query)?.into_iter();
    Ok(rows.filter_map(|row| Some((row[0].parse().ok()?, row[1].clone()))).collect())
}

/// The first column of a question, as uids.
pub(super) fn uids(ask: &Ask<'_>, query: &str) -> Result<Vec<i64>, EngineError> {
    Ok(ask.rows(query)?.into_iter().filter_map(|row| row[0].parse().ok()).collect())
}
