//! What the reader of LDIF takes and what it refuses.

use std::io::Cursor;

use super::*;
use crate::collect::read::Format;
use crate::collect::read::tests::{Seen, names};

#[track_caller]
fn seen(bytes: &[u8], wanted: &[&str], explode: Option<&str>) -> (Seen, Result<Notice, Fault>) {
    let columns = names(wanted);
    let request = Request { format: &Format::Ldif, columns: &columns, explode };
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
fn bad(bytes: &[u8], wanted: &[&str]) -> Vec<String> {
    let (seen, notice) = seen(bytes, wanted, None);
    assert_eq!(notice.expect("no fault").records, (seen.rows.len() + seen.bad.len()) as u64);
    seen.told_bad()
}

#[test]
fn entries_are_parted_by_blank_lines() {
    let expected = ["3: uid=a,Ann", "8: uid=b,Bob"];
    assert_eq!(rows("version: 1\n\ndn: uid=a\ncn: Ann\n\n\n# b\ndn: uid=b\ncn: Bob\n", &["dn", "cn"]), expected);
    assert_eq!(rows("version: 1\n\ndn: uid=a\ncn: Ann\n\n\n# b\ndn: uid=b\ncn: Bob", &["dn", "cn"]), expected);
}

#[test]
fn the_version_line_may_touch_the_first_entry_and_may_be_missing() {
    assert_eq!(rows("version: 1\r\ndn: uid=a\r\ncn: Ann\r\n", &["cn"]), ["2: Ann"]);
    assert_eq!(rows("dn: uid=a\ncn: Ann\n", &["cn"]), ["1: Ann"]);
}

#[test]
fn folded_lines_are_one_also_in_comments() {
    assert_eq!(rows("# a\n  cn: no\ndn: uid=a,\n ou=x\ncn:\n  Ann\n  B\n", &["dn", "cn"]), ["3: uid=a,ou=x,Ann B"]);
}

#[test]
fn base64_is_decoded_also_in_the_name_of_the_entry() {
    assert_eq!(rows("dn:: dWlkPcOp\ncn:: w6\n kg\n", &["dn", "cn"]), ["1: uid=\u{e9},\u{e9} "]);
}

#[test]
fn attribute_names_match_in_any_case_and_options_are_part_of_them() {
    assert_eq!(rows("dn: a\nCN;lang-FR: Anne\nCn: Ann\n", &["cn", "cn;lang-fr"]), ["1: Ann,Anne"]);
}

#[test]
fn several_values_are_joined_and_an_empty_one_is_not_absent() {
    assert_eq!(rows("dn: a\nou: x\nou: y\ncn:\n", &["ou", "cn", "sn"]), ["1: x|y,,-"]);
}

#[test]
fn the_exploded_attribute_makes_a_row_of_each_value() {
    let text = b"dn: g\nmember: a\ncn: x\ncn: y\nMEMBER: b\n\ndn: h\n";
    assert_eq!(seen(text, &["dn", "member", "cn"], Some("member")).0.told(), ["1: g,a,x|y", "1: g,b,x|y", "7: h,-,-"]);
}

#[test]
fn a_value_by_url_is_a_fault_and_never_fetched() {
    let fault = seen(b"dn: a\njpegPhoto:< file:///etc/passwd\n", &["dn"], None).1.expect_err("a URL");
    assert_eq!(
        (fault.message.as_str(), fault.line),
        ("`jpegPhoto` is given by a URL, which is never fetched", Some(2))
    );
}

#[test]
fn a_change_record_is_a_fault() {
    let (seen, notice) = seen(b"dn: a\n\ndn: b\nchangetype: delete\n", &["dn"], None);
    assert_eq!(seen.told(), ["1: a"]);
    assert_eq!(notice.expect_err("a change").line, Some(4));
}

#[test]
fn another_version_is_a_fault() {
    let fault = seen(b"version: 2\ndn: a\n", &["dn"], None).1.expect_err("2");
    assert_eq!(fault.message, "version `2` of LDIF is not known, only 1");
}

#[test]
fn what_is_no_entry_costs_one_record() {
    assert_eq!(
        bad(b"cn: x\n\ndn: a\ncn\n\ndn: b\ncn:: %%%\n\ndn: c\ncn: \xE9\n\ndn: d\ncn:: /w==\n\ndn: e\n", &["cn"]),
        [
            "1: -: the entry does not begin with its `dn`",
            "3: -: line 4 is not `attribute: value`",
            "6: cn: a value that is not base64",
            "9: cn: a value that is not UTF-8 text",
            "12: cn: a value that is not UTF-8 text",
        ]
    );
}

#[test]
fn binary_values_nobody_wants_cost_nothing() {
    assert_eq!(bad(b"dn: a\nobjectGUID:: /w==\nphoto: \xE9\n", &["dn"]), Vec::<String>::new());
}

#[test]
fn a_record_is_shown_with_its_comments_and_folds() {
    assert_eq!(seen(b"dn: a\n# x\ncn: A\n nn\n\n", &["cn"], None).0.raws, ["dn: a\n# x\ncn: A\n nn"]);
}

#[test]
fn attributes_nobody_wants_and_columns_never_seen_are_noticed() {
    let notice = seen(b"dn: a\nSN: x\nsn: y\nou: z\n", &["ou", "cn"], None).1.expect("no fault");
    assert_eq!((notice.unused_columns, notice.unseen_columns), (names(&["dn", "sn"]), names(&["cn"])));
}
