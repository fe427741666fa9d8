//! Applications that people reach through the rights of each account: lists of numbers.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{AsArray, Int64Array, RecordBatch};

use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::by_uid::ByUid;
use crate::kernels::lists::Lists;
use crate::kernels::rows::{column, each, numbers, pairs};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Type};

/// The question of the standard pack that this answers.
pub(super) const QUESTION: &str = include_str!("../../../packs/standard/shared/pack_reached.sql");

/// What open accounts with an owner reach themselves.
#[derive(Debug)]
pub(super) struct Reached;

impl Kernel for Reached {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let told = told(tables)?;
        let owners = owners(tables)?;
        let mut rights = pairs(tables, "rights", "account_uid", "permission_uid")?;
        // Only of those who own them is anything said.
        rights.retain(|(account, _)| owners.get(*account).is_some());
        let rights = Lists::of(&rights);
        let mut rows: Vec<[u32; 3]> = Vec::new();
        let mut reached = Vec::new();
        for account in 0..rights.bound() {
            let Some(owner) = owners.get(account) else { continue };
            reached.clear();
            reached.extend(rights.get(account).iter().filter_map(|permission| told.get(*permission)));
            reached.sort_unstable();
            reached.dedup();
            rows.extend(reached.iter().map(|first| [account, owner, *first]));
        }
        if rows.is_empty() {
            return Ok(());
        }
        let array = |at: usize| Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(row[at])))) as _;
        let arrays = (0..3).map(array).collect();
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

/// The smallest number of a permission of the same application, of each permission that is of one.
fn told(tables: &TableSet) -> Result<ByUid<u32>, EngineError> {
    let mut of_application: HashMap<String, Vec<u32>> = HashMap::new();
    each(tables, "permissions", &["uid", "application"], |batch| {
        let applications = column(batch, "application", Type::Text);
        for (uid, application) in numbers(batch, "uid")?.into_iter().zip(applications.as_string::<i32>()) {
            if let (Some(uid), Some(application)) = (uid, application) {
                of_application.entry(application.to_owned()).or_default().push(uid);
            }
        }
        Ok(())
    })?;
    let mut told = ByUid::default();
    for permissions in of_application.values() {
        let first = permissions.iter().copied().min().unwrap_or_default();
        for permission in permissions {
            told.set(*permission, first);
        }
    }
    Ok(told)
}

/// The owners of accounts that can log on.
fn owners(tables: &TableSet) -> Result<ByUid<u32>, EngineError> {
    let mut owners = ByUid::default();
    each(tables, "rule_pack_accounts", &["account_uid", "identity_uid", "is_open"], |batch| {
        let identities = numbers(batch, "identity_uid")?;
        let is_open = column(batch, "is_open", Type::Boolean);
        let accounts = numbers(batch, "account_uid")?.into_iter().zip(identities).zip(is_open.as_boolean());
        for ((account, identity), is_open) in accounts {
            if let (Some(account), Some(identity), Some(true)) = (account, identity, is_open) {
                owners.set(account, identity);
            }
        }
        Ok(())
    })?;
    Ok(owners)
}
