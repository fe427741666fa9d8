//! What is done with every record of an extract: read, cleaned, brought into key form, looked up, settled.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use ledgerline::collect::collector::{Case, ColumnMap, From, KeyForm, OnBadValue, OnDuplicate, TableMap};
use ledgerline::collect::key::normalise;
use ledgerline::collect::measured::{self, Numbered};
use ledgerline::collect::read::{BadRecord, Cell, Csv, Format, Request, Row, Sink, read};
use ledgerline::table::Type;
use ledgerline::tables::ACCOUNTS;

const ROWS: usize = 20_000;

const HEADER: [&str; 5] = ["login", "name", "mail", "enabled", "created"];

/// Takes every row and keeps none.
struct Nowhere;

impl Sink for Nowhere {
    fn row(&mut self, row: &Row<'_>) {
        black_box(row.cells);
    }

    fn bad(&mut self, record: BadRecord) {
        black_box(record);
    }
}

/// Accounts as an extract has them, some with letters beyond ASCII.
fn accounts() -> Vec<[String; 5]> {
    let account = |n: usize| {
        // Scattered, as extracts are.
        let n = n * 7_919 % ROWS;
        let name = if n.is_multiple_of(4) { format!("Zoé Lindström {n}") } else { format!("Ann Miller {n}") };
        let day = format!("20{:02}-{:02}-{:02}", n % 25, n % 12 + 1, n % 28 + 1);
        let enabled = if n.is_multiple_of(9) { "no" } else { "yes" };
        [format!("user{n:06}"), name, format!("user{n}@corp.example"), enabled.to_owned(), day]
    };
    (0..ROWS).map(account).collect()
}

fn lines(is_quoted: bool) -> String {
    let mut text = HEADER.join(",") + "\n";
    for account in accounts() {
        let line = if is_quoted { format!("\"{}\"", account.join("\",\"")) } else { account.join(",") };
        writeln!(text, "{line}").expect("a string takes all");
    }
    text
}

pub(crate) fn reader(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let csv =
        Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() };
    let (format, columns) = (Format::Csv(csv), HEADER.map(str::to_owned));
    let mut group = criterion.benchmark_group("reader");
    for (name, is_quoted) in [("csv", false), ("csv all quoted", true)] {
        let (path, text) = (folder.path().join(name), lines(is_quoted));
        std::fs::write(&path, &text).expect("written");
        let request = Request { format: &format, columns: &columns, explode: None };
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| read(&path, &request, &mut Nowhere).expect("the text is sound").records);
        });
    }
}

fn column(name: &str, from: &str, kind: Type, case: Case) -> ColumnMap {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    ColumnMap {
        name: name.to_owned(),
        kind,
        from: From::Column(from.to_owned()),
        trim: true,
        case,
        formats: words(&["%Y-%m-%d"]),
        null: Vec::new(),
        is_true: words(&["true", "1", "y", "yes"]),
        is_false: words(&["false", "0", "n", "no"]),
        default: None,
        required: false,
        pattern: None,
        one_of: Vec::new(),
        on_bad_value: OnBadValue::Null,
        is_volatile: false,
        is_matched: false,
    }
}

fn columns() -> [ColumnMap; 5] {
    [
        column("identifier", "login", Type::Text, Case::Keep),
        column("display_name", "name", Type::Text, Case::Keep),
        column("email", "mail", Type::Text, Case::Lower),
        column("is_enabled", "enabled", Type::Boolean, Case::Keep),
        column("created_on", "created", Type::Date, Case::Keep),
    ]
}

pub(crate) fn clean(criterion: &mut Criterion) {
    let accounts = accounts();
    let mut group = criterion.benchmark_group("clean");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (at, map) in columns().iter().enumerate() {
        let texts: Vec<&str> = accounts.iter().map(|account| account[at].as_str()).collect();
        group.bench_function(&map.name, |bencher| bencher.iter(|| measured::clean(map, &texts)));
    }
    let texts: Vec<&str> = accounts.iter().map(|account| account[0].as_str()).collect();
    let form = KeyForm { case: Case::Lower, ..KeyForm::default() };
    group.bench_function("key form", |bencher| bencher.iter(|| measured::key_forms(form, &texts)));
}

pub(crate) fn match_forms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalise");
    for (name, text) in
        [("ascii", "Ann O'Miller-Hart"), ("accents", "Zoé Lindström-Dvořák"), ("greek", "Ζωή Σωκράτους")]
    {
        group.bench_function(name, |bencher| bencher.iter(|| normalise(black_box(text))));
    }
}

pub(crate) fn object_intake(criterion: &mut Criterion) {
    let (accounts, asked) = (accounts(), HEADER.map(str::to_owned));
    let cells: Vec<Vec<Cell<'_>>> =
        accounts.iter().map(|account| account.iter().map(|text| Cell::Text(text)).collect()).collect();
    let repository =
        ColumnMap { from: From::Value("AD".to_owned()), ..column("repository", "", Type::Text, Case::Keep) };
    let columns = std::iter::once(repository).chain(columns()).collect();
    let map = TableMap { table: &ACCOUNTS, columns, keep: None, on_duplicate: OnDuplicate::First };
    let mut group = criterion.benchmark_group("object intake");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("accounts", |bencher| bencher.iter(|| measured::objects(&map, &asked, &cells)));
}

/// Keys become uids; one in nine is unknown.
pub(crate) fn resolve(criterion: &mut Criterion) {
    let logins: Vec<String> = (0..ROWS).map(|n| format!("USER{:06}", n * 7_919 % ROWS)).collect();
    let known: Vec<String> = (0..ROWS).filter(|n| !n.is_multiple_of(9)).map(|n| format!("user{n:06}")).collect();
    let keys = Numbered::new(known.iter().map(String::as_str));
    let form = KeyForm { case: Case::Lower, ..KeyForm::default() };
    let mut group = criterion.benchmark_group("resolve");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, repository) in [("in one repository", Some("AD")), ("in all repositories", None)] {
        let texts: Vec<&str> = logins.iter().map(String::as_str).collect();
        group.bench_function(name, |bencher| bencher.iter(|| keys.resolve(form, &texts, repository)));
    }
}
