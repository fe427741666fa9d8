//! A policy named by `[stage.reconcile]`, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::plan::units::DurationText;
use crate::settings::reconcile::{AccountClass, OnAmbiguous, OnReturn};

/// How owners of accounts are found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnersFile {
    /// How long what a rule found is carried along before it is found anew, in whole days; for ever, if not said.
    pub carry_for: Option<DurationText>,
    /// How letters are written before match rules compare texts without accents and case: `letters` are those of other
    /// alphabets, `umlauts` are `ae`, `oe` and `ue`; others are CSV files of two columns, letters and what is written.
    #[serde(default)]
    pub transliterations: Vec<String>,
    /// What becomes of the accounts that somebody left behind who is listed again.
    #[serde(default)]
    pub on_return: OnReturn,
    /// What kinds of accounts there are, before anything is matched; the first that holds counts.
    #[serde(default)]
    pub class: Vec<ClassTable>,
    /// Accounts that have no owner, and why. Tried first, in order.
    #[serde(default)]
    pub ownerless: Vec<OwnerlessTable>,
    /// How accounts and identities are matched: rules without a `tier` in order, each deciding alone, then those with
    /// one, which add up.
    #[serde(default, rename = "match")]
    pub matches: Vec<MatchTable>,
    /// What the sum of the match rules with a tier means.
    pub scoring: Option<ScoringTable>,
}

/// `[[class]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassTable {
    /// Name of the rule.
    pub id: String,
    /// The class of these accounts.
    pub class: AccountClass,
    /// SQL predicate over `accounts a`.
    #[serde(rename = "where")]
    #[schemars(length(min = 1))]
    pub predicate: String,
    /// Repositories it speaks about; all, if not said.
    #[serde(default)]
    pub repositories: Vec<String>,
    /// Whether a person owns them; if not said, true for `personal` and `admin`. Those that nobody owns are ownerless, and
    /// the reason is the class.
    pub has_owner: Option<bool>,
}

/// `[[ownerless]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerlessTable {
    /// Name of the rule.
    pub id: String,
    /// Why such accounts have no owner, such as `service`.
    pub reason: String,
    /// SQL predicate over `accounts a`.
    #[serde(rename = "where")]
    #[schemars(length(min = 1))]
    pub predicate: String,
    /// Repositories it speaks about; all, if not said.
    #[serde(default)]
    pub repositories: Vec<String>,
}

/// `[[match]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchTable {
    /// Name of the rule.
    pub id: String,
    /// Column of accounts, or a template such as `{login}@corp.example`.
    pub account: Option<String>,
    /// Column of identities, or a template such as `{given_name}.{family_name}`; `{given_name:1}` is one letter. With a
    /// tier also a list: what the identity is called first, then what it is called, too.
    pub identity: Option<OneOrMore>,
    /// How the two are compared.
    pub compare: Option<Compare>,
    /// Characters that count besides letters and digits, where only these are compared.
    pub keep: Option<String>,
    /// `prefix`: so many characters of the shorter text at least. `jaro_winkler`, `trigram`: how alike the texts are at
    /// least, 0 to 1.
    pub at_least: Option<f64>,
    /// `edit_distance`: so many characters differ at most.
    pub at_most: Option<u32>,
    /// `nickname`: how alike two names are that are nicknames of each other, 0 to 1; 0.9 if not said.
    pub alike: Option<f64>,
    /// How sure a match is, 0 to 1; if not said, as sure as the texts are alike. For `edit_distance` also a list by
    /// distance, from 0 on.
    pub confidence: Option<Confidence>,
    /// Several comparisons that must all hold, in place of `account`, `identity` and what belongs to them.
    #[serde(default)]
    pub on: Vec<ComparisonTable>,
    /// The rule adds up with others: after the rules without a tier, tier by tier.
    #[schemars(range(min = 1))]
    pub tier: Option<u32>,
    /// Points of a match that is quite sure, above 0 up to 1, which is the default.
    pub weight: Option<f64>,
    /// Only accounts and identities that share one of these keys are compared by likeness.
    #[serde(default)]
    pub block: Vec<KeyTable>,
    /// What must hold besides, where several identities match otherwise.
    #[serde(default)]
    pub confirm: Vec<ComparisonTable>,
    /// Whether a single match must be confirmed, too; true, if not said.
    pub confirm_single: Option<bool>,
    /// Rules beside which this one adds nothing: they say the same and more.
    #[serde(default)]
    pub ignore_if_matched_by: Vec<String>,
    /// Repositories it speaks about; all, if not said.
    #[serde(default)]
    pub repositories: Vec<String>,
    /// Classes of accounts it speaks about; all, if not said. An account of which no rule says a class is `personal`.
    #[serde(default)]
    pub classes: Vec<AccountClass>,
    /// What happens if several identities match; `next`, if not said. Rules with a tier: see `[scoring]`.
    pub on_ambiguous: Option<OnAmbiguous>,
    /// Whether an account for which the rule once found several stays in question between them when some of them leave
    /// or change; true, if not said. False: each load judges it afresh, and the last of several namesakes gets the
    /// accounts of all. Rules with a tier: see `[scoring]`.
    pub remember: Option<bool>,
}

/// One comparison of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparisonTable {
    /// As in `[[match]]`.
    pub account: String,
    /// As in `[[match]]`.
    pub identity: OneOrMore,
    /// As in `[[match]]`.
    pub compare: Option<Compare>,
    /// As in `[[match]]`.
    pub keep: Option<String>,
    /// As in `[[match]]`.
    pub at_least: Option<f64>,
    /// As in `[[match]]`.
    pub at_most: Option<u32>,
    /// As in `[[match]]`.
    pub alike: Option<f64>,
    /// As in `[[match]]`.
    pub confidence: Option<Confidence>,
}

/// A key of `block`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyTable {
    /// Template over columns of accounts; letters and digits of it count.
    pub account: String,
    /// Template over columns of identities.
    pub identity: String,
}

/// `[scoring]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoringTable {
    /// Whoever alone has this score owns the account: above 0 up to 1, which is the default.
    pub owner_at: Option<f64>,
    /// Whoever has this score is kept as a candidate: 0 to `owner_at`; every score above 0, if not said.
    pub candidate_at: Option<f64>,
    /// What happens after a tier in which several reach `owner_at`.
    #[serde(default)]
    pub on_ambiguous: OnAmbiguous,
    /// As in `[[match]]`.
    pub remember: Option<bool>,
    /// A key that more identities share than this makes no pairs; 200, if not said.
    #[schemars(range(min = 1))]
    pub most_per_key: Option<u32>,
    /// CSV files of two columns, a name and another that may mean the same person; `common` are names that come with
    /// Ledgerline.
    #[serde(default)]
    pub nicknames: Vec<String>,
}

/// A text or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

/// A confidence, or one by distance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Confidence {
    /// The same for every match.
    One(f64),
    /// By distance, from 0 on.
    ByDistance(Vec<f64>),
}

/// How two texts are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As they are.
    #[default]
    Equal,
    /// Without accents and case.
    Normalised,
    /// Normalised, and only letters and digits of them.
    Alphanumeric,
    /// Only their digits.
    Digits,
    /// One begins with the other, of letters and digits.
    Prefix,
    /// A few of letters and digits differ.
    EditDistance,
    /// Jaro-Winkler likeness of letters and digits.
    JaroWinkler,
    /// Trigram likeness of letters and digits.
    Trigram,
    /// Letters and digits are the same, or nicknames of each other.
    Nickname,
}
