//! The query of a view over all loads: from where a row stands in each of them to when it came, stayed and went.

use jiff::civil::Date;

use super::shape::{Shape, Uid};
use crate::sql;

/// A load as the query finds it: `<table>_at_<n>` is its table, `uids_at_<n>` its registry.
pub(super) struct Load {
    pub(super) number: usize,
    pub(super) as_of: Date,
    /// Whether it numbers objects as the load does that is asked.
    pub(super) is_numbered_alike: bool,
}

/// The query over `loads`, oldest first; the last is the one that is asked.
pub(super) fn query(shape: &Shape, loads: &[Load]) -> String {
    let key = shape.names().map(sql::name).collect::<Vec<_>>().join(", ");
    let seen: Vec<String> = loads.iter().enumerate().map(|(place, load)| seen(shape, place, load)).collect();
    let days = loads.iter().enumerate().map(|(place, load)| {
        format!("SELECT CAST({place} AS BIGINT) AS load_place, {} AS load_day", sql::date(load.as_of))
    });
    let days: Vec<String> = days.collect();
    let last = loads.len().saturating_sub(1);
    let columns = shape.names().map(|name| format!("g.{}", sql::name(name))).collect::<Vec<_>>().join(", ");
    format!(
        "WITH load_days AS (
{}
),
seen AS (
{}
),
steps AS (
  SELECT {key}, place, LAG(place) OVER (PARTITION BY {key} ORDER BY place NULLS FIRST) AS former_place FROM seen
),
grouped AS (
  SELECT {key}, MIN(place) AS first_place, MAX(place) AS last_place, COUNT(*) AS times_seen,
         SUM(CASE WHEN former_place < place - 1 THEN 1 ELSE 0 END) AS gap_count,
         MAX(CASE WHEN former_place IS NULL OR former_place < place - 1 THEN place END) AS begin_place
  FROM steps GROUP BY {key}
)
SELECT {columns}, f.load_day AS first_seen, l.load_day AS last_seen, e.load_day AS gone_on,
       CASE WHEN g.last_place = {last} THEN b.load_day END AS since,
       CAST(CASE WHEN g.last_place = {last} THEN g.last_place - g.begin_place + 1 ELSE 0 END AS BIGINT) AS loads,
       CAST(g.gap_count AS BIGINT) AS gap_count, CAST(g.times_seen AS BIGINT) AS loads_seen
FROM grouped g
JOIN load_days f ON f.load_place = g.first_place
JOIN load_days l ON l.load_place = g.last_place
JOIN load_days b ON b.load_place = g.begin_place
LEFT JOIN load_days e ON e.load_place = g.last_place + 1",
        days.join("\nUNION ALL\n"),
        seen.join("\nUNION ALL\n"),
    )
}

/// The rows of one load by their key, each once. Null and the empty text are the same.
fn seen(shape: &Shape, place: usize, load: &Load) -> String {
    let (table, number) = (shape.table.as_str(), load.number);
    let (mut joins, mut known) = (String::new(), Vec::new());
    let columns = shape.key.iter().enumerate().map(|(at, column)| {
        let name = sql::name(&column.name);
        let value = match &column.uid {
            Some(_) if load.is_numbered_alike => format!("t.{name}"),
            Some(uid) => {
                let kind = match uid {
                    Uid::Of(kind) => sql::text(kind.as_str()),
                    Uid::By(column) => format!("t.{column}"),
                };
                joins.push_str(&format!(
                    "\n  LEFT JOIN (SELECT DISTINCT o.kind, o.uid AS other_uid, n.uid FROM uids_at_{number} o JOIN uids n ON n.kind = o.kind AND n.namespace = o.namespace AND n.key = o.key) m{at} ON m{at}.kind = {kind} AND m{at}.other_uid = t.{name}"
                ));
                known.push(format!("(t.{name} IS NULL OR m{at}.uid IS NOT NULL)"));
                format!("m{at}.uid")
            }
            None if column.is_text => format!("NULLIF(t.{name}, '')"),
            None => format!("t.{name}"),
        };
        format!("{value} AS {name}")
    });
    let columns: Vec<String> = columns.collect();
    let distinct = if shape.is_unique && load.is_numbered_alike { "" } else { "DISTINCT " };
    let only_known = if known.is_empty() { String::new() } else { format!("\n  WHERE {}", known.join(" AND ")) };
    let rows = format!("SELECT {distinct}{} FROM {table}_at_{number} t{joins}{only_known}", columns.join(", "));
    format!("  SELECT r.*, CAST({place} AS BIGINT) AS place FROM ({rows}) r")
}
