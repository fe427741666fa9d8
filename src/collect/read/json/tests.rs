//! What the reader of JSON takes and what it refuses.

use std::io::Cursor;

use super::*;
use crate::collect::read::Format;
use crate::collect::read::tests::{Seen, names};

#[track_caller]
fn seen(text: &str, path: &[&str], wanted: &[&str]) -> (Seen, Result<Notice, Fault>) {
    let (columns, path) = (names(wanted), names(path));
    let format = Format::Json { records: path.clone() };
    let request = Request { format: &format, columns: &columns, explode: None };
    let read = |chunk| {
        let mut seen = Seen::default();
        let notice = read_in_chunks(Cursor::new(text.as_bytes()), &path, &request, &mut seen, chunk);
        (seen, notice)
    };
    let whole = read(CHUNK);
    assert_eq!(read(1), whole, "in chunks of 1");
    whole
}

#[track_caller]
fn fault(text: &str, path: &[&str]) -> (String, Option<u64>) {
    let fault = seen(text, path, &["a"]).1.expect_err("a fault");
    (fault.message, fault.line)
}

#[test]
fn a_record_is_on_the_line_where_its_object_starts() {
    let text = "[\n {\n  \"a\": 1\n },\n\n {\"a\": 2}, {\"a\":\n 3}\r\n,\n{\"a\":4}]\n";
    let (seen, notice) = seen(text, &[], &["a"]);
    assert_eq!(seen.told(), ["2: 1", "6: 2", "6: 3", "9: 4"]);
    assert_eq!(seen.raws[0], "{\n  \"a\": 1\n }");
    assert_eq!(notice.map(|notice| notice.records), Ok(4));
}

#[test]
fn records_are_found_under_their_keys() {
    let text = "{\"meta\": {\"items\": [{\"a\": 0}]},\n \"data\": {\"n\": 1, \"items\": [{\"a\": 1}], \"m\": []}, \"z\": null}";
    assert_eq!(seen(text, &["data", "items"], &["a"]).0.told(), ["2: 1"]);
}

#[test]
fn an_empty_array_has_no_records() {
    assert_eq!(seen("[ ]", &[], &["a"]).1.map(|notice| notice.records), Ok(0));
}

#[test]
fn a_path_that_leads_nowhere_is_a_fault() {
    let message = |path: &str| format!("the document has no array of records under `{path}`");
    assert_eq!(fault("{\"data\": {}}", &["data", "items"]).0, message("data.items"));
    assert_eq!(fault("{\"data\": {\"x\":1}}", &["items"]).0, message("items"));
    assert_eq!(fault("{\"data\": 1}", &["data"]).0, message("data"));
    assert_eq!(fault("[]", &["data"]).0, message("data"));
    assert_eq!(fault("{}", &[]).0, "the document is no array of records");
}

#[test]
fn wrong_syntax_is_a_fault_with_its_line() {
    for (text, line) in [
        ("[{\"a\":1},\n{\"a\":}]", 2),
        ("[{\"a\":1}\n\n{\"a\":2}]", 3),
        ("[{\"a\":1},\n]", 2),
        ("[{\"a\":1}]\nx", 2),
        ("[{\"a\":1},\n{\"a\":2}", 2),
        ("[\n{\"a\":NaN}]", 2),
        ("[,]", 1),
    ] {
        let (message, at) = fault(text, &[]);
        assert!(message.starts_with("not JSON: "), "{text:?}: {message}");
        assert_eq!(at, Some(line), "{text:?}: {message}");
    }
}

#[test]
fn a_document_cut_behind_its_array_is_a_fault() {
    assert_eq!(
        fault("{\"data\":[{\"a\":1}]", &["data"]).0,
        "not JSON: the end of the file where `,` or `}` is expected"
    );
}

#[test]
fn a_record_with_two_meanings_or_none_costs_one_record() {
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    let (seen, notice) = seen(&format!("[{{\"a\":1,\"a\":2}},\n7,\n{{\"a\":{deep}}},\n{{\"a\":3}}]"), &[], &["a"]);
    assert_eq!(seen.told(), ["4: 3"]);
    assert_eq!(
        seen.told_bad(),
        [
            "1: -: the key `a` stands twice in one object",
            "2: -: the record is not an object",
            "3: -: nested deeper than 64 levels"
        ]
    );
    assert_eq!(notice.map(|notice| notice.records), Ok(4));
}

#[test]
fn a_byte_order_mark_and_escapes_change_nothing() {
    let expected = seen("[{\"a\":\"\u{e9}\"}]", &[], &["a"]).0.rows;
    assert_eq!(seen("\u{feff}[{\"a\":\"\\u00e9\"}]", &[], &["\u{61}"]).0.rows, expected);
}
