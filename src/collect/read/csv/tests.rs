//! What the reader of CSV takes and what it refuses.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::collect::read::tests::{Seen, comma, names};
use crate::collect::read::{BadRecord, Format};

const CHUNKS: [usize; 6] = [1, 2, 3, 7, 64, CHUNK];

fn read_bytes(bytes: &[u8], csv: &Csv, wanted: &[&str], chunk: usize) -> (Seen, Result<Notice, Fault>) {
    let mut seen = Seen::default();
    let columns = names(wanted);
    let format = Format::Csv(csv.clone());
    let request = Request { format: &format, columns: &columns, explode: None };
    let notice = read_in_chunks(Cursor::new(bytes), csv, &request, &mut seen, chunk, true);
    (seen, notice)
}

/// Reads in chunks of many sizes, which must all see the same.
#[track_caller]
fn seen(text: &str, csv: &Csv, wanted: &[&str]) -> (Seen, Result<Notice, Fault>) {
    let whole = read_bytes(text.as_bytes(), csv, wanted, CHUNK);
    for chunk in CHUNKS {
        assert_eq!(read_bytes(text.as_bytes(), csv, wanted, chunk), whole, "in chunks of {chunk}");
    }
    whole
}

#[track_caller]
fn rows(text: &str, wanted: &[&str]) -> Vec<String> {
    let (seen, notice) = seen(text, &comma(), wanted);
    assert_eq!(seen.bad, []);
    assert_eq!(notice.expect("no fault").records, seen.rows.len() as u64);
    seen.told()
}

#[track_caller]
fn bad(text: &str, wanted: &[&str]) -> Vec<String> {
    let (seen, notice) = seen(text, &comma(), wanted);
    assert_eq!(notice.expect("no fault").records, (seen.rows.len() + seen.bad.len()) as u64);
    seen.told_bad()
}

#[track_caller]
fn fault(text: &str, wanted: &[&str]) -> Fault {
    seen(text, &comma(), wanted).1.expect_err("a fault")
}

#[test]
fn wanted_columns_arrive_in_the_order_in_which_they_were_asked_for() {
    assert_eq!(rows("a,b,c\n1,2,3\n4,5,6\n", &["c", "a"]), ["2: 3,1", "3: 6,4"]);
}

#[test]
fn text_arrives_untrimmed_and_empty_is_not_absent() {
    assert_eq!(rows("a,b\n x ,\n", &["a", "b"]), ["2:  x ,"]);
}

#[test]
fn an_empty_file_is_a_fault() {
    assert_eq!(fault("", &["a"]).message, "the file is empty");
    assert_eq!(fault("\n\r\n", &["a"]).message, "the file has no header line");
}

#[test]
fn a_header_alone_is_no_fault() {
    let (seen, notice) = seen("a,b", &comma(), &["a"]);
    assert_eq!((seen.rows.len(), notice.map(|notice| notice.records)), (0, Ok(0)));
}

#[test]
fn line_ends_of_any_mixture_and_blank_lines_keep_the_line_numbers() {
    assert_eq!(rows("a,b\r\n\r\n1,2\n\n\n3,4\r5,6\r\r7,8", &["a", "b"]), ["3: 1,2", "6: 3,4", "7: 5,6", "9: 7,8"]);
}

#[test]
fn line_numbers_are_right_after_quoted_line_ends() {
    let text = "a,b\n\"1\n2\",x\r\n\"3\r\n4\",y\n\"5\r6\",z\n7,w\n";
    let (seen, _) = seen(text, &comma(), &["b"]);
    assert_eq!(seen.told(), ["2: x", "4: y", "6: z", "8: w"]);
    assert_eq!(seen.raws[0], "\"1\n2\",x");
}

#[test]
fn doubled_quotes_are_one_and_quoted_delimiters_are_text() {
    assert_eq!(rows("a,b\n\"say \"\"hi\"\"\",\"x,y\"\n\"\",\"\"\"\"\n", &["a", "b"]), ["2: say \"hi\",x,y", "3: ,\""]);
}

#[test]
fn a_quote_open_at_the_end_is_a_fault_on_the_line_where_it_opened() {
    let fault = fault("a,b\n1,2\n\"x\ny\",\"3\n4,5\n6,7\n", &["a"]);
    assert_eq!((fault.message.as_str(), fault.line), ("a quote is opened and never closed", Some(4)));
}

#[test]
fn a_quote_open_at_the_end_is_noticed_behind_another_flaw() {
    assert_eq!(fault("a,b\nx\"y,\"3\n4,5\n", &["a"]).message, "a quote is opened and never closed");
}

#[test]
fn a_short_or_long_row_costs_one_record() {
    assert_eq!(
        bad("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1\n", &["a"]),
        [
            "2: -: 2 fields where 3 are expected",
            "4: -: 4 fields where 3 are expected",
            "5: -: 1 field where 3 are expected"
        ]
    );
}

#[test]
fn a_bare_quote_costs_one_record() {
    assert_eq!(bad("a,b\n1,5\" pipe\n2,x\n", &["a"]), ["2: b: a quote inside a field that is not quoted"]);
    assert_eq!(bad("a,b\n1, \"x\"\n", &["a"]), ["2: b: a quote inside a field that is not quoted"]);
}

#[test]
fn text_after_a_closing_quote_costs_one_record() {
    assert_eq!(bad("a,b\n\"1\"x,2\n\"3\" ,4\n5,6\n", &["a"]).len(), 2);
    assert_eq!(bad("a,b\n\"1\"x,2\n", &["a"]), ["2: a: text after a closing quote"]);
}

#[test]
fn a_record_over_several_lines_says_where_it_ends() {
    let reasons = bad("a,b\n\"1,2\n3,4\n5\",6,7\n8,9\n", &["a"]);
    assert_eq!(reasons, ["2: -: 3 fields where 2 are expected, in a record that ends on line 4: is a quote missing?"]);
}

#[test]
fn a_control_character_costs_one_record_and_names_its_column() {
    assert_eq!(
        bad("a,b\n1,x\0y\n\u{1b}2,z\n\"t\tu\",\"v\r\nw\"\n", &["a"]),
        ["2: b: the control character U+0000 in a field", "3: a: the control character U+001B in a field"]
    );
}

#[test]
fn a_bad_record_carries_its_raw_text() {
    let (seen, _) = seen("a,b\n1,\"x\"\"\",3\r\n", &comma(), &["a"]);
    assert_eq!(seen.bad[0].raw, "1,\"x\"\"\",3");
}

#[test]
fn a_wrong_delimiter_is_a_fault_with_the_likely_one() {
    for (header, likely) in [("id;login", ";"), ("id\tlogin", "\\t"), ("id|login", "|"), ("\"id\";\"login\"", ";")] {
        let fault = seen(&format!("{header}\n1;2\n"), &comma(), &["login"]).1.expect_err("a fault");
        assert_eq!(fault.message, "the header is one single column when split at `,`");
        assert_eq!(fault.hint, Some(format!("the delimiter is likely to be `{likely}`")));
    }
}

#[test]
fn a_file_of_one_column_is_no_sign_of_a_wrong_delimiter() {
    assert_eq!(rows("id;login\n1\n", &["id;login"]), ["2: 1"]);
    assert_eq!(fault("id\n1\n", &["login"]).message, "the column `login` is missing in the header");
}

#[test]
fn a_duplicate_header_is_a_fault() {
    assert_eq!(fault("a,b, a \n1,2,3\n", &["b"]).message, "the header has the column `a` twice");
}

#[test]
fn lines_before_the_header_are_passed_over_whatever_they_hold() {
    let csv = Csv { skip_lines: 2, ..comma() };
    let (seen, _) = seen("report \"of\r\n\r\na,b\r\n1,2\r\n", &csv, &["b"]);
    assert_eq!(seen.told(), ["4: 2"]);
}

#[test]
fn fewer_lines_than_are_to_be_skipped_is_a_fault() {
    let csv = Csv { skip_lines: 3, ..comma() };
    assert_eq!(seen("x\ny\n", &csv, &["b"]).1.expect_err("short").message, "the file has no line after the 3 to skip");
}

#[test]
fn given_columns_stand_for_a_header() {
    let csv = Csv { columns: names(&["a", "b"]), ..comma() };
    let (seen, notice) = seen("1,2\n3\n", &csv, &["b"]);
    assert_eq!(seen.told(), ["1: 2"]);
    assert_eq!(seen.told_bad(), ["2: -: 1 field where 2 are expected"]);
    assert_eq!(notice.map(|notice| notice.unused_columns), Ok(names(&["a"])));
}

#[test]
fn without_a_quote_quotes_are_text() {
    let csv = Csv { quote: None, ..comma() };
    assert_eq!(seen("a,b\n\"1,5\" x\n", &csv, &["a", "b"]).0.told(), ["2: \"1,5\" x"]);
}

#[test]
fn any_ascii_byte_may_delimit_and_quote() {
    let csv = Csv { delimiter: 0x1f, quote: Some(b'\''), ..comma() };
    assert_eq!(seen("a\u{1f}b\nx,y\u{1f}'it''s'\n", &csv, &["a", "b"]).0.told(), ["2: x,y,it's"]);
}

#[test]
fn settings_that_contradict_each_other_are_a_fault() {
    for csv in [
        Csv { delimiter: b'"', ..comma() },
        Csv { delimiter: b'\n', ..comma() },
        Csv { delimiter: 0xA7, ..comma() },
        Csv { quote: Some(b'\r'), ..comma() },
    ] {
        assert!(seen("a\n", &csv, &["a"]).1.is_err(), "{csv:?}");
    }
}

#[test]
fn rows_before_malformed_bytes_stay_handed_over() {
    for chunk in CHUNKS {
        let (seen, notice) = read_bytes(b"a,b\n1,2\n3,\xE9\n4,5\n", &comma(), &["a"], chunk);
        assert_eq!(seen.told(), ["2: 1"], "in chunks of {chunk}");
        assert_eq!(notice.expect_err("malformed").line, Some(3));
    }
}

#[test]
fn a_delimiter_inside_a_character_is_malformed() {
    let (seen, notice) = read_bytes(b"a,b\n\xC3,\xA9\n", &comma(), &["a"], CHUNK);
    assert!(seen.rows.is_empty());
    assert_eq!(notice.expect_err("malformed").line, Some(2));
}

#[test]
fn a_record_without_an_end_is_a_fault_before_it_fills_the_memory() {
    let text = format!("a\n\"{}", "x\n".repeat(10 << 20));
    let (_, notice) = read_bytes(text.as_bytes(), &comma(), &["a"], CHUNK);
    let fault = notice.expect_err("too long");
    assert_eq!((fault.message.as_str(), fault.line), ("a record of more than 16 MiB", Some(2)));
}

#[test]
fn many_and_long_fields_fit() {
    let header: Vec<String> = (0..500).map(|at| format!("c{at}")).collect();
    let row: Vec<String> = (0..500).map(|at| format!("{at}").repeat(20)).collect();
    let told = rows(&format!("{}\n{}\n", header.join(","), row.join(",")), &["c499"]);
    assert_eq!(told, [format!("2: {}", "499".repeat(20))]);
}

fn written(records: &[Vec<String>], line_end: &str, quotes_all: bool) -> String {
    let field = |field: &String| {
        let needs_quotes = quotes_all || field.is_empty() || field.contains([',', '"', '\n', '\r']);
        if needs_quotes { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() }
    };
    let line = |record: &Vec<String>| record.iter().map(field).collect::<Vec<_>>().join(",") + line_end;
    records.iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_whatever_the_chunk_line_end_mark_and_quoting(
        records in prop::collection::vec(prop::collection::vec("[a-c\u{e9}\u{1f600} ,\"\n\r\t]{0,6}", 3), 0..12),
        chunk in 1_usize..40,
    ) {
        let header = names(&["a", "b", "c"]);
        let expected: Vec<Vec<Option<String>>> =
            records.iter().map(|record| record.iter().cloned().map(Some).collect()).collect();
        for line_end in ["\n", "\r\n", "\r"] {
            for mark in ["", "\u{feff}"] {
                for quotes_all in [false, true] {
                    let all: Vec<_> = std::iter::once(header.clone()).chain(records.iter().cloned()).collect();
                    let text = format!("{mark}{}", written(&all, line_end, quotes_all));
                    let (seen, notice) = read_bytes(text.as_bytes(), &comma(), &["a", "b", "c"], chunk);
                    prop_assert_eq!(&seen.rows, &expected);
                    prop_assert_eq!(notice.map(|notice| notice.records), Ok(records.len() as u64));
                }
            }
        }
    }

    #[test]
    fn every_record_is_a_row_or_a_bad_record_whatever_the_chunk(text in "[ab,\"\n\r\0]{0,80}", chunk in 1_usize..20) {
        let text = format!("a,b\n{text}");
        let whole = read_bytes(text.as_bytes(), &comma(), &["b"], CHUNK);
        prop_assert_eq!(&read_bytes(text.as_bytes(), &comma(), &["b"], chunk), &whole);
        if let Ok(notice) = &whole.1 {
            prop_assert_eq!(notice.records, (whole.0.rows.len() + whole.0.bad.len()) as u64);
        }
    }
}

/// The sound cells of each bad record, `-` for none, and `!` where they surely stand in their columns.
#[track_caller]
fn sound(text: &str) -> Vec<String> {
    let (seen, notice) = seen(text, &comma(), &["a", "b", "c"]);
    assert_eq!(notice.expect("no fault").records, (seen.rows.len() + seen.bad.len()) as u64);
    let cells = |bad: &BadRecord| -> String {
        let cells: Vec<&str> = bad.cells.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect();
        format!("{}{}", cells.join(","), if bad.is_aligned { "!" } else { "" })
    };
    seen.bad.iter().map(cells).collect()
}

#[test]
fn what_is_sound_of_a_bad_record_is_handed_over() {
    assert_eq!(sound("a,b,c\n1,x\0,2\n"), ["1,-,2!"]);
    assert_eq!(sound("a,b,c\n1,2\n1,2,3,4\n1\n1,2,3\n"), ["1,-,-", "1,-,-", "-,-,-"]);
    assert_eq!(sound("a,b,c\n1,5\"x,2\n"), ["1,-,-!"]);
    // A last record that is short: the file was cut. A record of several lines: a quote may have swallowed others.
    assert_eq!(sound("a,b,c\n1,2\n"), [""]);
    assert_eq!(sound("a,b,c\n1,\"2\n3,4,5\n6\",7,8\n1,2,3\n"), [""]);
}
