//! Sieves for controls of duties: few rights bring the permissions that conflict, and few people hold them.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};

use super::Sieve;
use super::pick::pick;
use super::presence::Uids;
use super::rows::{column, each, numbers};
use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::Type;

/// The permissions that conflict.
#[derive(Debug, Clone)]
pub enum Conflicting {
    /// Those of these applications and codes.
    Named(BTreeSet<(String, String)>),
    /// Those of `duty_conflicts`.
    Collected,
}

/// Rows of `effective_rights` with a permission that conflicts.
#[derive(Debug)]
pub struct HeldInConflict(pub Conflicting);

/// Rows of `rights` that bring a permission that conflicts.
#[derive(Debug)]
pub struct BringingConflict(pub Conflicting);

/// Rows of `memberships` of the accounts that a control found, or whose owners it found.
#[derive(Debug)]
pub struct OfThoseFound {
    /// The control.
    pub control: String,
    /// Whether it found people.
    pub are_people: bool,
}

impl Sieve for HeldInConflict {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let stored = tables.find("effective_rights");
        pick(&stored, &stored.columns, "permission_uid", &self.0.uids(tables)?)
    }
}

impl Sieve for BringingConflict {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let conflicting = self.0.uids(tables)?;
        let mut bringing = self.0.uids(tables)?;
        each_pair(tables, "permission_closure", ["permission_uid", "included_uid"], |permission, included| {
            if conflicting.contains(included) {
                bringing.insert(permission);
            }
        })?;
        let stored = tables.find("rights");
        pick(&stored, &stored.columns, "permission_uid", &bringing)
    }
}

impl Sieve for OfThoseFound {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let found = self.found(tables)?;
        let accounts = if self.are_people {
            let mut accounts = Uids::default();
            each_pair(tables, "ownership", ["identity_uid", "account_uid"], |identity, account| {
                if found.contains(identity) {
                    accounts.insert(account);
                }
            })?;
            accounts
        } else {
            found
        };
        let stored = tables.find("memberships");
        let mut rows = pick(&stored, &stored.columns, "account_uid", &accounts)?;
        // Who is in no group has rights all the same: there is always something to run the query over.
        rows.push(RecordBatch::new_empty(arrow_schema(&stored.columns)));
        Ok(rows)
    }
}

impl OfThoseFound {
    fn found(&self, tables: &TableSet) -> Result<Uids, EngineError> {
        let mut found = Uids::default();
        each(tables, "control_hits", &["control", "uid"], |batch| {
            let controls = column(batch, "control", Type::Text);
            let controls = controls.as_string::<i32>();
            for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
                if let Some(uid) = uid.filter(|_| controls.is_valid(row) && controls.value(row) == self.control) {
                    found.insert(i64::from(uid));
                }
            }
            Ok(())
        })?;
        Ok(found)
    }
}

impl Conflicting {
    fn uids(&self, tables: &TableSet) -> Result<Uids, EngineError> {
        let mut uids = Uids::default();
        match self {
            Self::Named(names) => each(tables, "permissions", &["uid", "application", "code"], |batch| {
                let text = |name| column(batch, name, Type::Text);
                let (applications, codes) = (text("application"), text("code"));
                let names_of = applications.as_string::<i32>().iter().zip(codes.as_string::<i32>());
                for (uid, name) in numbers(batch, "uid")?.into_iter().zip(names_of) {
                    if let (Some(uid), (Some(application), Some(code))) = (uid, name)
                        && names.contains(&(application.to_owned(), code.to_owned()))
                    {
                        uids.insert(i64::from(uid));
                    }
                }
                Ok(())
            })?,
            Self::Collected => {
                each_pair(
                    tables,
                    "duty_conflicts",
                    ["permission_uid", "conflicting_uid"],
                    |permission, conflicting| {
                        uids.insert(permission);
                        uids.insert(conflicting);
                    },
                )?;
            }
        }
        Ok(uids)
    }
}

/// Hands over two columns of uids, where neither is null.
fn each_pair(
    tables: &TableSet,
    table: &str,
    [left, right]: [&str; 2],
    mut take: impl FnMut(i64, i64),
) -> Result<(), EngineError> {
    each(tables, table, &[left, right], |batch| {
        for pair in numbers(batch, left)?.into_iter().zip(numbers(batch, right)?) {
            if let (Some(left), Some(right)) = pair {
                take(i64::from(left), i64::from(right));
            }
        }
        Ok(())
    })
}
