//! What was compared of an account and of those in question for it: every comparison of every rule, with its texts.

use super::likeness::{measure, nickname_table, sure};
use super::{Sides, form_of};
use crate::model::TableSet;
use crate::settings::reconcile::Form;
use crate::settings::scoring::{Comparison, Likeness, ScoredRule, Scoring};
use crate::sql;
use crate::stages::reconcile::compare::As;

/// A query for an account of the timeslot whose tables these are. A row for each candidate (columns `identity_uid`,
/// `score`, `outcome`, `arithmetic`), rule and comparison: `rule`, `place` of the comparison in the rule, from 1; what is
/// compared (`account_column`, `identity_column`), the texts as they stand, `sure` in millionths, and `degree`: `full`
/// where the texts are the same but for case and accents, `partial` where they are alike or the same as another name of
/// the identity, `none` else. Candidates with the highest score come first.
#[must_use]
pub fn evidence(scoring: &Scoring, tables: &TableSet, account_uid: i64) -> String {
    let sides = Sides::of(tables);
    let mut rows = Vec::new();
    for (at, rule) in scoring.rules.iter().enumerate() {
        for (place, comparison) in rule.on.iter().chain(&rule.confirm).enumerate() {
            for (other, _) in comparison.identity.iter().enumerate() {
                rows.push(row(&sides, at, rule, place + 1, comparison, other));
            }
        }
    }
    let best = "ROW_NUMBER() OVER (PARTITION BY f.identity_uid, f.rank, f.place ORDER BY f.sure DESC NULLS LAST, f.other NULLS LAST)";
    format!(
        "WITH {}asked AS (
  SELECT s.account_uid, s.identity_uid, s.score, s.outcome, s.arithmetic FROM owner_scores s WHERE s.account_uid = {account_uid}
),
found AS (
{}
),
placed AS (SELECT f.*, {best} AS best FROM found f)
SELECT p.identity_uid, p.score, p.outcome, p.arithmetic, p.rule, p.place, p.account_column, p.identity_column,
       p.account_text, p.identity_text, p.sure,
       CASE WHEN p.is_same THEN (CASE WHEN p.other = 0 THEN 'full' ELSE 'partial' END) WHEN p.sure > 0 THEN 'partial' ELSE 'none' END AS degree
FROM placed p
WHERE p.best = 1
ORDER BY p.score DESC NULLS LAST, p.identity_uid NULLS LAST, p.rank NULLS LAST, p.place NULLS LAST",
        nickname_table(&scoring.nicknames),
        rows.join("\n  UNION ALL\n")
    )
}

/// The rows of a comparison, with one of the names of the identity.
fn row(sides: &Sides, at: usize, rule: &ScoredRule, place: usize, comparison: &Comparison, other: usize) -> String {
    let template = &comparison.identity[other];
    let form = form_of(comparison);
    let (account, identity) = (sides.account(&comparison.account, form), sides.identity(template, form));
    let is_named = matches!(comparison.likeness, Likeness::Nickname { .. });
    let join = if is_named {
        format!("\n  LEFT JOIN nicknames n ON n.name = ({account}) AND n.nickname = ({identity})")
    } else {
        String::new()
    };
    let measured = measure(comparison.likeness, &format!("({account})"), &format!("({identity})"), "n");
    let written = As { form: Form::Equal, keep: "" };
    let loose = |text: fn(&Sides, &_, As<'_>) -> String, template| {
        let normalised = text(sides, template, As { form: Form::Normalised, keep: "" });
        format!("COALESCE({normalised}, {})", text(sides, template, written))
    };
    format!(
        "  SELECT s.identity_uid AS identity_uid, s.score AS score, s.outcome AS outcome, s.arithmetic AS arithmetic,
         {name} AS rule, CAST({at} AS BIGINT) AS rank, CAST({place} AS BIGINT) AS place, CAST({other} AS BIGINT) AS other,
         {account_column} AS account_column, {identity_column} AS identity_column,
         {account_text} AS account_text, {identity_text} AS identity_text,
         CAST({sure} AS BIGINT) AS sure,
         COALESCE(({account}) = ({identity}) OR {one} = {another}, FALSE) AS is_same
  FROM asked s JOIN accounts a ON a.uid = s.account_uid JOIN identities i ON i.uid = s.identity_uid{join}",
        name = sql::text(&rule.id),
        account_column = sql::text(&comparison.account.to_string()),
        identity_column = sql::text(&template.to_string()),
        account_text = sides.account(&comparison.account, written),
        identity_text = sides.identity(template, written),
        sure = sure(comparison, &format!("({measured})")),
        one = loose(Sides::account, &comparison.account),
        another = loose(Sides::identity, template),
    )
}
