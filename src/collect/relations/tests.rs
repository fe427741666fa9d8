//! The short way and the long way through the rows of relations.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use proptest::prelude::*;

use super::*;
use crate::collect::collector::{Case, ColumnMap, From, KeyForm, OnBadValue, OnDuplicate};
use crate::collect::read::Cell;
use crate::settings::activate::{OnMissing, References};
use crate::table::{Kind, Table, Type};
use crate::tables::{MEMBERSHIPS, RIGHTS};

fn column(name: &str, kind: Type, from: From) -> ColumnMap {
    ColumnMap {
        name: name.to_owned(),
        kind,
        from,
        trim: true,
        case: Case::Keep,
        formats: vec!["%Y-%m-%d".to_owned()],
        null: Vec::new(),
        is_true: Vec::new(),
        is_false: Vec::new(),
        default: None,
        required: false,
        pattern: None,
        one_of: Vec::new(),
        on_bad_value: OnBadValue::Null,
        is_volatile: false,
        is_matched: false,
    }
}

fn of_source(name: &str, kind: Type) -> ColumnMap {
    column(name, kind, From::Column(name.to_owned()))
}

fn map(table: &'static Table, columns: Vec<ColumnMap>) -> TableMap {
    TableMap { table, columns, keep: None, on_duplicate: OnDuplicate::Reject }
}

/// Two repositories with the same names in them, in lower case.
fn registry() -> Registry {
    let mut registry = Registry::default();
    let keys = |namespaces: &[&str], keys: &[&str]| -> BTreeSet<(String, String)> {
        let pairs = namespaces.iter().flat_map(|space| keys.iter().map(|key| ((*space).to_owned(), (*key).to_owned())));
        pairs.collect()
    };
    registry.number(Kind::Account, &keys(&["ad", "erp"], &["ann", "bob"]));
    registry.number(Kind::Group, &keys(&["ad", "erp"], &["g1", "bob"]));
    registry.number(Kind::Permission, &keys(&["crm"], &["p1", "p2"]));
    registry.number(Kind::Permission, &keys(&["erp"], &["p2", "p3"]));
    registry
}

/// Everything that came of rows.
type Outcome = (Vec<RecordBatch>, RecordBatch, BTreeSet<Reject>, crate::collect::source::TableCounts, u64, Vec<String>);

/// What the rows come to, by the short way so many at a time, or all by the long way.
fn outcome(map: &TableMap, rows: &[Vec<String>], short: Option<usize>) -> Outcome {
    let lower = KeyForm { case: Case::Lower, ..KeyForm::default() };
    let kinds: BTreeMap<Kind, KeyForm> = Kind::ALL.into_iter().map(|kind| (kind, lower)).collect();
    let (forms, registry) = (KeyForms { kinds, ..KeyForms::default() }, registry());
    let missing = [(("memberships".to_owned(), "group".to_owned()), OnMissing::Stub)];
    let references = References(
        missing.into_iter().chain([(("rights".to_owned(), "account".to_owned()), OnMissing::Reject)]).collect(),
    );
    let asked: Vec<String> = map.columns.iter().map(|column| column.name.clone()).collect();
    let file = Found { path: "rows.csv".into(), captures: [("region".to_owned(), "north".to_owned())].into() };
    let ends = Ends::new(map, &references);
    let mut intake = RelationIntake::new(map, "rows", &asked, ends, &forms, &registry).expect("no filter");
    assert!(intake.short.is_some());
    intake.short = intake.short.filter(|_| short.is_some());
    let lines: Vec<u64> = (1..).zip(rows).map(|(line, _)| line).collect();
    for (lines, texts) in lines.chunks(short.unwrap_or(1)).zip(rows.chunks(short.unwrap_or(1))) {
        let cell = |text| if text == "-" { Cell::Absent } else { Cell::Text(text) };
        let cells: Vec<Cell<'_>> = texts.iter().flatten().map(|text| cell(text.as_str())).collect();
        let rows = Rows { lines, cells: &cells, n_cells: map.columns.len(), raw: &|at| texts[at].join(",") };
        intake.rows(&rows, &file, |at| i64::try_from(lines[at]).expect("few")).expect("no filter");
    }
    let rows = intake.finish(&|position| (String::new(), position)).expect("no filter");
    let wanted = rows.wanted.iter().map(|wanted| format!("{wanted:?}")).collect();
    let rejects = rows.rejects.into_iter().collect();
    (rows.rows.batches().collect(), rows.unresolved, rejects, rows.counts, rows.keyless, wanted)
}

fn rows(columns: usize) -> impl Strategy<Value = Vec<Vec<String>>> {
    let long = "x".repeat(50);
    let texts = ["ad", "ERP", " ad", "ann", "Bob", "bob", "g1", "p1", "p2", "P3", "", "-", "2026-01-02", "n/a", &long];
    let texts = prop::sample::select(texts.map(str::to_owned).to_vec());
    // Rows that come again, as the rows of an extract do.
    let row = prop::collection::vec(texts, columns);
    prop::collection::vec(row, 1..6).prop_flat_map(|rows| prop::collection::vec(prop::sample::select(rows), 0..30))
}

proptest! {
    #[test]
    fn the_short_way_and_the_long_way_lead_to_the_same(rows in rows(4), namespace in any::<bool>(), together in 1..9_usize) {
        let mut members = vec![of_source("repository", Type::Text), of_source("group", Type::Text)];
        members.extend([of_source("member", Type::Text), of_source("role", Type::Text)]);
        let mut rights = vec![of_source("repository", Type::Text), of_source("account", Type::Text)];
        rights.extend([of_source("permission", Type::Text), of_source("granted_on", Type::Date)]);
        if namespace {
            members[0] = column("repository", Type::Text, From::Value("AD".to_owned()));
            rights[3].required = true;
            rights[1].one_of = ["ann", "bob", ""].map(str::to_owned).to_vec();
        }
        for mut map in [map(&MEMBERSHIPS, members), map(&RIGHTS, rights)] {
            for rule in [OnDuplicate::Reject, OnDuplicate::First, OnDuplicate::Min("granted_on".to_owned())] {
                map.on_duplicate = rule;
                prop_assert_eq!(outcome(&map, &rows, Some(together)), outcome(&map, &rows, None));
            }
        }
    }
}

/// Rows that are sure to go the short way.
#[test]
fn known_keys_are_resolved_whatever_their_spelling() {
    let columns = ["repository", "account", "permission", "granted_on"];
    let kinds = [Type::Text, Type::Text, Type::Text, Type::Date];
    let columns = columns.iter().zip(kinds).map(|(name, kind)| of_source(name, kind)).collect();
    let map = map(&RIGHTS, columns);
    let rows = [["AD", "ANN", "p1", "2026-01-02"], ["ad", "ann", "P1", "2026-01-02"], ["erp", "bob", "p3", ""]];
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let short = outcome(&map, &rows, Some(2));
    assert_eq!(short, outcome(&map, &rows, None));
    let counts = short.3;
    assert_eq!((counts.read, counts.kept, counts.duplicate, counts.rejected), (3, 2, 1, 0));
}
