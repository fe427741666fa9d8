//! Limits that the past suggests: for each metric a band around the middle of what it did from load to load, and how often
//! a load would have left it.
//!
//! The middle is the median and the spread the median distance from it: a single load that was wrong moves neither.

use std::collections::BTreeMap;

use crate::engine::{Engine, EngineError, cells};
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, LedgerError, State, TableRecord, Timeslot};
use crate::model::TableSet;
use crate::sql;
use crate::table::{Sort, Table, Type};
use crate::tables;

/// Fewer loads have no middle.
pub const FEWEST: usize = 4;

/// Tables of fewer rows are left out: one row is a large share of them.
const FEW_ROWS: f64 = 20.0;

/// How many times the spread a limit lies from the middle, to warn and to hold.
const SPREADS: [f64; 2] = [3.0, 6.0];

/// What a limit is at least, in hundredths, to warn and to hold.
const LEAST: [f64; 2] = [1.0, 2.0];

/// Columns that are filled less often than this say nothing when they come emptier.
const FILLED: f64 = 50.0;

/// Why nothing is suggested.
#[derive(Debug, thiserror::Error)]
pub enum SuggestError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There are too few loads.
    #[error("{loads} timeslots are confirmed; a band takes at least {FEWEST}, and eight say more")]
    TooFew {
        /// How many there are.
        loads: usize,
    },
}

/// A threshold that the past suggests.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// An id for it.
    pub id: String,
    /// The metric.
    pub metric: String,
    /// The key of the limit: `change`, `max`, `min`.
    pub limit: &'static str,
    /// To warn and to hold, in hundredths.
    pub limits: [f64; 2],
    /// What it did, load by load, in hundredths.
    pub seen: Vec<f64>,
    /// How often each limit would have been reached.
    pub reached: [usize; 2],
}

/// What is suggested, from the first to the last load that it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestions {
    /// The loads, oldest first.
    pub loads: Vec<TimeslotId>,
    /// The thresholds, by id.
    pub thresholds: Vec<Suggestion>,
}

/// What a load says of one table.
#[derive(Debug, Default)]
struct Sight {
    rows: f64,
    /// New and deleted since its parent.
    moved: f64,
    /// Hundredths of the rows that have a value, by column.
    fill: BTreeMap<String, f64>,
}

/// Looks at all confirmed timeslots in sight.
///
/// # Errors
/// Where there are too few, or one cannot be read.
pub fn suggest(ledger: &Ledger, engine: &dyn Engine) -> Result<Suggestions, SuggestError> {
    let standings = ledger.standings()?;
    let mut confirmed: Vec<_> = standings.all().iter().filter(|standing| standing.state == State::Confirmed).collect();
    confirmed.sort_by_key(|standing| standing.confirmed_by);
    if confirmed.len() < FEWEST {
        return Err(SuggestError::TooFew { loads: confirmed.len() });
    }
    let loads: Vec<Timeslot> =
        confirmed.iter().map(|standing| ledger.timeslot(&standing.id)).collect::<Result<_, _>>()?;
    let mut thresholds = Vec::new();
    for table in tables::COLLECTED {
        let sights: Vec<Sight> =
            loads.iter().map(|load| sight(load, table, engine)).collect::<Result<_, EngineError>>()?;
        if median(sights.iter().map(|sight| sight.rows)) < FEW_ROWS {
            continue;
        }
        let steps: Vec<(&Sight, &Sight)> =
            sights.iter().zip(&sights[1..]).filter(|(before, _)| before.rows > 0.0).collect();
        let change = |(before, now): &(&Sight, &Sight)| 100.0 * (now.rows - before.rows).abs() / before.rows;
        let churn = |(before, now): &(&Sight, &Sight)| 100.0 * now.moved / before.rows;
        let name = table.name;
        let of = |limit, what: &str, metric: &str, seen: Vec<f64>| {
            Suggestion::above(format!("{name}_{what}"), format!("{name}.{metric}"), limit, seen)
        };
        thresholds.push(of("change", "change", "count", steps.iter().map(change).collect()));
        thresholds.push(of("max", "churn", "churn", steps.iter().map(churn).collect()));
        for column in sights[0].fill.keys() {
            let seen: Option<Vec<f64>> = sights.iter().map(|sight| sight.fill.get(column).copied()).collect();
            let Some(seen) = seen.filter(|seen| median(seen.iter().copied()) >= FILLED) else { continue };
            let (id, metric) = (format!("{name}_{column}_fill"), format!("{name}.{column}.fill"));
            thresholds.push(Suggestion::below(id, metric, seen));
        }
    }
    // An id is at most 60 characters long.
    thresholds.retain(|suggestion| crate::ids::is_slug(&suggestion.id));
    thresholds.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Suggestions { loads: loads.iter().map(|load| load.manifest.timeslot.clone()).collect(), thresholds })
}

fn sight(load: &Timeslot, table: &Table, engine: &dyn Engine) -> Result<Sight, EngineError> {
    let nothing = TableRecord::default();
    let record = load.manifest.tables.get(table.name).unwrap_or(&nothing);
    let mut sight = Sight { rows: number(record.rows()), ..Sight::default() };
    if record.rows() == 0 {
        return Ok(sight);
    }
    let tables = TableSet::of(load, None);
    if tables.contains("movements") {
        let moved = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM movements m WHERE m.table_name = {} AND m.movement IN ('new', 'deleted')",
            sql::text(table.name)
        );
        let rows = cells(&engine.rows(&moved, &tables)?)?;
        sight.moved = rows.into_iter().flatten().flatten().next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    }
    let is_told = |name: &str| name != "source" && !["_norm", "_source"].iter().any(|end| name.ends_with(end));
    let columns: Vec<&str> = record
        .columns
        .iter()
        .filter(|column| matches!(table.sort, Sort::Object(_)) && column.kind == Type::Text && is_told(&column.name))
        .map(|column| column.name.as_str())
        .collect();
    if columns.is_empty() {
        return Ok(sight);
    }
    let filled: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("CAST(COUNT(NULLIF(t.{}, '')) AS BIGINT) AS n{at}", sql::name(column)))
        .collect();
    let rows = cells(&engine.rows(&format!("SELECT {} FROM {} t", filled.join(", "), table.name), &tables)?)?;
    let counts = rows.into_iter().flatten().map(|count| count.and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0));
    let fill = columns.iter().zip(counts).map(|(column, count)| ((*column).to_owned(), 100.0 * count / sight.rows));
    sight.fill = fill.collect();
    Ok(sight)
}

impl Suggestion {
    /// A limit that lies above what was seen.
    fn above(id: String, metric: String, limit: &'static str, seen: Vec<f64>) -> Self {
        let (middle, spread) = band(&seen);
        let mut limits = [0, 1].map(|at| up((middle + SPREADS[at] * spread).max(LEAST[at])));
        limits[1] = limits[1].max(limits[0]);
        // A change is reached by as much, and a most by more than it.
        let is_reached = |value: f64, limit_of: f64| {
            if limit == "change" { value > 0.0 && value >= limit_of } else { value > limit_of }
        };
        let reached = limits.map(|limit| seen.iter().filter(|value| is_reached(**value, limit)).count());
        Self { id, metric, limit, limits, seen, reached }
    }

    /// A limit that lies below what was seen.
    fn below(id: String, metric: String, seen: Vec<f64>) -> Self {
        let (middle, spread) = band(&seen);
        let limits = [0, 1].map(|at| down((middle - (SPREADS[at] * spread).max(LEAST[at])).max(0.0)));
        let reached = limits.map(|limit| seen.iter().filter(|value| **value < limit).count());
        Self { id, metric, limit: "min", limits, seen, reached }
    }

    /// As a plan has it, with what the past says of it.
    #[must_use]
    pub fn toml(&self) -> String {
        let [to_warn, to_hold] = self.limits;
        let [first, second] = self.reached;
        let (kind, extreme) = if self.limit == "min" {
            ("lowest", self.seen.iter().copied().fold(f64::INFINITY, f64::min))
        } else {
            ("highest", self.seen.iter().copied().fold(0.0, f64::max))
        };
        format!(
            "[stage.validate.threshold.{}]\nmetric = \"{}\"\n{} = {{ warn = \"{to_warn} %\", hold = \"{to_hold} %\" }}  # of {} loads {first} reached the first, {second} the second; the {kind} was {:.1} %\n",
            self.id,
            self.metric,
            self.limit,
            self.seen.len(),
            extreme
        )
    }
}

/// The middle, and the spread around it.
fn band(seen: &[f64]) -> (f64, f64) {
    let middle = median(seen.iter().copied());
    (middle, median(seen.iter().map(|value| (value - middle).abs())))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// Rounded up to a tenth; a hair above one is that one.
fn up(value: f64) -> f64 {
    (value * 10.0 - 1e-6).ceil() / 10.0
}

fn down(value: f64) -> f64 {
    (value * 10.0 + 1e-6).floor() / 10.0
}

#[expect(clippy::cast_precision_loss, reason = "no table has 2^53 rows")]
fn number(rows: u64) -> f64 {
    rows as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn above(seen: &[f64]) -> Suggestion {
        Suggestion::above("it".to_owned(), "accounts.count".to_owned(), "change", seen.to_vec())
    }

    fn texts(suggestion: &Suggestion) -> [String; 2] {
        suggestion.limits.map(|limit| limit.to_string())
    }

    #[test]
    fn a_band_lies_three_and_six_spreads_from_the_middle_and_one_bad_load_moves_it_little() {
        // The middle is 2, the distances from it 1, 0, 0.5, 0.5, 38: their middle is 0.5.
        let band = above(&[1.0, 2.0, 2.5, 1.5, 40.0]);
        assert_eq!((texts(&band), band.reached), (["3.5", "5"].map(str::to_owned), [1, 1]));
        assert_eq!(
            band.toml(),
            "[stage.validate.threshold.it]\nmetric = \"accounts.count\"\nchange = { warn = \"3.5 %\", hold = \"5 %\" }  # of 5 loads 1 reached the first, 1 the second; the highest was 40.0 %\n"
        );
    }

    #[test]
    fn where_nothing_ever_moved_a_limit_is_still_more_than_nothing() {
        assert_eq!(texts(&above(&[0.0, 0.0, 0.0])), ["1", "2"]);
    }

    #[test]
    fn a_column_may_come_a_little_emptier_than_it_ever_was() {
        let fill = Suggestion::below("it".to_owned(), "accounts.email.fill".to_owned(), vec![98.0, 97.5, 98.5, 97.0]);
        // The middle is 97.75, the spread 0.5.
        assert_eq!((texts(&fill), fill.reached), (["96.2", "94.7"].map(str::to_owned), [0, 0]));
    }
}
