//! Settings of the rights model: who should hold what.

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
    /// Permissions of populations.
    pub grants: Vec<Grant>,
    /// What populations should not hold, whatever grants and collected links say.
    pub exclusions: Vec<Exclusion>,
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
    /// What they should not hold, although a permission includes it.
    pub except: Vec<PermissionName>,
}
