//! A policy named by `[stage.reconcile]`, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::settings::reconcile::{Compare, OnAmbiguous};

/// How owners of accounts are found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnersFile {
    /// Accounts that have no owner, and why. Tried first, in order.
    #[serde(default)]
    pub ownerless: Vec<OwnerlessTable>,
    /// How accounts and identities are matched, in order.
    #[serde(default, rename = "match")]
    pub matches: Vec<MatchTable>,
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
    pub account: String,
    /// Column of identities, or a template such as `{given_name}.{family_name}`; `{given_name:1}` is one letter.
    pub identity: String,
    /// How the two are compared.
    #[serde(default)]
    pub compare: Compare,
    /// Characters that `alphanumeric` keeps besides letters and digits.
    pub keep: Option<String>,
    /// Repositories it speaks about; all, if not said.
    #[serde(default)]
    pub repositories: Vec<String>,
    /// What happens if several identities match.
    #[serde(default)]
    pub on_ambiguous: OnAmbiguous,
    /// Whether an account for which the rule once found several stays in question between them when some of them leave
    /// or change. False: each load judges it afresh, and the last of several namesakes gets the accounts of all.
    #[serde(default = "yes")]
    pub remember: bool,
}

fn yes() -> bool {
    true
}
