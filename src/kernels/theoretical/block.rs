//! What the people of a class should hold, as columns: made once, and copied for each of them.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::{Due, PlaceId};
use crate::engine::EngineError;
use crate::ledger::{arrow_schema, arrow_type};
use crate::table::{Field, Type};

/// People, permissions, and names of rules behind one another.
#[derive(Default)]
pub(super) struct Block {
    people: Vec<i64>,
    permissions: Vec<i64>,
    names: Vec<u8>,
    /// Where the name of each row ends.
    ends: Vec<i32>,
    places: Vec<PlaceId>,
}

impl Block {
    /// What nobody in particular should hold.
    pub(super) fn of(due: Vec<Due>, rules: &[String]) -> Self {
        let mut block = Self::default();
        block.permissions.reserve_exact(due.len());
        block.ends.reserve_exact(due.len());
        block.places.reserve_exact(due.len());
        block.names.reserve_exact(due.iter().map(|(_, rule, _)| rules[*rule as usize].len()).sum());
        for (permission, rule, place) in due {
            block.places.push(place);
            block.permissions.push(i64::from(permission));
            block.names.extend_from_slice(rules[rule as usize].as_bytes());
            block.ends.push(i32::try_from(block.names.len()).unwrap_or(i32::MAX));
        }
        block
    }

    /// Adds the rows of another block for a person.
    pub(super) fn append(&mut self, other: &Self, person: u32) {
        let start = i32::try_from(self.names.len()).unwrap_or(i32::MAX);
        self.people.resize(self.people.len() + other.permissions.len(), i64::from(person));
        self.permissions.extend_from_slice(&other.permissions);
        self.names.extend_from_slice(&other.names);
        self.ends.extend(other.ends.iter().map(|end| start.saturating_add(*end)));
        self.places.extend_from_slice(&other.places);
    }

    pub(super) fn len(&self) -> usize {
        self.permissions.len()
    }

    /// The rows in the order of the columns; `places` are the perimeters.
    pub(super) fn rows(self, columns: &[Field], places: &[Option<String>]) -> Result<RecordBatch, EngineError> {
        let perimeters: ArrayRef = match places.len() {
            0 | 1 => new_null_array(&arrow_type(Type::Text), self.places.len()),
            _ => {
                let places = self.places.iter().map(|place| places[*place as usize].as_deref());
                Arc::new(places.collect::<StringArray>())
            }
        };
        let offsets = std::iter::once(0).chain(self.ends).collect::<ScalarBuffer<i32>>();
        let names = StringArray::try_new(OffsetBuffer::new(offsets), Buffer::from_vec(self.names), None);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(self.people)),
            Arc::new(Int64Array::from(self.permissions)),
            Arc::new(names.map_err(EngineError::from_arrow)?),
            perimeters,
        ];
        RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
    }
}
