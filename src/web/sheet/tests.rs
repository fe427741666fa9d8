//! Every kind of file, written and read back.

use std::io::{Read, Seek};
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
    new_null_array,
};
use arrow::datatypes::DataType;
use calamine::{Data, Reader, Xlsx};

use super::name::sheet_name;
use super::*;
use crate::ledger::arrow_schema;
use crate::table::Type;

/// 2026-11-22 03:00:01.5
const INSTANT: i64 = 1_795_316_401_500_000;
/// 2026-11-22
const DAY: i32 = 20_779;
const BIG: i64 = 9_007_199_254_740_993;

fn fields(columns: &[(&str, Type)]) -> Vec<Field> {
    columns.iter().map(|(name, kind)| Field::new(*name, *kind)).collect()
}

fn all_types() -> Vec<Field> {
    fields(&[
        ("name", Type::Text),
        ("n", Type::Integer),
        ("share", Type::Double),
        ("is_active", Type::Boolean),
        ("since", Type::Date),
        ("seen_at", Type::Timestamp),
    ])
}

/// A row of values, one of nulls, one of what has no place in a spreadsheet.
fn batch() -> RecordBatch {
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec![Some("Zoë 😀"), None, Some("007")])),
        Arc::new(Int64Array::from(vec![Some(-5), None, Some(BIG)])),
        Arc::new(Float64Array::from(vec![Some(0.1), None, Some(-1e300)])),
        Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        Arc::new(Date32Array::from(vec![Some(DAY), None, Some(-36_525)])),
        Arc::new(TimestampMicrosecondArray::from(vec![Some(INSTANT), None, Some(-3_155_760_000_000_000)])),
    ];
    RecordBatch::try_new(arrow_schema(&all_types()), arrays).expect("a batch")
}

fn texts(cells: &[&str]) -> RecordBatch {
    let array: ArrayRef = Arc::new(StringArray::from(cells.to_vec()));
    RecordBatch::try_new(arrow_schema(&fields(&[("text", Type::Text)])), vec![array]).expect("a batch")
}

/// What no file may run, and no file may lose.
fn hostile() -> Vec<String> {
    let cells = [
        "=1+1",
        "@SUM(1)",
        "+49 30",
        "-cmd",
        "\t=1",
        "\r=1",
        "a\nb",
        "a\r\nb",
        " a ",
        "say \"so\", he said",
        "😀",
        "<a&b>",
    ];
    let links =
        ["https://example.org/", "file:///etc/passwd", "mailto:a@example.org", "internal:A1", "_x0041_", "\u{fffe}"];
    let control = (0_u8..0x20).map(|byte| format!("a{}b", char::from(byte)));
    cells.into_iter().chain(links).map(str::to_owned).chain(control).collect()
}

fn written(kind: FileKind, title: &str, columns: &[Field], batches: &[RecordBatch]) -> Result<(u64, File), SheetError> {
    let file = tempfile::tempfile().expect("a file");
    let into = file.try_clone().expect("the same file");
    let rows = write(kind, title, columns, &mut |sink| batches.iter().cloned().try_for_each(&mut *sink), into)?;
    Ok((rows, file))
}

#[track_caller]
fn read(kind: FileKind, columns: &[Field], batches: &[RecordBatch]) -> Vec<u8> {
    let (rows, mut file) = written(kind, "Rows", columns, batches).expect("written");
    assert_eq!(rows, batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>());
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).expect("read");
    bytes
}

#[track_caller]
fn cells_of_workbook(columns: &[Field], batches: &[RecordBatch]) -> Vec<Vec<Data>> {
    let bytes = read(FileKind::Xlsx, columns, batches);
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["Rows"]);
    workbook.worksheet_range("Rows").expect("a sheet").rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn a_csv_has_every_value_as_text() {
    let text = String::from_utf8(read(FileKind::Csv, &all_types(), &[batch(), batch()])).expect("UTF-8");
    let rows = "Zoë 😀,-5,0.1,true,2026-11-22,2026-11-22T03:00:01.500\n,,,,,\n007,9007199254740993,-1e300,false,1869-12-31,1869-12-31T00:00:00\n";
    assert_eq!(text, format!("name,n,share,is_active,since,seen_at\n{rows}{rows}"));
}

#[test]
fn a_csv_runs_nothing_and_loses_no_line() {
    let cells = ["=1+1", "@SUM", "-5", "a\nb", "say \"so\", he said", "", "😀\u{1}"];
    let text = String::from_utf8(read(FileKind::Csv, &fields(&[("text", Type::Text)]), &[texts(&cells)]));
    let expected = "text\n'=1+1\n'@SUM\n-5\n\"a\nb\"\n\"say \"\"so\"\", he said\"\n\"\"\n😀\u{1}\n";
    assert_eq!(text.expect("UTF-8"), expected);
}

#[test]
fn a_workbook_has_dates_as_dates_and_what_it_cannot_hold_exactly_as_text() {
    let rows = cells_of_workbook(&all_types(), &[batch()]);
    let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(header, ["name", "n", "share", "is_active", "since", "seen_at"]);
    let [name, n, share, is_active, since, seen_at] = rows[1].as_slice() else { panic!("six cells") };
    assert_eq!((name, n, share), (&Data::String("Zoë 😀".to_owned()), &Data::Float(-5.0), &Data::Float(0.1)));
    assert_eq!(is_active, &Data::Bool(true));
    let (Data::DateTime(since), Data::DateTime(seen_at)) = (since, seen_at) else { panic!("dates: {since} {seen_at}") };
    assert_eq!(since.to_ymd_hms_milli(), (2026, 11, 22, 0, 0, 0, 0));
    assert_eq!(seen_at.to_ymd_hms_milli(), (2026, 11, 22, 3, 0, 1, 500));
    assert!(rows[2].iter().all(|cell| *cell == Data::Empty), "{:?}", rows[2]);
    let third: Vec<String> = rows[3].iter().map(ToString::to_string).collect();
    assert_eq!(third[..2], ["007", "9007199254740993"]);
    assert!(matches!(rows[3][1], Data::String(_)) && matches!(rows[3][0], Data::String(_)));
    assert_eq!((&rows[3][2], &rows[3][3]), (&Data::Float(-1e300), &Data::Bool(false)));
    assert_eq!(third[4..], ["1869-12-31", "1869-12-31T00:00:00"]);
}

#[test]
fn a_workbook_has_whole_numbers_of_fifteen_digits_as_numbers_and_the_ends_of_its_calendar_as_dates() {
    let columns = fields(&[("n", Type::Integer), ("day", Type::Date)]);
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![999_999_999_999_999, -999_999_999_999_999, 1_000_000_000_000_000, i64::MIN])),
        Arc::new(Date32Array::from(vec![-25_508, 2_932_896, -25_509, 2_932_897])),
    ];
    let rows = cells_of_workbook(&columns, &[RecordBatch::try_new(arrow_schema(&columns), arrays).expect("a batch")]);
    assert_eq!((&rows[1][0], &rows[2][0]), (&Data::Float(999_999_999_999_999.0), &Data::Float(-999_999_999_999_999.0)));
    assert_eq!(rows[3][0], Data::String("1000000000000000".to_owned()));
    assert_eq!(rows[4][0], Data::String(i64::MIN.to_string()));
    let day = |cell: &Data| match cell {
        Data::DateTime(day) => day.to_ymd_hms_milli(),
        other => panic!("a date: {other:?}"),
    };
    assert_eq!(day(&rows[1][1]), (1900, 3, 1, 0, 0, 0, 0));
    assert_eq!(day(&rows[2][1]), (9999, 12, 31, 0, 0, 0, 0));
    assert_eq!((&rows[3][1], &rows[4][1]), (&Data::String("1900-02-28".into()), &Data::String("+10000-01-01".into())));
}

#[test]
fn a_workbook_has_texts_as_they_are() {
    let hostile = hostile();
    let cells: Vec<&str> = hostile.iter().map(String::as_str).collect();
    let rows = cells_of_workbook(&fields(&[("text", Type::Text)]), &[texts(&cells)]);
    for (row, text) in rows[1..].iter().zip(&hostile) {
        assert_eq!(row[0], Data::String(text.clone()));
    }
    assert_eq!(rows.len(), hostile.len() + 1);
}

#[test]
fn a_parquet_file_has_the_ledgers_types_and_every_text() {
    let read_back = |columns: &[Field], batch: &RecordBatch| {
        let bytes = bytes::Bytes::from(read(FileKind::Parquet, columns, &[batch.clone(), batch.clone()]));
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet").build().expect("a reader");
        let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("rows")).collect();
        arrow::compute::concat_batches(&arrow_schema(columns), &batches).expect("one batch")
    };
    let twice = read_back(&all_types(), &batch());
    assert_eq!((twice.slice(0, 3), twice.slice(3, 3)), (batch(), batch()));
    let hostile = hostile();
    let hostile = texts(&hostile.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(read_back(&fields(&[("text", Type::Text)]), &hostile).slice(0, hostile.num_rows()), hostile);
}

#[test]
fn an_empty_table_is_a_header() {
    assert_eq!(read(FileKind::Csv, &all_types(), &[]), b"name,n,share,is_active,since,seen_at\n");
    assert_eq!(cells_of_workbook(&all_types(), &[]).len(), 1);
    let bytes = bytes::Bytes::from(read(FileKind::Parquet, &all_types(), &[]));
    let file = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    assert_eq!(file.schema().fields(), arrow_schema(&all_types()).fields());
    assert_eq!(file.build().expect("a reader").count(), 0);
}

#[test]
fn a_workbook_refuses_what_it_has_no_room_for_and_the_others_take_it() {
    let columns = fields(&[("text", Type::Text)]);
    let refusal =
        |batches: &[RecordBatch]| written(FileKind::Xlsx, "Rows", &columns, batches).expect_err("refused").to_string();
    // 16,384 characters that count twice.
    let long = "😀".repeat(16_384);
    assert_eq!(
        refusal(&[texts(&["a"]), texts(&["b", &long])]),
        "row 3 has 32768 characters in `text`, and a cell of a workbook holds 32767; take CSV or Parquet"
    );
    assert!(written(FileKind::Xlsx, "Rows", &columns, &[texts(&["é".repeat(32_767).as_str()])]).is_ok());
    let nulls = RecordBatch::try_new(arrow_schema(&columns), vec![new_null_array(&DataType::Utf8, 1_048_575)]);
    let nulls = nulls.expect("a batch");
    assert_eq!(
        refusal(&[texts(&["a"]), nulls.clone()]),
        "a workbook has room for 1048575 rows, and there are more; take CSV or Parquet"
    );
    assert_eq!(
        written(FileKind::Xlsx, "Rows", &columns, std::slice::from_ref(&nulls)).expect("it just fits").0,
        1_048_575
    );
    for kind in [FileKind::Csv, FileKind::Parquet] {
        let all = [texts(&["a", &long]), nulls.clone()];
        assert_eq!(written(kind, "Rows", &columns, &all).expect("written").0, 1_048_577);
    }
    let wide = vec![Field::new("n", Type::Integer); 16_385];
    let wide = written(FileKind::Xlsx, "Rows", &wide, &[]).expect_err("refused").to_string();
    assert_eq!(wide, "a workbook has room for 16384 columns, and there are 16385; take CSV or Parquet");
}

#[test]
fn rows_that_fail_or_have_other_columns_are_told_and_never_half_a_file() {
    for kind in FileKind::ALL {
        let columns = all_types();
        let others = written(kind, "Rows", &columns, &[texts(&["a"])]);
        assert!(matches!(others, Err(SheetError::OtherColumns)), "{kind:?}");
        let file = tempfile::tempfile().expect("a file");
        let broken = write(kind, "Rows", &columns, &mut |_| Err(EngineError::new("no memory")), file);
        assert_eq!(broken.expect_err("broken").to_string(), "no memory");
        // A file that nothing can be written to.
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let full = write(kind, "Rows", &columns, &mut |sink| sink(batch()), full).expect_err("it is full");
        assert!(crate::run::chain(&full).contains("No space left"), "{kind:?}: {}", crate::run::chain(&full));
    }
}

#[test]
fn a_title_names_the_file_and_the_sheet() {
    for (title, name) in [
        ("Orphan accounts, 2026-11-22", "Orphan-accounts-2026-11-22.csv"),
        ("Évolution d'été", "Evolution-d-ete.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ("a\"; filename=\"b.exe\r\nX: y", "a-filename-b.exe-X-y.csv"),
        ("rule_idle.v2", "rule_idle.v2.csv"),
        ("", "table.csv"),
        ("表", "table.csv"),
    ] {
        assert_eq!(file_name(title, FileKind::Csv), name);
    }
    assert_eq!(file_name(&"x".repeat(500), FileKind::Parquet).len(), 80 + ".parquet".len());
    for (title, name) in [
        ("Rights: over/under [all]", "Rights- over-under -all-"),
        ("'quoted'", "quoted"),
        ("", "table"),
        ("history", "history-"),
        ("a\nb", "a-b"),
        (&"é".repeat(40), &"é".repeat(31)),
        (&"😀".repeat(40), &"😀".repeat(15)),
    ] {
        assert_eq!(sheet_name(title), name);
        assert!(written(FileKind::Xlsx, title, &all_types(), &[]).is_ok(), "{title}");
    }
}

#[test]
fn a_kind_is_known_by_how_its_files_end() {
    for kind in FileKind::ALL {
        assert_eq!(FileKind::named(kind.extension()), Some(kind));
    }
    assert_eq!(FileKind::named("xls"), None);
    assert!(FileKind::Csv.media_type().starts_with("text/csv; charset=utf-8"));
}
