//! Rows of relations piled up chunk by chunk, and their total order.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, AsArray, DynComparator, Int64Array, RecordBatch, UInt32Array, make_comparator};
use arrow::compute::{SortOptions, concat_batches, take_record_batch};
use arrow::datatypes::Int64Type;
use xxhash_rust::xxh3::xxh3_64;

use super::columns::{ColumnBuilder, Value};
use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::table::Field;

/// Rows are put aside in chunks of this many.
const CHUNK_ROWS: usize = 65_536;

/// Rows being piled up, chunk by chunk.
pub(super) struct Pile {
    builders: Vec<ColumnBuilder>,
    columns: Vec<Field>,
    chunks: Vec<RecordBatch>,
    positions: Vec<i64>,
    contents: Vec<i64>,
    text: String,
}

impl Pile {
    pub(super) fn new(columns: &[Field]) -> Self {
        Self {
            builders: columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect(),
            columns: columns.to_vec(),
            chunks: Vec::new(),
            positions: Vec::new(),
            contents: Vec::new(),
            text: String::new(),
        }
    }

    pub(super) fn push(&mut self, values: &[Value<'_>], position: i64) {
        self.text.clear();
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.push(value);
            self.text.push_str(if value.is_null() { "\u{0}" } else { "\u{1f}" });
            self.text.push_str(&value.canonical());
        }
        self.positions.push(position);
        self.contents.push(xxh3_64(self.text.as_bytes()).cast_signed());
        if self.builders.first().is_some_and(|builder| builder.len() == CHUNK_ROWS) {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(ColumnBuilder::finish).collect();
        let chunk = RecordBatch::try_new(arrow_schema(&self.columns), arrays);
        self.chunks.push(chunk.expect("every builder has every row"));
    }

    /// The rows, their positions, and a hash of what each says.
    pub(super) fn finish(&mut self, columns: &[Field]) -> Result<(RecordBatch, Vec<i64>, Vec<i64>), EngineError> {
        self.flush();
        let rows = concat_batches(&arrow_schema(columns), &self.chunks).map_err(EngineError::from_arrow)?;
        self.chunks.clear();
        Ok((rows, std::mem::take(&mut self.positions), std::mem::take(&mut self.contents)))
    }
}

/// The order of rows by their columns, nulls first: what the engine's parts have too.
pub(super) struct TotalOrder {
    /// The numbers at the ends, which decide nearly always.
    numbers: Vec<Int64Array>,
    keys: Vec<DynComparator>,
    all: Vec<DynComparator>,
}

impl TotalOrder {
    pub(super) fn new(rows: &RecordBatch, keys: &[usize]) -> Self {
        let compare = |column: &ArrayRef| {
            make_comparator(column, column, SortOptions { descending: false, nulls_first: true })
                .expect("a column compares with itself")
        };
        let is_number = |at: &&usize| rows.column(**at).as_primitive_opt::<Int64Type>().is_some();
        Self {
            numbers: keys.iter().take_while(is_number).map(|at| rows.column(*at).as_primitive().clone()).collect(),
            keys: keys.iter().skip_while(is_number).map(|at| compare(rows.column(*at))).collect(),
            all: rows.columns().iter().map(compare).collect(),
        }
    }

    pub(super) fn by_key(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        for column in &self.numbers {
            let number = |row| if column.is_null(row) { i64::MIN } else { column.value(row) };
            match number(a).cmp(&number(b)) {
                Ordering::Equal => {}
                other => return other,
            }
        }
        first_difference(&self.keys, a, b)
    }

    pub(super) fn by_all(&self, a: u32, b: u32) -> Ordering {
        first_difference(&self.all, a as usize, b as usize)
    }
}

pub(super) fn first_difference(columns: &[DynComparator], a: usize, b: usize) -> Ordering {
    columns.iter().map(|compare| compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Rows without those that say the same again, in the order of all columns; and how many went.
pub(super) fn distinct(rows: RecordBatch) -> Result<(RecordBatch, u64), EngineError> {
    let order = TotalOrder::new(&rows, &[]);
    let mut sorted: Vec<u32> =
        (0..u32::try_from(rows.num_rows()).expect("a source has fewer than 2^32 rows")).collect();
    sorted.sort_unstable_by(|a, b| order.by_all(*a, *b));
    let all = sorted.len();
    sorted.dedup_by(|a, b| order.by_all(*a, *b).is_eq());
    let gone = (all - sorted.len()) as u64;
    Ok((take_record_batch(&rows, &UInt32Array::from(sorted)).map_err(EngineError::from_arrow)?, gone))
}
