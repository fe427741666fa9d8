//! Whom a scored rule compares: an account and an identity that share a key.
//!
//! A rule's keys are its `block`, each together with what it compares exactly; without `block` that alone. A key that
//! too many identities share makes no pairs: it tells nobody apart, and would make pairs without end.

use super::{KEY_FORM, Sides, form_of, numbered, within};
use crate::settings::scoring::{ScoredRule, Scoring};
use crate::settings::template::Template;
use crate::sql;

/// A key of a rule as SQL on both sides.
struct KeyText {
    rule: String,
    account: String,
    identity: String,
    /// `AND` with the repositories it speaks of.
    within: String,
}

/// Every pair once, as the table expression `pairs`.
pub(super) fn query(scoring: &Scoring, sides: &Sides) -> String {
    let keys = keys(scoring, sides);
    let most = scoring.most_per_key;
    let crowded = numbered(&keys, ",\n", |at, _| {
        format!(
            "crowded_{at} AS (
  SELECT k.key_{at} AS crowded_key FROM bearing k WHERE k.key_{at} IS NOT NULL GROUP BY k.key_{at} HAVING COUNT(*) > {most}
)"
        )
    });
    let met = numbered(&keys, "\n  UNION\n", |at, key| {
        format!(
            "  SELECT q.account_uid AS account_uid, k.identity_uid AS identity_uid
  FROM keyed q
  JOIN bearing k ON k.key_{at} = q.key_{at}
  LEFT JOIN crowded_{at} c ON c.crowded_key = q.key_{at}
  WHERE c.crowded_key IS NULL{}",
            key.within
        )
    });
    format!(
        "{},
{crowded},
met AS (
{met}
),
pairs AS (
  SELECT m.account_uid AS account_uid, m.identity_uid AS identity_uid
  FROM met m
  LEFT JOIN forbidden_owners x ON x.account_uid = m.account_uid AND x.identity_uid = m.identity_uid
  WHERE x.account_uid IS NULL
)",
        both_sides(&keys)
    )
}

/// Keys that would make too many pairs.
pub(super) fn crowded(scoring: &Scoring, sides: &Sides) -> String {
    let keys = keys(scoring, sides);
    let most = scoring.most_per_key;
    let found = numbered(&keys, "\nUNION\n", |at, key| {
        format!(
            "SELECT {rule} AS rule, q.key_{at} AS compared, q.accounts AS accounts, k.identities AS identities
FROM (SELECT q.key_{at}, CAST(COUNT(*) AS BIGINT) AS accounts FROM keyed q WHERE q.key_{at} IS NOT NULL{within} GROUP BY q.key_{at}) q
JOIN (SELECT k.key_{at}, CAST(COUNT(*) AS BIGINT) AS identities FROM bearing k GROUP BY k.key_{at} HAVING COUNT(*) > {most}) k ON k.key_{at} = q.key_{at}",
            rule = key.rule,
            within = key.within
        )
    });
    format!(
        "-- Keys that more than {most} identities share: nobody is compared because of them.\nWITH {}\n{found}",
        both_sides(&keys)
    )
}

fn both_sides(keys: &[KeyText]) -> String {
    let of_accounts = numbered(keys, ", ", |at, key| format!("{} AS key_{at}", key.account));
    let of_identities = numbered(keys, ", ", |at, key| format!("{} AS key_{at}", key.identity));
    format!(
        "keyed AS (
  SELECT a.uid AS account_uid, a.repository AS repository, COALESCE(c.class, 'personal') AS class, {of_accounts}
  FROM accounts a
  JOIN residual_accounts r ON r.account_uid = a.uid
  LEFT JOIN account_classes c ON c.account_uid = a.uid
),
bearing AS (
  SELECT i.uid AS identity_uid, {of_identities}
  FROM identities i
)"
    )
}

/// The keys of all rules; none twice.
fn keys(scoring: &Scoring, sides: &Sides) -> Vec<KeyText> {
    let mut keys: Vec<KeyText> = Vec::new();
    for rule in &scoring.rules {
        for key in keys_of(rule, sides) {
            let is_known = |known: &KeyText| {
                (&known.account, &known.identity, &known.within) == (&key.account, &key.identity, &key.within)
            };
            if !keys.iter().any(is_known) {
                keys.push(key);
            }
        }
    }
    keys
}

fn keys_of(rule: &ScoredRule, sides: &Sides) -> Vec<KeyText> {
    let mut exact = vec![(Vec::new(), Vec::new())];
    for comparison in rule.on.iter().filter(|comparison| comparison.likeness.is_exact()) {
        let account = sides.account(&comparison.account, form_of(comparison));
        let identities = comparison.identity.iter().map(|template| sides.identity(template, form_of(comparison)));
        let identities: Vec<String> = identities.collect();
        let longer = exact.iter().flat_map(|(accounts, of_identities): &(Vec<String>, Vec<String>)| {
            let account = &account;
            identities.iter().map(move |identity| {
                let joined = |texts: &[String], text: &String| [texts, std::slice::from_ref(text)].concat();
                (joined(accounts, account), joined(of_identities, identity))
            })
        });
        exact = longer.collect();
    }
    let block = |key: Option<(&Template, &Template)>| match key {
        Some((account, identity)) => (vec![sides.account(account, KEY_FORM)], vec![sides.identity(identity, KEY_FORM)]),
        None => (Vec::new(), Vec::new()),
    };
    let blocks: Vec<_> = match rule.block.as_slice() {
        [] => vec![block(None)],
        several => several.iter().map(|key| block(Some((&key.account, &key.identity)))).collect(),
    };
    let within = within(rule, "q.");
    let both = blocks.iter().flat_map(|block| exact.iter().map(move |exact| (block, exact)));
    both.map(|(block, exact)| KeyText {
        rule: sql::text(&rule.id),
        account: [block.0.as_slice(), &exact.0].concat().join(" || '|' || "),
        identity: [block.1.as_slice(), &exact.1].concat().join(" || '|' || "),
        within: within.clone(),
    })
    .collect()
}
