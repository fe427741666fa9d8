//! Effective rights: one pass over people, each with what their accounts, groups and roles bring.

mod held;
mod lists;

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, BooleanBufferBuilder, Int64Array, RecordBatch, StringBuilder, new_null_array,
};
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
    let (mut identities, mut permissions): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    let mut ways = [DIRECT, THROUGH_GROUP, THROUGH_ROLE].map(|way| (way, BooleanBufferBuilder::new(0)));
    let mut ranks: Vec<u32> = Vec::new();
    for &person in people {
        rights.clear();
        walk.gather(person, &mut rights);
        rights.sort_unstable();
        for same in rights.chunk_by(|a, b| a & !HOW == b & !HOW) {
            let how = same.iter().fold(0, |how, right| how | right & HOW);
            identities.push(i64::from(person));
            permissions.push((same[0] >> PERMISSION).cast_signed());
            ranks.push(u32::try_from(same[0] << (64 - PERMISSION) >> (64 - PERMISSION + PERIMETER)).unwrap_or(0));
            for (way, flags) in &mut ways {
                flags.append(how & *way != 0);
            }
        }
    }
    let mut arrays: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(identities)), Arc::new(Int64Array::from(permissions)), perimeters(held, &ranks)];
    for (_, mut flags) in ways {
        arrays.push(Arc::new(BooleanArray::new(flags.finish(), None)));
    }
    RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
}

/// The texts of ranked perimeters.
fn perimeters(held: &Held, ranks: &[u32]) -> ArrayRef {
    if held.perimeters.is_empty() {
        return new_null_array(&DataType::Utf8, ranks.len());
    }
    let mut texts = StringBuilder::new();
    for &rank in ranks {
        texts.append_option(held.perimeter(rank));
    }
    Arc::new(texts.finish())
}
