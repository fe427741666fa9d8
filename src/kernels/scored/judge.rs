//! What the rules make of each pair: an account, and an identity that shares a key with it.

use std::collections::HashSet;

use super::likeness::{Against, Letters, sure};
use super::lines::Place;
use super::texts::NOTHING;
use super::{Asked, ScoredBy, Scorer};
use crate::settings::scoring::{Likeness, Millionths, ONE};

/// A pair in which an identity has points.
pub(super) struct Pair {
    /// Its place in the keys' order.
    pub(super) identity: u32,
    /// The points of each rule, in the order of the settings.
    pub(super) points: Vec<Millionths>,
}

/// The rules over all texts. A thread has its own.
pub(super) struct Judge<'a> {
    scorer: &'a Scorer,
    asked: &'a Asked,
    /// The rules by number, those first of which all matches of an account must be known, then by cost and weight.
    order: Vec<usize>,
    /// So many at the beginning of `order` are tried on every pair.
    always: usize,
    /// What rules can add at most behind each place of `order`.
    left: Vec<u64>,
    /// For each rule, its comparisons with the place of the identity's text, where all of them want the same text and no
    /// confidence but that of the rule.
    plain: Vec<Option<Vec<(usize, usize)>>>,
    /// For each comparison, where its text lies among those of an account that are spelt out.
    letters: Vec<usize>,
    /// For each identity the account it was last met for.
    met: Vec<u32>,
    /// Who shares a key with the account in hand.
    sharing: Vec<u32>,
    /// For each comparison, what of the account is compared.
    against: Vec<Option<Against>>,
    /// For each comparison, how sure it is of the pair, once it was tried.
    tried: Vec<Option<Millionths>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(scorer: &'a Scorer, asked: &'a Asked) -> Self {
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
        let letters = scorer.comparisons.iter().scan(0, |next, compared| {
            let own = *next;
            *next += usize::from(compared.comparison.likeness.is_of_letters());
            Some(own)
        });
        Self {
            always: order.iter().filter(|at| is_counted(**at)).count(),
            order,
            left,
            plain: scorer.rules.iter().map(|rule| plain(rule, scorer, asked)).collect(),
            letters: letters.collect(),
            met: vec![u32::MAX; asked.identities.len()],
            sharing: Vec::new(),
            against: scorer.comparisons.iter().map(|_| None).collect(),
            tried: vec![None; scorer.comparisons.len()],
            scorer,
            asked,
        }
    }

    /// The pairs of the account at a place of the keys' order that may reach what candidates need. Who is forbidden is in
    /// none.
    pub(super) fn pairs(&mut self, place: usize, forbidden: &HashSet<(i64, i64)>) -> Vec<Pair> {
        let asked = self.asked;
        let account = asked.keys.accounts[place] as usize;
        let rules = &self.scorer.scoring.rules;
        let least = u64::from(self.scorer.scoring.candidate_at.max(1));
        let turn = asked.keys.accounts[place];
        self.against.fill_with(|| None);
        let is_within = |rule: usize| asked.within[rule].as_ref().is_none_or(|within| within[account]);
        // How often each rule holds that nothing has to confirm while it is alone.
        let mut holding = vec![0_u32; rules.len()];
        let mut bare: Vec<(u32, Vec<Millionths>)> = Vec::new();
        let mut values = vec![0; rules.len()];
        // All of them first: who they are is looked up far apart, and several such places are waited for at once.
        self.sharing.clear();
        for identity in asked.keys.sharing(account, is_within) {
            let is_met = std::mem::replace(&mut self.met[identity as usize], turn) == turn;
            let pair = (asked.accounts[account], asked.identities[identity as usize]);
            if !is_met && (forbidden.is_empty() || !forbidden.contains(&pair)) {
                self.sharing.push(identity);
            }
        }
        self.sharing.iter().for_each(|identity| asked.identity_lines.fetch(*identity as usize));
        for at in 0..self.sharing.len() {
            let identity = self.sharing[at];
            self.tried.fill(None);
            values.fill(0);
            let mut sum = 0;
            let mut may_reach = true;
            for turn in 0..self.order.len() {
                let at = self.order[turn];
                let value = if is_within(at) { self.bare(at, place, identity) } else { 0 };
                values[at] = value;
                holding[at] += u32::from(value > 0);
                sum += u64::from(product(value, rules[at].weight));
                may_reach = sum + self.left[turn] >= least;
                if turn + 1 >= self.always && !may_reach {
                    break;
                }
            }
            if may_reach {
                bare.push((identity, values.clone()));
            }
        }
        let pairs = bare.into_iter().map(|(identity, values)| {
            self.tried.fill(None);
            Pair { identity, points: self.points(place, identity, &values, &holding) }
        });
        pairs.filter(|pair| pair.points.iter().any(|points| *points > 0)).collect()
    }

    /// How sure a rule is that nothing has to confirm; 0 where it does not hold.
    fn bare(&mut self, at: usize, place: usize, identity: u32) -> Millionths {
        let scorer = self.scorer;
        let confidence = scorer.scoring.rules[at].confidence;
        if let Some(plain) = &self.plain[at] {
            let (of_account, of_identity) =
                (self.asked.account_lines.ids(place), self.asked.identity_lines.ids(identity as usize));
            let is_same =
                |(one, other): &(usize, usize)| of_account[*one] != NOTHING && of_account[*one] == of_identity[*other];
            return if plain.iter().all(is_same) { confidence } else { 0 };
        }
        let mut whole = None;
        for comparison in &scorer.rules[at].on {
            let sure = self.sure(*comparison, place, identity);
            if sure == 0 {
                return 0;
            }
            whole = Some(whole.map_or(sure, |whole| product_of(whole, sure)));
        }
        product(whole.unwrap_or(0), confidence)
    }

    /// The points of the rules: what has to be confirmed is, and what counts only without another stands alone.
    fn points(&mut self, place: usize, identity: u32, bare: &[Millionths], holding: &[u32]) -> Vec<Millionths> {
        let scorer = self.scorer;
        let rules = &scorer.scoring.rules;
        let matched: Vec<Millionths> = (scorer.rules.iter().zip(rules).enumerate())
            .map(|(at, (ScoredBy { confirm, .. }, rule))| {
                let is_alone = || !rule.confirm_single && holding[at] == 1;
                let stands = bare[at] > 0
                    && (confirm.is_empty()
                        || is_alone()
                        || confirm.iter().all(|comparison| self.sure(*comparison, place, identity) > 0));
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
    fn sure(&mut self, at: usize, place: usize, identity: u32) -> Millionths {
        if let Some(known) = self.tried[at] {
            return known;
        }
        let asked = self.asked;
        let comparison = &self.scorer.comparisons[at].comparison;
        let of_account = asked.account_lines.ids(place)[at];
        let of_identity = asked.identity_lines.ids(identity as usize);
        let against = &mut self.against[at];
        let of = |text: &Place| {
            let letters = Letters {
                account: || asked.account_lines.letters(place, self.letters[at]),
                identity: || asked.identity_lines.letters(identity as usize, text.letters),
            };
            sure(comparison, [of_account, of_identity[text.id]], letters, &asked.nicknames[at], against)
        };
        let best = asked.places[at].iter().map(of).max().unwrap_or(0);
        self.tried[at] = Some(best);
        best
    }
}

/// The comparisons of a rule, where numbers of texts are enough to judge it.
fn plain(rule: &ScoredBy, scorer: &Scorer, asked: &Asked) -> Option<Vec<(usize, usize)>> {
    let comparison = |at: &usize| match (scorer.comparisons[*at].comparison.likeness, asked.places[*at].as_slice()) {
        (Likeness::Same(_), [only]) if scorer.comparisons[*at].comparison.confidence_of(ONE) == ONE => {
            Some((*at, only.id))
        }
        _ => None,
    };
    rule.on.iter().map(comparison).collect()
}

/// A number of millionths times a share.
fn product(number: Millionths, share: Millionths) -> Millionths {
    match (number, share) {
        (0, _) => 0,
        (ONE, share) => share,
        (number, ONE) => number,
        _ => product_of(number, share),
    }
}

/// The product of two numbers of millionths, to the nearest. As doubles, as in the queries: they round alike.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both are between 0 and a million")]
fn product_of(one: Millionths, other: Millionths) -> Millionths {
    (f64::from(one) * f64::from(other) / f64::from(ONE)).round() as Millionths
}
