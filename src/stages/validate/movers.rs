//! The rows behind a breach: what they belong to, and what some of them are called.
//!
//! A drop is the rows that are gone, a rise those that are new; where a metric counts some rows of a table, those that
//! count no longer, or only now.

use super::catalogue::{self, Measure, Row, Rows};
use super::measure::by_of;
use super::words::{first, top};
use super::{leads, rates};
use crate::settings::validate::{Metric, Side, Threshold};
use crate::stages::Context;
use crate::table::{Role, Sort, Table, Type};

/// Rows that moved a metric.
pub(super) struct Movers {
    pub(super) rows: Rows,
    /// Before the name of every table that the rows are of.
    pub(super) prefix: &'static str,
    /// `1` for what the limit is about, `-1` for what moved the other way.
    pub(super) weight: i8,
}

/// What most of the rows behind a breach belong to, and examples of them: two queries of `(by_value, named)`.
pub(super) struct Behind {
    pub(super) contributors: Option<String>,
    pub(super) samples: Option<String>,
}

/// What stands behind a limit of a threshold. The rows of a metric in SQL are its own.
pub(super) fn behind(threshold: &Threshold, side: Side, context: &Context<'_>) -> Behind {
    let Metric::Named(name) = &threshold.metric else { return Behind { contributors: None, samples: None } };
    let (table, movers) = if let Some(rate) = rates::find(name) {
        if let Some(behind) = rate.behind_the_most_frequent(threshold, context) {
            return behind;
        }
        (rate.table, rate.movers(context))
    } else {
        let measure = catalogue::find(name).expect("check has found every metric");
        (measure.table, movers(&measure, side, context))
    };
    if movers.is_empty() {
        return Behind { contributors: None, samples: None };
    }
    let all: Vec<String> = movers.iter().map(|movers| told(table, threshold, movers, "", context)).collect();
    summed(table, threshold, &all.join("\n  UNION ALL\n  "))
}

/// A query for rows behind a breach: the value that each is judged under, what it belongs to, what it is called, its weight, and
/// further columns.
pub(super) fn told(
    table: &'static Table,
    threshold: &Threshold,
    movers: &Movers,
    further: &str,
    context: &Context<'_>,
) -> String {
    let row = |joined| Row { prefix: movers.prefix, joined };
    let by_value = by_of(table, threshold.by.as_deref(), row("b_"), context);
    let belongs = by_of(table, belongs_beside(table, threshold), row("c_"), context);
    let name = leads::name(table, "s_");
    format!(
        "SELECT {} AS by_value, {} AS belongs_to, {} AS name, {} AS weight{further}\n  FROM {}{}{}{}\n  WHERE {}",
        by_value.expression,
        belongs.expression,
        name.expression,
        movers.weight,
        movers.rows.from,
        by_value.joins,
        belongs.joins,
        name.joins,
        movers.rows.condition
    )
}

/// What rows that [`told`] tells of come to.
pub(super) fn summed(table: &'static Table, threshold: &Threshold, all: &str) -> Behind {
    let contributors = belongs_beside(table, threshold).map(|_| {
        let sums = format!(
            "SELECT x.by_value AS by_value, x.belongs_to AS name, CAST(SUM(x.weight) AS BIGINT) AS n\n  FROM (\n  {all}\n  ) x GROUP BY x.by_value, x.belongs_to"
        );
        top(&["by_value"], &sums)
    });
    let names =
        format!("SELECT DISTINCT x.by_value AS by_value, x.name AS name FROM (\n  {all}\n  ) x WHERE x.weight > 0");
    Behind { contributors, samples: Some(first(&["by_value"], &names)) }
}

/// What rows of a table belong to, where they are not judged by that.
fn belongs_beside(table: &'static Table, threshold: &Threshold) -> Option<&'static str> {
    belongs_to(table).filter(|column| threshold.by.as_deref() != Some(column))
}

/// What rows of a table belong to, for collected tables and for derived ones. Never a person: it is mailed.
pub(super) fn belongs_to(table: &'static Table) -> Option<&'static str> {
    match table.name {
        "findings" | "control_hits" => Some("control"),
        "rejects" | "reference_problems" => Some("source"),
        "ownership" => Some("rule"),
        _ if table.sort == Sort::Derived => leads::belongs_to(table),
        _ => catalogue::belongs_to(table),
    }
}

/// The rows that moved a metric in the direction of a limit, and those that moved it back.
fn movers(measure: &Measure, side: Side, context: &Context<'_>) -> Vec<Movers> {
    let own = if measure.counts_parent_rows() { "before_" } else { "" };
    let counted = || Movers { rows: measure.now(), prefix: own, weight: 1 };
    if measure.before().is_none() {
        // What is counted are movements themselves: more of them can be shown, fewer cannot.
        return if matches!(side, Side::Drop | Side::Min) { Vec::new() } else { vec![counted()] };
    }
    let pair = |gone: i8, new: i8| {
        let moved = [(measure.gone(), "before_", gone), (measure.come(), "", new)];
        let moved = moved.into_iter().filter_map(|(rows, prefix, weight)| Some(Movers { rows: rows?, prefix, weight }));
        moved.collect()
    };
    match side {
        Side::Max if measure.is_about_some() || !context.has_parent => vec![counted()],
        _ if !context.has_parent => Vec::new(),
        Side::Drop | Side::Min => pair(1, -1),
        Side::Rise | Side::Max => pair(-1, 1),
        Side::Change => pair(1, 1),
    }
}

/// A condition that the rows `t` and `n` of a table are about the same.
pub(super) fn is_same(table: &Table) -> String {
    if matches!(table.sort, Sort::Object(_)) {
        return "n.uid = t.uid".to_owned();
    }
    // Of derived rows: whom they name, and what tells several about one apart.
    let tells = |name: &str| {
        name == "uid"
            || name.ends_with("_uid")
            || matches!(
                name,
                "kind" | "control" | "detail" | "perimeter" | "domain" | "gap" | "rule" | "source" | "key"
            )
    };
    let columns = table.columns.iter().filter(|column| match column.role {
        Role::End(_) | Role::KeyPart => true,
        _ => table.sort == Sort::Derived && tells(column.name),
    });
    let same: Vec<String> = columns
        .map(|column| {
            let never = if column.kind == Type::Integer { "-1" } else { "''" };
            format!("COALESCE(n.{0}, {never}) = COALESCE(t.{0}, {never})", column.name)
        })
        .collect();
    if same.is_empty() { "TRUE".to_owned() } else { same.join(" AND ") }
}
