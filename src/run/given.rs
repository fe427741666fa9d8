//! What a stage is given before its models run: what people decided, what the run was asked to forget, and what moved.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::{Running, StageError, timeslot_of};
use crate::cause::moved_parts;
use crate::collect::decisions::put_decisions;
use crate::collect::exceptions::put_exceptions;
use crate::collect::forgotten::put_forgotten;
use crate::collect::overlay::put_overlay;
use crate::collect::reports_of;
use crate::ids::StageName;
use crate::ledger::{LedgerError, OpenTimeslot, Timeslot, arrow_schema, sha256_hex};
use crate::model::{Model, TableSet};
use crate::table::Field;
use crate::tables::CAUSES;
use crate::temporal::{self, Past};

impl Running<'_> {
    /// Puts the tables into the open timeslot that a stage reads and no model makes. Nothing is committed.
    pub(super) fn give(&self, stage: StageName, open: &mut OpenTimeslot) -> Result<(), StageError> {
        let (stages, forms) = (&self.job.plan.stages, &self.job.project.key_forms);
        match stage {
            StageName::Reconcile => {
                put_decisions(stages.reconcile.decisions.as_deref(), forms, open)?;
                put_forgotten(&self.job.selection.forget, forms, open)?;
            }
            StageName::Managers => {
                let overlay = stages.managers.as_ref().and_then(|managers| managers.overlay.as_deref());
                put_overlay(overlay, forms, open)?;
            }
            StageName::Controls => {
                let said = stages.controls.as_ref().and_then(|controls| controls.exceptions.as_ref());
                put_exceptions(said, forms, open)?;
            }
            StageName::Validate => put_causes(open, self.parent.as_ref())?,
            _ => {}
        }
        Ok(())
    }

    /// The views over all loads that models read.
    pub(super) fn seen(&self, models: &[Model], open: &OpenTimeslot) -> Result<TableSet, StageError> {
        let reads: BTreeSet<&String> = models.iter().flat_map(Model::reads).collect();
        let followed = temporal::named(reads);
        if followed.is_empty() {
            return Ok(TableSet::default());
        }
        let past = Past::of(open.writer().ledger(), timeslot_of(open))?;
        past.views(&followed, self.engine).map_err(StageError::Views)
    }
}

/// Says of every part that holds other rows than in the parent what moved it.
fn put_causes(open: &mut OpenTimeslot, parent: Option<&Timeslot>) -> Result<(), LedgerError> {
    let Some(parent) = parent else {
        open.remove(CAUSES.name);
        return Ok(());
    };
    let now = timeslot_of(open);
    let tables = TableSet::of(&now, Some(parent));
    let mut moved = moved_parts(&tables, &reports_of(Some(&now)), &reports_of(Some(parent)));
    moved.sort();
    let columns: Vec<Field> = CAUSES.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    let mut part = open.create_part(CAUSES.name, "parts", &sha256_hex(format!("{moved:?}").as_bytes()), &columns)?;
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(moved.iter().map(|row| Some(&row.0)).collect::<StringArray>()),
        Arc::new(moved.iter().map(|row| Some(&row.1)).collect::<StringArray>()),
        Arc::new(moved.iter().map(|row| Some(row.2)).collect::<StringArray>()),
    ];
    part.write(RecordBatch::try_new(arrow_schema(&columns), arrays).expect("the arrays follow the table's columns"))?;
    let part = part.finish()?;
    open.put(CAUSES.name, columns, vec![part]);
    Ok(())
}
