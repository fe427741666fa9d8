//! What the reader of Parquet takes and what it refuses.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray,
    FixedSizeListArray, Float32Array, Float64Array, Int8Array, Int64Array, LargeListArray, LargeStringArray, ListArray,
    NullArray, StringArray, StringViewArray, StructArray, Time64MicrosecondArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow::datatypes::{Field, Int32Type};
use parquet::arrow::ArrowWriter;
use parquet::data_type::FixedLenByteArrayType;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;
use crate::collect::read::Format;
use crate::collect::read::tests::{Seen, names};

fn written(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a footer");
    bytes
}

fn seen_in_batches(
    bytes: &[u8],
    wanted: &[&str],
    explode: Option<&str>,
    batch_rows: usize,
) -> (Seen, Result<Notice, Fault>) {
    let columns = names(wanted);
    let request = Request { format: &Format::Parquet, columns: &columns, explode };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.parquet");
    std::fs::write(&path, bytes).expect("written");
    let mut seen = Seen::default();
    let notice = read_in_batches(File::open(&path).expect("a file"), &request, &mut seen, batch_rows);
    (seen, notice)
}

fn seen(bytes: &[u8], wanted: &[&str]) -> (Seen, Result<Notice, Fault>) {
    seen_in_batches(bytes, wanted, None, BATCH_ROWS)
}

/// The cells of one column with their kind.
#[track_caller]
fn kinds(array: ArrayRef) -> Vec<String> {
    let (seen, notice) = seen(&written(vec![("a", array)]), &["a"]);
    assert_eq!(seen.bad, []);
    assert_eq!(notice.expect("no fault").records, seen.rows.len() as u64);
    seen.kinds
}

#[test]
fn numbers_are_their_canonical_text() {
    assert_eq!(kinds(Arc::new(Int8Array::from(vec![Some(-7), None]))), ["Text(\"-7\")", "Absent"]);
    assert_eq!(kinds(Arc::new(Int64Array::from(vec![i64::MIN]))), ["Text(\"-9223372036854775808\")"]);
    assert_eq!(kinds(Arc::new(UInt64Array::from(vec![u64::MAX]))), ["Text(\"18446744073709551615\")"]);
    assert_eq!(kinds(Arc::new(Float32Array::from(vec![0.1]))), ["Text(\"0.1\")"]);
    assert_eq!(
        kinds(Arc::new(Float64Array::from(vec![1e21, -0.0, 2.0]))),
        ["Text(\"1000000000000000000000\")", "Text(\"0\")", "Text(\"2\")"]
    );
    let decimals =
        Decimal128Array::from(vec![Some(12_500), Some(-40_000), Some(7), None]).with_precision_and_scale(12, 3);
    assert_eq!(
        kinds(Arc::new(decimals.expect("fits"))),
        ["Text(\"12.5\")", "Text(\"-40\")", "Text(\"0.007\")", "Absent"]
    );
}

#[test]
fn booleans_are_words_and_an_untyped_column_is_absent() {
    assert_eq!(
        kinds(Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ["Text(\"true\")", "Text(\"false\")", "Absent"]
    );
    assert_eq!(kinds(Arc::new(NullArray::new(1))), ["Absent"]);
}

#[test]
fn days_and_instants_stay_typed_whatever_their_unit() {
    assert_eq!(kinds(Arc::new(Date32Array::from(vec![Some(-1), None]))), ["Day(-1)", "Absent"]);
    assert_eq!(kinds(Arc::new(Date64Array::from(vec![86_400_000, -86_400_000]))), ["Day(1)", "Day(-1)"]);
    assert_eq!(kinds(Arc::new(TimestampSecondArray::from(vec![-1]))), ["Instant(-1000000)"]);
    assert_eq!(kinds(Arc::new(TimestampMillisecondArray::from(vec![1]))), ["Instant(1000)"]);
    assert_eq!(kinds(Arc::new(TimestampNanosecondArray::from(vec![-1]))), ["Instant(-1)"]);
    let with_zone = TimestampMicrosecondArray::from(vec![Some(5), None]).with_timezone("Europe/Paris");
    assert_eq!(kinds(Arc::new(with_zone)), ["Instant(5)", "Absent"]);
    assert_eq!(kinds(Arc::new(Time64MicrosecondArray::from(vec![3_600_000_000]))), ["Text(\"01:00:00\")"]);
}

#[test]
fn texts_are_texts_however_they_are_stored() {
    let expected = ["Text(\"x\")", "Absent", "Text(\"\")"];
    let texts = [Some("x"), None, Some("")];
    assert_eq!(kinds(Arc::new(StringArray::from_iter(texts))), expected);
    assert_eq!(kinds(Arc::new(LargeStringArray::from_iter(texts))), expected);
    assert_eq!(kinds(Arc::new(StringViewArray::from_iter(texts))), expected);
    assert_eq!(kinds(Arc::new(DictionaryArray::<Int32Type>::from_iter(texts))), expected);
    assert_eq!(kinds(Arc::new(DictionaryArray::<Int32Type>::from_iter([None::<&str>]))), ["Absent"]);
    assert_eq!(kinds(Arc::new(BinaryArray::from_iter(texts))), expected);
}

#[test]
fn a_uuid_is_its_usual_text() {
    let schema = parse_message_type("message t { required fixed_len_byte_array(16) a (UUID); }").expect("a schema");
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::default()).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut column = group.next_column().expect("no error").expect("a column");
    let uuid: Vec<u8> = (0xF0..=0xFF).collect();
    column.typed::<FixedLenByteArrayType>().write_batch(&[uuid.into()], None, None).expect("a value");
    column.close().expect("closed");
    group.close().expect("closed");
    writer.close().expect("closed");
    assert_eq!(seen(&bytes, &["a"]).0.told(), ["1: f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff"]);
}

#[test]
fn bytes_that_are_no_text_cost_one_record() {
    let bytes = written(vec![("a", Arc::new(BinaryArray::from_iter([Some(&b"\xFF"[..]), Some(b"x")])) as ArrayRef)]);
    let (seen, notice) = seen(&bytes, &["a"]);
    assert_eq!(seen.told(), ["2: x"]);
    assert_eq!(seen.told_bad(), ["1: a: a value that is not UTF-8 text"]);
    assert_eq!(notice.map(|notice| notice.records), Ok(2));
}

#[test]
fn an_instant_too_far_away_costs_one_record() {
    let bytes = written(vec![("a", Arc::new(TimestampSecondArray::from(vec![i64::MAX])) as ArrayRef)]);
    assert_eq!(seen(&bytes, &["a"]).0.told_bad(), ["1: a: an instant too far away to be told"]);
}

fn lists() -> [Option<Vec<Option<i32>>>; 4] {
    [Some(vec![Some(1), None, Some(2)]), Some(Vec::new()), None, Some(vec![Some(3)])]
}

#[test]
fn lists_are_joined_or_exploded() {
    let bytes = written(vec![
        ("g", Arc::new(StringArray::from(vec!["w", "x", "y", "z"])) as ArrayRef),
        ("m", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists()))),
        ("n", Arc::new(LargeListArray::from_iter_primitive::<Int32Type, _, _>(lists()))),
    ]);
    for batch_rows in [1, 2, 3, BATCH_ROWS] {
        let (seen, notice) = seen_in_batches(&bytes, &["g", "m", "n"], Some("m"), batch_rows);
        assert_eq!(seen.told(), ["1: w,1,1|2", "1: w,2,1|2", "2: x,-,-", "3: y,-,-", "4: z,3,3"]);
        assert_eq!(notice.map(|notice| notice.records), Ok(5));
    }
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), Some(2)])], 2);
    assert_eq!(kinds(Arc::new(fixed)), ["Text(\"1|2\")"]);
}

#[test]
fn a_type_without_a_text_form_is_a_fault_only_where_it_is_wanted() {
    let parts = StructArray::from(vec![(
        Arc::new(Field::new("x", arrow::datatypes::DataType::Int64, true)),
        Arc::new(Int64Array::from(vec![1])) as ArrayRef,
    )]);
    let bytes = written(vec![("a", Arc::new(parts) as ArrayRef), ("b", Arc::new(Int64Array::from(vec![2])))]);
    assert_eq!(seen(&bytes, &["b"]).0.told(), ["1: 2"]);
    let fault = seen(&bytes, &["a"]).1.expect_err("a struct");
    assert!(fault.message.starts_with("the column `a` is of type Struct"), "{}", fault.message);
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    let column = |value: i64| Arc::new(Int64Array::from(vec![value])) as ArrayRef;
    let bytes = written(vec![("a", column(1)), ("b", column(2)), ("c", column(3))]);
    let (found, notice) = seen(&bytes, &["c", "a"]);
    assert_eq!(found.told(), ["1: 3,1"]);
    assert_eq!(found.raws, [r#"{"c":"3","a":"1"}"#]);
    assert_eq!(notice.map(|notice| notice.unused_columns), Ok(names(&["b"])));
    assert_eq!(seen(&bytes, &["d"]).1.expect_err("missing").message, "the column `d` is missing in the header");
}

#[test]
fn a_file_cut_or_of_another_kind_is_a_fault() {
    let whole = written(vec![("a", Arc::new(Int64Array::from(vec![1])) as ArrayRef)]);
    let fault = |bytes: &[u8]| seen(bytes, &["a"]).1.expect_err("a fault").message;
    assert_eq!(fault(b"PAR1"), "the file is too short to be Parquet");
    assert_eq!(fault(b"a,b\n1,2\n3,4\n"), "the file is not Parquet: it does not begin with `PAR1`");
    assert_eq!(fault(&whole[..whole.len() - 20]), "the file is cut short: it does not end with `PAR1`");
    assert_eq!(fault(b"PAR1\xFF\xFF\xFF\x7FPAR1"), "the file is damaged: its footer is longer than the file");
    let middle_lost = [&whole[..4], &whole[whole.len() - 300..]].concat();
    assert!(seen(&middle_lost, &["a"]).1.is_err());
}

#[test]
fn a_damaged_byte_never_panics() {
    let texts: StringArray = (0..50).map(|at| Some(format!("text {}", at % 7))).collect();
    let whole = written(vec![("a", Arc::new(texts) as ArrayRef)]);
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xA5;
        let _ = seen(&damaged, &["a"]);
    }
}
