//! Who does something to a timeslot, and when.

use jiff::Timestamp;

/// Who does something, and when: what a log entry says besides the deed.
#[derive(Debug, Clone)]
pub struct Deed {
    /// When, in UTC.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Under which account of the machine, where that alone tells who it really is: `by` is then what was said.
    pub account: Option<String>,
    /// In which run.
    pub run: Option<String>,
}

impl Deed {
    /// The names under which somebody does it.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let account = self.account.as_ref().map(|account| format!("{account}{ACCOUNT}"));
        std::iter::once(self.by.clone()).chain(account)
    }

    /// Whether it is done by somebody of that name, whoever vouches for the name.
    #[must_use]
    pub fn is_by(&self, name: &str) -> bool {
        self.names().any(|own| is_same_person(&own, name))
    }
}

/// Whether two names are those of one person, whoever vouches for them and however they are typed.
#[must_use]
pub fn is_same_person(one: &str, other: &str) -> bool {
    person_of(one.trim()).to_lowercase() == person_of(other.trim()).to_lowercase()
}

/// What tells names that the machine vouches for from those that were said.
const ACCOUNT: &str = " (account)";

/// The name alone, whoever vouches for it.
pub(super) fn person_of(name: &str) -> &str {
    name.strip_suffix(ACCOUNT).unwrap_or(name)
}
