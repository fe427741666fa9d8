//! What the owner of a source is told after a load: its state, what became of its records, why rows were rejected and
//! where. Reasons quote values, and values are people's data: what stands between backticks stays at home, as rows do.

use super::{Notice, To};
use crate::collect::report::{known_only, masked};
use crate::collect::source::{SourceReport, SourceState, TableCounts};
use crate::engine::{Engine, EngineError, cells};
use crate::ids::TimeslotId;
use crate::model::TableSet;
use crate::text_table::aligned;

/// So many places are told.
const PLACES: usize = 10;

/// So many reasons are told.
const REASONS: usize = 20;

/// The rejects of a source, as far as its owner is told of them.
#[derive(Debug, Default)]
pub(crate) struct Rejects {
    /// How many, the table they were meant for, the column, why.
    reasons: Vec<Vec<String>>,
    /// File, line, column, why.
    places: Vec<Vec<String>>,
}

impl Rejects {
    /// Asks the tables of a timeslot, which perhaps are only staged yet.
    pub(crate) fn read(source: &str, tables: &TableSet, engine: &dyn Engine) -> Result<Self, EngineError> {
        let table = if tables.contains("rejects") { "rejects" } else { "staged_rejects" };
        let source = source.replace('\'', "''");
        let ask = |query: String| -> Result<Vec<Vec<String>>, EngineError> {
            let rows = cells(&engine.rows(&query, tables)?)?.into_iter();
            let mut rows: Vec<Vec<String>> =
                rows.map(|row| row.into_iter().map(|cell| plain(&cell.unwrap_or_default())).collect()).collect();
            for reason in rows.iter_mut().filter_map(|row| row.last_mut()) {
                *reason = masked(reason);
            }
            Ok(rows)
        };
        let reasons = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS n, table_name, column_name, why\n\
             FROM (SELECT table_name, column_name, regexp_replace(reason, '(?s)`.*`', '`..`') AS why\n      \
             FROM {table} WHERE source = '{source}') r\n\
             GROUP BY table_name, column_name, why\n\
             ORDER BY n DESC NULLS LAST, table_name NULLS LAST, column_name NULLS LAST, why NULLS LAST\nLIMIT {REASONS}"
        );
        let places = format!(
            "SELECT file, line, column_name, reason\nFROM {table}\nWHERE source = '{source}'\n\
             ORDER BY file NULLS LAST, line NULLS LAST, column_name NULLS LAST, reason NULLS LAST\nLIMIT {PLACES}"
        );
        Ok(Self { reasons: ask(reasons)?, places: ask(places)? })
    }
}

/// The load that is told of.
pub(crate) struct Load<'a> {
    pub(crate) run: &'a str,
    pub(crate) plan: &'a str,
    pub(crate) timeslot: &'a TimeslotId,
    /// Whether `query` may ask the timeslot.
    pub(crate) is_readable: bool,
}

/// Whether a source's owner has anything to do.
pub(crate) fn needs_its_owner(report: &SourceReport) -> bool {
    match report.state {
        // Nobody tried to read it.
        SourceState::NotCollected => false,
        SourceState::Complete => rejected(report) > 0,
        SourceState::Partial | SourceState::Stale | SourceState::Failed => true,
    }
}

/// The mail to the owner of a source.
pub(crate) fn of_source<'a>(load: &Load<'a>, report: &SourceReport, rejects: &Rejects, owner: &str) -> Notice<'a> {
    let Load { run, plan, timeslot, is_readable } = load;
    let (source, word) = (&report.source, report.state.as_str().to_uppercase());
    let n_rejects = rejected(report);
    let mut text = format!("{word}: source `{source}`, {n_rejects} rows rejected, load {timeslot} of plan {plan}.\n\n");
    for counts in &report.tables {
        text.push_str(&format!("  {}\n", conservation(counts)));
    }
    let remarks =
        report.remarks.iter().chain(&report.drift).map(|remark| format!("  {}\n", known_only(&plain(remark), report)));
    add(&mut text, "what was noticed", &remarks.collect::<String>());
    add(&mut text, "why rows were rejected", &listed(&["rows", "table", "column", "why"], &rejects.reasons));
    let title = format!("where: the first {PLACES}");
    add(&mut text, &title, &listed(&["file", "line", "column", "why"], &rejects.places));
    if *is_readable && n_rejects > 0 {
        let query = format!(
            "SELECT file, line, column_name, reason FROM rejects WHERE source = '{source}' ORDER BY file, line"
        );
        text.push_str(&format!("\nall of them:  ledgerline query \"{query}\" --timeslot {timeslot}\n"));
    }
    text.push_str(&format!("\nMend them where they come from: the next load reads the source again.\nrun: {run}\n"));
    Notice {
        name: format!("source-{run}-{source}"),
        about: format!("source {source} {timeslot}: {word}, {n_rejects} rejected"),
        text,
        thread: Some((plan, timeslot)),
        to: To::One(owner.to_owned()),
    }
}

fn rejected(report: &SourceReport) -> u64 {
    report.tables.iter().map(|counts| counts.rejected).sum()
}

/// What became of each record.
fn conservation(counts: &TableCounts) -> String {
    let TableCounts { table, read, kept, rejected, filtered, duplicate, .. } = counts;
    format!(
        "{table}: {read} read = {kept} kept + {rejected} rejected + {filtered} filtered out + {duplicate} duplicate"
    )
}

fn add(text: &mut String, title: &str, lines: &str) {
    if !lines.is_empty() {
        text.push_str(&format!("\n{title}\n{lines}"));
    }
}

fn listed(columns: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    aligned(&columns, rows).lines().map(|line| format!("  {line}\n")).collect()
}

/// A text on one line.
fn plain(text: &str) -> String {
    text.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "sources_tests.rs"]
mod tests;
