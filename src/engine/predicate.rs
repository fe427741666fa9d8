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
            .ok_or_else(|| EngineError::new(format!("it gives {}, not true or false", value.data_type())))?;
        // The kernel wants a mask that has nulls.
        Ok(if mask.null_count() > 0 { prep_null_mask_filter(mask) } else { mask.clone() })
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;

    use super::*;
    use crate::table::Type;

    #[test]
    fn null_is_not_true_and_a_column_without_null_is_judged_too() {
        let columns = [Field::new("n", Type::Integer)];
        let predicate = Predicate::new("n > 1", &columns).expect("a predicate");
        let holds = |numbers: Vec<Option<i64>>| {
            let rows = RecordBatch::try_new(arrow_schema(&columns), vec![Arc::new(Int64Array::from(numbers))]);
            let holds = predicate.holds(&rows.expect("one column")).expect("it can be judged");
            holds.iter().collect::<Vec<_>>()
        };
        assert_eq!(holds(vec![Some(1), None, Some(2)]), [Some(false), Some(false), Some(true)]);
        assert_eq!(holds(vec![Some(1), Some(2)]), [Some(false), Some(true)]);
    }
}
