//! Holds what was measured against the limits of a threshold, and says in a sentence what is wrong.

use super::baseline;
use super::catalogue::{self, Measure, Row, Rows};
use super::measure::by_of;
use super::movers::behind;
use super::rates::{self, Rate};
use super::words::{amount, number, percent, top};
use crate::model::Model;
use crate::settings::validate::{Amount, Baseline, Limit, Metric, Side, Threshold};
use crate::sql;
use crate::stages::Context;
use crate::table::Sort;

/// What judges one limit of a threshold. Where nothing is reached, nobody asks what stands behind it.
pub(super) fn model(threshold: &Threshold, limit: &Limit, context: &Context<'_>) -> Model {
    let name = format!("{}_{}", threshold.id, side_name(limit.of));
    let (judged, side) = (judged(threshold, limit), sql::text(side_name(limit.of)));
    let alone = [("judged", &*judged), ("side", &side), ("sentence", &sentence(threshold, limit.of, "''"))];
    let alone = sql::fill(include_str!("judge_alone.sql"), &alone);
    // What came and went since the parent is not what came and went since then.
    if threshold.baseline != Baseline::Previous && is_compared(limit.of) {
        return Model::sql("threshold_results", &name, alone);
    }
    let behind = behind(threshold, limit.of, context);
    let contributors = contributors(threshold, limit.of, context).or(behind.contributors);
    if contributors.is_none() && behind.samples.is_none() {
        return Model::sql("threshold_results", &name, alone);
    }
    let query = sql::fill(
        include_str!("judge.sql"),
        &[
            ("judged", &judged),
            ("side", &side),
            ("contributors", contributors.as_deref().unwrap_or(NOBODY)),
            ("samples", behind.samples.as_deref().unwrap_or(NOBODY)),
            ("sentence", &sentence(threshold, limit.of, BEHIND)),
        ],
    );
    Model::sql("threshold_results", &name, query).shorter(alone, "severity", "ok")
}

/// The values of a metric with their severity, as tables of a query.
fn judged(threshold: &Threshold, limit: &Limit) -> String {
    let id = sql::text(&threshold.id);
    let own = (!is_compared(limit.of)).then_some(Baseline::Previous);
    let baseline = own.as_ref().unwrap_or(&threshold.baseline);
    let has_parent_alone = is_compared(limit.of) && *baseline == Baseline::Previous;
    let only = if has_parent_alone { " AND m.before_value IS NOT NULL" } else { "" };
    let metrics = baseline::metrics(threshold, baseline);
    let loads = if *baseline == Baseline::Previous { "CAST(NULL AS BIGINT)" } else { "m.loads" };
    let unknown =
        if *baseline == Baseline::Previous { "" } else { "WHEN m.before_value IS NULL THEN 'not_evaluated' " };
    let reached =
        |amount: Option<Amount>| amount.map_or("FALSE".to_owned(), |amount| is_reached(limit.of, amount, threshold));
    let text = |amount: Option<Amount>| amount.map(self::amount);
    let (hold, warn) = (text(limit.hold), text(limit.warn));
    let first = warn.clone().or_else(|| hold.clone()).unwrap_or_default();
    sql::fill(
        include_str!("judged.sql"),
        &[
            ("id", &id),
            ("metrics", &metrics),
            ("loads", loads),
            ("unknown", unknown),
            ("only", only),
            ("moved", moved(limit.of)),
            ("holds", &reached(limit.hold)),
            ("warns", &reached(limit.warn)),
            ("hold_text", &sql::text(hold.as_deref().unwrap_or(&first))),
            ("warn_text", &sql::text(warn.as_deref().unwrap_or(&first))),
            ("first_text", &sql::text(&first)),
        ],
    )
}

/// Whether a limit is one of a change.
fn is_compared(side: Side) -> bool {
    !matches!(side, Side::Min | Side::Max)
}

/// No contributors: a table of that shape without rows.
const NOBODY: &str = "  SELECT CAST(NULL AS VARCHAR) AS by_value, CAST(NULL AS VARCHAR) AS named WHERE FALSE";

/// The side as it stands in the results.
pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Drop => "drop",
        Side::Rise => "rise",
        Side::Change => "change",
        Side::Min => "min",
        Side::Max => "max",
    }
}

/// What a limit judges.
fn moved(side: Side) -> &'static str {
    match side {
        Side::Drop => "m.before_value - m.value",
        Side::Rise => "m.value - m.before_value",
        Side::Change => "ABS(m.value - m.before_value)",
        Side::Min | Side::Max => "m.value",
    }
}

fn is_reached(side: Side, amount: Amount, threshold: &Threshold) -> String {
    let is_rate = rate_of(threshold).is_some();
    // What a share is made of must be enough, whatever the limit; of a count, what a percentage is taken of.
    let enough = |base: &str, wanted: bool| {
        let from = threshold.min_base.filter(|_| wanted).map(|least| format!(" AND {base} >= {least}"));
        from.unwrap_or_default()
    };
    let of_rate = enough("m.out_of", is_rate);
    match (side, amount) {
        (Side::Min, Amount::Number(least)) => format!("(m.value < {least:?}{of_rate})"),
        (Side::Max, Amount::Number(most)) => format!("(m.value > {most:?}{of_rate})"),
        // Only shares are limited so, and they are counted in hundredths.
        (Side::Min, Amount::Share(least)) => format!("(m.value + 0.000000001 < {:?}{of_rate})", least * 100.0),
        (Side::Max, Amount::Share(most)) => format!("(m.value - 0.000000001 > {:?}{of_rate})", most * 100.0),
        (_, Amount::Number(limit)) => format!("(m.moved > 0 AND m.moved >= {limit:?}{of_rate})"),
        (_, Amount::Share(share)) => {
            let of_count = enough("m.base", !is_rate);
            format!("(m.moved > 0 AND {}{of_count}{of_rate})", is_share(share, "m.moved", "m.base"))
        }
    }
}

/// The share that a threshold is about.
fn rate_of(threshold: &Threshold) -> Option<Rate> {
    match &threshold.metric {
        Metric::Named(name) => rates::find(name),
        Metric::Sql(_) => None,
    }
}

/// A condition that a number is at least a share of a base. A hair less will do: 7 is 10 % of 70, whatever the
/// rounding of binary fractions says. Anything is a share of 0.
fn is_share(share: f64, number: &str, base: &str) -> String {
    format!("({number} + 0.000000001 * {base} >= {share:?} * {base})")
}

/// Whose number of objects moved most, where both sides can be counted by what objects belong to.
fn contributors(threshold: &Threshold, side: Side, context: &Context<'_>) -> Option<String> {
    let difference = match side {
        Side::Drop => "COALESCE(b.n, 0) - COALESCE(n.n, 0)",
        Side::Rise => "COALESCE(n.n, 0) - COALESCE(b.n, 0)",
        Side::Change => "ABS(COALESCE(n.n, 0) - COALESCE(b.n, 0))",
        Side::Min | Side::Max => return None,
    };
    let Metric::Named(name) = &threshold.metric else { return None };
    let measure = catalogue::find(name).filter(|measure| matches!(measure.table.sort, Sort::Object(_)))?;
    let before = measure.before().filter(|_| context.has_parent)?;
    let column = catalogue::belongs_to(measure.table).filter(|column| threshold.by.as_deref() != Some(column))?;
    let counted = |rows: &Rows, prefix: &str| counted(&measure, rows, prefix, threshold.by.as_deref(), column, context);
    let parts = format!(
        "SELECT COALESCE(n.by_value, b.by_value) AS by_value, COALESCE(n.name, b.name) AS name, {difference} AS n
  FROM (\n{}\n  ) n FULL JOIN (\n{}\n  ) b ON COALESCE(b.by_value, '') = COALESCE(n.by_value, '') AND COALESCE(b.name, '') = COALESCE(n.name, '')",
        counted(&measure.now(), ""),
        counted(&before, "before_"),
    );
    Some(top(&["by_value"], &parts))
}

fn counted(
    measure: &Measure,
    rows: &Rows,
    prefix: &str,
    by: Option<&str>,
    column: &str,
    context: &Context<'_>,
) -> String {
    let by = by_of(measure.table, by, Row { prefix, joined: "b_" }, context);
    let name = by_of(measure.table, Some(column), Row { prefix, joined: "c_" }, context);
    format!(
        "  SELECT x.by_value, x.name, CAST(COUNT(*) AS BIGINT) AS n FROM (SELECT {} AS by_value, {} AS name FROM {}{}{} WHERE {}) x GROUP BY x.by_value, x.name",
        by.expression, name.expression, rows.from, by.joins, name.joins, rows.condition
    )
}

/// Contributors and examples, where a limit is reached and they are known.
const BEHIND: &str = "CASE WHEN j.severity = 'ok' THEN '' ELSE COALESCE('; most of it: ' || t.named, '') || COALESCE('; such as ' || s.named, '') END";

/// The values of a metric in a sentence, as expressions over `j`.
struct Values {
    now: String,
    before: String,
    /// By how much it moved.
    by: String,
    /// The same as a part of what it was, behind a comma.
    relative: String,
}

impl Values {
    fn of_count() -> Self {
        let percent = percent("j.moved", "j.base");
        Self {
            now: number("j.value"),
            before: number("j.before_value"),
            by: number("j.moved"),
            relative: format!("CASE WHEN j.base > 0 THEN ', ' || {percent} || ' %' ELSE '' END"),
        }
    }

    /// Of a share: hundredths, points, and the counts it is made of.
    fn of_share() -> Self {
        let rounded = |column: &str| format!("CAST(ROUND({column}, 1) AS VARCHAR)");
        let (counted, out_of) = (number("j.counted"), number("j.out_of"));
        Self {
            now: format!("{} || ' % (' || {counted} || ' of ' || {out_of} || ')'", rounded("j.value")),
            before: format!("{} || ' %'", rounded("j.before_value")),
            by: format!("{} || ' points'", rounded("j.moved")),
            relative: "''".to_owned(),
        }
    }
}

/// What happened, as an expression over `j`, and over whatever `behind` is about.
fn sentence(threshold: &Threshold, side: Side, behind: &str) -> String {
    let what = match &threshold.metric {
        Metric::Named(name) => name.as_str(),
        Metric::Sql(_) => threshold.id.as_str(),
    };
    let subject = match &threshold.by {
        Some(by) => format!(
            "{} || COALESCE('`' || j.by_value || '`', 'empty')",
            sql::text(&format!("`{what}` where `{by}` is "))
        ),
        None => sql::text(&format!("`{what}`")),
    };
    let Values { now, mut before, by, relative } =
        if rate_of(threshold).is_some() { Values::of_share() } else { Values::of_count() };
    let mut unknown = String::new();
    if threshold.baseline != Baseline::Previous {
        before = format!("{before} || {}", sql::text(&format!(" ({})", threshold.baseline)));
        let why = baseline::unknown(&threshold.baseline);
        unknown = format!("WHEN j.severity = 'not_evaluated' THEN ' is ' || {now} || {why} ");
    }
    let verb = match side {
        Side::Drop => "fell",
        Side::Rise => "rose",
        Side::Change => "changed",
        Side::Min | Side::Max => {
            let beyond = if side == Side::Min { "below" } else { "above" };
            return format!(
                "{subject} || ' is ' || {now} || CASE WHEN j.severity = 'ok' THEN ', within the limit of ' ELSE ', {beyond} the limit of ' END || j.limit_text || {behind}"
            );
        }
    };
    format!(
        "{subject} || CASE {unknown}WHEN j.severity = 'ok' THEN ' is ' || {now} || ' and was ' || {before} || ', within the limit of ' || j.limit_text
            ELSE ' {verb} from ' || {before} || ' to ' || {now} || ' (by ' || {by} || {relative} || '), the limit is ' || j.limit_text || {behind} END"
    )
}
