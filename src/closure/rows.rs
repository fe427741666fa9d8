//! Graphs from rows, and rows from graphs: what models of `Make::Rust` name.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::error::ArrowError;

use super::{Graph, Reach};

/// Takes result rows.
type Taker<'a> = &'a mut dyn FnMut(RecordBatch) -> Result<(), ArrowError>;

/// Rows that are handed over at once, at least: a chain of ten thousand groups has fifty million pairs.
const BATCH_ROWS: usize = 262_144;

/// Rows (uid, parent), the parent null for a row that only says that the node is there, become rows
/// (uid, ancestor, depth), sorted.
///
/// # Errors
/// Where the columns are no whole numbers; what `take` says.
pub fn closure_rows(batches: Vec<RecordBatch>, take: Taker<'_>) -> Result<(), ArrowError> {
    let (mut nodes, mut pairs) = (Vec::new(), Vec::new());
    for batch in batches {
        let (uids, parents) = (numbers(&batch, 0)?, numbers(&batch, 1)?);
        for row in (0..batch.num_rows()).filter(|row| uids.is_valid(*row)) {
            if parents.is_valid(row) {
                pairs.push((uids.value(row), parents.value(row)));
            } else {
                nodes.push(uids.value(row));
            }
        }
    }
    let mut rows: Vec<Reach> = Vec::new();
    Graph::new(nodes, &pairs).closure(|reached| {
        rows.extend_from_slice(reached);
        if rows.len() < BATCH_ROWS {
            return Ok(());
        }
        take(reaches(&std::mem::take(&mut rows))?)
    })?;
    if rows.is_empty() { Ok(()) } else { take(reaches(&rows)?) }
}

fn reaches(rows: &[Reach]) -> Result<RecordBatch, ArrowError> {
    let column =
        |value: fn(&Reach) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(rows.iter().map(value))) };
    RecordBatch::try_from_iter([
        ("uid", column(|reach| reach.0)),
        ("ancestor_uid", column(|reach| reach.1)),
        ("depth", column(|reach| reach.2)),
    ])
}

/// Rows (label, uid, parent), one graph per label, become rows (label, smallest uid of the cycle, member), sorted.
///
/// # Errors
/// Where the columns are no text and whole numbers; what `take` says.
pub fn cycle_rows(batches: Vec<RecordBatch>, take: Taker<'_>) -> Result<(), ArrowError> {
    let graphs = graphs(batches)?;
    let mut members: Vec<(&str, i64, i64)> = Vec::new();
    for (label, graph) in &graphs {
        for cycle in graph.cycles() {
            members.extend(cycle.iter().map(|uid| (label.as_str(), cycle[0], *uid)));
        }
    }
    take(labelled(&members, ["cycle_uid", "uid"])?)
}

/// Rows (label, uid, parent), one graph per label, become rows (label, uid, parent) of the links to leave out so that
/// nothing lies above itself, sorted.
///
/// # Errors
/// Where the columns are no text and whole numbers; what `take` says.
pub fn cut_rows(batches: Vec<RecordBatch>, take: Taker<'_>) -> Result<(), ArrowError> {
    let graphs = graphs(batches)?;
    let mut cuts: Vec<(&str, i64, i64)> = Vec::new();
    for (label, graph) in &graphs {
        cuts.extend(graph.cuts().into_iter().map(|(uid, parent)| (label.as_str(), uid, parent)));
    }
    take(labelled(&cuts, ["uid", "parent_uid"])?)
}

/// The graph of each label.
fn graphs(batches: Vec<RecordBatch>) -> Result<BTreeMap<String, Graph>, ArrowError> {
    let mut pairs_of: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for batch in batches {
        let labels = cast(batch.column(0), &DataType::Utf8)?;
        let labels = labels.as_string::<i32>();
        let (uids, parents) = (numbers(&batch, 1)?, numbers(&batch, 2)?);
        for row in (0..batch.num_rows()).filter(|row| uids.is_valid(*row) && parents.is_valid(*row)) {
            let pair = (uids.value(row), parents.value(row));
            match pairs_of.get_mut(labels.value(row)) {
                Some(pairs) => pairs.push(pair),
                None => _ = pairs_of.insert(labels.value(row).to_owned(), vec![pair]),
            }
        }
    }
    let graph =
        |pairs: &[(i64, i64)]| Graph::new(pairs.iter().flat_map(|&(child, parent)| [child, parent]).collect(), pairs);
    Ok(pairs_of.into_iter().map(|(label, pairs)| (label, graph(&pairs))).collect())
}

fn labelled(rows: &[(&str, i64, i64)], names: [&str; 2]) -> Result<RecordBatch, ArrowError> {
    let label: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0)));
    let first: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)));
    let second: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2)));
    RecordBatch::try_from_iter([("label", label), (names[0], first), (names[1], second)])
}

fn numbers(batch: &RecordBatch, column: usize) -> Result<Int64Array, ArrowError> {
    Ok(cast(batch.column(column), &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}
