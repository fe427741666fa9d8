//! The rows of a plan in the order of what tells them. The planner is not asked to sort: it takes a column that is the same in
//! each part of a union for the same in all, and then cannot keep its word.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, AsArray, DynComparator, RecordBatch, UInt32Array, make_comparator};
use arrow::compute::{SortOptions, concat_batches, take_record_batch};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::error::ArrowError;
use datafusion::error::Result;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::{Column, Literal};
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::{StreamExt, stream};

/// So many bytes of rows are put in order at once: most have come in order, and need only be looked at.
const AT_ONCE: usize = 32 << 20;

/// Ascending, nulls first.
const UPWARDS: SortOptions = SortOptions { descending: false, nulls_first: true };

/// The columns that tell the rows of a plan, of the first so many: what is the same in every row says nothing about their order.
fn telling(plan: &dyn ExecutionPlan, first: usize) -> Vec<usize> {
    let projected = plan.downcast_ref::<ProjectionExec>().map(ProjectionExec::expr).unwrap_or_default();
    let is_same = |at: &usize| projected.get(*at).is_some_and(|projected| projected.expr.is::<Literal>());
    (0..plan.schema().fields().len().min(first)).filter(|at| !is_same(at)).collect()
}

/// The plan with its rows by its first so many columns, nulls first: for rows of whatever size.
pub(super) fn sorted(plan: Arc<dyn ExecutionPlan>, first: usize) -> Arc<dyn ExecutionPlan> {
    let by = telling(plan.as_ref(), first);
    sorted_by(plan, &by)
}

fn sorted_by(plan: Arc<dyn ExecutionPlan>, by: &[usize]) -> Arc<dyn ExecutionPlan> {
    let schema = plan.schema();
    let key = |at: &usize| {
        let column = Column::new(schema.field(*at).name(), *at);
        PhysicalSortExpr { expr: Arc::new(column), options: UPWARDS }
    };
    let Some(order) = LexOrdering::new(by.iter().map(key)) else { return plan };
    let sort = SortExec::new(order.clone(), plan).with_preserve_partitioning(true);
    Arc::new(SortPreservingMergeExec::new(order, Arc::new(sort)))
}

/// Runs the plan; its rows come by its first so many columns, nulls first.
///
/// # Errors
/// Where the plan cannot be run.
pub(super) async fn run(
    plan: Arc<dyn ExecutionPlan>,
    first: usize,
    context: Arc<TaskContext>,
) -> Result<SendableRecordBatchStream> {
    let by = telling(plan.as_ref(), first);
    let schema = plan.schema();
    let mut rows = execute_stream(plan, Arc::clone(&context))?;
    let reserved = MemoryConsumer::new("rows in order").register(context.memory_pool());
    let mut come: Vec<RecordBatch> = Vec::new();
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        let size = size(&batch);
        come.push(batch);
        if reserved.size() + size > AT_ONCE || reserved.try_grow(size).is_err() {
            let all = stream::iter(come.into_iter().map(Ok)).chain(rows);
            let all = Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), all));
            return execute_stream(sorted_by(Handed::over(all)?, &by), context);
        }
    }
    let rows = in_order(&concat_batches(&schema, &come)?, &by)?;
    // What holds the memory is kept until the rows are taken.
    let handed = stream::once(async move {
        drop(reserved);
        Ok(rows)
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, handed)))
}

/// The bytes of the rows themselves: a batch may be a slice of a large one.
fn size(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}

/// Rows by some columns, nulls first.
fn in_order(rows: &RecordBatch, by: &[usize]) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<_> = by.iter().map(|at| rows.column(*at)).collect();
    // Most tables begin with a uid; numbers need not be compared through a pointer.
    let uids = columns.first().and_then(|column| column.as_primitive_opt::<Int64Type>());
    let slow = columns.iter().skip(usize::from(uids.is_some()));
    let slow: Vec<DynComparator> =
        slow.map(|column| make_comparator(column, column, UPWARDS)).collect::<Result<_, _>>()?;
    let rest = |one: usize, other: usize| {
        let mut found = slow.iter().map(|compare| compare(one, other));
        found.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let uid = |row: usize| uids.filter(|uids| uids.is_valid(row)).map(|uids| uids.value(row));
    let is_ordered = |row: usize| match uid(row - 1).cmp(&uid(row)) {
        Ordering::Equal => rest(row - 1, row).is_le(),
        order => order.is_lt(),
    };
    if (1..rows.num_rows()).all(is_ordered) {
        return Ok(rows.clone());
    }
    let mut keys: Vec<(Option<i64>, u32)> = (0..rows.num_rows()).map(uid).zip(0..).collect();
    let place = |row: u32| row as usize;
    keys.sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| rest(place(one.1), place(other.1))));
    take_record_batch(rows, &keys.into_iter().map(|(_, row)| row).collect::<UInt32Array>())
}

/// Rows that come already, as a plan begins with them.
struct Handed {
    schema: SchemaRef,
    rows: Mutex<Option<SendableRecordBatchStream>>,
}

impl Handed {
    fn over(rows: SendableRecordBatchStream) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = rows.schema();
        let handed = Self { schema: Arc::clone(&schema), rows: Mutex::new(Some(rows)) };
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![Arc::new(handed)], None, [], false, None)?))
    }
}

impl fmt::Debug for Handed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Handed").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl PartitionStream for Handed {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner).take();
        let nothing = || RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream::empty());
        rows.unwrap_or_else(|| Box::pin(nothing()))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use arrow::compute::{SortColumn, lexsort_to_indices};
    use proptest::prelude::*;

    use super::*;

    type Row = (Option<i64>, Option<String>, Option<i64>);

    fn batch(rows: &[Row]) -> RecordBatch {
        let uids: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>());
        let details: ArrayRef = Arc::new(rows.iter().map(|row| row.1.as_deref()).collect::<StringArray>());
        let counts: ArrayRef = Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>());
        let columns = [("uid", uids, true), ("detail", details, true), ("count", counts, true)];
        RecordBatch::try_from_iter_with_nullable(columns).expect("three columns")
    }

    proptest! {
        #[test]
        fn rows_are_in_the_order_of_whatever_columns_tell_them(
            rows in prop::collection::vec((prop::option::of(-2..4_i64), prop::option::of("[ab]{0,2}"), prop::option::of(0..3_i64)), 0..40),
            by in prop::sample::select(vec![vec![0, 1, 2], vec![1, 2, 0], vec![2, 1, 0]]),
            come_sorted in any::<bool>(),
        ) {
            let mut rows = rows;
            if come_sorted {
                rows.sort();
            }
            let rows = batch(&rows);
            let column = |at: &usize| SortColumn { values: Arc::clone(rows.column(*at)), options: Some(UPWARDS) };
            let columns: Vec<SortColumn> = by.iter().map(column).collect();
            let places = lexsort_to_indices(&columns, None).expect("an order");
            let expected = take_record_batch(&rows, &places).expect("rows");
            prop_assert_eq!(in_order(&rows, &by).expect("rows"), expected);
        }
    }
}
