//! A plan for little memory: joins of sorted rows, which spill, in place of hash tables, which do not; one partition; small
//! batches, each with no more memory than its own rows take.
//!
//! It costs several times as much, so that it is for queries that ran out of memory.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
#[expect(
    deprecated,
    reason = "it copies rows into batches of their own, as arrow's coalescer does, but as a plan"
)]
use datafusion::physical_plan::coalesce_batches::CoalesceBatchesExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::prelude::SessionConfig;

/// Rows of a batch.
const BATCH_ROWS: usize = 1_024;

/// Of the memory of queries, what a sort keeps free for merging what it spilled; and the most, which is what it keeps where
/// there is enough.
const MERGE_SHARE: usize = 16;
const MERGE: usize = 10 << 20;

/// Settings for queries over so many bytes of memory: a sort asks for what it needs to merge before it begins, and would
/// get nothing where that is more than there is.
pub(super) fn sorting_within(mut config: SessionConfig, memory: usize) -> SessionConfig {
    let merge = MERGE.min(memory / MERGE_SHARE);
    let execution = &mut config.options_mut().execution;
    execution.sort_spill_reservation_bytes = merge;
    execution.sort_in_place_threshold_bytes = execution.sort_in_place_threshold_bytes.min(merge / 2);
    config
}

/// The same settings for queries that ran out of memory.
pub(super) fn frugal(mut config: SessionConfig) -> SessionConfig {
    let options = config.options_mut();
    options.optimizer.prefer_hash_join = false;
    options.optimizer.repartition_joins = false;
    config.with_target_partitions(1).with_batch_size(BATCH_ROWS)
}

/// The same plan, but what is sorted is copied before. A batch may be a slice of a large one, as groups and joins give
/// them, and is then counted as the whole of it.
#[expect(deprecated, reason = "see above")]
pub(super) fn compact(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let compacted = plan.transform_up(|plan| {
        if plan.downcast_ref::<SortExec>().is_none() {
            return Ok(Transformed::no(plan));
        }
        let input = Arc::clone(plan.children()[0]);
        let copied = Arc::new(CoalesceBatchesExec::new(input, BATCH_ROWS));
        Ok(Transformed::yes(plan.with_new_children(vec![copied])?))
    });
    Ok(compacted?.data)
}
