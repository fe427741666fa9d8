//! A sink that remembers, and what holds for every format.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::output::text;
use super::{BadRecord, Csv, Fault, Format, Notice, Request, Row, Sink, read};

/// What a reader handed over.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Seen {
    /// The line of each row.
    pub(super) lines: Vec<u64>,
    /// Cells as text, typed days in ISO form.
    pub(super) rows: Vec<Vec<Option<String>>>,
    /// Cells with their kind.
    pub(super) kinds: Vec<String>,
    pub(super) raws: Vec<String>,
    pub(super) bad: Vec<BadRecord>,
}

impl Sink for Seen {
    fn row(&mut self, row: &Row<'_>) {
        self.lines.push(row.line);
        self.rows.push(row.cells.iter().map(|&cell| text(cell).map(std::borrow::Cow::into_owned)).collect());
        self.kinds.push(row.cells.iter().map(|cell| format!("{cell:?}")).collect::<Vec<_>>().join(" "));
        self.raws.push((row.raw)());
    }

    fn bad(&mut self, record: BadRecord) {
        self.bad.push(record);
    }
}

impl Seen {
    /// Every row as `line: a,b,c`, absent cells as `-`.
    pub(super) fn told(&self) -> Vec<String> {
        let row = |row: &Vec<Option<String>>| {
            row.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect::<Vec<_>>().join(",")
        };
        self.lines.iter().zip(&self.rows).map(|(line, cells)| format!("{line}: {}", row(cells))).collect()
    }

    /// Every bad record as `line: column: reason`, `-` where it lies in no column.
    pub(super) fn told_bad(&self) -> Vec<String> {
        let told = |bad: &BadRecord| format!("{}: {}: {}", bad.line, bad.column.as_deref().unwrap_or("-"), bad.reason);
        self.bad.iter().map(told).collect()
    }
}

/// Column names as a request has them.
pub(super) fn names(wanted: &[&str]) -> Vec<String> {
    wanted.iter().map(|&name| name.to_owned()).collect()
}

/// Settings most files have.
pub(super) fn comma() -> Csv {
    Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() }
}

fn read_file(path: &Path, format: &Format, columns: &[String]) -> (Seen, Result<Notice, Fault>) {
    let mut seen = Seen::default();
    let notice = read(path, &Request { format, columns, explode: None }, &mut seen);
    (seen, notice)
}

fn all_formats() -> Vec<Format> {
    vec![
        Format::Csv(comma()),
        Format::Csv(Csv { delimiter: b'\t', quote: None, encoding: "utf-16le".to_owned(), skip_lines: 1, ..comma() }),
        Format::Csv(Csv { encoding: "shift_jis".to_owned(), columns: names(&["a", "b"]), ..comma() }),
        Format::Json { records: Vec::new() },
        Format::Json { records: names(&["a"]) },
        Format::JsonLines,
        Format::Parquet,
        Format::Xlsx { sheet: None },
        Format::Ldif,
    ]
}

#[test]
fn to_explode_a_column_that_nobody_wants_is_a_fault() {
    let columns = names(&["a"]);
    let request = Request { format: &Format::JsonLines, columns: &columns, explode: Some("b") };
    let fault = read(Path::new("never opened"), &request, &mut Seen::default()).expect_err("b");
    assert_eq!(fault.message, "the column to explode, `b`, is not among the wanted ones");
}

#[test]
fn an_empty_file_is_a_fault_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("empty");
    std::fs::write(&path, b"").expect("written");
    for format in all_formats() {
        let (_, notice) = read_file(&path, &format, &names(&["a"]));
        let fault = notice.expect_err("empty");
        assert!(fault.message.contains("empty") || fault.message.contains("too short"), "{format:?}: {fault:?}");
    }
}

#[test]
fn the_raw_record_is_cut_at_two_thousand_characters() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.csv");
    std::fs::write(&path, format!("a\n{}\n{},\n", "\u{e9}".repeat(3_000), "\u{e9}".repeat(3_000))).expect("written");
    let (seen, _) = read_file(&path, &Format::Csv(comma()), &names(&["a"]));
    assert_eq!(seen.raws[0].chars().count(), 2_000);
    assert_eq!(seen.bad[0].raw.chars().count(), 2_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic_in_any_reader(
        start in prop::sample::select(vec![
            &b""[..], b"a,b\n", b"\xFF\xFEa\0,\0b\0\n\0", b"[{\"a\":", b"{\"a\":[", b"dn: a\na:: ", b"PAR1", b"PK\x03\x04",
        ]),
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\",:\n\r{}[] ab\0<=".to_vec())], 0..300),
        end in prop::sample::select(vec![&b""[..], b"\x10\0\0\0PAR1", b"}]", b"\"\n"]),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("random");
        std::fs::write(&path, [start, &bytes, end].concat()).expect("written");
        for format in all_formats() {
            let (seen, notice) = read_file(&path, &format, &names(&["a", "b"]));
            if let Ok(notice) = notice {
                prop_assert_eq!(notice.records, (seen.rows.len() + seen.bad.len()) as u64);
            }
        }
    }
}

/// The same real rows in many formats, where this machine has them.
mod samples {
    use super::*;

    const TABLES: [&str; 3] = ["identities", "accounts", "memberships"];

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/formats")
    }

    fn variants(table: &str) -> Vec<(&'static str, Format)> {
        let csv = |csv: Csv| Format::Csv(csv);
        let mut variants = vec![
            ("csv", csv(comma())),
            ("bom.csv", csv(comma())),
            ("crlf.csv", csv(comma())),
            ("quoted.csv", csv(comma())),
            ("semicolon.cp1252.csv", csv(Csv { delimiter: b';', encoding: "windows-1252".to_owned(), ..comma() })),
            ("tab.utf16.tsv", csv(Csv { delimiter: b'\t', ..comma() })),
            ("json", Format::Json { records: Vec::new() }),
            ("escaped.json", Format::Json { records: Vec::new() }),
            ("nested.json", Format::Json { records: names(&["data", "items"]) }),
            ("jsonl", Format::JsonLines),
            ("parquet", Format::Parquet),
            ("xlsx", Format::Xlsx { sheet: Some(table.to_owned()) }),
        ];
        if table == "identities" {
            variants.push(("typed.parquet", Format::Parquet));
            variants.push(("typed.xlsx", Format::Xlsx { sheet: None }));
            variants.push(("ldif", Format::Ldif));
        }
        variants
    }

    /// The columns as the variant names them.
    fn columns(variant: &str, columns: &[String]) -> Vec<String> {
        let attribute = |column: &String| match column.as_str() {
            "employee_id" => "uid",
            "given_name" => "givenName",
            "family_name" => "sn",
            "full_name" => "cn",
            "org_id" => "departmentNumber",
            "job_title" => "title",
            "status" => "employeeType",
            "start_date" => "x-start",
            "end_date" => "x-end",
            other => panic!("no attribute for {other}"),
        };
        if variant == "ldif" {
            columns.iter().map(|column| attribute(column).to_owned()).collect()
        } else {
            columns.to_vec()
        }
    }

    fn key_len(table: &str) -> usize {
        match table {
            "identities" => 1,
            "accounts" => 2,
            _ => 3,
        }
    }

    fn canonical(mut rows: Vec<Vec<String>>, key_len: usize) -> String {
        rows.sort_by(|a, b| a[..key_len].cmp(&b[..key_len]));
        let text = rows.iter().map(|row| row.join("\u{1f}")).collect::<Vec<_>>().join("\n");
        Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes all");
            hex
        })
    }

    fn rows(date: &str, table: &str, variant: &str, format: &Format, wanted: &[String]) -> Vec<Vec<String>> {
        let path = folder().join(date).join(format!("{table}.{variant}"));
        let (seen, notice) = read_file(&path, format, &columns(variant, wanted));
        let notice = notice.unwrap_or_else(|fault| panic!("{}: {fault:?}", path.display()));
        assert_eq!(seen.bad, [], "{}", path.display());
        assert_eq!(notice.records, seen.rows.len() as u64);
        seen.rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
    }

    #[test]
    #[expect(clippy::print_stderr, reason = "a test that has nothing to read must not look like one that passed")]
    fn every_format_of_the_real_files_gives_the_same_rows() {
        let Ok(expected) = std::fs::read_to_string(folder().join("expected.json")) else {
            eprintln!("SKIPPED: {} is not here", folder().display());
            return;
        };
        let expected: serde_json::Value = serde_json::from_str(&expected).expect("JSON");
        for date in ["2022-12-01", "2023-03-01"] {
            for table in TABLES {
                let expected = &expected[date][table];
                let wanted: Vec<String> = expected["columns"]
                    .as_array()
                    .expect("columns")
                    .iter()
                    .map(|column| column.as_str().expect("a name").to_owned())
                    .collect();
                let left_out = expected["rows_left_out_of_the_cp1252_file"].as_array().expect("keys");
                let whole = rows(date, table, "csv", &Format::Csv(comma()), &wanted);
                for (variant, format) in variants(table) {
                    let mut rows = rows(date, table, variant, &format, &wanted);
                    if variant.contains("cp1252") {
                        let is_left_out = |row: &&Vec<String>| {
                            left_out
                                .iter()
                                .any(|key| key.as_array().expect("a key").iter().zip(*row).all(|(a, b)| a == b))
                        };
                        rows.extend(whole.iter().filter(is_left_out).cloned());
                    }
                    assert_eq!(
                        rows.len() as u64,
                        expected["rows"].as_u64().expect("a number"),
                        "{date} {table}.{variant}"
                    );
                    let sum = canonical(rows, key_len(table));
                    assert_eq!(sum, expected["sha256_of_canonical_rows"], "{date} {table}.{variant}");
                }
            }
        }
    }
}
