//! `policies/<name>.toml` of activities as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// What people can do with several permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivitiesFile {
    /// The activities.
    #[schemars(length(min = 1))]
    pub activity: Vec<ActivityTable>,
}

/// `[[activity]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityTable {
    /// What controls call it.
    pub id: String,
    /// What it is, in one line.
    #[schemars(length(min = 1))]
    pub title: String,
    /// Whose permissions allow it: `(ERP/A or ERP/B) and not ERP/C`. Each permission is `APPLICATION/PERMISSION`, in quotes where
    /// it has blanks or brackets.
    #[schemars(length(min = 1))]
    pub holds: String,
}
