//! Settings of match rules whose evidence adds up: tiers, weights, and how alike two texts must be.

use crate::settings::reconcile::{AccountClass, Form, OnAmbiguous};
use crate::settings::template::Template;

/// Millionths: scores are added as whole numbers, so that every engine comes to the same sum.
pub type Millionths = u32;

/// A share of one in millionths.
pub const ONE: Millionths = 1_000_000;

/// Match rules that add up, and what their sum means. An account that no rule before decided, and an identity with
/// which it shares a key of any of the rules, are a pair; every rule judges every pair.
#[derive(Debug, Clone)]
pub struct Scoring {
    /// By tier, then in the order of the file; never empty.
    pub rules: Vec<ScoredRule>,
    /// Whoever alone has this score or more owns the account.
    pub owner_at: Millionths,
    /// Whoever has this score or more, and more than nothing, is kept as a candidate. Never above `owner_at`.
    pub candidate_at: Millionths,
    /// What happens after a tier in which several reach `owner_at`.
    pub on_ambiguous: OnAmbiguous,
    /// Whether several who once reached `owner_at` stay in question until the account's row changes.
    pub is_remembered: bool,
    /// A key that more identities share than this makes no pairs.
    pub most_per_key: u32,
    /// Pairs of names that may mean the same person, both ways, in the form of [`Likeness::Nickname`].
    pub nicknames: Vec<(String, String)>,
}

/// A match rule that adds up. Its confidence is the product of its comparisons' and its own; its points are confidence
/// times weight.
#[derive(Debug, Clone)]
pub struct ScoredRule {
    /// Lower-snake.
    pub id: String,
    /// Tiers are tried in order; a score is that of all tiers tried so far.
    pub tier: u32,
    /// The points of full confidence.
    pub weight: Millionths,
    /// How sure a match by this rule is at best.
    pub confidence: Millionths,
    /// All of them must hold; at least one.
    pub on: Vec<Comparison>,
    /// Keys that make pairs; none where [`Self::on`] compares something exactly.
    pub block: Vec<Key>,
    /// What must hold besides, where several hold otherwise.
    pub confirm: Vec<Comparison>,
    /// Whether a single match has to be confirmed, too.
    pub confirm_single: bool,
    /// Rules by the side of which this one adds nothing.
    pub ignore_if_matched_by: Vec<String>,
    /// Codes of repositories, in key form; empty = all.
    pub repositories: Vec<String>,
    /// Classes of accounts; empty = all.
    pub classes: Vec<AccountClass>,
}

/// A key of an account and of an identity, compared by letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Over columns of accounts.
    pub account: Template,
    /// Over columns of identities.
    pub identity: Template,
}

/// How a text of the account and one of the identity are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Over columns of accounts.
    pub account: Template,
    /// Over columns of identities: the first is what the identity is called, the others what it is called, too.
    pub identity: Vec<Template>,
    /// Characters that count besides letters and digits, where only these count.
    pub keep: String,
    /// When they are alike.
    pub likeness: Likeness,
    /// The confidence of a match; empty = how alike they are. For [`Likeness::EditDistance`] by distance from 0 on, for
    /// the others a single one.
    pub confidence: Vec<Millionths>,
}

/// When two texts are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Where they are the same in a form.
    Same(Form),
    /// Where one begins with the other; how alike they are is the shorter length by the longer.
    Prefix {
        /// Characters of the shorter, at least.
        at_least: u32,
    },
    /// Where so many characters at most are put in, left out or exchanged; how alike they are is 1 / (distance + 1).
    EditDistance {
        /// Characters.
        at_most: u32,
    },
    /// Jaro-Winkler.
    JaroWinkler {
        /// How alike they are at least.
        at_least: Millionths,
    },
    /// Common trigrams.
    Trigram {
        /// How alike they are at least.
        at_least: Millionths,
    },
    /// Where they are the same, or a pair of the nicknames.
    Nickname {
        /// How alike a pair is.
        alike: Millionths,
    },
}

impl Scoring {
    /// The tiers of the rules, in order.
    #[must_use]
    pub fn tiers(&self) -> Vec<u32> {
        let mut tiers: Vec<u32> = self.rules.iter().map(|rule| rule.tier).collect();
        tiers.dedup();
        tiers
    }
}

impl Comparison {
    /// How sure texts make that are so much alike, and enough.
    #[must_use]
    pub fn confidence_of(&self, alike: Millionths) -> Millionths {
        if let [confidence] = self.confidence.as_slice() { *confidence } else { alike }
    }

    /// How sure texts make by a distance; 0 where it is too far.
    #[must_use]
    pub fn confidence_at(&self, distance: u32) -> Millionths {
        match (self.likeness, self.confidence.as_slice()) {
            (Likeness::EditDistance { at_most }, _) if distance > at_most => 0,
            (_, []) => nearest(ONE, distance + 1),
            (_, [only]) => *only,
            (_, several) => several.get(distance as usize).copied().unwrap_or(0),
        }
    }
}

/// The quotient, to the nearest whole number.
fn nearest(number: Millionths, divisor: u32) -> Millionths {
    (2 * number + divisor) / (2 * divisor)
}

impl Likeness {
    /// Whether equal keys find everything that is alike.
    #[must_use]
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Same(_))
    }

    /// Whether texts can be alike that are not the same and no pair of a list.
    #[must_use]
    pub fn is_of_letters(self) -> bool {
        !matches!(self, Self::Same(_) | Self::Nickname { .. })
    }

    /// In which form the texts are compared.
    #[must_use]
    pub fn form(self) -> Form {
        match self {
            Self::Same(form) => form,
            _ => Form::Alphanumeric,
        }
    }
}
