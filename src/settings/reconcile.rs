//! Settings of reconcile: how accounts get their owners.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::template::Template;
use crate::source::SqlText;

/// `[stage.reconcile]`
#[derive(Debug, Clone)]
pub struct Reconcile {
    /// The rules.
    pub policy: OwnersPolicy,
    /// CSV file of decisions made by people; it exists.
    pub decisions: Option<PathBuf>,
}

/// How owners are found: ownerless rules first, then match rules, each in order. Ids are unique over both.
#[derive(Debug, Clone)]
pub struct OwnersPolicy {
    /// Accounts that have no owner.
    pub ownerless: Vec<OwnerlessRule>,
    /// How accounts and identities are matched.
    pub matches: Vec<MatchRule>,
}

/// Accounts that have no owner, and why.
#[derive(Debug, Clone)]
pub struct OwnerlessRule {
    /// Lower-snake.
    pub id: String,
    /// Why, lower-snake: `service`.
    pub reason: String,
    /// Predicate over `accounts a`.
    pub predicate: SqlText,
    /// Codes of repositories, in key form; empty = all.
    pub repositories: Vec<String>,
}

/// A way in which an account tells its owner.
#[derive(Debug, Clone)]
pub struct MatchRule {
    /// Lower-snake.
    pub id: String,
    /// Over columns of accounts.
    pub account: Template,
    /// Over columns of identities.
    pub identity: Template,
    /// How the two are compared.
    pub compare: Compare,
    /// Characters that [`Compare::Alphanumeric`] keeps besides letters and digits.
    pub keep: String,
    /// Codes of repositories, in key form; empty = all.
    pub repositories: Vec<String>,
    /// What happens if several identities match.
    pub on_ambiguous: OnAmbiguous,
    /// Whether several that it once found for an account stay in question.
    pub is_remembered: bool,
}

/// How two texts are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As they are.
    #[default]
    Equal,
    /// Without accents and case.
    Normalised,
    /// Normalised, and only letters and digits of them.
    Alphanumeric,
}

/// What happens if several identities match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnAmbiguous {
    /// The next rule is tried.
    #[default]
    Next,
    /// The account stays without an owner.
    Stop,
}
