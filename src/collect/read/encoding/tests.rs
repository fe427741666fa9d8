//! What the reader of encodings takes and what it refuses.

use std::io::Cursor;

use super::*;

fn decoded(bytes: &[u8], label: &str, chunk: usize) -> Result<String, Fault> {
    let mut source = Decoded::open(Cursor::new(bytes), label, chunk)?;
    let mut text = Vec::new();
    while source.fill(&mut text)? {}
    String::from_utf8(text).map_err(|_| source.malformed())
}

fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

const TEXT: &str = "login,name\n\u{e9}a,\u{1f600}\n";

#[test]
fn a_byte_order_mark_wins_over_the_declared_encoding() {
    let utf_8 = [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat();
    let little = utf_16(&format!("\u{feff}{TEXT}"), u16::to_le_bytes);
    let big = utf_16(&format!("\u{feff}{TEXT}"), u16::to_be_bytes);
    for bytes in [utf_8, little, big] {
        for label in ["utf-8", "windows-1252", "utf-16le", "utf-16be"] {
            for chunk in [1, 2, 3, 7, CHUNK] {
                assert_eq!(decoded(&bytes, label, chunk).as_deref(), Ok(TEXT), "{label} in chunks of {chunk}");
            }
        }
    }
}

#[test]
fn legacy_encodings_are_decoded_whatever_the_chunk() {
    let long = "na\u{ef}ve \u{20ac} ".repeat(2_000);
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&long);
    let japanese = "\u{65e5}\u{672c}\u{8a9e}".repeat(2_000);
    let (shifted, ..) = encoding_rs::SHIFT_JIS.encode(&japanese);
    for chunk in [1, 3, 4096, CHUNK] {
        assert_eq!(decoded(&bytes, "windows-1252", chunk).as_ref(), Ok(&long));
        assert_eq!(decoded(&shifted, "shift_jis", chunk).as_ref(), Ok(&japanese));
    }
}

#[test]
fn utf_16_without_a_mark_is_a_fault_that_names_it() {
    for (bytes, likely) in [
        (utf_16("login,name\na,b\n", u16::to_le_bytes), "utf-16le"),
        (utf_16("login,name", u16::to_be_bytes), "utf-16be"),
    ] {
        let fault = decoded(&bytes, "utf-8", CHUNK).expect_err("UTF-16");
        assert!(fault.hint.as_ref().is_some_and(|hint| hint.contains(likely)), "{fault:?}");
        assert_eq!(decoded(&bytes, likely, 3).map(|text| text.len()), Ok(bytes.len() / 2));
    }
}

#[test]
fn a_zero_byte_here_and_there_is_not_utf_16() {
    assert_eq!(decoded(b"login\na\0b\0\nc\n", "utf-8", CHUNK).as_deref(), Ok("login\na\0b\0\nc\n"));
}

#[test]
fn windows_1252_read_as_utf_8_is_a_fault_with_line_offset_and_hint() {
    for chunk in [1, 5, CHUNK] {
        let fault = decoded(b"id,name\r\n1,Ren\xE9\n2,Zo\xEB\n", "utf-8", chunk).expect_err("windows-1252");
        assert_eq!(fault.message, "bytes that are not UTF-8: line 2 (byte offset 14), line 3 (byte offset 20)");
        assert_eq!(fault.line, Some(2));
        assert!(fault.hint.is_some_and(|hint| hint.contains("windows-1252")));
    }
}

#[test]
fn only_the_first_twenty_positions_are_named() {
    let fault = decoded(&b"\xE9\n".repeat(21), "utf-8", CHUNK).expect_err("windows-1252");
    assert_eq!(fault.message.matches("byte offset").count(), 20);
    assert!(fault.message.ends_with("line 20 (byte offset 38), and more"), "{}", fault.message);
}

#[test]
fn a_character_cut_at_the_end_is_a_fault_that_says_so() {
    let fault = decoded(&"\u{e9}\u{e9}\u{e9}".as_bytes()[..5], "utf-8", 2).expect_err("cut");
    assert_eq!(fault.message, "bytes that are not UTF-8: line 1 (byte offset 4)");
    assert!(fault.hint.is_some_and(|hint| hint.contains("cut short")));
}

#[test]
fn an_odd_byte_at_the_end_of_utf_16_is_a_fault() {
    let bytes = [utf_16("\u{feff}a\n", u16::to_le_bytes), vec![b'b']].concat();
    let fault = decoded(&bytes, "utf-8", CHUNK).expect_err("odd");
    assert_eq!(fault.message, "bytes that are not UTF-16LE: line 2 (byte offset 6)");
}

#[test]
fn a_file_of_no_bytes_or_only_a_mark_is_empty() {
    for bytes in [&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE"] {
        assert_eq!(decoded(bytes, "utf-8", CHUNK).expect_err("empty").message, "the file is empty");
    }
}

#[test]
fn an_unknown_label_is_a_fault() {
    assert!(decoded(b"a", "latin-9000", CHUNK).expect_err("unknown").message.contains("`latin-9000`"));
}
