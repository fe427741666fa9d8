//! What people could do before and can do now: a merge of the effective rights of both loads.

use super::Kernel;
use super::link_changes::{self, LinkChange};
use super::presence::Uids;
use super::sorted::{Met, Shape, SortedRow, differences, open_both};
use crate::engine::{EngineError, RowSink};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Kind};

/// Permissions that people who are listed in both loads gained or lost.
#[derive(Debug)]
pub struct GainedAndLost;

/// Whether it was lost, whose, which permission, and where.
type Change = (bool, i64, i64, Option<String>);

impl Kernel for GainedAndLost {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let shape = Shape {
            numbers: vec!["identity_uid".to_owned(), "permission_uid".to_owned()],
            texts: vec!["perimeter".to_owned()],
            attributes: Vec::new(),
        };
        let listed = Uids::of(&tables.find("identities"))?;
        let listed_before = Uids::of(&tables.find(&format!("{BEFORE}identities")))?;
        let (now, before) = (tables.find("effective_rights"), tables.find(&format!("{BEFORE}effective_rights")));
        let (mut now, mut before) = open_both(&now, &before, &shape)?;
        let mut changes: Vec<Change> = Vec::new();
        let mut take = |row: SortedRow<'_>, is_lost: bool| {
            if let (Some(identity), Some(permission)) = (row.number(0), row.number(1))
                && listed.contains(identity)
                && listed_before.contains(identity)
            {
                changes.push((is_lost, identity, permission, row.text(0).map(str::to_owned)));
            }
        };
        differences(&mut now, &mut before, |met| match met {
            Met::Now(row) => take(row, false),
            Met::Before(row) => take(row, true),
            Met::Both(..) => {}
        })?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut found: Vec<LinkChange<'_>> = Vec::with_capacity(changes.len());
        for (is_lost, identity, permission, detail) in &changes {
            found.push(LinkChange {
                kind: Some(Kind::Identity.as_str()),
                uid: Some(*identity),
                is_lost: *is_lost,
                related_kind: Some(Kind::Permission.as_str()),
                related_uid: Some(*permission),
                detail: detail.as_deref(),
            });
        }
        sink(link_changes::rows(found, columns)?)
    }
}
