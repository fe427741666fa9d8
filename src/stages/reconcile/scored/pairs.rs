//! Whom a scored rule compares: an account and an identity that share a key.
//!
//! A rule's keys are its `block`, each together with what it compares exactly; without `block` that alone. A key that
//! too many identities share makes no pairs: it tells nobody apart, and would make pairs without end.

use super::{KEY_FORM, Sides, form_of, numbered, within};
use crate::kernels::SharedKey;
use crate::settings::scoring::{ScoredRule, Scoring};
use crate::settings::template::Template;
use crate::sql;
use crate::stages::reconcile::compare::As;

/// A key of a rule: what it is made of on both sides, and that as SQL.
struct KeyText<'s> {
    rule: usize,
    pieces: [Vec<Piece<'s>>; 2],
    name: String,
    account: String,
    identity: String,
    /// `AND` with the repositories it speaks of.
    within: String,
}

/// A template in a form.
type Piece<'s> = (&'s Template, As<'s>);

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
            rule = key.name,
            within = key.within
        )
    });
    format!(
        "-- Keys that more than {most} identities share: nobody is compared because of them.\nWITH {}\n{found}",
        both_sides(&keys)
    )
}

fn both_sides(keys: &[KeyText<'_>]) -> String {
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

/// The keys of all rules for a kernel; none twice.
pub(super) fn shared(scoring: &Scoring, sides: &Sides) -> Vec<SharedKey> {
    let shared = keys(scoring, sides).into_iter().map(|key| {
        let [accounts, identities] = key.pieces;
        SharedKey {
            rule: key.rule,
            account: accounts.into_iter().map(|(template, form)| sides.text_of_account(template, form)).collect(),
            identity: identities.into_iter().map(|(template, form)| sides.text_of_identity(template, form)).collect(),
        }
    });
    shared.collect()
}

/// The keys of all rules; none twice.
fn keys<'s>(scoring: &'s Scoring, sides: &Sides) -> Vec<KeyText<'s>> {
    let mut keys: Vec<KeyText<'_>> = Vec::new();
    for (at, rule) in scoring.rules.iter().enumerate() {
        for key in keys_of(at, rule, sides) {
            let is_known = |known: &KeyText<'_>| {
                (&known.account, &known.identity, &known.within) == (&key.account, &key.identity, &key.within)
            };
            if !keys.iter().any(is_known) {
                keys.push(key);
            }
        }
    }
    keys
}

fn keys_of<'s>(at: usize, rule: &'s ScoredRule, sides: &Sides) -> Vec<KeyText<'s>> {
    let mut exact: Vec<[Vec<Piece<'s>>; 2]> = vec![[Vec::new(), Vec::new()]];
    for comparison in rule.on.iter().filter(|comparison| comparison.likeness.is_exact()) {
        let form = form_of(comparison);
        let longer = exact.iter().flat_map(|[accounts, identities]| {
            comparison.identity.iter().map(move |identity| {
                let joined = |pieces: &[Piece<'s>], template| [pieces, &[(template, form)]].concat();
                [joined(accounts, &comparison.account), joined(identities, identity)]
            })
        });
        exact = longer.collect();
    }
    let of_block = rule.block.iter().map(|key| [vec![(&key.account, KEY_FORM)], vec![(&key.identity, KEY_FORM)]]);
    let mut blocks: Vec<[Vec<Piece<'s>>; 2]> = of_block.collect();
    if blocks.is_empty() {
        blocks.push([Vec::new(), Vec::new()]);
    }
    let within = within(rule, "q.");
    let both = blocks.iter().flat_map(|block| exact.iter().map(move |exact| (block, exact)));
    both.map(|(block, exact)| {
        let pieces = [0, 1].map(|side| [block[side].as_slice(), &exact[side]].concat());
        let account = pieces[0].iter().map(|(template, form)| sides.account(template, *form)).collect::<Vec<_>>();
        let identity = pieces[1].iter().map(|(template, form)| sides.identity(template, *form)).collect::<Vec<_>>();
        KeyText {
            rule: at,
            pieces,
            name: sql::text(&rule.id),
            account: account.join(" || '|' || "),
            identity: identity.join(" || '|' || "),
            within: within.clone(),
        }
    })
    .collect()
}
