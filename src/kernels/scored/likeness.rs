//! How sure a comparison is of a text of an account and one of an identity, as the queries of `scored` say it.

use std::collections::HashSet;

use rapidfuzz::distance::{jaro_winkler, levenshtein};

use super::texts::{Distinct, NOTHING, TextId};
use crate::engine::trigram_similarity;
use crate::settings::scoring::{Comparison, Likeness, Millionths, ONE};

/// Pairs of names that may mean the same person.
#[derive(Debug, Default)]
pub(super) struct Nicknames(HashSet<(TextId, TextId)>);

impl Nicknames {
    /// Those of which both names are among the texts.
    pub(super) fn of(pairs: &[(String, String)], texts: &Distinct) -> Self {
        Self(pairs.iter().filter_map(|(name, other)| Some((texts.find(name)?, texts.find(other)?))).collect())
    }
}

/// A text of an account, made ready for many of identities.
pub(super) enum Against {
    /// For distances.
    Edited(levenshtein::BatchComparator<char>),
    /// For Jaro-Winkler.
    Alike(jaro_winkler::BatchComparator<char>),
}

/// The letters of two texts, looked up where they are needed.
pub(super) struct Letters<A, I> {
    pub(super) account: A,
    pub(super) identity: I,
}

/// How sure a comparison is of the texts with these numbers, of an account and of an identity; 0 where it does not hold or
/// one of them is nothing. `against` is of the account's text.
pub(super) fn sure<'t>(
    comparison: &Comparison,
    [account, identity]: [TextId; 2],
    letters: Letters<impl Fn() -> &'t str, impl Fn() -> &'t str>,
    nicknames: &Nicknames,
    against: &mut Option<Against>,
) -> Millionths {
    if account == NOTHING || identity == NOTHING {
        return 0;
    }
    let known = |alike: Millionths, least: Millionths| {
        if alike >= least.max(1) { comparison.confidence_of(alike) } else { 0 }
    };
    match comparison.likeness {
        Likeness::Same(_) | Likeness::JaroWinkler { .. } | Likeness::Nickname { .. } if account == identity => {
            comparison.confidence_of(ONE)
        }
        Likeness::EditDistance { .. } if account == identity => comparison.confidence_at(0),
        Likeness::Nickname { alike } if nicknames.0.contains(&(account, identity)) => known(alike, 1),
        Likeness::Same(_) | Likeness::Nickname { .. } => 0,
        Likeness::Prefix { at_least } => known(prefix((letters.account)(), (letters.identity)(), at_least), 1),
        Likeness::Trigram { at_least } => {
            known(share(trigram_similarity((letters.account)(), (letters.identity)())), at_least)
        }
        Likeness::EditDistance { at_most } => {
            let text = || levenshtein::BatchComparator::new((letters.account)().chars());
            let Against::Edited(prepared) = against.get_or_insert_with(|| Against::Edited(text())) else {
                unreachable!("a comparison has one likeness")
            };
            let most = levenshtein::Args::default().score_cutoff(at_most as usize);
            let distance = prepared.distance_with_args((letters.identity)().chars(), &most);
            let distance = distance.and_then(|distance| u32::try_from(distance).ok());
            distance.map_or(0, |distance| comparison.confidence_at(distance))
        }
        Likeness::JaroWinkler { at_least } => {
            let text = || jaro_winkler::BatchComparator::new((letters.account)().chars());
            let Against::Alike(prepared) = against.get_or_insert_with(|| Against::Alike(text())) else {
                unreachable!("a comparison has one likeness")
            };
            // A little less may still be rounded up to it.
            let cut = (f64::from(at_least.max(1)) - 0.75) / f64::from(ONE);
            let cut = jaro_winkler::Args::default().score_cutoff(cut);
            let alike = prepared.similarity_with_args((letters.identity)().chars(), &cut);
            alike.map_or(0, |alike| known(share(alike), at_least))
        }
    }
}

/// A share in millionths, to the nearest.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn share(share: f64) -> Millionths {
    (share * f64::from(ONE)).round() as Millionths
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// The shorter length by the longer where one text begins with the other and has characters enough, else 0.
#[expect(clippy::cast_precision_loss, reason = "texts are short")]
fn prefix(one: &str, other: &str, at_least: u32) -> Millionths {
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if !longer.starts_with(shorter) {
        return 0;
    }
    let (short, long) = (characters(shorter), characters(longer));
    if short < at_least as usize { 0 } else { share(short as f64 / long as f64) }
}
