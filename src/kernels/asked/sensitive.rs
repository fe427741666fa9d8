//! The sensitive permissions of accounts: their own rights and those of their groups, as lists of numbers.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;

use super::number;
use super::open::Open;
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::lists::Lists;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each, numbers, pairs};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Type};

/// The question of the standard pack that this answers.
pub(super) const QUESTION: &str = include_str!("../../../packs/standard/shared/pack_sensitive_rights.sql");

/// The permissions from some sensitivity on that accounts hold, themselves or through groups.
#[derive(Debug)]
pub(super) struct SensitiveRights {
    /// The least sensitivity.
    level: i64,
}

impl SensitiveRights {
    /// With the value of the question's parameter.
    pub(super) fn of(values: &[&str]) -> Option<Self> {
        let [level] = values.try_into().ok()?;
        Some(Self { level: number(level)? })
    }
}

impl Kernel for SensitiveRights {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let sensitive = self.sensitive(tables)?;
        let (mut of_accounts, mut of_groups) = (Vec::new(), Vec::new());
        each(tables, "rights", &["account_uid", "group_uid", "permission_uid"], |batch| {
            let (accounts, groups) = (numbers(batch, "account_uid")?, numbers(batch, "group_uid")?);
            for (row, permission) in numbers(batch, "permission_uid")?.into_iter().enumerate() {
                let Some(permission) = permission.filter(|uid| sensitive.contains(i64::from(*uid))) else { continue };
                of_accounts.extend(accounts[row].map(|account| (account, permission)));
                of_groups.extend(groups[row].map(|group| (group, permission)));
            }
            Ok(())
        })?;
        let given = given(&Lists::of(&of_groups), tables)?;
        let groups_of = pairs(tables, "memberships", "account_uid", "group_uid")?;
        let (of_accounts, groups_of) = (Lists::of(&of_accounts), Lists::of(&groups_of));
        let open = Open::of(tables)?.accounts;
        let (mut accounts, mut permissions, mut is_open) = (Vec::new(), Vec::new(), Vec::new());
        let mut held = Vec::new();
        for account in 0..of_accounts.bound().max(groups_of.bound()) {
            held.clear();
            held.extend_from_slice(of_accounts.get(account));
            groups_of.get(account).iter().for_each(|group| held.extend_from_slice(given.get(*group)));
            held.sort_unstable();
            held.dedup();
            accounts.resize(accounts.len() + held.len(), i64::from(account));
            permissions.extend(held.iter().map(|permission| i64::from(*permission)));
            is_open.resize(accounts.len(), open.contains(i64::from(account)));
        }
        if accounts.is_empty() {
            return Ok(());
        }
        let rows: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(accounts)),
            Arc::new(Int64Array::from(permissions)),
            Arc::new(BooleanArray::from(is_open)),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), rows).map_err(EngineError::from_arrow)?)
    }
}

impl SensitiveRights {
    fn sensitive(&self, tables: &TableSet) -> Result<Uids, EngineError> {
        let mut sensitive = Uids::default();
        each(tables, "permissions", &["uid", "sensitivity"], |batch| {
            let levels = column(batch, "sensitivity", Type::Integer);
            for (uid, level) in numbers(batch, "uid")?.into_iter().zip(levels.as_primitive::<Int64Type>()) {
                if let Some(uid) = uid.filter(|_| level.is_some_and(|level| level >= self.level)) {
                    sensitive.insert(i64::from(uid));
                }
            }
            Ok(())
        })?;
        Ok(sensitive)
    }
}

/// What being in a group gives, each permission once: what it holds, and what those hold that it is in.
fn given(of_groups: &Lists<u32>, tables: &TableSet) -> Result<Lists<u32>, EngineError> {
    let above = Lists::of(&pairs(tables, "group_closure", "group_uid", "ancestor_uid")?);
    let (mut given, mut of_group) = (Vec::new(), Vec::new());
    for group in 0..above.bound() {
        above.get(group).iter().for_each(|above| of_group.extend_from_slice(of_groups.get(*above)));
        of_group.sort_unstable();
        of_group.dedup();
        given.extend(of_group.drain(..).map(|permission| (group, permission)));
    }
    Ok(Lists::of(&given))
}
