//! What people could do before and can do now: a merge of the effective rights of both loads.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::Kernel;
use super::presence::Uids;
use super::sorted::{Met, Shape, SortedRow, differences, open_both};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, TableSet};
use crate::table::Field;

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
        // The order of the columns of `link_changes`: the identity comes before what happened.
        changes.sort_unstable_by(|a, b| (a.1, a.0, a.2, &a.3).cmp(&(b.1, b.0, b.2, &b.3)));
        let always = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; changes.len()])) };
        let words = changes.iter().map(|change| if change.0 { "lost" } else { "gained" });
        let arrays = vec![
            always("identity"),
            Arc::new(changes.iter().map(|change| change.1).collect::<Int64Array>()),
            Arc::new(StringArray::from_iter_values(words)),
            always("permission"),
            Arc::new(changes.iter().map(|change| change.2).collect::<Int64Array>()),
            Arc::new(changes.iter().map(|change| change.3.as_deref()).collect::<StringArray>()),
        ];
        sink(RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)?)
    }
}
