//! Risk: what the open findings about something add up to, with the arithmetic.

use crate::engine::EngineError;
use crate::event::ReportTable;
use crate::kernels::{RiskPoints, RiskScores, of_uids};
use crate::model::Model;
use crate::settings::controls::Controls;
use crate::sql;
use crate::stages::Ask;

/// So many of a kind are named.
const SAMPLES: u32 = 5;

/// The points of each control, and their sums with the ranks.
pub(super) fn models(controls: &Controls) -> Vec<Model> {
    let weights: Vec<String> =
        controls.risk_weights.0.iter().enumerate().map(|(risk, weight)| format!("({risk}, {weight})")).collect();
    let points = sql::fill(include_str!("risk_points.sql").trim_end(), &[("weights", &weights.join(", "))]);
    vec![
        Model::sql("risk_points", "all", points).by(RiskPoints { weights: controls.risk_weights.0 }),
        Model::sql("risk_scores", "all", include_str!("risk_scores.sql").trim_end().to_owned()).by(RiskScores),
    ]
}

/// The worst of each kind.
pub(super) fn worst(ask: &Ask<'_>) -> Result<Option<ReportTable>, EngineError> {
    let worst = ask.rows(&format!(
        "SELECT s.uid FROM risk_scores s WHERE s.score > 0 AND s.score_rank <= {SAMPLES} ORDER BY s.uid NULLS LAST"
    ))?;
    let worst: Vec<i64> = worst.iter().flatten().filter_map(|uid| uid.parse().ok()).collect();
    let mut tables = ask.tables.clone();
    for table in ["risk_scores", "risk_points", "uids"] {
        tables.insert(table, of_uids(&ask.tables.find(table), worst.iter().copied())?);
    }
    let ask = Ask { tables: &tables, ..*ask };
    let rows = ask.rows(&format!(
        "WITH placed AS (
  SELECT s.kind, s.uid, s.score, s.score_rank,
         ROW_NUMBER() OVER (PARTITION BY s.kind ORDER BY s.score_rank NULLS LAST, s.uid NULLS LAST) AS place
  FROM risk_scores s
  WHERE s.score > 0 AND s.score_rank <= {SAMPLES}
),
worst AS (
  SELECT p.kind, p.uid, p.score, p.score_rank, p.place FROM placed p WHERE p.place <= {SAMPLES}
),
explained AS (
  SELECT p.kind, p.uid, STRING_AGG(p.control || ' ' || CAST(p.findings AS VARCHAR) || ' x ' || CAST(p.weight AS VARCHAR), ' + ' ORDER BY p.points DESC NULLS LAST, p.control NULLS LAST, p.risk NULLS LAST) AS arithmetic
  FROM risk_points p JOIN worst w ON w.kind = p.kind AND w.uid = p.uid
  WHERE p.points > 0 GROUP BY p.kind, p.uid
)
SELECT w.kind, w.score_rank, COALESCE(NULLIF(u.namespace, '') || '/', '') || u.key AS subject, w.score, e.arithmetic
FROM worst w
JOIN uids u ON u.kind = w.kind AND u.uid = w.uid
JOIN explained e ON e.kind = w.kind AND e.uid = w.uid
ORDER BY w.kind NULLS LAST, w.place NULLS LAST"
    ))?;
    let columns = ["kind", "rank", "subject", "score", "arithmetic"];
    let is_empty = rows.is_empty();
    let table = ReportTable::new("highest risk scores: samples", &columns, rows).of_people();
    Ok((!is_empty).then_some(table))
}
