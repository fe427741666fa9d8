//! Queries that an engine may answer quickly, and must answer rightly.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use jiff::Timestamp;

use super::{DataFusionEngine, Engine, EngineSettings, cells};
use crate::ledger::{Beginning, Deed, Ledger, Timeslot, arrow_schema};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// Tables of a single column `uid`, in parts on disk.
fn tables(folder: &std::path::Path, given: &[(&str, Vec<i64>)]) -> TableSet {
    let ledger = Ledger::open_or_create(folder, Timestamp::UNIX_EPOCH).expect("a ledger");
    let deed = Deed { at: Timestamp::UNIX_EPOCH, by: "a test".to_owned(), account: None, run: None };
    let beginning = Beginning {
        as_of: jiff::civil::date(2026, 11, 21),
        plan: "test".to_owned(),
        configuration: String::new(),
        engine: String::new(),
        planned: Vec::new(),
    };
    let writer = ledger.lock("a test").expect("the lock").0;
    let mut sandbox = writer.begin(&deed, beginning).expect("a sandbox");
    let columns = vec![Field::new("uid", Type::Integer)];
    for (name, uids) in given {
        let column: ArrayRef = Arc::new(Int64Array::from(uids.clone()));
        let mut part = sandbox.create_part(name, "test", "0123456789abcdef", &columns).expect("a part");
        part.write(RecordBatch::try_new(arrow_schema(&columns), vec![column]).expect("one column")).expect("rows");
        let part = part.finish().expect("a part");
        sandbox.put(name, columns.clone(), vec![part]);
    }
    sandbox.commit().expect("committed");
    TableSet::of(&Timeslot { folder: sandbox.folder().to_owned(), manifest: sandbox.manifest().clone() }, None)
}

#[test]
fn a_filter_on_one_side_of_a_join_never_reaches_the_other_side() {
    let folder = tempfile::tempdir().expect("a folder");
    // The second table is the smaller one, so that the join is turned round.
    let tables = tables(folder.path(), &[("people", (10..400).collect()), ("badges", (1..200).collect())]);
    let spill = folder.path().join("spill");
    let engine = DataFusionEngine::new(&EngineSettings { threads: 2, memory: 1 << 28, spill }).expect("an engine");
    let count = |query: &str| {
        let query = format!("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM ({query}) AS q");
        let rows = cells(&engine.rows(&query, &tables).expect("an answer")).expect("cells");
        rows[0][0].clone().unwrap_or_default()
    };
    let lost = "WHERE p.uid IS NULL";
    assert_eq!(count(&format!("SELECT b.uid FROM people p RIGHT JOIN badges b ON b.uid = p.uid {lost}")), "9");
    assert_eq!(count(&format!("SELECT b.uid FROM badges b LEFT JOIN people p ON b.uid = p.uid {lost}")), "9");
    let moved =
        "SELECT CASE WHEN b.uid IS NULL THEN 'new' WHEN p.uid IS NULL THEN 'deleted' ELSE 'same' END AS movement
                 FROM people p FULL JOIN badges b ON b.uid = p.uid";
    assert_eq!(count(&format!("SELECT 1 AS one FROM ({moved}) AS m WHERE m.movement = 'deleted'")), "9");
    assert_eq!(count(&format!("SELECT 1 AS one FROM ({moved}) AS m WHERE m.movement = 'new'")), "200");
}

#[test]
fn a_union_of_parts_that_are_each_the_same_in_a_column_is_sorted_by_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = tables(folder.path(), &[("people", vec![3, 1]), ("badges", vec![2])]);
    let spill = folder.path().join("spill");
    let engine = DataFusionEngine::new(&EngineSettings { threads: 2, memory: 1 << 28, spill }).expect("an engine");
    let of = |kind: &str, from: &str| format!("SELECT '{kind}' AS kind, uid FROM {from}");
    let inner = format!("{} UNION ALL {}", of("p", "people"), of("b", "badges"));
    let query = format!("SELECT kind, uid FROM ({inner}) AS u UNION ALL {}", of("c", "people"));
    let columns = [Field::new("kind", Type::Text), Field::new("uid", Type::Integer)];
    let mut rows = Vec::new();
    let taken = engine.run(&query, &tables, &columns, 2, &mut |batch| {
        rows.extend(cells(&[batch])?.into_iter().map(|row| row.into_iter().flatten().collect::<String>()));
        Ok(())
    });
    taken.expect("an answer");
    assert_eq!(rows, ["b2", "c1", "c3", "p1", "p3"]);
}

/// Rows of a query, of columns (uid, text), or why there are none.
fn answer(engine: &dyn Engine, query: &str, tables: &TableSet) -> Result<Vec<Vec<Option<String>>>, super::EngineError> {
    let columns = [Field::new("uid", Type::Integer), Field::new("name", Type::Text)];
    let mut rows = Vec::new();
    engine.run(query, tables, &columns, 2, &mut |batch| {
        rows.extend(cells(&[batch])?);
        Ok(())
    })?;
    Ok(rows)
}

#[test]
fn a_query_that_runs_out_of_memory_says_how_much_is_allowed_and_can_be_run_with_less() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = tables(folder.path(), &[("people", (0..40_000).collect()), ("badges", (100..40_100).collect())]);
    let engine = |memory: usize| {
        let spill = folder.path().join("spill");
        DataFusionEngine::new(&EngineSettings { threads: 2, memory, spill }).expect("an engine")
    };
    // Joins, a group and a sort, of texts long enough to be felt.
    let query = "SELECT u.uid, MAX(u.name) AS name FROM (
                   SELECT p.uid, CAST(p.uid AS VARCHAR) || REPEAT('x', 90) AS name FROM people p JOIN badges b ON b.uid = p.uid
                   UNION ALL
                   SELECT p.uid, 'none' AS name FROM people p LEFT JOIN badges b ON b.uid = p.uid WHERE b.uid IS NULL
                 ) AS u GROUP BY u.uid";
    let wanted = answer(&engine(1 << 28), query, &tables).expect("enough memory");
    assert_eq!(wanted.len(), 40_000);
    let small = engine(2_000_000);
    let error = answer(&small, query, &tables).expect_err("too little memory");
    assert!(error.lacks_memory, "{error}");
    assert!(error.message.contains("2 MB that `memory` below `[engine]`"), "{error}");
    assert!(!error.message.contains("datafusion"), "{error}");
    assert_eq!(answer(small.frugal(), query, &tables).expect("it spills"), wanted);
    assert_eq!(small.rows(&format!("SELECT COUNT(*) AS n FROM ({query}) AS q"), &tables).expect("it spills").len(), 1);
}

#[test]
fn an_engine_that_leads_to_rows_answers_as_one_that_reads_them_all() {
    let folder = tempfile::tempdir().expect("a folder");
    // Several pages each; one table is sorted by its column and one is not, and both have values twice.
    let people: Vec<i64> = (0..60_000).map(|row| row / 2).collect();
    let badges: Vec<i64> = (0..50_000).map(|row| row * 7_919 % 20_011).collect();
    let tables = tables(folder.path(), &[("people", people), ("badges", badges)]);
    let settings = |name: &str| EngineSettings { threads: 2, memory: 1 << 28, spill: folder.path().join(name) };
    let usual = DataFusionEngine::new(&settings("usual")).expect("an engine");
    let leading = DataFusionEngine::for_questions(&settings("leading")).expect("an engine");
    let (one, some) = ("p.uid = 12345", "p.uid IN (3, 29999, 17000, 80000)");
    let many = format!("p.uid IN ({})", (0..40).map(|at| (at * 311).to_string()).collect::<Vec<_>>().join(", "));
    for filter in [one, some, &many, "12345 = p.uid", "p.uid = 70000", "p.uid IN (NULL)", "p.uid NOT IN (3)"] {
        for from in [
            "people p",
            "badges p",
            "people p JOIN badges b ON b.uid = p.uid",
            "people p LEFT JOIN badges b ON b.uid = p.uid AND b.uid = 17000",
            "badges b RIGHT JOIN people p ON b.uid = p.uid",
            "people p LEFT JOIN badges b ON b.uid = p.uid + 1",
        ] {
            let query = format!(
                "SELECT COUNT(*) AS n, CAST(SUM(p.uid) AS BIGINT) AS s, MIN(p.uid) AS a FROM {from} WHERE {filter}"
            );
            let told =
                |engine: &DataFusionEngine| cells(&engine.rows(&query, &tables).expect("an answer")).expect("cells");
            assert_eq!(told(&leading), told(&usual), "{query}");
        }
    }
    let lost =
        "SELECT COUNT(*) AS n FROM badges b LEFT JOIN people p ON b.uid = p.uid WHERE p.uid IS NULL OR p.uid = 5";
    let told = |engine: &DataFusionEngine| cells(&engine.rows(lost, &tables).expect("an answer")).expect("cells");
    assert_eq!(told(&leading), told(&usual));
}
