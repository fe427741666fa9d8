//! What the reader of XLSX takes and what it refuses.

use std::fmt::Write as _;
use std::io::Cursor;

use super::*;
use crate::collect::read::Format;
use crate::collect::read::tests::{Seen, names};

/// A stored member of a ZIP archive needs no more than its length and its sum.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

fn zipped(members: &[(&str, String)]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let size = u32::try_from(text.len()).expect("small").to_le_bytes();
        let name_len = u16::try_from(name.len()).expect("small").to_le_bytes();
        let offset = u32::try_from(zip.len()).expect("small").to_le_bytes();
        let common = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &crc32(text.as_bytes()).to_le_bytes(),
            &size,
            &size,
            &name_len,
            &[0, 0],
        ]
        .concat();
        directory.extend([b"PK\x01\x02\x14\0", common.as_slice(), &[0; 10], &offset, name.as_bytes()].concat());
        zip.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), text.as_bytes()].concat());
    }
    let count = u16::try_from(members.len()).expect("few").to_le_bytes();
    let (size, offset) = (u32::try_from(directory.len()).expect("small"), u32::try_from(zip.len()).expect("small"));
    zip.extend(&directory);
    zip.extend(
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size.to_le_bytes(), &offset.to_le_bytes(), &[0, 0]].concat(),
    );
    zip
}

/// A workbook of sheets given as rows of cells as the format has them. Style 1 is a day, 2 an instant, 3 a time.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let xmlns = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut list, mut links, mut members) = (String::new(), String::new(), Vec::new());
    let paths: Vec<String> = (0..sheets.len()).map(|at| format!("xl/worksheets/sheet{at}.xml")).collect();
    for (at, (name, rows)) in sheets.iter().enumerate() {
        write!(list, "<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"r{at}\"/>", at + 1).expect("a string takes all");
        write!(
            links,
            "<Relationship Id=\"r{at}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"
        )
        .expect("a string takes all");
        members.push((paths[at].as_str(), format!("<worksheet {xmlns}><sheetData>{rows}</sheetData></worksheet>")));
    }
    let workbook = format!("<workbook {xmlns} xmlns:r=\"{relations}\"><sheets>{list}</sheets></workbook>");
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let related = |links: &str| format!("<Relationships xmlns=\"{package}\">{links}</Relationships>");
    let root = format!("<Relationship Id=\"w\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/>");
    members.extend([("_rels/.rels", related(&root)), ("xl/_rels/workbook.xml.rels", related(&links))]);
    let styles = format!(
        "<styleSheet {xmlns}><cellXfs count=\"4\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"21\"/></cellXfs></styleSheet>"
    );
    members.extend([("xl/workbook.xml", workbook), ("xl/styles.xml", styles)]);
    zipped(&members)
}

/// A row of cells, each `kind:value`: `s` text, `n` number, `d` day, `i` instant, `t` time, `b` boolean, `e` error.
fn row(number: u32, cells: &[&str]) -> String {
    let cell = |cell: &&str| {
        let (kind, value) = cell.split_once(':').unwrap_or(("", ""));
        match kind {
            "s" => format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{value}</t></is></c>"),
            "n" => format!("<c><v>{value}</v></c>"),
            "d" => format!("<c s=\"1\"><v>{value}</v></c>"),
            "i" => format!("<c s=\"2\"><v>{value}</v></c>"),
            "t" => format!("<c s=\"3\"><v>{value}</v></c>"),
            "" => "<c/>".to_owned(),
            kind => format!("<c t=\"{kind}\"><v>{value}</v></c>"),
        }
    };
    format!("<row r=\"{number}\">{}</row>", cells.iter().map(cell).collect::<String>())
}

fn seen(bytes: &[u8], sheet: Option<&str>, wanted: &[&str]) -> (Seen, Result<Notice, Fault>) {
    let columns = names(wanted);
    let format = Format::Xlsx { sheet: None };
    let request = Request { format: &format, columns: &columns, explode: None };
    let mut seen = Seen::default();
    let notice = read_sheet(Cursor::new(bytes), sheet, &request, &mut seen);
    (seen, notice)
}

fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    let rows: String = (1..).zip(rows).map(|(number, cells)| row(number, cells)).collect();
    workbook(&[("Sheet1", &rows)])
}

#[test]
fn typed_cells_arrive_as_they_are_stored() {
    let bytes = sheet(&[
        &["s:a", "s:b", "s:c", "s:d"],
        &["n:42", "n:1.50", "b:1", "s: x "],
        &["d:45000", "i:45000.5", "t:0.75", ""],
        &["n:123456789012", "n:1E+20", "b:0", "d:61"],
    ]);
    let (seen, notice) = seen(&bytes, None, &["a", "b", "c", "d"]);
    assert_eq!(seen.bad, []);
    assert_eq!(
        seen.kinds,
        [
            r#"Text("42") Text("1.5") Text("true") Text(" x ")"#,
            r#"Day(19431) Instant(1678881600000000) Text("18:00:00") Absent"#,
            r#"Text("123456789012") Text("100000000000000000000") Text("false") Day(-25508)"#,
        ]
    );
    assert_eq!(notice.map(|notice| (notice.records, notice.header)), Ok((3, names(&["a", "b", "c", "d"]))));
}

#[test]
fn wholly_blank_rows_are_no_records_and_row_numbers_stay_right() {
    let bytes = sheet(&[&[], &["s:a", "s:b"], &["", "s: "], &["n:1", ""], &[], &["", "n:2"]]);
    let (seen, notice) = seen(&bytes, None, &["b", "a"]);
    assert_eq!(seen.told(), ["4: -,1", "6: 2,-"]);
    assert_eq!(notice.map(|notice| notice.records), Ok(2));
}

#[test]
fn an_error_in_a_wanted_cell_costs_one_record() {
    let bytes = sheet(&[&["s:a", "s:b"], &["e:#N/A", "n:1"], &["n:2", "e:#REF!"]]);
    let (seen, _) = seen(&bytes, None, &["a"]);
    assert_eq!(seen.told(), ["3: 2"]);
    assert_eq!(seen.told_bad(), ["2: a: the cell holds the error #N/A"]);
    assert_eq!(seen.bad[0].raw, r#"{"a":"the cell holds the error #N/A","b":"1"}"#);
}

#[test]
fn a_day_that_never_was_costs_one_record() {
    let bytes = sheet(&[&["s:a"], &["d:60"], &["d:-1"], &["d:2958466"]]);
    let (seen, _) = seen(&bytes, None, &["a"]);
    assert_eq!(seen.told_bad()[0], "2: a: 1900-02-29 is no day");
    assert_eq!(seen.bad.len(), 3);
}

#[test]
fn a_sheet_is_found_by_name_or_is_the_first() {
    let rows = |value: &str| [row(1, &["s:a"]), row(2, &[value])].concat();
    let bytes = workbook(&[("One", &rows("n:1")), ("Two", &rows("n:2"))]);
    assert_eq!(seen(&bytes, None, &["a"]).0.told(), ["2: 1"]);
    assert_eq!(seen(&bytes, Some("Two"), &["a"]).0.told(), ["2: 2"]);
    let fault = seen(&bytes, Some("Three"), &["a"]).1.expect_err("no such sheet");
    assert_eq!(fault.message, "the workbook has no sheet `Three`");
    assert_eq!(fault.hint.as_deref(), Some("it has `One`, `Two`"));
}

#[test]
fn the_header_is_judged_as_in_separated_text() {
    let fault = |cells: &[&str], wanted| seen(&sheet(&[cells]), None, &[wanted]).1.expect_err("a fault").message;
    assert_eq!(fault(&["s:a", "s:a"], "a"), "the header has the column `a` twice");
    assert_eq!(fault(&["s:a", "", "n:1"], "b"), "the column `b` is missing in the header");
    assert_eq!(seen(&sheet(&[]), None, &["a"]).1.expect_err("empty").message, "the sheet `Sheet1` is empty");
}

#[test]
fn what_is_no_workbook_is_a_fault() {
    let fault = |bytes: &[u8]| seen(bytes, None, &["a"]).1.expect_err("a fault").message;
    assert_eq!(fault(b"a,b\n1,2\n"), "the file is not XLSX");
    assert_eq!(fault(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "the file is an old or an encrypted workbook, not XLSX");
    let whole = sheet(&[&["s:a"], &["n:1"]]);
    assert!(fault(&whole[..whole.len() / 2]).starts_with("the workbook cannot be read: "));
}

#[test]
fn a_sheet_cut_inside_is_a_fault() {
    let bytes = workbook(&[("Sheet1", "<row r=\"1\"><c><v>1</v>")]);
    assert!(seen(&bytes, None, &["1"]).1.is_err());
}
