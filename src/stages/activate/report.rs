//! What activate has to say: rows by table, movements, references that lead nowhere.

use std::collections::BTreeSet;

use crate::collect::source::{SourceReport, SourceState};
use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::stages::{Ask, Context};
use crate::tables;

/// People who went and came in the same load and share a mail address, or a name that nobody else has who went or came.
const RENUMBERED: &str = include_str!("renumbered.sql");

const BY_CONFIGURATION: &str =
    "SELECT table_name, movement, cause, CAST(COUNT(*) AS BIGINT) FROM movements WHERE cause <> 'data'
     GROUP BY table_name, movement, cause ORDER BY table_name, movement, cause";

/// Reads the counts back from the tables.
pub(super) fn report(context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let moved = ask.rows(
        "SELECT table_name, CAST(COUNT(*) FILTER (WHERE movement = 'new') AS BIGINT), CAST(COUNT(*) FILTER (WHERE movement = 'modified') AS BIGINT),
                CAST(COUNT(*) FILTER (WHERE movement = 'deleted') AS BIGINT)
         FROM movements GROUP BY table_name ORDER BY table_name",
    )?;
    let mut rows = Vec::new();
    let mut sums = [0_u64; 3];
    for table in tables::COLLECTED {
        for name in [table.name.to_owned(), format!("unresolved_{}", table.name)] {
            let now = ask.tables.find(&name).rows();
            let before = ask.tables.find(&format!("before_{name}")).rows();
            if now == 0 && before == 0 {
                continue;
            }
            let found = moved.iter().find(|row| row[0] == name);
            let counts: Vec<String> =
                (1..4).map(|at| found.map_or_else(|| "0".to_owned(), |row| row[at].clone())).collect();
            for (sum, count) in sums.iter_mut().zip(&counts) {
                *sum += count.parse::<u64>().unwrap_or(0);
            }
            let mut row = vec![name, before.to_string(), now.to_string()];
            row.extend(counts);
            rows.push(row);
        }
    }
    let problems = ask.table(
        "references that lead nowhere",
        &["table", "column", "problem", "keys", "occurrences"],
        "SELECT table_name, column_name, problem, CAST(COUNT(*) AS BIGINT), CAST(SUM(occurrences) AS BIGINT)
         FROM reference_problems GROUP BY table_name, column_name, problem ORDER BY table_name, column_name NULLS FIRST, problem",
    )?;
    let headline = if context.has_parent {
        format!("{} new, {} modified, {} deleted", sums[0], sums[1], sums[2])
    } else {
        "first load: nothing to compare with".to_owned()
    };
    let columns = ["table", "before", "now", "new", "modified", "deleted"];
    let mut tables = vec![ReportTable::new("movements", &columns, rows), problems];
    let changed = changed_columns(context);
    if !changed.is_empty() {
        let columns = ["table", "source", "gained", "lost"];
        tables.push(ReportTable::new("columns that collectors fill, against the parent", &columns, changed));
    }
    if context.has_parent {
        let columns = ["old key", "new key", "same"];
        let table = ask.table("keys that may have become others: see `rekeys`", &columns, RENUMBERED)?;
        tables.extend(Some(table.of_people()).filter(|table| !table.rows.is_empty()));
        let columns = ["table", "movement", "cause", "rows"];
        let table = ask.table("moved by configuration", &columns, BY_CONFIGURATION)?;
        tables.extend(Some(table).filter(|table| !table.rows.is_empty()));
    }
    Ok(StageReport { headline, tables })
}

/// Which columns of which tables a source fills that it did not fill for the parent, and the other way round. Sources
/// that are not complete say nothing of that.
fn changed_columns(context: &Context<'_>) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for now in context.sources.iter().filter(|report| report.state == SourceState::Complete) {
        let before = context.sources_before.iter().find(|before| before.source == now.source);
        let Some(before) = before.filter(|before| before.state == SourceState::Complete) else { continue };
        for table in tables::COLLECTED {
            let (filled, was_filled) = (filled(now, table.name), filled(before, table.name));
            let joined = |columns: &mut dyn Iterator<Item = &&str>| -> String {
                columns.copied().collect::<Vec<_>>().join(", ")
            };
            if filled != was_filled {
                let gained = joined(&mut filled.difference(&was_filled));
                let lost = joined(&mut was_filled.difference(&filled));
                rows.push(vec![table.name.to_owned(), now.source.clone(), gained, lost]);
            }
        }
    }
    rows
}

/// The columns of a table that a source fills.
fn filled<'a>(report: &'a SourceReport, table: &str) -> BTreeSet<&'a str> {
    let counts = report.tables.iter().filter(|counts| counts.table == table);
    counts.flat_map(|counts| counts.columns.iter().map(String::as_str)).collect()
}
