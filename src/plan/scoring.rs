//! Match rules that add up: their comparisons, their keys, and what the sum means.

use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::owners::{form, template};
use crate::plan::raw::owners::{Compare, ComparisonTable, Confidence, MatchTable, ScoringTable};
use crate::problem::Problems;
use crate::settings::reconcile::Form;
use crate::settings::scoring::{Comparison, Key, Likeness, Millionths, ONE, ScoredRule, Scoring};

/// How many identities may share a key, where the policy does not say.
const MOST_PER_KEY: u32 = 200;

/// How alike nicknames are, where the policy does not say.
const NICKNAMES_ALIKE: Millionths = 900_000;

/// What the sum of the rules means; `None` where no rule adds up.
pub(super) fn check(
    raw: Option<ScoringTable>,
    mut rules: Vec<ScoredRule>,
    root: Spot<'_>,
    problems: &mut Problems,
) -> Option<Scoring> {
    let spot = root.key("scoring");
    let has_tiers = root.key("match").items().iter().any(|rule| rule.get("tier").is_some());
    if raw.is_some() && !has_tiers {
        let problem = spot.key_error(codes::KEYS_DISAGREE, "`[scoring]` without a rule that adds up");
        problems.add(problem.hint("give a match rule a `tier`, or remove `[scoring]`"));
    }
    let raw = raw.unwrap_or_default();
    let owner_at = share(raw.owner_at, spot.key("owner_at"), problems).unwrap_or(ONE);
    let candidate_at = share(raw.candidate_at, spot.key("candidate_at"), problems).unwrap_or(0);
    if owner_at == 0 {
        let problem = spot.key("owner_at").error(codes::NOT_ALLOWED, "everybody would own everything");
        problems.add(problem.hint("write a score above 0, such as 1.0"));
    }
    if candidate_at > owner_at {
        let problem = spot.key("candidate_at").error(codes::KEYS_DISAGREE, "an owner would be no candidate");
        problems.add(problem.hint("write a score of at most `owner_at`"));
    }
    check_ignored(&rules, root, problems);
    rules.sort_by_key(|rule| rule.tier);
    (!rules.is_empty()).then(|| Scoring {
        rules,
        owner_at,
        candidate_at,
        on_ambiguous: raw.on_ambiguous,
        is_remembered: raw.remember.unwrap_or(true),
        most_per_key: raw.most_per_key.unwrap_or(MOST_PER_KEY),
        nicknames: Vec::new(),
    })
}

/// A rule names others that add up, and not itself.
fn check_ignored(rules: &[ScoredRule], root: Spot<'_>, problems: &mut Problems) {
    for spot in root.key("match").items() {
        let others = spot.get("ignore_if_matched_by").map(Spot::items).unwrap_or_default();
        for other in others {
            let name = other.text().unwrap_or_default();
            let is_known = rules.iter().any(|rule| rule.id == name) && spot.key("id").text() != Some(name);
            if !is_known {
                let problem = other.error(codes::NOT_FOUND, format!("`{name}` is no other rule with a tier"));
                problems.add(problem.hint("name a match rule of this file that has a `tier`"));
            }
        }
    }
}

/// A rule that adds up.
pub(super) fn check_rule(raw: MatchTable, tier: u32, spot: Spot<'_>, problems: &mut Problems) -> Option<ScoredRule> {
    for key in ["on_ambiguous", "remember"].into_iter().filter(|key| spot.get(key).is_some()) {
        let problem = spot.key(key).key_error(codes::KEYS_DISAGREE, format!("`{key}` is for rules that decide alone"));
        problems.add(problem.hint("move it to `[scoring]`, where it speaks of all rules with a tier"));
    }
    if tier == 0 {
        problems.add(spot.key("tier").error(codes::NOT_ALLOWED, "tiers are counted from 1").hint("write 1 or more"));
    }
    let weight = share(raw.weight, spot.key("weight"), problems).unwrap_or(ONE);
    if weight == 0 {
        let problem = spot.key("weight").error(codes::NOT_ALLOWED, "the rule would never add anything");
        problems.add(problem.hint("write a weight above 0 and up to 1"));
    }
    let has_own = spot.get("account").is_some() || spot.get("identity").is_some();
    // With several comparisons, `confidence` speaks of the rule as a whole.
    let (on, confidence) = if raw.on.is_empty() {
        let own = ComparisonTable {
            account: raw.account?,
            identity: raw.identity?,
            compare: raw.compare,
            keep: raw.keep,
            at_least: raw.at_least,
            at_most: raw.at_most,
            alike: raw.alike,
            confidence: raw.confidence,
        };
        (vec![comparison(own, spot, problems)?], ONE)
    } else {
        let confidence = match raw.confidence {
            Some(Confidence::One(confidence)) => share(Some(confidence), spot.key("confidence"), problems)?,
            Some(Confidence::ByDistance(_)) => {
                let problem = spot.key("confidence").error(codes::KEYS_DISAGREE, "the rule compares several texts");
                problems.add(problem.hint("move the list to the comparison by edit distance in `on`"));
                return None;
            }
            None => ONE,
        };
        (comparisons(raw.on, spot.key("on"), problems)?, confidence)
    };
    if has_own && spot.get("on").is_some() {
        let problem = spot.key("on").key_error(codes::KEYS_DISAGREE, "`on` beside `account` and `identity`");
        problems.add(problem.hint("write them as one more comparison of `on`"));
    }
    let confirm = comparisons(raw.confirm, spot.key("confirm"), problems)?;
    let keys = spot.get("block").map(Spot::items).unwrap_or_default();
    let block: Vec<Key> = keys
        .into_iter()
        .filter_map(|key| {
            let account = template(key.key("account"), problems);
            Some(Key { account: account?, identity: template(key.key("identity"), problems)? })
        })
        .collect();
    if raw.block.is_empty() && !on.iter().any(|comparison| comparison.likeness.is_exact()) {
        let at = if spot.get("on").is_some() { spot.key("on") } else { spot.key("compare") };
        let problem = at.error(codes::NEEDS_BLOCK, "everybody would be compared with everybody");
        problems.add(problem.hint(
            "add `block = [{ account = \"{surname:3}\", identity = \"{family_name:3}\" }]`: only who shares a key is compared",
        ));
    }
    Some(ScoredRule {
        id: raw.id,
        tier,
        weight,
        confidence,
        on,
        block,
        confirm,
        confirm_single: raw.confirm_single.unwrap_or(true),
        ignore_if_matched_by: raw.ignore_if_matched_by,
        repositories: raw.repositories,
        classes: raw.classes,
    })
}

fn comparisons(raw: Vec<ComparisonTable>, spot: Spot<'_>, problems: &mut Problems) -> Option<Vec<Comparison>> {
    let checked = raw.into_iter().zip(spot.items()).map(|(table, spot)| comparison(table, spot, problems));
    // All of them, so that all problems are told.
    let checked: Vec<Option<Comparison>> = checked.collect();
    checked.into_iter().collect()
}

fn comparison(raw: ComparisonTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Comparison> {
    let compare = raw.compare.unwrap_or_default();
    let account = template(spot.key("account"), problems);
    let identity = match spot.key("identity").items() {
        several if !several.is_empty() => several.into_iter().map(|one| template(one, problems)).collect(),
        _ => template(spot.key("identity"), problems).map(|one| vec![one]),
    };
    let wanted: &[&str] = match compare {
        Compare::Prefix | Compare::JaroWinkler | Compare::Trigram => &["at_least", "keep"],
        Compare::EditDistance => &["at_most", "keep"],
        Compare::Nickname => &["alike", "keep"],
        Compare::Alphanumeric => &["keep"],
        Compare::Equal | Compare::Normalised | Compare::Digits => &[],
    };
    for key in ["at_least", "at_most", "alike", "keep"] {
        if spot.get(key).is_some() && !wanted.contains(&key) {
            let problem = spot.key(key).key_error(codes::KEYS_DISAGREE, format!("this comparison knows no `{key}`"));
            problems.add(problem.hint("remove it, or compare otherwise"));
        }
    }
    let likeness = likeness(compare, &raw, spot, problems)?;
    let confidence = match &raw.confidence {
        None => Vec::new(),
        Some(Confidence::One(confidence)) => vec![share(Some(*confidence), spot.key("confidence"), problems)?],
        Some(Confidence::ByDistance(several)) => {
            let Likeness::EditDistance { at_most } = likeness else {
                let problem = spot.key("confidence").error(codes::KEYS_DISAGREE, "only edit distances have a list");
                problems.add(problem.hint("write one number"));
                return None;
            };
            if several.len() != at_most as usize + 1 {
                let message = format!("{} confidences for distances from 0 to {at_most}", several.len());
                let problem = spot.key("confidence").error(codes::KEYS_DISAGREE, message);
                problems.add(problem.hint(format!("write {} numbers", at_most + 1)));
            }
            let shares = several.iter().zip(spot.key("confidence").items());
            shares.map(|(one, spot)| share(Some(*one), spot, problems)).collect::<Option<_>>()?
        }
    };
    Some(Comparison {
        account: account?,
        identity: identity?,
        keep: raw.keep.unwrap_or_default(),
        likeness,
        confidence,
    })
}

fn likeness(compare: Compare, raw: &ComparisonTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Likeness> {
    let mut needs = |key: &str, hint: &str| {
        problems.add(spot.error(codes::MISSING_KEY, format!("`{key}` is missing")).hint(hint));
    };
    match compare {
        Compare::EditDistance => {
            let Some(at_most) = raw.at_most.filter(|most| (1..=9).contains(most)) else {
                needs("at_most", "add `at_most`: from 1 to 9 characters that may differ");
                return None;
            };
            Some(Likeness::EditDistance { at_most })
        }
        Compare::Prefix => {
            let Some(at_least) = raw.at_least.and_then(whole) else {
                needs("at_least", "add `at_least`: how many characters both must have in common, such as 4");
                return None;
            };
            Some(Likeness::Prefix { at_least })
        }
        Compare::JaroWinkler | Compare::Trigram => {
            if raw.at_least.is_none() {
                needs("at_least", "add `at_least`: how alike they must be, such as 0.9");
                return None;
            }
            let at_least = share(raw.at_least, spot.key("at_least"), problems)?;
            let is_winkler = compare == Compare::JaroWinkler;
            Some(if is_winkler { Likeness::JaroWinkler { at_least } } else { Likeness::Trigram { at_least } })
        }
        Compare::Nickname => {
            let alike = share(raw.alike, spot.key("alike"), problems).unwrap_or(NICKNAMES_ALIKE);
            Some(Likeness::Nickname { alike })
        }
        _ => Some(Likeness::Same(form(compare).unwrap_or(Form::Equal))),
    }
}

/// A whole number of characters, above 0.
fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (1.0..=99.0).contains(&number)).then(|| clamped(number))
}

/// A share of one in millionths; `None` where nothing is given, or it is none, which is told.
fn share(number: Option<f64>, spot: Spot<'_>, problems: &mut Problems) -> Option<Millionths> {
    let number = number?;
    if (0.0..=1.0).contains(&number) {
        return Some(clamped((number * f64::from(ONE)).round()));
    }
    problems
        .add(spot.error(codes::NOT_ALLOWED, format!("{number} is no share of 1")).hint("write a number from 0 to 1"));
    None
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "callers have checked the range")]
fn clamped(number: f64) -> u32 {
    number as u32
}
