//! What rules make of a pair: how alike its texts are, the points of each rule, the score of each tier, and who owns.

use std::fmt::Write as _;

use super::{Sides, form_of, numbered, pairs, within};
use crate::settings::reconcile::OnAmbiguous;
use crate::settings::scoring::{Comparison, Likeness, Millionths, ONE, ScoredRule, Scoring};
use crate::sql;

/// Everybody in question, with score and outcome.
pub(super) fn query(scoring: &Scoring, sides: &Sides) -> String {
    let parts = Parts::of(scoring);
    format!(
        "-- What the rules that add up make of each pair. Points and scores are millionths.
WITH {},
{},
{},
{},
{},
{}",
        pairs::query(scoring, sides),
        parts.measured(sides, &scoring.nicknames, "residual_accounts"),
        parts.alike(),
        parts.matched(scoring),
        tiered(scoring),
        standing(scoring)
    )
}

/// Owners whom these rules found, and whose score has sunk.
pub(super) fn drift(scoring: &Scoring, sides: &Sides, as_of: &str) -> String {
    let parts = Parts::of(scoring);
    let rules = sql::texts(scoring.rules.iter().map(|rule| rule.id.as_str()));
    let (last, owner_at) = (tiers(scoring).len(), scoring.owner_at);
    format!(
        "-- Owners whom the rules that add up found, and who would not have enough now.
WITH pairs AS (
  SELECT o.account_uid AS account_uid, o.identity_uid AS identity_uid, o.rule AS rule
  FROM ownership o
  WHERE o.rule IN ({rules}) AND o.identity_uid IS NOT NULL
),
{},
{},
{},
{}
SELECT p.account_uid AS account_uid, p.identity_uid AS identity_uid, p.rule AS rule, 'less' AS drift,
       CAST(NULL AS BIGINT) AS found_uid, COALESCE(d.first_seen_on, {as_of}) AS first_seen_on
FROM pairs p
JOIN scored s ON s.account_uid = p.account_uid AND s.identity_uid = p.identity_uid
LEFT JOIN before_owner_drift d ON d.account_uid = p.account_uid AND d.identity_uid = p.identity_uid AND d.rule = p.rule
WHERE s.score_{last} < {owner_at}",
        parts.measured(sides, &scoring.nicknames, "pairs"),
        parts.alike(),
        parts.matched(scoring),
        tiered(scoring)
    )
}

/// The rules with the numbers of their comparisons among all that are different.
struct Parts<'s> {
    comparisons: Vec<&'s Comparison>,
    /// For each rule, where its comparisons and those that confirm are.
    rules: Vec<(&'s ScoredRule, Vec<usize>, Vec<usize>)>,
}

impl<'s> Parts<'s> {
    fn of(scoring: &'s Scoring) -> Self {
        let mut comparisons: Vec<&Comparison> = Vec::new();
        let mut place = |comparison: &'s Comparison| {
            let known = comparisons.iter().position(|known| *known == comparison);
            known.unwrap_or_else(|| {
                comparisons.push(comparison);
                comparisons.len() - 1
            }) + 1
        };
        let rules = scoring.rules.iter().map(|rule| {
            let on = rule.on.iter().map(&mut place).collect();
            (rule, on, rule.confirm.iter().map(&mut place).collect())
        });
        let rules = rules.collect();
        Self { comparisons, rules }
    }

    /// The texts of every pair whose account is in a table, and what is measured of them: distance, likeness, or 1 where they are the same.
    fn measured(&self, sides: &Sides, nicknames: &[(String, String)], accounts: &str) -> String {
        let of_account = numbered(&self.comparisons, ", ", |at, one| {
            format!("{} AS a_{at}", sides.account(&one.account, form_of(one)))
        });
        let of_identity = numbered(&self.comparisons, ", ", |at, one| {
            numbered(&one.identity, ", ", |other, template| {
                format!("{} AS i_{at}_{other}", sides.identity(template, form_of(one)))
            })
        });
        let measures = numbered(&self.comparisons, ",\n         ", |at, one| {
            let each = (1..=one.identity.len()).map(|other| {
                let texts = (format!("q.a_{at}"), format!("k.i_{at}_{other}"));
                measure(one.likeness, &texts.0, &texts.1, &format!("n_{at}_{other}"))
            });
            let each: Vec<String> = each.collect();
            let best = match (each.as_slice(), one.likeness) {
                ([only], _) => only.clone(),
                (several, Likeness::EditDistance { .. }) => format!("LEAST({})", several.join(", ")),
                (several, _) => format!("GREATEST({})", several.join(", ")),
            };
            format!("{best} AS measure_{at}")
        });
        let named = self.comparisons.iter().any(|one| matches!(one.likeness, Likeness::Nickname { .. }));
        let table = if named { nickname_table(nicknames) } else { String::new() };
        let joins = nickname_joins(&self.comparisons);
        format!(
            "{table}asking AS (
  SELECT a.uid AS account_uid, a.repository AS repository, COALESCE(c.class, 'personal') AS class, {of_account}
  FROM accounts a
  JOIN (SELECT DISTINCT account_uid FROM {accounts}) r ON r.account_uid = a.uid
  LEFT JOIN account_classes c ON c.account_uid = a.uid
),
known AS (
  SELECT i.uid AS identity_uid, {of_identity}
  FROM identities i
),
measured AS (
  SELECT p.account_uid AS account_uid, p.identity_uid AS identity_uid, q.repository AS repository, q.class AS class,
         {measures}
  FROM pairs p
  JOIN asking q ON q.account_uid = p.account_uid
  JOIN known k ON k.identity_uid = p.identity_uid{joins}
)"
        )
    }

    /// How sure each comparison is; 0 where it does not hold.
    fn alike(&self) -> String {
        let sure = numbered(&self.comparisons, ",\n         ", |at, one| {
            format!("{} AS sure_{at}", sure(one, &format!("measure_{at}")))
        });
        format!(
            "alike AS (
  SELECT account_uid, identity_uid, repository, class,
         {sure}
  FROM measured
)"
        )
    }

    /// How sure each rule is; 0 where it does not match.
    fn matched(&self, scoring: &Scoring) -> String {
        let bare =
            numbered(&self.rules, ",\n         ", |at, (rule, on, _)| format!("{} AS bare_{at}", bare(rule, on)));
        let confirming: Vec<String> = (self.rules.iter().enumerate())
            .filter(|(_, (_, _, confirm))| !confirm.is_empty())
            .map(|(at, (_, _, confirm))| {
                let all: Vec<String> = confirm.iter().map(|at| format!("sure_{at} > 0")).collect();
                format!(",\n         ({}) AS confirms_{}", all.join(" AND "), at + 1)
            })
            .collect();
        let matched = numbered(&self.rules, ",\n         ", |at, (rule, _, confirm)| {
            let bare = format!("bare_{at}");
            let value = match (confirm.is_empty(), rule.confirm_single) {
                (true, _) => bare,
                (false, true) => format!("CASE WHEN confirms_{at} THEN {bare} ELSE 0 END"),
                (false, false) => format!(
                    "CASE WHEN confirms_{at} OR SUM(CASE WHEN {bare} > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY account_uid) = 1 THEN {bare} ELSE 0 END"
                ),
            };
            format!("{value} AS match_{at}")
        });
        let points = numbered(&self.rules, ",\n         ", |at, (rule, _, _)| {
            let beside = rule.ignore_if_matched_by.iter().filter_map(|name| {
                let other = scoring.rules.iter().position(|rule| rule.id == *name)?;
                Some(format!("match_{} > 0", other + 1))
            });
            let beside: Vec<String> = beside.collect();
            let points = times(&format!("match_{at}"), rule.weight);
            if beside.is_empty() {
                format!("{points} AS points_{at}")
            } else {
                format!("CASE WHEN {} THEN 0 ELSE {points} END AS points_{at}", beside.join(" OR "))
            }
        });
        format!(
            "judged AS (
  SELECT account_uid, identity_uid,
         {bare}{}
  FROM alike
),
matched AS (
  SELECT account_uid, identity_uid,
         {matched}
  FROM judged
),
pointed AS (
  SELECT account_uid, identity_uid,
         {points}
  FROM matched
)",
            confirming.concat()
        )
    }
}

/// What is measured of two texts; `nickname` is the row that says they are nicknames.
pub(super) fn measure(likeness: Likeness, account: &str, identity: &str, nickname: &str) -> String {
    let in_millionths = |share: &str| format!("CAST(ROUND({share} * 1000000) AS BIGINT)");
    match likeness {
        Likeness::Same(_) => format!("CASE WHEN {account} = {identity} THEN {ONE} ELSE 0 END"),
        Likeness::EditDistance { .. } => format!("CAST(levenshtein({account}, {identity}) AS BIGINT)"),
        Likeness::JaroWinkler { .. } => in_millionths(&format!("jaro_winkler_similarity({account}, {identity})")),
        Likeness::Trigram { .. } => in_millionths(&format!("trigram_similarity({account}, {identity})")),
        Likeness::Prefix { at_least } => {
            let share = in_millionths(&format!(
                "CAST(LEAST(LENGTH({account}), LENGTH({identity})) AS DOUBLE) / GREATEST(LENGTH({account}), LENGTH({identity}))"
            ));
            format!(
                "CASE WHEN LEAST(LENGTH({account}), LENGTH({identity})) >= {at_least} AND SUBSTR({account}, 1, LENGTH({identity})) = SUBSTR({identity}, 1, LENGTH({account})) THEN {share} ELSE 0 END"
            )
        }
        Likeness::Nickname { alike } => format!(
            "CASE WHEN {account} = {identity} THEN {ONE} WHEN {nickname}.nickname IS NOT NULL THEN {alike} ELSE 0 END"
        ),
    }
}

/// The table of nicknames, as a table expression with a comma behind it.
pub(super) fn nickname_table(nicknames: &[(String, String)]) -> String {
    let row = |(name, other): &(String, String)| format!("({}, {})", sql::text(name), sql::text(other));
    let rows: Vec<String> = nicknames.iter().map(row).collect();
    if rows.is_empty() {
        "nicknames AS (SELECT CAST('' AS VARCHAR) AS name, CAST('' AS VARCHAR) AS nickname WHERE FALSE),\n".to_owned()
    } else {
        let rows = rows.join(", ");
        format!(
            "nicknames AS (SELECT v.name AS name, v.nickname AS nickname FROM (VALUES {rows}) AS v (name, nickname)),\n"
        )
    }
}

fn nickname_joins(comparisons: &[&Comparison]) -> String {
    let mut joins = String::new();
    for (at, one) in comparisons.iter().enumerate().filter(|(_, one)| matches!(one.likeness, Likeness::Nickname { .. }))
    {
        for other in 1..=one.identity.len() {
            let (at, row) = (at + 1, format!("n_{}_{other}", at + 1));
            let _ = write!(
                joins,
                "\n  LEFT JOIN nicknames {row} ON {row}.name = q.a_{at} AND {row}.nickname = k.i_{at}_{other}"
            );
        }
    }
    joins
}

/// How sure a comparison is of what was measured.
pub(super) fn sure(one: &Comparison, measure: &str) -> String {
    let fixed = |otherwise: String| match one.confidence.as_slice() {
        [confidence] => confidence.to_string(),
        _ => otherwise,
    };
    let at_least = |least: Millionths| {
        format!("CASE WHEN {measure} >= {} THEN {} ELSE 0 END", least.max(1), fixed(measure.to_owned()))
    };
    match one.likeness {
        Likeness::EditDistance { at_most } => {
            let by_distance = (0..=at_most).map(|distance| {
                let confidence = match one.confidence.as_slice() {
                    [] => (ONE + (distance + 1) / 2) / (distance + 1),
                    [only] => *only,
                    several => several.get(distance as usize).copied().unwrap_or(0),
                };
                format!("WHEN {distance} THEN {confidence}")
            });
            format!("CASE {measure} {} ELSE 0 END", by_distance.collect::<Vec<_>>().join(" "))
        }
        Likeness::JaroWinkler { at_least: least } | Likeness::Trigram { at_least: least } => at_least(least),
        Likeness::Same(_) | Likeness::Prefix { .. } | Likeness::Nickname { .. } => at_least(1),
    }
}

/// How sure a rule is that nothing has to confirm: the product of its comparisons, and of its own confidence.
fn bare(rule: &ScoredRule, on: &[usize]) -> String {
    let holds: Vec<String> = on.iter().map(|at| format!("sure_{at} > 0")).collect();
    let mut product = format!("sure_{}", on[0]);
    for at in &on[1..] {
        product = product_of(&product, &format!("sure_{at}"));
    }
    let product = times(&product, rule.confidence);
    let within = within(rule, "");
    format!("CASE WHEN {}{within} THEN {product} ELSE 0 END", holds.join(" AND "))
}

/// A number of millionths times a share.
fn times(number: &str, share: Millionths) -> String {
    if share == ONE { number.to_owned() } else { product_of(number, &share.to_string()) }
}

/// The product of two numbers of millionths. Both are whole and at most a million: the quotient is the nearest double,
/// so that every engine rounds alike.
fn product_of(one: &str, other: &str) -> String {
    format!("CAST(ROUND(CAST({one} AS DOUBLE) * {other} / 1000000) AS BIGINT)")
}

/// The tiers of the rules, in order.
fn tiers(scoring: &Scoring) -> Vec<u32> {
    let mut tiers: Vec<u32> = scoring.rules.iter().map(|rule| rule.tier).collect();
    tiers.dedup();
    tiers
}

/// The score behind each tier.
fn tiered(scoring: &Scoring) -> String {
    let scores = numbered(tiers(scoring), ",\n         ", |at, tier| {
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
fn standing(scoring: &Scoring) -> String {
    let tiers = tiers(scoring);
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
