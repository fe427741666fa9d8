//! What the reader of JSON Lines takes and what it refuses.

use std::io::Cursor;

use super::*;
use crate::collect::read::Format;
use crate::collect::read::tests::{Seen, names};

#[track_caller]
fn seen(bytes: &[u8], wanted: &[&str], explode: Option<&str>) -> (Seen, Result<Notice, Fault>) {
    let columns = names(wanted);
    let request = Request { format: &Format::JsonLines, columns: &columns, explode };
    let read = |chunk| {
        let mut seen = Seen::default();
        let notice = read_in_chunks(Cursor::new(bytes), &request, &mut seen, chunk);
        (seen, notice)
    };
    let whole = read(CHUNK);
    for chunk in [1, 2, 5] {
        assert_eq!(read(chunk), whole, "in chunks of {chunk}");
    }
    whole
}

#[track_caller]
fn rows(text: &str, wanted: &[&str]) -> Vec<String> {
    let (seen, notice) = seen(text.as_bytes(), wanted, None);
    assert_eq!(seen.bad, []);
    assert_eq!(notice.expect("no fault").records, seen.rows.len() as u64);
    seen.told()
}

#[track_caller]
fn bad(text: &str, wanted: &[&str]) -> Vec<String> {
    let (seen, notice) = seen(text.as_bytes(), wanted, None);
    assert_eq!(notice.expect("no fault").records, (seen.rows.len() + seen.bad.len()) as u64);
    seen.told_bad()
}

#[test]
fn numbers_keep_their_text() {
    for number in ["12345678901234567890123", "1.50", "-0", "1e3", "1E+03", "1.0", "0.10000000000000000000001"] {
        assert_eq!(rows(&format!("{{\"a\":{number}}}"), &["a"]), [format!("1: {number}")]);
    }
}

#[test]
fn null_and_missing_are_absent_and_booleans_are_words() {
    assert_eq!(
        rows("{\"a\":null,\"b\":true}\n{\"b\":false,\"a\":\"\"}", &["a", "b", "c"]),
        ["1: -,true,-", "2: ,false,-"]
    );
}

#[test]
fn a_dotted_name_reaches_into_objects_and_through_arrays() {
    let text = r#"{"name":{"first":"Ann"},"mails":[{"v":"a@x"},{"v":"b@x"}],"x.y":1}"#;
    assert_eq!(rows(text, &["name.first", "mails.v", "x.y", "name.none"]), ["1: Ann,a@x|b@x,1,-"]);
}

#[test]
fn objects_and_nested_arrays_are_compact_json() {
    assert_eq!(rows(r#"{"a":{"z": 1, "b": [ ]},"c":[[1, 2],"x"]}"#, &["a", "c"]), [r#"1: {"z":1,"b":[]},[1,2]|x"#]);
}

#[test]
fn the_exploded_column_makes_a_row_of_each_value() {
    let text =
        b"{\"g\":\"x\",\"m\":[\"a\",null,\"b\"],\"r\":[1,2]}\n{\"g\":\"y\",\"m\":[]}\n{\"g\":\"z\",\"m\":\"c\"}\n";
    let (seen, notice) = seen(text, &["g", "m", "r"], Some("m"));
    assert_eq!(seen.told(), ["1: x,a,1|2", "1: x,b,1|2", "2: y,-,-", "3: z,c,-"]);
    assert_eq!(notice.map(|notice| notice.records), Ok(4));
}

#[test]
fn a_broken_line_costs_one_record() {
    assert_eq!(
        bad("{\"a\":1}\n{\"a\":\n\n{\"a\":NaN}\n[1]\n{\"a\":1}{}\n{\"a\":2}\n", &["a"]),
        [
            "2: -: not JSON: EOF while parsing a value",
            "4: -: not JSON: expected value",
            "5: -: the record is not an object",
            "6: -: not JSON: `{` where the end of the record is expected",
        ]
    );
}

#[test]
fn a_key_that_stands_twice_costs_one_record_at_any_depth() {
    assert_eq!(
        bad("{\"a\":1,\"a\":2}\n{\"b\":[{\"c\":1,\"c\":1}]}\n", &["a"]),
        ["1: -: the key `a` stands twice in one object", "2: -: the key `c` stands twice in one object"]
    );
}

#[test]
fn a_record_nested_too_deep_costs_one_record() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(bad(&format!("{}\n{}\n", nested(63), nested(64)), &["a"]), ["2: -: nested deeper than 64 levels"]);
    assert_eq!(bad(&nested(100_000), &["a"]).len(), 1);
}

#[test]
fn a_control_character_costs_one_record_and_names_its_column() {
    assert_eq!(bad(r#"{"a":"x\u0000"}"#, &["a"]), ["1: a: the control character U+0000 in a field"]);
}

#[test]
fn keys_nobody_wants_and_columns_never_seen_are_noticed() {
    let (_, notice) = seen(b"{\"a\":1,\"x\":1}\n{\"y\":{\"z\":1}}\n", &["a", "b", "y.z"], None);
    let notice = notice.expect("no fault");
    assert_eq!((notice.unused_columns, notice.unseen_columns), (names(&["x"]), names(&["b"])));
}

#[test]
fn malformed_bytes_are_a_fault_after_the_rows_before_them() {
    let (seen, notice) = seen(b"{\"a\":1}\n{\"a\":\"\xE9\"}\n", &["a"], None);
    assert_eq!(seen.told(), ["1: 1"]);
    assert_eq!(notice.expect_err("malformed").line, Some(2));
}
