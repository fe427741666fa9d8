//! What scores mean: the score behind each tier, which tier decides, and who owns or stays in question.

use std::borrow::Cow;

use super::judge::Pair;
use super::remembered::Remembered;
use crate::settings::reconcile::OnAmbiguous;
use crate::settings::scoring::{Millionths, ONE, Scoring};

/// What becomes of somebody in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Owner,
    Several,
    Candidate,
    Remembered,
}

/// Somebody in question for an account.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    pub(super) account: i64,
    pub(super) identity: i64,
    pub(super) score: Option<f64>,
    pub(super) outcome: Outcome,
    pub(super) tier: Option<i64>,
    pub(super) rule: Option<Cow<'a, str>>,
    pub(super) arithmetic: Option<String>,
}

/// What makes of points who owns.
pub(super) struct Standing<'a> {
    scoring: &'a Scoring,
    tiers: Vec<u32>,
    /// The uids of those whom pairs name.
    identities: &'a [i64],
    remembered: &'a Remembered,
}

impl<'a> Standing<'a> {
    pub(super) fn new(scoring: &'a Scoring, identities: &'a [i64], remembered: &'a Remembered) -> Self {
        Self { scoring, tiers: scoring.tiers(), identities, remembered }
    }

    /// Adds who is in question for an account, by its pairs and by what was remembered.
    pub(super) fn rows(&self, account: i64, pairs: Vec<Pair>, rows: &mut Vec<Row<'a>>) {
        let Self { scoring, tiers, identities, remembered } = self;
        let remembered = remembered.of_account(account);
        if pairs.is_empty() && remembered.is_empty() {
            return;
        }
        // For each tier, how many are sure enough.
        let mut certain = vec![0_u32; tiers.len()];
        for pair in &pairs {
            for (count, tier) in certain.iter_mut().zip(tiers) {
                *count += u32::from(score(pair, *tier, scoring) >= scoring.owner_at);
            }
        }
        let ends = |count: &u32| if scoring.on_ambiguous == OnAmbiguous::Stop { *count >= 1 } else { *count == 1 };
        let deciding = certain.iter().position(ends).unwrap_or(tiers.len() - 1);
        let first = rows.len();
        for mut pair in pairs {
            let reached = score(&pair, tiers[deciding], scoring);
            if reached < scoring.candidate_at.max(1) {
                continue;
            }
            // Of a tier behind the deciding one no rule has been tried.
            for (points, rule) in pair.points.iter_mut().zip(&scoring.rules) {
                if rule.tier > tiers[deciding] {
                    *points = 0;
                }
            }
            let identity = identities[pair.identity as usize];
            let is_in_question = remembered.iter().any(|other| other.identity != identity);
            let outcome = match (reached < scoring.owner_at, certain[deciding] == 1 && !is_in_question) {
                (true, _) => Outcome::Candidate,
                (false, true) => Outcome::Owner,
                (false, false) => Outcome::Several,
            };
            let most = pair.points.iter().max().copied().unwrap_or(0);
            let best = pair.points.iter().position(|points| *points == most);
            rows.push(Row {
                account,
                identity,
                score: Some(f64::from(reached) / f64::from(ONE)),
                outcome,
                tier: Some(i64::from(tiers[deciding])),
                rule: best.map(|at| Cow::Borrowed(scoring.rules[at].id.as_str())),
                arithmetic: Some(arithmetic(&pair.points, scoring)),
            });
        }
        let found = first..rows.len();
        for other in remembered {
            if !rows[found.clone()].iter().any(|row| row.identity == other.identity) {
                rows.push(other.clone());
            }
        }
    }
}

/// The score of a pair behind a tier.
fn score(pair: &Pair, tier: u32, scoring: &Scoring) -> Millionths {
    let points = pair.points.iter().zip(&scoring.rules).filter(|(_, rule)| rule.tier <= tier);
    let sum: u64 = points.map(|(points, _)| u64::from(*points)).sum();
    Millionths::try_from(sum).map_or(ONE, |sum| sum.min(ONE))
}

/// The rules that gave points, with these.
fn arithmetic(points: &[Millionths], scoring: &Scoring) -> String {
    let given = points.iter().zip(&scoring.rules).filter(|(points, _)| **points > 0);
    let said = given.map(|(points, rule)| match points {
        1_000_000.. => format!("{} 1", rule.id),
        _ => format!("{} 0.{points:06}", rule.id),
    });
    said.collect::<Vec<_>>().join(" + ")
}
