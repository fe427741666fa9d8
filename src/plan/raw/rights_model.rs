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
    #[schemars(length(min = 1))]
    pub permissions: Vec<String>,
    /// What they should not hold, although a permission above includes it.
    #[serde(default)]
    pub except: Vec<String>,
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
}
