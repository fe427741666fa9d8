//! What each control adds to the risk of an account, a person, a unit and an application: every open finding is followed to
//! those who bear it, as one number each, and equal numbers are counted.

mod follow;
mod scores;

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use rayon::prelude::*;

use self::follow::borne;
pub use self::scores::RiskScores;
use super::Kernel;
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Kind};

/// The kinds that bear risk, in the order of their names.
const BEARERS: [Kind; 4] = [Kind::Account, Kind::Application, Kind::Identity, Kind::Organisation];

/// Rows that are handed over at once.
const BATCH: usize = 1 << 16;

/// Points by object, control and risk.
#[derive(Debug)]
pub struct RiskPoints {
    /// What an open finding adds, by its risk from 0 to 5.
    pub weights: [u32; 6],
}

/// A bearer, a control, a risk, and whether the finding stands under an exception: as a number that is ordered like these.
type Borne = u64;

/// Where the parts of [`Borne`] begin, from the lowest bit.
const RISK: u32 = 1;
const CONTROL: u32 = 4;
const UID: u32 = 20;
const KIND: u32 = 52;

impl Kernel for RiskPoints {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let (mut borne, controls) = borne(tables)?;
        borne.par_sort_unstable();
        let counted: Vec<&[Borne]> = borne.chunk_by(|one, other| one >> RISK == other >> RISK).collect();
        for rows in counted.chunks(BATCH * rayon::current_num_threads()) {
            let batches = rows.par_chunks(BATCH).map(|rows| self.batch(rows, &controls, columns));
            batches.collect::<Result<Vec<_>, _>>()?.into_iter().try_for_each(&mut *sink)?;
        }
        Ok(())
    }
}

impl RiskPoints {
    fn batch(&self, rows: &[&[Borne]], controls: &[String], columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let part = |row: &[Borne], start: u32, bits: u32| row[0] >> start & ((1 << bits) - 1);
        let place =
            |row: &[Borne], start: u32, bits: u32| usize::try_from(part(row, start, bits)).unwrap_or(usize::MAX);
        let risk = |row: &[Borne]| place(row, RISK, CONTROL - RISK);
        let weight = |row: &[Borne]| i64::from(self.weights[risk(row)]);
        let count = |row: &[Borne], is_excepted: u64| {
            i64::try_from(row.iter().filter(|one| **one & 1 == is_excepted).count()).unwrap_or(i64::MAX)
        };
        let whole = |value: &dyn Fn(&[Borne]) -> i64| -> ArrayRef {
            Arc::new(rows.iter().map(|row| value(row)).collect::<Int64Array>())
        };
        let kinds = rows.iter().map(|row| BEARERS[place(row, KIND, 2)].as_str());
        let named = rows.iter().map(|row| controls[place(row, CONTROL, UID - CONTROL)].as_str());
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(kinds)),
            whole(&|row| i64::try_from(part(row, UID, KIND - UID)).unwrap_or(i64::MAX)),
            Arc::new(StringArray::from_iter_values(named)),
            whole(&|row| i64::try_from(risk(row)).unwrap_or(i64::MAX)),
            whole(&weight),
            whole(&|row| count(row, 0)),
            whole(&|row| count(row, 0) * weight(row)),
            whole(&|row| count(row, 1)),
            whole(&|row| count(row, 1) * weight(row)),
        ];
        RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
    }
}
