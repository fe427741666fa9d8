//! `views.sql`: the ledger as a reader's own engine sees it. Tables of the current timeslot, tables over all visible
//! timeslots, and readable ones with keys and names in the place of uids.
//!
//! Paths are relative to the ledger's folder: `cd ledger && duckdb -init views.sql`. Spark's way to name files is
//! another, so it has a file of its own with the same views.

use std::collections::BTreeSet;
use std::fs;

use super::durable::replace;
use super::{Act, Ledger, LedgerError, Log, Manifest, Standings, State};
use crate::ids::TimeslotId;
use crate::sql;
use crate::table::{Kind, Role, Sort, Table, Type};
use crate::tables;

/// The views for DuckDB.
pub(super) const DUCKDB: &str = "views.sql";

/// The views for Spark.
pub(super) const SPARK: &str = "views_spark.sql";

/// Derived tables whose uids are worth a name, and the kind of object in each column.
const OF_KINDS: &[(&str, &[(&str, Kind)])] = &[
    ("ownership", &[("account_uid", Kind::Account), ("identity_uid", Kind::Identity)]),
    ("effective_rights", &[("identity_uid", Kind::Identity), ("permission_uid", Kind::Permission)]),
];

/// Who reads the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    DuckDb,
    Spark,
}

/// Writes the views anew where the log has gone on since, as after a commit, or after a crash behind one. A reader sees
/// the old file or the new one.
pub(super) fn write(ledger: &Ledger, log: &Log, standings: &Standings) -> Result<(), LedgerError> {
    let changes =
        |act: &Act| matches!(act, Act::Confirm { .. } | Act::Hide { .. } | Act::Show { .. } | Act::Purge { .. });
    let Some(last) = log.entries().iter().rev().find(|entry| changes(&entry.act)) else { return Ok(()) };
    let opening = format!("-- Views over this ledger as log entry {} left it.\n", last.number);
    let is_fresh =
        |file: &&str| fs::read_to_string(ledger.root().join(file)).is_ok_and(|text| text.starts_with(&opening));
    if [DUCKDB, SPARK].iter().all(is_fresh) {
        return Ok(());
    }
    let mut visible = Vec::new();
    for standing in standings.all().iter().filter(|standing| standing.state == State::Confirmed) {
        visible.push(ledger.timeslot(&standing.id)?.manifest);
    }
    let current = standings.current().map(|standing| &standing.id);
    for (file, dialect) in [(DUCKDB, Dialect::DuckDb), (SPARK, Dialect::Spark)] {
        let text = format!("{opening}{}", views(&visible, current, dialect));
        replace(&ledger.root().join(file), text.as_bytes())?;
    }
    Ok(())
}

/// The text of the views over the visible timeslots.
fn views(visible: &[Manifest], current: Option<&TimeslotId>, dialect: Dialect) -> String {
    let mut text = "-- Paths are relative to the ledger's folder: open your engine there.\n".to_owned();
    let with_rows = |manifest: &Manifest| -> BTreeSet<String> {
        let filled = manifest.tables.iter().filter(|(name, table)| table.rows() > 0 && !name.starts_with("staged_"));
        filled.map(|(name, _)| name.clone()).collect()
    };
    let now = visible.iter().find(|manifest| Some(&manifest.timeslot) == current);
    if let Some(now) = now {
        let names = with_rows(now);
        text.push_str(&format!("\n-- The current timeslot, {}.\n", now.timeslot));
        for name in &names {
            text.push_str(&view(&format!("{name}_current"), &current_files(name, now, dialect), dialect));
        }
        text.push_str("\n-- The same with keys and names in the place of uids.\n");
        for (name, ends) in readable() {
            if names.contains(name) {
                text.push_str(&named(name, &ends, now, &names, dialect));
            }
        }
    }
    let ever: BTreeSet<String> = visible.iter().flat_map(with_rows).collect();
    text.push_str("\n-- All visible timeslots; the column `timeslot` says which.\n");
    for name in &ever {
        text.push_str(&view(&format!("{name}_history"), &all_files(name, dialect), dialect));
    }
    text
}

fn view(name: &str, files: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::DuckDb => format!("CREATE OR REPLACE VIEW {name} AS SELECT * FROM {files};\n"),
        Dialect::Spark => format!("CREATE OR REPLACE TEMPORARY VIEW {name} USING parquet OPTIONS ({files});\n"),
    }
}

fn current_files(table: &str, now: &Manifest, dialect: Dialect) -> String {
    let path = format!("timeslot={}/{table}/*.parquet", now.timeslot);
    match dialect {
        Dialect::DuckDb => {
            format!("read_parquet({}, hive_partitioning = false, union_by_name = true)", sql::text(&path))
        }
        Dialect::Spark => format!("path {}, mergeSchema 'true'", sql::text(&path)),
    }
}

fn all_files(table: &str, dialect: Dialect) -> String {
    let path = format!("timeslot=*/{table}/*.parquet");
    match dialect {
        // The second timeslot of a day has no date for a name.
        Dialect::DuckDb => format!(
            "read_parquet({}, hive_partitioning = true, hive_types = {{'timeslot': VARCHAR}}, union_by_name = true)",
            sql::text(&path)
        ),
        Dialect::Spark => format!("path {}, basePath '.', mergeSchema 'true'", sql::text(&path)),
    }
}

/// Tables with uids, and the kind of object in each column of uids.
fn readable() -> Vec<(&'static str, Vec<(&'static str, Kind)>)> {
    let relations = tables::COLLECTED.iter().filter(|table| table.sort == Sort::Relation).map(|table| {
        let ends = table.columns.iter().filter_map(|column| match column.role {
            Role::End(kind) => Some((column.name, kind)),
            _ => None,
        });
        (table.name, ends.collect())
    });
    relations.chain(OF_KINDS.iter().map(|(name, ends)| (*name, ends.to_vec()))).collect()
}

/// A view that says whom each uid numbers: its key as `account`, and its name as `account_name`.
fn named(
    table: &str,
    ends: &[(&'static str, Kind)],
    now: &Manifest,
    names: &BTreeSet<String>,
    dialect: Dialect,
) -> String {
    let mut columns = Vec::new();
    let mut joins = String::new();
    for (at, (column, kind)) in ends.iter().enumerate() {
        let end = column.trim_end_matches("_uid");
        columns.push(format!(
            "CASE WHEN k{at}.namespace = '' THEN k{at}.key ELSE k{at}.namespace || '/' || k{at}.key END AS {end}"
        ));
        joins
            .push_str(&format!("\n  LEFT JOIN uids_current k{at} ON k{at}.kind = '{kind}' AND k{at}.uid = t.{column}"));
        let of = table_of(*kind);
        if let Some(name) = display_name(*kind).filter(|_| names.contains(of.name)) {
            columns.push(format!("o{at}.{name} AS {end}_name"));
            joins.push_str(&format!("\n  LEFT JOIN {}_current o{at} ON o{at}.uid = t.{column}", of.name));
        }
    }
    let is_end = |name: &str| ends.iter().any(|(column, _)| *column == name);
    let record = now.tables.get(table).expect("a table that is named has a record");
    for column in record.columns.iter().filter(|column| !is_end(&column.name)) {
        let needs_quotes = tables::by_name(table).and_then(|table| table.column(&column.name)).is_none();
        // Both engines take bare names of ours; a collector's own column may be any word, and is left to the plain view.
        if !needs_quotes {
            columns.push(format!("t.{}", column.name));
        }
    }
    let list = columns.join(",\n  ");
    // In Spark a lasting view cannot rest on temporary ones.
    let create = if dialect == Dialect::Spark { "CREATE OR REPLACE TEMPORARY VIEW" } else { "CREATE OR REPLACE VIEW" };
    format!("{create} {table}_named AS SELECT\n  {list}\n  FROM {table}_current t{joins};\n")
}

fn table_of(kind: Kind) -> &'static Table {
    let found = tables::COLLECTED.iter().find(|table| table.sort == Sort::Object(kind));
    found.copied().expect("every kind has its table")
}

/// The column that people call an object by.
fn display_name(kind: Kind) -> Option<&'static str> {
    let columns = table_of(kind).columns.iter().filter(|column| column.kind == Type::Text);
    columns.map(|column| column.name).find(|name| ["full_name", "display_name", "name"].contains(name))
}
