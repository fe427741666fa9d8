//! Whether a run would change anything: what `--if-changed` asks.
//!
//! Everything that a timeslot says of the world counts: rows of collected tables, owners, managers, rights, gaps,
//! findings, answers of rules, rejects. What it says of its own load does not: how it came about, what it was compared
//! with, in which line of which file a reject stood.

use std::collections::BTreeSet;

use crate::collect;
use crate::engine::{Engine, EngineError};
use crate::ledger::Timeslot;
use crate::model::{BEFORE, TableSet};
use crate::plan::Plan;
use crate::settings::validate::Metric;
use crate::sql;
use crate::stages::Ask;
use crate::stages::validate::catalogue;
use crate::tables;

/// Tables that say what moved since the parent: they are without rows where nothing did.
const MOVED: [&str; 2] = ["movements", "link_changes"];

/// Tables about the load itself, or about the way to a table that is compared.
const OF_THE_LOAD: [&str; 19] = [
    "causes",
    "listings",
    "absences",
    "forgotten_owners",
    "changes",
    "identity_movements",
    "carried_ownership",
    "undecided_accounts",
    "owner_candidates",
    "owner_matches",
    "residual_accounts",
    "crowded_keys",
    "owner_scores",
    "valid_links",
    "source_counts",
    "movement_counts",
    "metrics",
    "threshold_results",
    "control_hits",
];

/// People who are absent within the grace, and whom a load more has missed: without it they would never be gone.
const NEARER_TO_GONE: &str = "SELECT 1 AS one FROM absences a LEFT JOIN before_absences b ON b.uid = a.uid
    WHERE NOT a.is_gone AND a.missed_loads <> COALESCE(b.missed_loads, 0)";

/// Whether a timeslot says nothing that `current` does not say, under the same configuration.
///
/// # Errors
/// Where the tables cannot be read.
pub fn is_unchanged(
    plan: &Plan,
    timeslot: &Timeslot,
    current: &Timeslot,
    engine: &dyn Engine,
) -> Result<bool, EngineError> {
    let states = |timeslot: &Timeslot| -> Vec<_> {
        collect::reports_of(Some(timeslot)).into_iter().map(|report| (report.source, report.state)).collect()
    };
    if timeslot.manifest.configuration != current.manifest.configuration || states(timeslot) != states(current) {
        return Ok(false);
    }
    let tables = TableSet::of(timeslot, Some(current));
    let ask = Ask { engine, tables: &tables };
    let has_rows = |query: &str| Ok::<bool, EngineError>(!ask.rows(&format!("{query} LIMIT 1"))?.is_empty());
    for table in MOVED {
        if has_rows(&format!("SELECT 1 AS one FROM {table}"))? {
            return Ok(false);
        }
    }
    for table in compared(&tables) {
        let (now, before) = (tables.find(&table), tables.find(&format!("{BEFORE}{table}")));
        let sums = |parts: &[crate::ledger::Part]| parts.iter().map(|part| part.sha256.clone()).collect::<Vec<_>>();
        if now.columns == before.columns && sums(&now.parts) == sums(&before.parts) {
            continue;
        }
        if now.columns != before.columns {
            return Ok(false);
        }
        let columns: Vec<String> = now.columns.iter().filter_map(|column| told(&table, &column.name)).collect();
        let counted = |from: &str| {
            let list = columns.join(", ");
            format!("SELECT {list}, COUNT(*) AS occurrences FROM {from} t GROUP BY {list}")
        };
        let (now, before) = (counted(&table), counted(&format!("{BEFORE}{table}")));
        if has_rows(&format!("SELECT * FROM ({now} EXCEPT {before}) d"))?
            || has_rows(&format!("SELECT * FROM ({before} EXCEPT {now}) d"))?
        {
            return Ok(false);
        }
    }
    // A limit that the parent reached by what moved then is no longer reached; one that is reached anew is news.
    let reached = |prefix: &str| {
        format!(
            "SELECT threshold, by_column, by_value, side, severity FROM {prefix}threshold_results WHERE severity <> 'ok'"
        )
    };
    let news = format!("SELECT * FROM ({} EXCEPT {}) d", reached(""), reached(BEFORE));
    Ok(!has_rows(&news)? && !has_rows(&other_metrics(plan))? && !has_rows(NEARER_TO_GONE)?)
}

/// The derived tables that either timeslot has and that are compared row by row, answers of rules among them.
fn compared(tables: &TableSet) -> BTreeSet<String> {
    let names = tables.iter().map(|(name, _)| name.strip_prefix(BEFORE).unwrap_or(name));
    let is_derived = |name: &str| {
        name.starts_with("rule_")
            || tables::by_name(name).is_some_and(|table| !table.is_collected())
                && !MOVED.contains(&name)
                && !OF_THE_LOAD.contains(&name)
    };
    names.filter(|name| is_derived(name)).map(str::to_owned).collect()
}

/// What of a column is compared; `None` where it speaks of the load.
fn told(table: &str, column: &str) -> Option<String> {
    match (table, column) {
        // Days overdue go on by themselves.
        ("rejects", "file" | "line") | ("overdue_accounts", "days_overdue") => None,
        // Opened or persisting, it stands.
        ("findings", "state") => Some("t.state = 'fixed'".to_owned()),
        _ => Some(format!("t.{}", sql::name(column))),
    }
}

/// The metrics of the plan that have another value, without those that count what moved.
fn other_metrics(plan: &Plan) -> String {
    let lasts = |metric: &Metric| match metric {
        Metric::Named(name) => catalogue::find(name).is_some_and(|measure| measure.before().is_some()),
        Metric::Sql(text) => sql::tables_of(&text.text).is_ok_and(|names| {
            names.iter().all(|name| {
                !name.starts_with(BEFORE) && !OF_THE_LOAD.contains(&name.as_str()) && !MOVED.contains(&name.as_str())
            })
        }),
    };
    let thresholds = plan.stages.validate.thresholds.iter().filter(|threshold| lasts(&threshold.metric));
    let ids: Vec<String> = thresholds.map(|threshold| sql::text(&threshold.id)).collect();
    let among = if ids.is_empty() { "FALSE".to_owned() } else { format!("threshold IN ({})", ids.join(", ")) };
    format!("SELECT 1 AS one FROM metrics WHERE {among} AND value IS DISTINCT FROM before_value")
}
