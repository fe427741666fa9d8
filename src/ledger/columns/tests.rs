//! What is encoded here is what the library reads.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::PageIndexPolicy;
use proptest::prelude::*;

use super::bits::{put_differences, put_runs};
use crate::ledger::part::{arrow_schema, properties};
use crate::ledger::row_groups::{RowGroups, Share};
use crate::table::{Field, Type};

const COLUMNS: [(&str, Type); 7] = [
    ("uid", Type::Integer),
    ("text", Type::Text),
    ("same_at_first", Type::Text),
    ("number", Type::Integer),
    ("day", Type::Date),
    ("flag", Type::Boolean),
    ("rate", Type::Double),
];

fn fields() -> Vec<Field> {
    COLUMNS.iter().map(|(name, kind)| Field { name: (*name).to_owned(), kind: *kind }).collect()
}

/// A part of such chunks, with row groups of so many rows.
fn written(chunks: &[RecordBatch], most: usize) -> Bytes {
    let fields = fields();
    let mut row_groups = RowGroups::new(Vec::new(), arrow_schema(&fields), properties(&fields), most).expect("a file");
    for chunk in chunks {
        row_groups.write(chunk, Share::Columns).expect("rows");
    }
    row_groups.finish(Share::Columns).expect("a file").into()
}

fn read(file: &Bytes) -> (ArrowReaderMetadata, RecordBatch) {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let metadata = ArrowReaderMetadata::load(file, options).expect("a file with an index");
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), metadata.clone());
    let batches: Vec<RecordBatch> = reader.build().expect("a reader").map(|batch| batch.expect("rows")).collect();
    (metadata, concat_batches(&arrow_schema(&fields()), &batches).expect("one table"))
}

/// One of `n_values` values, or nothing, for each row; numbers that look random but are the same each time.
fn values(rows: usize, seed: u64, n_values: u64, n_nulls_in_ten: u64) -> impl Iterator<Item = Option<u64>> {
    (0..rows as u64).map(move |row| {
        let random = (row + 1).wrapping_mul(seed | 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        (random % 10 >= n_nulls_in_ten).then_some(random / 10 % n_values)
    })
}

fn chunk(rows: usize, seed: u64, n_values: u64, n_nulls_in_ten: u64, is_same: bool) -> RecordBatch {
    let all = |turn: u64| values(rows, seed + turn, n_values, n_nulls_in_ten);
    let texts = |turn| {
        all(turn)
            .map(|value| value.map(|value| "é".repeat(usize::try_from(value % 7).unwrap_or(0)) + &value.to_string()))
    };
    let text: StringArray = texts(1).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values((0..rows).map(|row| i64::try_from(row / 3).unwrap_or(0)))),
        Arc::new(text.clone()),
        if is_same { Arc::new(text) } else { Arc::new(texts(2).collect::<StringArray>()) },
        Arc::new(
            all(3).map(|value| value.map(|value| value.wrapping_mul(seed << 40).cast_signed())).collect::<Int64Array>(),
        ),
        Arc::new(
            all(4)
                .map(|value| value.map(|value| i32::try_from(value % 30_000).unwrap_or(0) - 9_000))
                .collect::<Date32Array>(),
        ),
        Arc::new(all(5).map(|value| value.map(|value| value % 2 == 0)).collect::<BooleanArray>()),
        Arc::new(
            all(6)
                .map(|value| value.map(|value| f64::from(u32::try_from(value).unwrap_or(0)) / 7.0))
                .collect::<arrow::array::Float64Array>(),
        ),
    ];
    RecordBatch::try_new(arrow_schema(&fields()), columns).expect("a chunk")
}

#[track_caller]
fn comes_back(chunks: &[RecordBatch], most: usize) -> ArrowReaderMetadata {
    let (metadata, read) = read(&written(chunks, most));
    assert!(read == concat_batches(&arrow_schema(&fields()), chunks).expect("one table"), "other rows came back");
    metadata
}

#[test]
fn rows_come_back_over_pages_chunks_and_row_groups() {
    for (n_values, n_nulls) in [(1, 0), (1, 5), (3, 0), (700, 2), (40_000, 0), (1 << 40, 0), (1 << 40, 1), (5, 10)] {
        let chunks: Vec<RecordBatch> =
            (0..5).map(|at| chunk(20_000 + at, 77 + at as u64, n_values, n_nulls, at != 2)).collect();
        comes_back(&chunks, 40_000);
    }
}

#[test]
fn a_page_has_the_bounds_of_its_first_column() {
    let metadata = comes_back(&[chunk(40_000, 5, 9, 1, true)], 100_000);
    let statistics = metadata.metadata().row_group(0).column(0).statistics().expect("bounds").clone();
    assert_eq!(statistics.max_bytes_opt(), Some(13_333_i64.to_le_bytes().as_slice()));
    let index = metadata.metadata().column_index().expect("an index");
    let pages: Vec<String> = vec![format!("{:?}", index[0][0])];
    assert!(pages[0].contains("[0, 5461, 10922]") && pages[0].contains("[5461, 10922, 13333]"), "{pages:?}");
    assert!(metadata.metadata().row_group(0).column(3).statistics().is_none());
}

#[test]
fn columns_that_are_the_same_until_the_last_chunk_differ_where_they_do() {
    let chunks = [chunk(300, 3, 1 << 40, 1, true), chunk(300, 4, 1 << 40, 1, true), chunk(300, 5, 1 << 40, 1, false)];
    comes_back(&chunks, 1_000);
    // The null rows differ, the texts do not.
    let [mut a, mut b] = [chunk(4, 1, 1, 0, true), chunk(4, 1, 1, 0, true)];
    for (batch, rows) in [(&mut a, [Some(""), None]), (&mut b, [None, Some("")])] {
        let texts = |rows: &[Option<&str>]| Arc::new(StringArray::from(rows.to_vec())) as ArrayRef;
        let mut columns = batch.slice(0, 2).columns().to_vec();
        (columns[1], columns[2]) = (texts(&rows), texts(&[rows[1], rows[0]]));
        *batch = RecordBatch::try_new(batch.schema(), columns).expect("a chunk");
    }
    comes_back(&[a, b], 1_000);
}

#[test]
fn a_dictionary_that_grows_too_long_ends_where_the_chunk_began() {
    let long = |rows: std::ops::Range<usize>, n: usize| {
        let text = |row: usize| format!("{}{}", "x".repeat(300), row % n);
        let mut columns = chunk(rows.len(), 1, 3, 0, true).columns().to_vec();
        columns[1] = Arc::new(StringArray::from_iter_values(rows.map(text)));
        RecordBatch::try_new(arrow_schema(&fields()), columns).expect("a chunk")
    };
    comes_back(&[long(0..2_000, 500), long(0..9_000, 9_000), long(0..2_000, 2)], 100_000);
}

#[test]
fn a_part_without_values_and_one_of_one_row_come_back() {
    comes_back(&[chunk(1, 1, 5, 0, true)], 10);
    comes_back(&[chunk(100, 1, 5, 10, true), chunk(100, 1, 5, 0, false), chunk(100, 1, 5, 10, true)], 1_000);
}

#[test]
fn runs_and_differences_are_laid_out_as_the_format_says() {
    let mut out = Vec::new();
    // The example of the format: 0 to 7 in three bits.
    put_runs(&[0, 1, 2, 3, 4, 5, 6, 7], 3, &mut out);
    assert_eq!(out, [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
    out.clear();
    put_runs(&[4; 100], 3, &mut out);
    assert_eq!(out, [200, 1, 4]);
    out.clear();
    // The example of the format: 1 to 5 differ by one, all of it in the header and the smallest difference.
    put_differences(&[1, 2, 3, 4, 5], &mut out);
    assert_eq!(out, [128, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_come_back(
        chunks in prop::collection::vec((1..400_usize, any::<u32>(), prop::sample::select(vec![1_u64, 2, 9, 300, 1 << 40]), 0..11_u64, any::<bool>()), 1..4),
        most in 1..900_usize,
    ) {
        let chunks: Vec<RecordBatch> = chunks
            .into_iter()
            .map(|(rows, seed, n_values, n_nulls, is_same)| chunk(rows, seed.into(), n_values, n_nulls, is_same))
            .collect();
        comes_back(&chunks, most);
    }

    #[test]
    fn any_numbers_come_back(numbers in prop::collection::vec(prop::option::of(any::<i64>()), 1..300)) {
        let rows = numbers.len();
        let mut columns = chunk(rows, 1, 3, 0, true).columns().to_vec();
        columns[0] = Arc::new(Int64Array::from(numbers));
        comes_back(&[RecordBatch::try_new(arrow_schema(&fields()), columns).expect("a chunk")], 1_000);
    }
}
