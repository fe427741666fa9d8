//! A policy named by `[stage.managers]`, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::settings::managers::Resolver;

/// How managers of objects are found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagersFile {
    /// One table per kind of object and domain.
    #[schemars(length(min = 1))]
    pub manager: Vec<ManagerTable>,
}

/// `[[manager]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagerTable {
    /// Whose managers.
    pub of: ManagedName,
    /// In which matter; in every matter, if not said.
    pub domain: Option<String>,
    /// Where a manager is looked for, in order.
    #[serde(default = "stated")]
    #[schemars(length(min = 1))]
    pub resolve: Vec<Resolver>,
    /// How rows write the manager, owner or head they name: a column of identities such as `email`, `full_name` or `dn`,
    /// or one of accounts such as `account.dn`. Default `employee_id`.
    pub by: Option<String>,
    /// Employee id of who manages what nobody else does.
    pub fallback: Option<String>,
    /// Whether people may manage themselves.
    #[serde(default)]
    pub allow_self: bool,
    /// Whether people who are listed and not active may manage.
    #[serde(default)]
    pub allow_inactive: bool,
    /// `organisation_head`: how many units above one's own are asked for their head; 0 = none. All, if not said.
    pub climb: Option<u32>,
    /// `link`: whether everybody who is named manages, and not one of them.
    #[serde(default)]
    pub all: bool,
}

fn stated() -> Vec<Resolver> {
    vec![Resolver::Stated]
}

/// A table of managed objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManagedName {
    /// People.
    Identities,
    /// Accounts.
    Accounts,
    /// Groups.
    Groups,
    /// Applications.
    Applications,
    /// Units.
    Organisations,
    /// Permissions.
    Permissions,
    /// Repositories.
    Repositories,
}
