//! Settings of reconcile: how accounts get their owners.

use std::path::PathBuf;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::scoring::Scoring;
use crate::settings::template::Template;
use crate::settings::transliteration::Transliteration;
use crate::source::SqlText;

/// `[stage.reconcile]`
#[derive(Debug, Clone)]
pub struct Reconcile {
    /// The rules.
    pub policy: OwnersPolicy,
    /// CSV or TOML file of decisions made by people; it exists.
    pub decisions: Option<PathBuf>,
}

/// How owners are found: ownerless rules first, then match rules, each in order. Ids are unique over both.
#[derive(Debug, Clone)]
pub struct OwnersPolicy {
    /// What kinds of accounts there are; the first that holds counts.
    pub classes: Vec<ClassRule>,
    /// Accounts that have no owner.
    pub ownerless: Vec<OwnerlessRule>,
    /// How accounts and identities are matched: each of these decides alone.
    pub matches: Vec<MatchRule>,
    /// Match rules that add up, for accounts that the others leave.
    pub scoring: Option<Scoring>,
    /// Days for which what a rule found is carried, then it is found anew; `None` = for ever.
    pub carry_days: Option<u32>,
    /// What becomes of the accounts of somebody who left and is listed again.
    pub on_return: OnReturn,
}

impl OwnersPolicy {
    /// The ids of all its rules.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        let classes = self.classes.iter().map(|rule| &rule.id);
        let ownerless = self.ownerless.iter().map(|rule| &rule.id);
        let scored = self.scoring.iter().flat_map(|scoring| &scoring.rules).map(|rule| &rule.id);
        classes.chain(ownerless).chain(self.matches.iter().map(|rule| &rule.id)).chain(scored).map(String::as_str)
    }
}

/// What becomes of accounts that somebody left behind who is listed again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnReturn {
    /// The person is in question for them; a decision says yes or no.
    #[default]
    Propose,
    /// The person owns them again.
    Restore,
    /// They stay left behind.
    Ignore,
}

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountClass {
    /// A person's own: what an account is of which nothing else is known.
    Personal,
    /// A program's.
    Service,
    /// Used by several people.
    Shared,
    /// A person's second one, with more rights.
    Admin,
    /// For trying things out.
    Test,
    /// An application's, towards another.
    Application,
}

impl AccountClass {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Personal, Self::Service, Self::Shared, Self::Admin, Self::Test, Self::Application];

    /// The names of those whose accounts belong to a person.
    pub fn somebodys() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(|class| class.is_somebodys()).map(Self::as_str)
    }

    /// Its name in tables and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Service => "service",
            Self::Shared => "shared",
            Self::Admin => "admin",
            Self::Test => "test",
            Self::Application => "application",
        }
    }

    /// Whether such accounts belong to a person, where the rule does not say.
    #[must_use]
    pub fn is_somebodys(self) -> bool {
        matches!(self, Self::Personal | Self::Admin)
    }
}

/// Accounts of a class.
#[derive(Debug, Clone)]
pub struct ClassRule {
    /// Lower-snake.
    pub id: String,
    /// Which class.
    pub class: AccountClass,
    /// Predicate over `accounts a`.
    pub predicate: SqlText,
    /// Codes of repositories, in key form; empty = all.
    pub repositories: Vec<String>,
    /// Whether a person is looked for; else the account is ownerless, for the reason that is its class.
    pub has_owner: bool,
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
    pub compare: Form,
    /// Characters that [`Form::Alphanumeric`] keeps besides letters and digits.
    pub keep: String,
    /// Codes of repositories, in key form; empty = all.
    pub repositories: Vec<String>,
    /// Classes of accounts; empty = all.
    pub classes: Vec<AccountClass>,
    /// What happens if several identities match.
    pub on_ambiguous: OnAmbiguous,
    /// Whether several that it once found for an account stay in question.
    pub is_remembered: bool,
}

impl OwnersPolicy {
    /// Has all match rules write texts so before they compare them.
    pub fn write_letters(&mut self, letters: &Arc<Transliteration>) {
        let own = self.matches.iter_mut().flat_map(|rule| [&mut rule.account, &mut rule.identity]);
        let scored = self.scoring.iter_mut().flat_map(|scoring| &mut scoring.rules).flat_map(|rule| {
            let comparisons = rule.on.iter_mut().chain(&mut rule.confirm);
            let compared = comparisons.flat_map(|one| std::iter::once(&mut one.account).chain(&mut one.identity));
            compared.chain(rule.block.iter_mut().flat_map(|key| [&mut key.account, &mut key.identity]))
        });
        own.chain(scored).for_each(|template| template.letters = Arc::clone(letters));
    }
}

/// In which form two texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Equal,
    /// Without accents and case.
    Normalised,
    /// Normalised, and only letters and digits of them.
    Alphanumeric,
    /// Only their digits.
    Digits,
}

impl Form {
    /// Whether case and accents do not count, and letters are written as a policy says.
    #[must_use]
    pub fn is_normalised(self) -> bool {
        matches!(self, Self::Normalised | Self::Alphanumeric)
    }
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
