//! Effective rights: one pass over people, each with what their accounts, groups and roles bring.

mod held;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringBuilder, new_null_array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use rayon::prelude::*;

use self::held::Held;
use super::Kernel;
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::Field;

/// What each identity can do through all its accounts, groups and roles.
#[derive(Debug)]
pub struct EffectiveRights;

/// People are taken in lots of this many, each lot by one thread.
const LOT: usize = 4_096;

/// A right in one number, so that a person's are sorted at once: the permission, the perimeter's rank, and how the
/// right came about.
type Right = u64;

const PERMISSION: u32 = 32;
const PERIMETER: u32 = 3;
const DIRECT: u64 = 1;
const THROUGH_GROUP: u64 = 2;
const THROUGH_ROLE: u64 = 4;
const HOW: u64 = DIRECT | THROUGH_GROUP | THROUGH_ROLE;

impl Kernel for EffectiveRights {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let held = Held::read(tables)?;
        let people = held.people();
        for lots in people.chunks(LOT * rayon::current_num_threads()) {
            let batches: Result<Vec<RecordBatch>, EngineError> =
                lots.par_chunks(LOT).map(|lot| rows(&held, lot, columns)).collect();
            batches?.into_iter().filter(|batch| batch.num_rows() > 0).try_for_each(&mut *sink)?;
        }
        Ok(())
    }
}

/// The rights of some people, in the order of person, permission and perimeter.
fn rows(held: &Held, people: &[u32], columns: &[Field]) -> Result<RecordBatch, EngineError> {
    let mut walk = held.walk();
    let mut rights: Vec<Right> = Vec::new();
    let (mut identities, mut found): (Vec<i64>, Vec<Right>) = (Vec::new(), Vec::new());
    for &person in people {
        rights.clear();
        walk.gather(person, &mut rights);
        rights.sort_unstable();
        let before = found.len();
        for &right in &rights {
            match found[before..].last_mut() {
                Some(last) if *last & !HOW == right & !HOW => *last |= right & HOW,
                _ => found.push(right),
            }
        }
        identities.resize(found.len(), i64::from(person));
    }
    let permissions: Int64Array = found.iter().map(|right| (right >> PERMISSION).cast_signed()).collect();
    let mut arrays: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(identities)), Arc::new(permissions), perimeters(held, &found)];
    for way in [DIRECT, THROUGH_GROUP, THROUGH_ROLE] {
        let flags = BooleanBuffer::collect_bool(found.len(), |at| found[at] & way != 0);
        arrays.push(Arc::new(BooleanArray::new(flags, None)));
    }
    RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
}

/// The perimeters of rights.
fn perimeters(held: &Held, rights: &[Right]) -> ArrayRef {
    if held.perimeters.is_empty() {
        return new_null_array(&DataType::Utf8, rights.len());
    }
    let mut texts = StringBuilder::new();
    for right in rights {
        let rank = right << (64 - PERMISSION) >> (64 - PERMISSION + PERIMETER);
        texts.append_option(held.perimeter(u32::try_from(rank).unwrap_or(0)));
    }
    Arc::new(texts.finish())
}
