//! Conflicts from rows, and removals as rows: what models of `Make::Rust` name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::error::ArrowError;

use super::{Conflict, Term};

/// A finding: control, kind, uid, detail.
type Finding = (String, String, i64, Option<String>);

/// What can be taken away: a right of an account, with its perimeter, or the membership of an account in a group.
type Removable = (Option<i64>, Option<i64>, Option<i64>, Option<String>);

/// What is known of a finding before its removable things have numbers.
#[derive(Default)]
struct Known {
    ways: Vec<(i64, Option<String>, Removable)>,
    /// By side and term.
    terms: BTreeMap<(i64, i64), (Term, i64)>,
}

/// Rows of ways and needs, as `removal_input.sql` has them, become rows (control, kind, uid, detail, account, group, permission,
/// perimeter, minimal) of what to take away.
///
/// # Errors
/// Where the columns are of other types; what `take` says.
pub fn removal_rows(
    batches: Vec<RecordBatch>,
    take: &mut dyn FnMut(RecordBatch) -> Result<(), ArrowError>,
) -> Result<(), ArrowError> {
    let mut known: BTreeMap<Finding, Known> = BTreeMap::new();
    for batch in batches {
        let text = |at: usize| cast(batch.column(at), &DataType::Utf8);
        let number = |at: usize| cast(batch.column(at), &DataType::Int64);
        let texts = [text(0)?, text(1)?, text(3)?, text(7)?, text(8)?];
        let numbers =
            [number(2)?, number(4)?, number(5)?, number(6)?, number(9)?, number(10)?, number(11)?, number(13)?];
        let held = cast(batch.column(12), &DataType::Boolean)?;
        let held = held.as_boolean();
        for row in 0..batch.num_rows() {
            let text = |at: usize| {
                let column = texts[at].as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            let number = |at: usize| {
                let column = numbers[at].as_primitive::<Int64Type>();
                column.is_valid(row).then(|| column.value(row))
            };
            let (Some(control), Some(kind), Some(uid), Some(wanted)) = (text(0), text(1), number(0), number(4)) else {
                continue;
            };
            let found = known.entry((control, kind, uid, text(2))).or_default();
            let (Some(side), Some(term)) = (number(5), number(6)) else {
                found.ways.push((wanted, text(4), (number(1), number(2), number(3), text(3))));
                continue;
            };
            let (term, held_count) = found.terms.entry((side, term)).or_default();
            *held_count = number(7).unwrap_or_default();
            if held.is_valid(row) && held.value(row) { &mut term.held } else { &mut term.not_held }.push(wanted);
        }
    }
    let mut rows = Vec::new();
    for (finding, known) in known {
        let (conflict, removables) = known.conflict();
        let removal = conflict.fewest();
        let taken = removal.taken.iter().map(|at| removables[*at].clone());
        rows.extend(taken.map(|removable| (finding.clone(), removable, removal.is_minimal)));
    }
    take(written(&rows)?)
}

impl Known {
    /// The conflict, and what its numbers stand for.
    fn conflict(self) -> (Conflict, Vec<Removable>) {
        let mut conflict = Conflict::default();
        for ((side, _), (mut term, held_count)) in self.terms {
            for permissions in [&mut term.held, &mut term.not_held] {
                permissions.sort_unstable();
                permissions.dedup();
            }
            let terms = conflict.sides.entry(side).or_default();
            // A permission that nothing lists is one that nobody holds.
            if i64::try_from(term.held.len()) == Ok(held_count) {
                terms.push(term);
            }
        }
        let of_it: BTreeSet<i64> = conflict
            .sides
            .values()
            .flatten()
            .flat_map(|term| term.held.iter().chain(&term.not_held))
            .copied()
            .collect();
        let ways: Vec<_> = self.ways.into_iter().filter(|(wanted, ..)| of_it.contains(wanted)).collect();
        let removables: BTreeSet<Removable> = ways.iter().map(|(.., removable)| removable.clone()).collect();
        let removables: Vec<Removable> = removables.into_iter().collect();
        conflict.removables = removables.len();
        for (wanted, place, removable) in ways {
            if let Ok(at) = removables.binary_search(&removable) {
                conflict.brings(at, wanted, place);
            }
        }
        (conflict, removables)
    }
}

fn written(rows: &[(Finding, Removable, bool)]) -> Result<RecordBatch, ArrowError> {
    type Row = (Finding, Removable, bool);
    let text =
        |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<StringArray>()) };
    let number =
        |of: &dyn Fn(&Row) -> Option<i64>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<Int64Array>()) };
    RecordBatch::try_from_iter_with_nullable([
        ("control", text(&|row| Some(row.0.0.clone())), true),
        ("kind", text(&|row| Some(row.0.1.clone())), true),
        ("uid", number(&|row| Some(row.0.2)), true),
        ("detail", text(&|row| row.0.3.clone()), true),
        ("account_uid", number(&|row| row.1.0), true),
        ("group_uid", number(&|row| row.1.1), true),
        ("permission_uid", number(&|row| row.1.2), true),
        ("perimeter", text(&|row| row.1.3.clone()), true),
        ("is_minimal", Arc::new(rows.iter().map(|row| Some(row.2)).collect::<BooleanArray>()) as ArrayRef, true),
    ])
}
