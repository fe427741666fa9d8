//! Accounts that identities gained or lost: a merge of the ownership of both loads.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Int64Type};

use super::Kernel;
use super::link_changes::{self, LinkChange};
use super::presence::Uids;
use super::rows::{column, words};
use super::sorted::{Met, Shape, SortedRow, differences, open_both};
use crate::engine::{EngineError, RowSink};
use crate::ledger::{Wanted, arrow_schema};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Kind, Type};

/// Accounts that identities gained or lost, and the owners that accounts did.
#[derive(Debug)]
pub struct OwnersChanged {
    /// What moved owners.
    pub cause: &'static str,
}

impl Kernel for OwnersChanged {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let mut changes = Vec::new();
        each_change(tables, |identity, is_lost, account| {
            let change = LinkChange {
                kind: Some(Kind::Identity.as_str()),
                uid: Some(identity),
                is_lost,
                related_kind: Some(Kind::Account.as_str()),
                related_uid: Some(account),
                detail: None,
                table: "ownership",
                cause: Some(self.cause),
            };
            changes.extend([change, change.mirrored()]);
        })?;
        if changes.is_empty() { Ok(()) } else { sink(link_changes::rows(changes, columns)?) }
    }
}

/// Hands over each identity that gained or lost an account: who, whether it was lost, and which.
fn each_change(tables: &TableSet, mut take: impl FnMut(i64, bool, i64)) -> Result<(), EngineError> {
    let numbers = ["account_uid", "identity_uid"].map(str::to_owned).to_vec();
    let (now, before) = (tables.find("ownership"), tables.find(&format!("{BEFORE}ownership")));
    let (mut now, mut before) = open_both(&now, &before, &Shape { numbers, ..Shape::default() })?;
    differences(&mut now, &mut before, |met| {
        let (row, is_lost) = match met {
            Met::Now(row) => (row, false),
            Met::Before(row) => (row, true),
            Met::Both(..) => return,
        };
        if let (Some(account), Some(identity)) = (row.number(0), row.number(1)) {
            take(identity, is_lost, account);
        }
    })
}

/// What changed for every identity that is listed in both loads.
#[derive(Debug)]
pub struct IdentityMovements {
    /// Whether both loads know what people can do.
    pub knows_permissions: bool,
    /// Whether both loads know who manages whom.
    pub knows_managers: bool,
}

/// Whether the unit changed, and the job.
type Moved = (bool, bool);

impl Kernel for IdentityMovements {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let (now, before) = (tables.find("identities"), tables.find(&format!("{BEFORE}identities")));
        let (listed, listed_before) = (Uids::of(&now)?, Uids::of(&before)?);
        let moved = moved(tables)?;
        let mut accounts = Uids::default();
        each_change(tables, |identity, _, _| accounts.insert(identity))?;
        let (mut permissions, mut managers) = (Uids::default(), Uids::default());
        if self.knows_permissions || self.knows_managers {
            each_of_people(tables, |related, uid| match related {
                Kind::Permission => permissions.insert(uid),
                Kind::Identity => managers.insert(uid),
                _ => {}
            })?;
        }
        let uids: Vec<i64> = listed.iter().filter(|uid| listed_before.contains(*uid)).collect();
        if uids.is_empty() {
            return Ok(());
        }
        let flags = |is_so: &dyn Fn(i64) -> bool| -> ArrayRef {
            Arc::new(uids.iter().map(|uid| Some(is_so(*uid))).collect::<BooleanArray>())
        };
        let known = |is_known: bool, changed: &Uids| {
            if is_known { flags(&|uid| changed.contains(uid)) } else { new_null_array(&DataType::Boolean, uids.len()) }
        };
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(uids.clone())),
            flags(&|uid| moved.get(&uid).is_some_and(|moved| moved.0)),
            flags(&|uid| moved.get(&uid).is_some_and(|moved| moved.1)),
            flags(&|uid| accounts.contains(uid)),
            known(self.knows_permissions, &permissions),
            known(self.knows_managers, &managers),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}

/// The people whose unit or job is not what it was.
fn moved(tables: &TableSet) -> Result<BTreeMap<i64, Moved>, EngineError> {
    let text = |name| Field::new(name, Type::Text);
    let attributes =
        vec![Field::new("organisation_uid", Type::Integer), text("organisation"), text("job_code"), text("job_title")];
    let shape = Shape { numbers: vec!["uid".to_owned()], texts: Vec::new(), attributes };
    let (now, before) = (tables.find("identities"), tables.find(&format!("{BEFORE}identities")));
    let (mut now, mut before) = open_both(&now, &before, &shape)?;
    let mut moved = BTreeMap::new();
    differences(&mut now, &mut before, |met| {
        if let Met::Both(now, before) = met
            && let Some(uid) = now.number(0)
        {
            moved.insert(uid, (is_other_unit(now, before), is_other_job(now, before)));
        }
    })?;
    Ok(moved)
}

/// Units are told apart by their uid; by their code where one of the two has none.
fn is_other_unit(now: SortedRow<'_>, before: SortedRow<'_>) -> bool {
    match (now.attribute_number(0), before.attribute_number(0)) {
        (Some(now), Some(before)) => now != before,
        _ => now.attribute_text(1) != before.attribute_text(1),
    }
}

/// Jobs are told apart by their code; by their title where neither has one.
fn is_other_job(now: SortedRow<'_>, before: SortedRow<'_>) -> bool {
    match (now.attribute_text(2), before.attribute_text(2)) {
        (None, None) => now.attribute_text(3) != before.attribute_text(3),
        (now, before) => now != before,
    }
}

/// Hands over each identity in `link_changes`, with the kind of what it gained or lost.
fn each_of_people(tables: &TableSet, mut take: impl FnMut(Kind, i64)) -> Result<(), EngineError> {
    let wanted = Wanted { dictionaries: vec!["kind".to_owned(), "related_kind".to_owned()], ..Wanted::default() };
    let parts = tables.find("link_changes").open_as(&["kind", "uid", "related_kind"], |_| Ok(wanted.clone()))?;
    for (_, rows) in parts {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let (kinds, related) = (words(&batch, "kind", Kind::named)?, words(&batch, "related_kind", Kind::named)?);
            let uids = column(&batch, "uid", Type::Integer);
            for (row, uid) in uids.as_primitive::<Int64Type>().iter().enumerate() {
                if let (Some(Kind::Identity), Some(related), Some(uid)) = (kinds[row], related[row], uid) {
                    take(related, uid);
                }
            }
        }
    }
    Ok(())
}
