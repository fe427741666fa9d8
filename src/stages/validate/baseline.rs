//! What a change is measured from, where that is not the parent: what other timeslots measured under the same id.

use super::measure::measured;
use crate::settings::validate::{Baseline, Threshold};
use crate::sql;

/// The metrics of a threshold, as a table with what is compared as `before_value`.
pub(super) fn metrics(threshold: &Threshold, baseline: &Baseline) -> String {
    let Some(table) = baseline.table() else { return "metrics".to_owned() };
    let then = measured(&table, &sql::text(&threshold.id), threshold.by.as_deref());
    let before = match baseline {
        Baseline::Median(_) => median(&then),
        Baseline::Previous | Baseline::Label(_) => {
            format!("  SELECT a.by_value, a.n, CAST(NULL AS BIGINT) AS loads FROM (\n{then}\n  ) a")
        }
    };
    format!(
        "(
    SELECT v.threshold, v.by_column, v.by_value, b.n AS before_value, v.value, v.counted, v.out_of, b.loads
    FROM metrics v LEFT JOIN (\n{before}\n    ) b ON COALESCE(b.by_value, '') = COALESCE(v.by_value, '')
  )"
    )
}

/// The middle of the values that are there, for each value of the column, and how many they are; of an even number, halfway
/// between the two in the middle. Of too few there is none.
fn median(values: &str) -> String {
    let fewest = Baseline::LOADS_OF_A_MEDIAN;
    format!(
        "  SELECT r.by_value, CASE WHEN r.loads >= {fewest} THEN AVG(r.n) END AS n, r.loads
  FROM (
    SELECT p.by_value, p.n, ROW_NUMBER() OVER (PARTITION BY p.by_value ORDER BY p.n NULLS LAST) AS place,
           COUNT(*) OVER (PARTITION BY p.by_value) AS loads
    FROM (\n{values}\n    ) p
  ) r
  WHERE 2 * r.place >= r.loads AND 2 * r.place <= r.loads + 2 AND (r.loads % 2 = 0 OR 2 * r.place = r.loads + 1)
  GROUP BY r.by_value, r.loads"
    )
}

/// Why there is nothing to compare with, behind what the value is, as an expression over `j`.
pub(super) fn unknown(baseline: &Baseline) -> String {
    match baseline {
        Baseline::Median(_) => format!(
            "' and is not compared: not yet, ' || CAST(COALESCE(j.loads, 0) AS VARCHAR) || ' of {} loads measured it before'",
            Baseline::LOADS_OF_A_MEDIAN
        ),
        Baseline::Label(label) => sql::text(&format!(" and is not compared: no timeslot called {label} measured it")),
        Baseline::Previous => "''".to_owned(),
    }
}
