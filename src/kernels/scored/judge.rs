//! What the rules make of each pair: an account, and an identity that shares a key with it.

use std::collections::HashSet;

use super::likeness::{Against, Nicknames, sure};
use super::texts::TextId;
use super::{Asked, ScoredBy, Scorer};
use crate::settings::scoring::{Comparison, Millionths, ONE};

/// A pair in which an identity has points.
pub(super) struct Pair {
    /// Which identity.
    pub(super) identity: u32,
    /// The points of each rule, in the order of the settings.
    pub(super) points: Vec<Millionths>,
}

/// The rules over all texts. A thread has its own.
pub(super) struct Judge<'a> {
    scorer: &'a Scorer,
    asked: &'a Asked,
    nicknames: Nicknames,
    comparisons: Vec<Side<'a>>,
    /// The rules by number, those first of which all matches of an account must be known, then by cost and weight.
    order: Vec<usize>,
    /// So many at the beginning of `order` are tried on every pair.
    always: usize,
    /// What rules can add at most behind each place of `order`.
    left: Vec<u64>,
    /// For each identity the account it was last met for.
    met: Vec<u32>,
    /// For each comparison, what of the account is compared.
    against: Vec<Option<Against>>,
    /// For each comparison, how sure it is of the pair, once it was tried.
    tried: Vec<Option<Millionths>>,
}

/// A comparison with the numbers of its texts.
struct Side<'a> {
    comparison: &'a Comparison,
    accounts: &'a [TextId],
    identities: Vec<&'a [TextId]>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(scorer: &'a Scorer, asked: &'a Asked) -> Self {
        let comparisons = scorer.comparisons.iter().map(|compared| Side {
            comparison: &compared.comparison,
            accounts: asked.texts.of_accounts(&compared.account),
            identities: compared.identity.iter().map(|text| asked.texts.of_identities(text)).collect(),
        });
        let rules = &scorer.scoring.rules;
        let is_counted = |at: usize| !rules[at].confirm.is_empty() && !rules[at].confirm_single;
        let is_costly = |at: usize| rules[at].on.iter().any(|comparison| !comparison.likeness.is_exact());
        let most = |at: usize| product(rules[at].confidence, rules[at].weight);
        let mut order: Vec<usize> = (0..rules.len()).collect();
        order.sort_by_key(|at| (!is_counted(*at), is_costly(*at), std::cmp::Reverse(most(*at))));
        let mut left: Vec<u64> = order
            .iter()
            .rev()
            .scan(0, |sum, at| {
                let behind = *sum;
                *sum += u64::from(most(*at));
                Some(behind)
            })
            .collect();
        left.reverse();
        Self {
            nicknames: Nicknames::of(&scorer.scoring.nicknames, &asked.texts.all),
            comparisons: comparisons.collect(),
            always: order.iter().filter(|at| is_counted(**at)).count(),
            order,
            left,
            met: vec![u32::MAX; asked.identities.len()],
            against: scorer.comparisons.iter().map(|_| None).collect(),
            tried: vec![None; scorer.comparisons.len()],
            scorer,
            asked,
        }
    }

    /// The pairs of an account that may reach what candidates need. Who is forbidden is in none.
    pub(super) fn pairs(&mut self, account: usize, forbidden: Option<&HashSet<i64>>) -> Vec<Pair> {
        let asked = self.asked;
        let rules = &self.scorer.scoring.rules;
        let least = u64::from(self.scorer.scoring.candidate_at.max(1));
        let turn = u32::try_from(account).expect("less than four billion accounts");
        self.against.fill_with(|| None);
        let is_within = |rule: usize| asked.within[rule].as_ref().is_none_or(|within| within[account]);
        // How often each rule holds that nothing has to confirm while it is alone.
        let mut holding = vec![0_u32; rules.len()];
        let mut bare: Vec<(u32, Vec<Millionths>)> = Vec::new();
        let mut values = vec![0; rules.len()];
        for identity in asked.keys.sharing(account, is_within) {
            let met = &mut self.met[identity as usize];
            if std::mem::replace(met, turn) == turn
                || forbidden.is_some_and(|forbidden| forbidden.contains(&asked.identities[identity as usize]))
            {
                continue;
            }
            self.tried.fill(None);
            values.fill(0);
            let mut sum = 0;
            let mut may_reach = true;
            for place in 0..self.order.len() {
                let at = self.order[place];
                let value = if is_within(at) { self.bare(at, account, identity) } else { 0 };
                values[at] = value;
                holding[at] += u32::from(value > 0);
                sum += u64::from(product(value, rules[at].weight));
                may_reach = sum + self.left[place] >= least;
                if place + 1 >= self.always && !may_reach {
                    break;
                }
            }
            if may_reach {
                bare.push((identity, values.clone()));
            }
        }
        let pairs = bare.into_iter().map(|(identity, values)| {
            self.tried.fill(None);
            Pair { identity, points: self.points(account, identity, &values, &holding) }
        });
        pairs.filter(|pair| pair.points.iter().any(|points| *points > 0)).collect()
    }

    /// How sure a rule is that nothing has to confirm; 0 where it does not hold.
    fn bare(&mut self, at: usize, account: usize, identity: u32) -> Millionths {
        let scorer = self.scorer;
        let mut whole = None;
        for comparison in &scorer.rules[at].on {
            let sure = self.sure(*comparison, account, identity);
            if sure == 0 {
                return 0;
            }
            whole = Some(whole.map_or(sure, |whole| product_of(whole, sure)));
        }
        product(whole.unwrap_or(0), scorer.scoring.rules[at].confidence)
    }

    /// The points of the rules: what has to be confirmed is, and what counts only without another stands alone.
    fn points(&mut self, account: usize, identity: u32, bare: &[Millionths], holding: &[u32]) -> Vec<Millionths> {
        let scorer = self.scorer;
        let rules = &scorer.scoring.rules;
        let matched: Vec<Millionths> = (scorer.rules.iter().zip(rules).enumerate())
            .map(|(at, (ScoredBy { confirm, .. }, rule))| {
                let is_alone = || !rule.confirm_single && holding[at] == 1;
                let stands = bare[at] > 0
                    && (confirm.is_empty()
                        || is_alone()
                        || confirm.iter().all(|comparison| self.sure(*comparison, account, identity) > 0));
                if stands { bare[at] } else { 0 }
            })
            .collect();
        let is_beside = |id: &String| {
            let other = rules.iter().position(|rule| rule.id == *id);
            other.is_some_and(|other| matched[other] > 0)
        };
        let points = rules.iter().zip(&matched).map(|(rule, matched)| {
            if *matched == 0 || rule.ignore_if_matched_by.iter().any(is_beside) {
                0
            } else {
                product(*matched, rule.weight)
            }
        });
        points.collect()
    }

    /// How sure a comparison is of the pair in hand.
    fn sure(&mut self, at: usize, account: usize, identity: u32) -> Millionths {
        if let Some(known) = self.tried[at] {
            return known;
        }
        let Side { comparison, accounts, identities } = &self.comparisons[at];
        let texts = &self.asked.texts.all;
        let against = &mut self.against[at];
        let of = |numbers: &&[TextId]| {
            sure(comparison, accounts[account], numbers[identity as usize], texts, &self.nicknames, against)
        };
        let best = identities.iter().map(of).max().unwrap_or(0);
        self.tried[at] = Some(best);
        best
    }
}

/// A number of millionths times a share.
fn product(number: Millionths, share: Millionths) -> Millionths {
    if share == ONE { number } else { product_of(number, share) }
}

/// The product of two numbers of millionths, to the nearest. As doubles, as in the queries: they round alike.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both are between 0 and a million")]
fn product_of(one: Millionths, other: Millionths) -> Millionths {
    (f64::from(one) * f64::from(other) / f64::from(ONE)).round() as Millionths
}
