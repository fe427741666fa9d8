//! What scores mean: the score behind each tier, which tier decides, and who owns or stays in question.

use super::numbered;
use crate::settings::reconcile::OnAmbiguous;
use crate::settings::scoring::{ONE, ScoredRule, Scoring};
use crate::sql;

/// The score behind each tier.
pub(super) fn tiered(scoring: &Scoring) -> String {
    let scores = numbered(scoring.tiers(), ",\n         ", |at, tier| {
        let points: Vec<String> = (scoring.rules.iter().enumerate())
            .filter(|(_, rule)| rule.tier <= tier)
            .map(|(at, _)| format!("points_{}", at + 1))
            .collect();
        format!("LEAST({ONE}, {}) AS score_{at}", points.join(" + "))
    });
    format!(
        "scored AS (
  SELECT pointed.*,
         {scores}
  FROM pointed
)"
    )
}

/// Who is in question, and who owns.
pub(super) fn standing(scoring: &Scoring) -> String {
    let tiers = scoring.tiers();
    let last = tiers.len();
    let owner_at = scoring.owner_at;
    let candidate_at = scoring.candidate_at.max(1);
    let certain = numbered(&tiers, ",\n         ", |at, _| {
        format!(
            "CAST(SUM(CASE WHEN score_{at} >= {owner_at} THEN 1 ELSE 0 END) OVER (PARTITION BY account_uid) AS BIGINT) AS certain_{at}"
        )
    });
    let ends = if scoring.on_ambiguous == OnAmbiguous::Stop { ">= 1" } else { "= 1" };
    let deciding = numbered(&tiers[..last - 1], " ", |at, _| format!("WHEN certain_{at} {ends} THEN {at}"));
    let deciding = if deciding.is_empty() { last.to_string() } else { format!("CASE {deciding} ELSE {last} END") };
    let by_tier = |name: &str| {
        let cases = numbered(&tiers[..last - 1], " ", |at, _| format!("WHEN {at} THEN {name}_{at}"));
        if cases.is_empty() {
            format!("{name}_{last}")
        } else {
            format!("CASE deciding {cases} ELSE {name}_{last} END")
        }
    };
    let tier_names = numbered(&tiers, " ", |at, tier| format!("WHEN {at} THEN {tier}"));
    // Of a tier behind the deciding one no rule has been tried.
    let tried = |at: usize, rule: &ScoredRule| {
        let place = tiers.iter().position(|tier| *tier == rule.tier).unwrap_or(0) + 1;
        format!("CASE WHEN deciding >= {place} THEN points_{at} ELSE 0 END AS tried_{at}")
    };
    let tried = numbered(&scoring.rules, ",\n         ", tried);
    let most = (1..=scoring.rules.len()).map(|at| format!("tried_{at}")).collect::<Vec<_>>();
    let most = if let [only] = most.as_slice() { only.clone() } else { format!("GREATEST({})", most.join(", ")) };
    let rule = numbered(&scoring.rules, " ", |at, rule| format!("WHEN tried_{at} = most THEN {}", sql::text(&rule.id)));
    let arithmetic = numbered(&scoring.rules, " || ", |at, rule| {
        let said = format!(
            "{} || CASE WHEN tried_{at} >= {ONE} THEN '1' ELSE '0.' || LPAD(CAST(tried_{at} AS VARCHAR), 6, '0') END",
            sql::text(&format!(" + {} ", rule.id))
        );
        format!("CASE WHEN tried_{at} > 0 THEN {said} ELSE '' END")
    });
    let remember = if scoring.is_remembered { "TRUE" } else { "FALSE" };
    format!(
        "counted AS (
  SELECT scored.*,
         {certain}
  FROM scored
  WHERE score_{last} > 0
),
decided AS (
  SELECT counted.*, {deciding} AS deciding
  FROM counted
),
reached AS (
  SELECT account_uid, identity_uid, deciding, {score} AS reached_score, {certain_of} AS certain,
         {tried}
  FROM decided
),
candidates AS (
  SELECT reached.*, {most} AS most
  FROM reached
  WHERE reached_score >= {candidate_at}
),
-- Several were as sure once, and the account says the same since: that some of them are gone tells nobody apart.
remembered AS (
  SELECT b.account_uid AS account_uid, b.identity_uid AS identity_uid, b.score AS score, b.tier AS tier, b.rule AS rule, b.arithmetic AS arithmetic
  FROM before_owner_scores b
  JOIN residual_accounts r ON r.account_uid = b.account_uid
  JOIN accounts a ON a.uid = b.account_uid
  JOIN before_accounts o ON o.uid = a.uid AND o.row_hash = a.row_hash
  LEFT JOIN forbidden_owners x ON x.account_uid = b.account_uid AND x.identity_uid = b.identity_uid
  WHERE b.outcome IN ('several', 'remembered') AND {remember} AND x.account_uid IS NULL
    AND NOT EXISTS (SELECT 1 FROM forgotten_owners f WHERE f.name = b.rule AND f.kind = 'rule')
    AND NOT EXISTS (SELECT 1 FROM forgotten_owners g WHERE g.name = a.repository AND g.kind = 'repository')
),
remembered_of AS (
  SELECT m.account_uid AS account_uid, MIN(m.identity_uid) AS least_uid, MAX(m.identity_uid) AS greatest_uid
  FROM remembered m
  GROUP BY m.account_uid
),
named AS (
  SELECT c.account_uid AS account_uid, c.identity_uid AS identity_uid, c.reached_score, c.certain, c.deciding,
         CASE {rule} END AS rule,
         SUBSTR({arithmetic}, 4) AS arithmetic,
         COALESCE(o.least_uid <> c.identity_uid OR o.greatest_uid <> c.identity_uid, FALSE) AS is_in_question
  FROM candidates c
  LEFT JOIN remembered_of o ON o.account_uid = c.account_uid
)
SELECT COALESCE(n.account_uid, m.account_uid) AS account_uid, COALESCE(n.identity_uid, m.identity_uid) AS identity_uid,
       COALESCE(CAST(n.reached_score AS DOUBLE) / 1000000, m.score) AS score,
       CASE WHEN n.account_uid IS NULL THEN 'remembered' WHEN n.reached_score < {owner_at} THEN 'candidate'
            WHEN n.certain = 1 AND NOT n.is_in_question THEN 'owner' ELSE 'several' END AS outcome,
       COALESCE(CAST(CASE n.deciding {tier_names} END AS BIGINT), m.tier) AS tier,
       COALESCE(n.rule, m.rule) AS rule, COALESCE(n.arithmetic, m.arithmetic) AS arithmetic
FROM named n
FULL JOIN remembered m ON m.account_uid = n.account_uid AND m.identity_uid = n.identity_uid",
        score = by_tier("score"),
        certain_of = by_tier("certain"),
    )
}
