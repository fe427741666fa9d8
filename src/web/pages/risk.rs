//! What the open findings about somebody add up to, with the arithmetic.

use crate::table::Kind;
use crate::web::answer::Refusal;
use crate::web::asked::Asked;
use crate::web::page::Cell;
use crate::web::site::Site;

/// The risk score of an object as a fact about it; `None` where the load reckons none, or nothing was ever found.
pub(super) fn risk(site: &Site, asked: &Asked, kind: Kind, uid: &str) -> Result<Option<(String, Cell)>, Refusal> {
    if !asked.has("risk_scores") || !asked.has("risk_points") {
        return Ok(None);
    }
    let its = format!("kind = '{kind}' AND uid = {uid}");
    let score = format!("SELECT CAST(score AS VARCHAR), CAST(score_rank AS VARCHAR) FROM risk_scores WHERE {its}");
    let Some(row) = asked.rows(site, &score)?.into_iter().next() else { return Ok(None) };
    let points = asked.rows(
        site,
        &format!(
            "SELECT control, CAST(findings AS VARCHAR) AS found, CAST(weight AS VARCHAR) AS weighs FROM risk_points
WHERE {its} AND points > 0 ORDER BY points DESC NULLS LAST, control NULLS LAST, risk NULLS LAST"
        ),
    )?;
    let term = |row: Vec<Option<String>>| {
        let [control, findings, weight] = row.try_into().ok()?;
        Some(format!("{} {} x {}", control?, findings?, weight?))
    };
    let terms: Vec<String> = points.into_iter().filter_map(term).collect();
    let Ok([Some(score), Some(rank)]) = <[Option<String>; 2]>::try_from(row) else { return Ok(None) };
    let sum = if terms.is_empty() { score } else { format!("{score} = {}; rank {rank}", terms.join(" + ")) };
    Ok(Some(("risk score".to_owned(), Cell::Text(sum))))
}
