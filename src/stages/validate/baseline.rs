//! What a change is measured from, where that is not the parent: what other timeslots measured under the same id.

use super::measure::measured;
use crate::settings::validate::{Baseline, Threshold};
use crate::sql;

/// The metrics of a threshold, as a table with what is compared as `before_value`.
pub(super) fn metrics(threshold: &Threshold, baseline: &Baseline) -> String {
    let Some(table) = baseline.table() else { return "metrics".to_owned() };
    let then = measured(&table, &sql::text(&threshold.id), threshold.by.as_deref());
    let before = match baseline {
        Baseline::Median(loads) => median(&then, *loads),
        Baseline::Previous | Baseline::Label(_) => then,
    };
    format!(
        "(
    SELECT v.threshold, v.by_column, v.by_value, b.n AS before_value, v.value, v.counted, v.out_of
    FROM metrics v LEFT JOIN (\n{before}\n    ) b ON COALESCE(b.by_value, '') = COALESCE(v.by_value, '')
  )"
    )
}

/// The middle of as many values, for each value of the column; of an even number, halfway between the two in the middle.
/// Where fewer were measured there is none.
fn median(values: &str, loads: u32) -> String {
    format!(
        "  SELECT r.by_value, AVG(r.n) AS n
  FROM (
    SELECT p.by_value, p.n, ROW_NUMBER() OVER (PARTITION BY p.by_value ORDER BY p.n NULLS LAST) AS place,
           COUNT(*) OVER (PARTITION BY p.by_value) AS loads
    FROM (\n{values}\n    ) p
  ) r
  WHERE r.loads >= {loads} AND 2 * r.place >= r.loads AND 2 * r.place <= r.loads + 2 AND (r.loads % 2 = 0 OR 2 * r.place = r.loads + 1)
  GROUP BY r.by_value"
    )
}

/// Why there is nothing to compare with, behind what the value is.
pub(super) fn unknown(baseline: &Baseline) -> String {
    match baseline {
        Baseline::Median(loads) => format!(" and is not compared: fewer than {loads} loads before it measured it"),
        Baseline::Label(label) => format!(" and is not compared: no timeslot called {label} measured it"),
        Baseline::Previous => String::new(),
    }
}
