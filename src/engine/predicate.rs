//! A predicate over the columns of one table, for filters on rows that are no table yet.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::prep_null_mask_filter;
use datafusion::common::DFSchema;
use datafusion::physical_plan::PhysicalExpr;
use datafusion::prelude::SessionContext;

use super::EngineError;
use super::datafusion::engine_error;
use crate::ledger::arrow_schema;
use crate::table::Field;

/// A compiled predicate.
#[derive(Debug)]
pub struct Predicate(Arc<dyn PhysicalExpr>);

impl Predicate {
    /// Compiles an SQL expression over these columns.
    ///
    /// # Errors
    /// Where it is no expression, or names a column that is not there.
    pub fn new(text: &str, columns: &[Field]) -> Result<Self, EngineError> {
        let session = SessionContext::new();
        let schema = DFSchema::try_from(arrow_schema(columns)).map_err(engine_error)?;
        let expression = session.parse_sql_expr(text, &schema).map_err(engine_error)?;
        session.create_physical_expr(expression, &schema).map(Self).map_err(engine_error)
    }

    /// For each row whether the predicate is true; null counts as not true.
    ///
    /// # Errors
    /// Where it fails on a value, or is no predicate.
    pub fn holds(&self, rows: &RecordBatch) -> Result<BooleanArray, EngineError> {
        let value = self.0.evaluate(rows).and_then(|value| value.into_array(rows.num_rows())).map_err(engine_error)?;
        let mask = value
            .as_boolean_opt()
            .ok_or_else(|| EngineError { message: format!("it gives {}, not true or false", value.data_type()) })?;
        // The kernel wants a mask that has nulls.
        Ok(if mask.null_count() > 0 { prep_null_mask_filter(mask) } else { mask.clone() })
    }
}
