//! What rules make of a pair: how alike its texts are, the points of each rule, the score of each tier, and who owns.

use std::sync::Arc;

use super::likeness::{measure, nickname_joins, nickname_table, sure};
use super::tiers::{standing, tiered};
use super::{Sides, form_of, numbered, pairs, within};
use crate::kernels::{Compared, ScoredBy, Scorer};
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

/// The rules for kernels.
pub(super) fn scorer(scoring: &Scoring, sides: &Sides) -> Arc<Scorer> {
    let parts = Parts::of(scoring);
    let compared = |comparison: &&Comparison| Compared {
        account: sides.text_of_account(&comparison.account, form_of(comparison)),
        identity: (comparison.identity.iter())
            .map(|template| sides.text_of_identity(template, form_of(comparison)))
            .collect(),
        comparison: (*comparison).clone(),
    };
    let from_0 = |numbers: &[usize]| numbers.iter().map(|number| number - 1).collect();
    let rules = parts.rules.iter().map(|(_, on, confirm)| ScoredBy { on: from_0(on), confirm: from_0(confirm) });
    let comparisons = parts.comparisons.iter().map(compared).collect();
    Scorer::new(scoring.clone(), comparisons, rules.collect(), pairs::shared(scoring, sides))
}

/// Owners whom these rules found, and whose score has sunk.
pub(super) fn drift(scoring: &Scoring, sides: &Sides, as_of: &str) -> String {
    let parts = Parts::of(scoring);
    let rules = sql::texts(scoring.rules.iter().map(|rule| rule.id.as_str()));
    let (last, owner_at) = (scoring.tiers().len(), scoring.owner_at);
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
