//! Settings of the rights model: who should hold what.

use jiff::civil::Date;

use crate::settings::PermissionName;
use crate::source::SqlText;

/// `[stage.rights_model]`
#[derive(Debug, Clone)]
pub struct RightsModel {
    /// The rules.
    pub policy: RightsModelPolicy,
}

/// Who should hold what.
#[derive(Debug, Clone)]
pub struct RightsModelPolicy {
    /// Whether collected `theoretical_links` count too.
    pub use_collected: bool,
    /// Whether it matters where a permission is held.
    pub perimeters: Perimeters,
    /// Whether each gap is told with the accounts that it is about.
    pub tell_accounts: bool,
    /// Bundles of permissions, none of which includes itself.
    pub roles: Vec<BusinessRole>,
    /// Permissions of populations.
    pub grants: Vec<Grant>,
    /// What populations should not hold, whatever grants and collected links say.
    pub exclusions: Vec<Exclusion>,
}

impl RightsModelPolicy {
    /// The ids of its grants and exclusions, which are those that results name.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        let exclusions = self.exclusions.iter().map(|exclusion| exclusion.id.as_str());
        self.grants.iter().map(|grant| grant.id.as_str()).chain(exclusions)
    }
}

/// Whether it matters where a permission is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Perimeters {
    /// Held anywhere is held.
    #[default]
    Ignored,
    /// Held in each perimeter apart; held without one is held everywhere.
    Judged,
}

/// The days on which something holds, both included; `None` is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub until: Option<Date>,
}

impl Validity {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// A bundle of permissions under a name of the business, with the roles it includes.
#[derive(Debug, Clone)]
pub struct BusinessRole {
    /// Lower-snake, unique among roles.
    pub id: String,
    /// What it bundles itself.
    pub permissions: Vec<PermissionName>,
    /// Ids of roles that it includes, whole.
    pub includes: Vec<String>,
    /// When it gives anything, what it includes among it.
    pub validity: Validity,
}

/// Permissions that a population should not hold.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// Lower-snake, unique among grants and exclusions.
    pub id: String,
    /// Predicate over `identities i`.
    pub population: SqlText,
    /// At least one. What these include stays.
    pub permissions: Vec<PermissionName>,
    /// When it takes.
    pub validity: Validity,
}

/// Permissions that a population should hold.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Lower-snake, unique.
    pub id: String,
    /// Predicate over `identities i`.
    pub population: SqlText,
    /// What they should hold.
    pub permissions: Vec<PermissionName>,
    /// Ids of roles whose permissions they should hold.
    pub roles: Vec<String>,
    /// What they should not hold, although a permission includes it.
    pub except: Vec<PermissionName>,
    /// Where they should hold it.
    pub within: Within,
    /// When it gives.
    pub validity: Validity,
}

/// Where a population should hold what a grant gives.
#[derive(Debug, Clone)]
pub enum Within {
    /// No matter where: held anywhere is enough, and held anywhere is justified.
    Anywhere,
    /// In these perimeters; at least one.
    These(Vec<String>),
    /// In the perimeter that an expression over `identities i` gives for each; nowhere, where it gives null.
    Of(SqlText),
}

impl Within {
    /// The expression that gives each person's perimeter, where there is one.
    #[must_use]
    pub fn expression(&self) -> Option<&SqlText> {
        match self {
            Self::Of(expression) => Some(expression),
            Self::Anywhere | Self::These(_) => None,
        }
    }
}
