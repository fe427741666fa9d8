//! Accounts that can log on.

use std::collections::HashMap;

use arrow::array::{Array, AsArray};

use crate::engine::EngineError;
use crate::kernels::presence::Uids;
use crate::kernels::rows::{column, each, numbers, text_at};
use crate::model::TableSet;
use crate::table::Type;

/// Accounts that can log on, and how many of them each repository has.
pub(super) struct Open {
    pub(super) accounts: Uids,
    pub(super) of_repository: HashMap<String, i64>,
}

impl Open {
    pub(super) fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let mut open = Self { accounts: Uids::default(), of_repository: HashMap::new() };
        each(tables, "rule_pack_accounts", &["account_uid", "repository", "is_open"], |batch| {
            let repositories = column(batch, "repository", Type::Text);
            let repositories = repositories.as_string::<i32>();
            let is_open = column(batch, "is_open", Type::Boolean);
            let is_open = is_open.as_boolean();
            for (row, account) in numbers(batch, "account_uid")?.into_iter().enumerate() {
                let Some(account) = account.filter(|_| is_open.is_valid(row) && is_open.value(row)) else { continue };
                open.accounts.insert(i64::from(account));
                let Some(repository) = text_at(repositories, row) else { continue };
                match open.of_repository.get_mut(repository) {
                    Some(count) => *count += 1,
                    None => drop(open.of_repository.insert(repository.to_owned(), 1)),
                }
            }
            Ok(())
        })?;
        Ok(open)
    }
}
