//! Runs change nothing: what is read with them is what is read without.

use std::io::Cursor;

use proptest::prelude::*;

use super::super::read_in_chunks;
use super::*;
use crate::collect::read::tests::{Seen, comma, names};
use crate::collect::read::{Csv, Fault, Format, Notice, Request};

fn read(bytes: &[u8], csv: &Csv, chunk: usize, takes_runs: bool) -> (Seen, Result<Notice, Fault>) {
    let mut seen = Seen::default();
    let columns = names(&["c", "a"]);
    let format = Format::Csv(csv.clone());
    let request = Request { format: &format, columns: &columns, explode: None };
    let notice = read_in_chunks(Cursor::new(bytes), csv, &request, &mut seen, chunk, takes_runs);
    (seen, notice)
}

/// Lines as they are usual, with what spoils them now and then.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        12 => "[a-f]{0,9}".prop_map(String::into_bytes),
        4 => "[ \t\u{e9}\u{1f600}]{1,3}".prop_map(String::into_bytes),
        1 => Just(b"\"q,\n\"".to_vec()),
        1 => Just(b"\"q\"\"\"".to_vec()),
        1 => prop::sample::select(vec![&b"\""[..], b"\0", b"\x1b", b"\xE9", b"\xF0\x9F", b"\r", b"\n", b"x\"", b"'", b"\x7f"])
            .prop_map(<[u8]>::to_vec),
    ];
    let n_fields = prop_oneof![20 => Just(3_usize), 1 => 0..5_usize];
    let end = prop::sample::select(vec![&b"\n"[..], b"\n", b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n"]);
    let line = n_fields.prop_flat_map(move |n| prop::collection::vec(field.clone(), n));
    prop::collection::vec((line, end), 0..60).prop_map(|lines| {
        lines.into_iter().flat_map(|(fields, end)| [fields.join(&b','), end.to_vec()].concat()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn runs_change_no_row_no_reject_no_line_and_no_fault(
        text in lines(),
        cut in 0..4_usize,
        chunk in prop_oneof![1..40_usize, 40..2_000_usize],
        quote in prop::sample::select(vec![Some(b'"'), None, Some(b'\'')]),
        encoding in prop::sample::select(vec!["utf-8", "utf-8", "windows-1252"]),
        has_header in any::<bool>(),
    ) {
        let columns = if has_header { Vec::new() } else { names(&["a", "b", "c"]) };
        let csv = Csv { quote, columns, encoding: encoding.to_owned(), ..comma() };
        let text = [if has_header { &b"a,b,c\n"[..] } else { b"" }, &text[..text.len().saturating_sub(cut)]].concat();
        let expected = read(&text, &csv, chunk, false);
        prop_assert_eq!(read(&text, &csv, chunk, true), expected);
    }
}

#[test]
fn every_border_between_chunks_is_the_same() {
    let text = "a,b,c\n1,\u{e9},3\n\n4,5,6\r\n7,\"8\n\",9\n1,2\n1,\u{1f600},3\r4,5,6\n\"x\",y,z\n1,2,3".as_bytes();
    for chunk in 1..=text.len() {
        assert_eq!(read(text, &comma(), chunk, true), read(text, &comma(), chunk, false), "in chunks of {chunk}");
    }
}

#[test]
fn a_run_ends_before_what_is_not_plain() {
    let run = |text: &str| Run::of(text.as_bytes(), b',', Some(b'"'), LineCounter::new()).text.len();
    assert_eq!(run("a,b\nc,d\n"), 8);
    assert_eq!(run("a,b\nc,\"d\"\n"), 4);
    assert_eq!(run("a,b\nc,d"), 4);
    let long = format!("{}\n", "x".repeat(70));
    assert_eq!(run(&format!("{long}{long}\0\n")), 142);
    assert_eq!(Run::of(b"a\n\xE9\n", b',', None, LineCounter::new()).len(), 2);
}
