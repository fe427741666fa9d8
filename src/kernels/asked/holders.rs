//! How many people hold each permission, and how many of them are active: one pass over effective rights.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};

use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::gaps::{END, Pairs, permission, person};
use crate::kernels::theoretical::active;
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::Field;

/// The question of the standard pack that this answers.
pub(super) const QUESTION: &str = include_str!("../../../packs/standard/shared/pack_holders.sql");

/// The holders of each permission that anybody holds.
#[derive(Debug)]
pub(super) struct Holders;

impl Kernel for Holders {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let active = active(tables)?;
        let mut held = Pairs::open(&tables.find("effective_rights"))?;
        // All holders, and those who are active, by the uid of the permission: uids are given one after the other.
        let mut counts: Vec<[i64; 2]> = Vec::new();
        loop {
            let pair = held.pair();
            if pair == END {
                break;
            }
            let at = usize::try_from(permission(pair)).map_err(|_| EngineError::new("a negative uid"))?;
            if counts.len() <= at {
                counts.resize(at + 1, [0, 0]);
            }
            counts[at][0] += 1;
            counts[at][1] += i64::from(active.contains(person(pair)));
            held.pass(pair)?;
        }
        let holders: Vec<(i64, [i64; 2])> = (0..).zip(counts).filter(|(_, counts)| counts[0] > 0).collect();
        if holders.is_empty() {
            return Ok(());
        }
        let counted = |at: usize| Arc::new(Int64Array::from_iter_values(holders.iter().map(|(_, counts)| counts[at])));
        let permissions = Arc::new(Int64Array::from_iter_values(holders.iter().map(|(permission, _)| *permission)));
        let rows = RecordBatch::try_new(arrow_schema(columns), vec![permissions, counted(0), counted(1)]);
        sink(rows.map_err(EngineError::from_arrow)?)
    }
}
