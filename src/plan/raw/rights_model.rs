//! A policy named by `[stage.rights_model]`, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// Who should hold what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RightsModelFile {
    /// Whether collected `theoretical_links` count too.
    #[serde(default = "yes")]
    pub use_collected: bool,
    /// Whether it matters where a permission is held. Default: `judged` where a grant names perimeters, else `ignored`.
    pub perimeters: Option<PerimetersName>,
    /// Whether table `gap_accounts` tells each gap with the accounts that it is about.
    #[serde(default = "yes")]
    pub tell_accounts: bool,
    /// Bundles of permissions under names of the business.
    #[serde(default)]
    pub role: Vec<RoleTable>,
    /// Permissions of populations.
    #[serde(default)]
    pub grant: Vec<GrantTable>,
    /// What populations should not hold, whatever grants and collected links say.
    #[serde(default)]
    pub exclude: Vec<ExcludeTable>,
}

fn yes() -> bool {
    true
}

/// Whether it matters where a permission is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PerimetersName {
    /// Held anywhere is held.
    Ignored,
    /// Held in each perimeter apart; held without one is held everywhere.
    Judged,
}

/// `[[role]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleTable {
    /// Name of the role.
    pub id: String,
    /// What it bundles, each `APPLICATION/PERMISSION`.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Roles that it includes, whole.
    #[serde(default)]
    pub includes: Vec<String>,
    /// First day on which it gives anything, such as `2026-01-01`. Default: ever since.
    pub valid_from: Option<String>,
    /// Last day on which it gives anything. Default: for good.
    pub valid_until: Option<String>,
}

/// `[[grant]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantTable {
    /// Name of the rule.
    pub id: String,
    /// SQL predicate over `identities i`: who.
    #[schemars(length(min = 1))]
    pub population: String,
    /// What they should hold, each `APPLICATION/PERMISSION`.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Roles of this policy that they should hold.
    #[serde(default)]
    pub roles: Vec<String>,
    /// What they should not hold, although a permission above includes it.
    #[serde(default)]
    pub except: Vec<String>,
    /// Where they should hold it. Default: no matter where.
    #[schemars(length(min = 1))]
    pub perimeters: Option<Vec<String>>,
    /// SQL expression over `identities i` that gives the perimeter in which each should hold it.
    #[schemars(length(min = 1))]
    pub perimeter_of: Option<String>,
    /// First day on which it gives, such as `2026-01-01`. Default: ever since.
    pub valid_from: Option<String>,
    /// Last day on which it gives. Default: for good.
    pub valid_until: Option<String>,
}

/// `[[exclude]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcludeTable {
    /// Name of the rule.
    pub id: String,
    /// SQL predicate over `identities i`: who.
    #[schemars(length(min = 1))]
    pub population: String,
    /// What they should not hold, each `APPLICATION/PERMISSION`.
    #[schemars(length(min = 1))]
    pub permissions: Vec<String>,
    /// First day on which it takes, such as `2026-01-01`. Default: ever since.
    pub valid_from: Option<String>,
    /// Last day on which it takes. Default: for good.
    pub valid_until: Option<String>,
}
