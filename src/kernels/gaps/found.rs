//! Gaps that were found, and since when.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Date32Array, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::Date32Type;

use super::pairs::{Pair, pair};
use super::{permission, person};
use crate::engine::EngineError;
use crate::kernels::rows::{column, numbers, words};
use crate::ledger::{PartRows, Wanted, arrow_schema, arrow_type};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Type};

/// What is wrong. In the order of their names.
pub(super) type Gap = u8;
pub(super) const OVER: Gap = 0;
pub(super) const UNDER: Gap = 1;
const NAMES: [&str; 2] = ["over", "under"];

/// Gaps that were found and not handed over.
#[derive(Default)]
pub(super) struct Found {
    people: Vec<i64>,
    permissions: Vec<i64>,
    gaps: Vec<Gap>,
    first_seen: Vec<i32>,
    excused_until: Vec<Option<i32>>,
}

impl Found {
    pub(super) fn push(&mut self, pair: Pair, gap: Gap, first_seen: i32, excused_until: Option<i32>) {
        self.people.push(person(pair));
        self.permissions.push(permission(pair));
        self.gaps.push(gap);
        self.first_seen.push(first_seen);
        self.excused_until.push(excused_until);
    }

    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// Hands them over.
    pub(super) fn rows(&mut self, columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let Self { people, permissions, gaps, first_seen, excused_until } = std::mem::take(self);
        let rows = RecordBatch::try_new(
            arrow_schema(columns),
            vec![
                Arc::new(Int64Array::from(people)),
                Arc::new(Int64Array::from(permissions)),
                Arc::new(StringArray::from_iter_values(gaps.iter().map(|gap| NAMES[usize::from(*gap)]))),
                // Where perimeters matter, no kernel runs.
                new_null_array(&arrow_type(Type::Text), gaps.len()),
                Arc::new(Date32Array::from(first_seen)),
                Arc::new(Date32Array::from(excused_until)),
            ],
        );
        rows.map_err(EngineError::from_arrow)
    }
}

/// The gaps of the parent that are told without a perimeter, in order, with the day on which each was first seen.
pub(super) struct Seen {
    parts: Vec<PartRows>,
    gaps: Vec<((Pair, Gap), Option<i32>)>,
    at: usize,
}

const COLUMNS: [&str; 5] = ["identity_uid", "permission_uid", "gap", "perimeter", "first_seen_on"];

impl Seen {
    pub(super) fn open(tables: &TableSet) -> Result<Self, EngineError> {
        let before = tables.find(&format!("{BEFORE}entitlement_gaps"));
        let wanted = Wanted { dictionaries: vec!["gap".to_owned()], ..Wanted::default() };
        let parts = before.open_as(&COLUMNS, |_| Ok(wanted.clone()))?;
        // One model makes the table, so it has one part.
        Ok(Self { parts: parts.into_iter().map(|(_, rows)| rows).collect(), gaps: Vec::new(), at: 0 })
    }

    /// When a gap was first seen. Later questions must be for gaps behind it.
    pub(super) fn first(&mut self, pair: Pair, gap: Gap) -> Result<Option<i32>, EngineError> {
        loop {
            while let Some((key, first_seen)) = self.gaps.get(self.at) {
                if *key >= (pair, gap) {
                    return Ok(first_seen.filter(|_| *key == (pair, gap)));
                }
                self.at += 1;
            }
            if !self.load()? {
                return Ok(None);
            }
        }
    }

    /// Takes the next rows. Returns whether there are any.
    fn load(&mut self) -> Result<bool, EngineError> {
        self.gaps.clear();
        self.at = 0;
        while let Some(rows) = self.parts.first_mut() {
            let Some(batch) = rows.next() else {
                self.parts.remove(0);
                continue;
            };
            let batch = batch.map_err(EngineError::from_ledger)?;
            let (people, permissions) = (numbers(&batch, "identity_uid")?, numbers(&batch, "permission_uid")?);
            let gaps = gaps(&batch)?;
            let places = column(&batch, "perimeter", Type::Text);
            let days = column(&batch, "first_seen_on", Type::Date);
            let days = days.as_primitive::<Date32Type>();
            for (row, gap) in gaps.into_iter().enumerate().filter(|(row, _)| places.is_null(*row)) {
                if let (Some(person), Some(permission), Some(gap)) = (people[row], permissions[row], gap) {
                    let day = days.is_valid(row).then(|| days.value(row));
                    self.gaps.push(((pair(person, permission), gap), day));
                }
            }
            return Ok(true);
        }
        Ok(false)
    }
}

/// What is wrong in each row.
pub(super) fn gaps(batch: &RecordBatch) -> Result<Vec<Option<Gap>>, EngineError> {
    words(batch, "gap", |text| NAMES.iter().position(|name| *name == text).and_then(|at| Gap::try_from(at).ok()))
}
