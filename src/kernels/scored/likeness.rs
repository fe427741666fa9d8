//! How sure a comparison is of a text of an account and one of an identity, as the queries of `scored` say it.

use std::collections::HashSet;

use rapidfuzz::distance::{jaro_winkler, levenshtein};

use super::texts::{Distinct, NOTHING, TextId};
use crate::engine::trigram_similarity;
use crate::settings::scoring::{Comparison, Likeness, Millionths, ONE};

/// Pairs of names that may mean the same person.
pub(super) struct Nicknames(HashSet<(TextId, TextId)>);

impl Nicknames {
    /// Those of which both names are among the texts.
    pub(super) fn of(pairs: &[(String, String)], texts: &Distinct) -> Self {
        Self(pairs.iter().filter_map(|(name, other)| Some((texts.find(name)?, texts.find(other)?))).collect())
    }
}

/// What a text of an account is compared with one after the other.
pub(super) enum Against {
    /// Nothing is kept of it.
    Itself,
    /// Its letters, ready for distances.
    Edited(levenshtein::BatchComparator<char>),
    /// Its letters, ready for Jaro-Winkler.
    Alike(jaro_winkler::BatchComparator<char>),
}

impl Against {
    pub(super) fn of(likeness: Likeness, text: &str) -> Self {
        match likeness {
            Likeness::EditDistance { .. } => Self::Edited(levenshtein::BatchComparator::new(text.chars())),
            Likeness::JaroWinkler { .. } => Self::Alike(jaro_winkler::BatchComparator::new(text.chars())),
            _ => Self::Itself,
        }
    }
}

/// How sure a comparison is; 0 where it does not hold or one of the texts is nothing. `against` is of the account's text.
pub(super) fn sure(
    comparison: &Comparison,
    account: TextId,
    identity: TextId,
    texts: &Distinct,
    nicknames: &Nicknames,
    against: &mut Option<Against>,
) -> Millionths {
    if account == NOTHING || identity == NOTHING {
        return 0;
    }
    let likeness = comparison.likeness;
    let known =
        |measure: Millionths, least: Millionths| if measure >= least { comparison.confidence_of(measure) } else { 0 };
    if account == identity {
        return match likeness {
            Likeness::EditDistance { .. } => comparison.confidence_at(0),
            Likeness::Prefix { at_least } if characters(texts.text(account)) < at_least as usize => 0,
            // A text may consist of blanks: no trigram is in it.
            Likeness::Trigram { at_least } => {
                known(share(trigram_similarity(texts.text(account), texts.text(account))), at_least.max(1))
            }
            _ => comparison.confidence_of(ONE),
        };
    }
    let prepared = against.get_or_insert_with(|| Against::of(likeness, texts.text(account)));
    match likeness {
        Likeness::Same(_) => 0,
        Likeness::Nickname { alike } if nicknames.0.contains(&(account, identity)) => known(alike, 1),
        Likeness::Nickname { .. } => 0,
        Likeness::Prefix { at_least } => known(prefix(texts.text(account), texts.text(identity), at_least), 1),
        Likeness::EditDistance { at_most } => {
            let Against::Edited(prepared) = prepared else { unreachable!("prepared for distances") };
            let most = levenshtein::Args::default().score_cutoff(at_most as usize);
            let distance = prepared.distance_with_args(texts.text(identity).chars(), &most);
            distance
                .and_then(|distance| u32::try_from(distance).ok())
                .map_or(0, |distance| comparison.confidence_at(distance))
        }
        Likeness::JaroWinkler { at_least } => {
            let Against::Alike(prepared) = prepared else { unreachable!("prepared for Jaro-Winkler") };
            let least = at_least.max(1);
            // Half a millionth less may still be rounded up to it.
            let cut = jaro_winkler::Args::default().score_cutoff((f64::from(least) - 0.75) / f64::from(ONE));
            let alike = prepared.similarity_with_args(texts.text(identity).chars(), &cut);
            alike.map_or(0, |alike| known(share(alike), least))
        }
        Likeness::Trigram { at_least } => {
            known(share(trigram_similarity(texts.text(account), texts.text(identity))), at_least.max(1))
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
