//! Sieves for controls of duties: few rights bring the permissions that conflict, and few people hold such a conflict.

mod conflicting;

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};

pub use self::conflicting::Conflicting;
use self::conflicting::Conflicts;
use super::Sieve;
use super::pick::pick_where;
use super::presence::Uids;
use super::rows::{column, each, numbers, shaped};
use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Type};

/// Rows of `effective_rights` of people who hold a conflict, wherever: those of its permissions. Only the columns
/// `identity_uid`, `permission_uid` and `perimeter` are filled.
#[derive(Debug)]
pub struct HeldInConflict(pub Conflicting);

/// Rows of `rights` that bring a permission of a conflict.
#[derive(Debug)]
pub struct BringingConflict {
    /// The conflict.
    pub conflicting: Conflicting,
    /// Of rights that accounts hold themselves only those of some.
    pub of: Option<Found>,
}

/// Rows of `memberships` of accounts with findings.
#[derive(Debug)]
pub struct OfFound(pub Found);

/// The accounts that a control found, or those whose owners it found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The control.
    pub control: String,
    /// Whether it found people.
    pub are_people: bool,
}

impl Sieve for HeldInConflict {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let conflicts = Conflicts::of(&self.0, tables)?;
        let uids = conflicts.uids();
        let stored = tables.find("effective_rights");
        let mut held = Held::default();
        each(tables, "effective_rights", &["identity_uid", "permission_uid", "perimeter"], |batch| {
            let number = |name| column(batch, name, Type::Integer);
            let (people, permissions) = (number("identity_uid"), number("permission_uid"));
            let (people, permissions): (&Int64Array, &Int64Array) = (people.as_primitive(), permissions.as_primitive());
            let perimeters = column(batch, "perimeter", Type::Text);
            let perimeters = perimeters.as_string::<i32>();
            for (row, permission) in permissions.values().iter().enumerate() {
                if uids.contains(*permission) && permissions.is_valid(row) && people.is_valid(row) {
                    let perimeter = perimeters.is_valid(row).then(|| perimeters.value(row));
                    held.push(people.value(row), *permission, perimeter, &conflicts);
                }
            }
            Ok(())
        })?;
        held.settle(&conflicts);
        if held.people.is_empty() { Ok(Vec::new()) } else { Ok(vec![held.rows(&stored.columns)?]) }
    }
}

/// Rights of people who hold a conflict. Those of the last person are not judged yet.
#[derive(Default)]
struct Held {
    people: Vec<i64>,
    permissions: Vec<u32>,
    perimeters: Vec<Option<String>>,
    /// Where the rights of the last person begin.
    start: usize,
    sides: Vec<(usize, usize)>,
}

impl Held {
    fn push(&mut self, person: i64, permission: i64, perimeter: Option<&str>, conflicts: &Conflicts) {
        if self.people.last().is_some_and(|last| *last != person) {
            self.settle(conflicts);
        }
        // Those of a conflict were read as 32 bits.
        let Ok(permission) = u32::try_from(permission) else { return };
        self.people.push(person);
        self.permissions.push(permission);
        self.perimeters.push(perimeter.map(str::to_owned));
    }

    /// Keeps the rights of the last person if they have a conflict.
    fn settle(&mut self, conflicts: &Conflicts) {
        if !conflicts.are_met(&self.permissions[self.start..], &mut self.sides) {
            self.people.truncate(self.start);
            self.permissions.truncate(self.start);
            self.perimeters.truncate(self.start);
        }
        self.start = self.people.len();
    }

    fn rows(self, columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let given = RecordBatch::try_from_iter([
            ("identity_uid", Arc::new(Int64Array::from(self.people)) as _),
            ("permission_uid", Arc::new(self.permissions.into_iter().map(i64::from).collect::<Int64Array>()) as _),
            ("perimeter", Arc::new(StringArray::from(self.perimeters)) as _),
        ]);
        shaped(&given.map_err(EngineError::from_arrow)?, columns)
    }
}

impl Sieve for BringingConflict {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let conflicting = Conflicts::of(&self.conflicting, tables)?.uids();
        let mut bringing = Uids::default();
        conflicting.iter().for_each(|uid| bringing.insert(uid));
        each_pair(tables, "permission_closure", ["permission_uid", "included_uid"], |permission, included| {
            if conflicting.contains(included) {
                bringing.insert(permission);
            }
        })?;
        let accounts = self.of.as_ref().map(|found| found.accounts(tables)).transpose()?;
        let stored = tables.find("rights");
        pick_where(&stored, &stored.columns, &["permission_uid", "account_uid"], |[permission, account]| {
            let is_of_found = || match (&accounts, account) {
                (Some(accounts), Some(account)) => accounts.contains(account),
                _ => true,
            };
            permission.is_some_and(|permission| bringing.contains(permission)) && is_of_found()
        })
    }
}

impl Sieve for OfFound {
    fn rows(&self, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let accounts = self.0.accounts(tables)?;
        let stored = tables.find("memberships");
        let mut rows = pick_where(&stored, &stored.columns, &["account_uid"], |[account]| {
            account.is_some_and(|account| accounts.contains(account))
        })?;
        // Who is in no group has rights all the same: there is always something to run the query over.
        rows.push(RecordBatch::new_empty(arrow_schema(&stored.columns)));
        Ok(rows)
    }
}

impl Found {
    fn accounts(&self, tables: &TableSet) -> Result<Uids, EngineError> {
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
        if !self.are_people {
            return Ok(found);
        }
        let mut accounts = Uids::default();
        each_pair(tables, "ownership", ["identity_uid", "account_uid"], |identity, account| {
            if found.contains(identity) {
                accounts.insert(account);
            }
        })?;
        Ok(accounts)
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
