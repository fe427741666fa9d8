//! How well a way to match would do: whom it finds for accounts whose owner is known, and for those of nobody.

use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use hashbrown::HashMap;

use super::Text;
use crate::engine::EngineError;
use crate::kernels::rows::{column, each};
use crate::model::TableSet;
use crate::table::Type;

/// What a way to match would find: for each account whose text somebody bears, who alone does; `None` where several do.
///
/// # Errors
/// Where a part cannot be read.
pub fn found_by(account: &Text, identity: &Text, tables: &TableSet) -> Result<BTreeMap<i64, Option<i64>>, EngineError> {
    let mut bearers: HashMap<String, Option<i64>> = HashMap::new();
    each_text(identity, "identities", tables, |uid, text| {
        bearers.entry_ref(text).and_modify(|bearer| *bearer = None).or_insert(Some(uid));
    })?;
    let mut found = BTreeMap::new();
    if !bearers.is_empty() {
        each_text(account, "accounts", tables, |uid, text| {
            if let Some(bearer) = bearers.get(text) {
                found.insert(uid, *bearer);
            }
        })?;
    }
    Ok(found)
}

/// Hands over the uid and the text of each row that has one.
fn each_text(text: &Text, table: &str, tables: &TableSet, mut take: impl FnMut(i64, &str)) -> Result<(), EngineError> {
    let columns: Vec<&str> = std::iter::once("uid").chain(text.columns().map(|field| field.name.as_str())).collect();
    each(tables, table, &columns, |batch| {
        let uids = column(batch, "uid", Type::Integer);
        let uids = uids.as_primitive::<Int64Type>();
        text.each(batch, |row, text| {
            if let Some(text) = text {
                take(uids.value(row), text);
            }
        })
    })
}
