//! Settings of managers: where each object's manager is looked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::table::Kind;

/// `[stage.managers]`
#[derive(Debug, Clone)]
pub struct Managers {
    /// The rules.
    pub policy: ManagersPolicy,
}

/// How managers are found, one rule per kind and domain.
#[derive(Debug, Clone)]
pub struct ManagersPolicy {
    /// In the order of the file.
    pub managers: Vec<ManagerRule>,
}

/// How the managers of one kind of object are found.
#[derive(Debug, Clone)]
pub struct ManagerRule {
    /// Whose managers.
    pub of: Kind,
    /// In which matter; `None` = in every one.
    pub domain: Option<String>,
    /// Where to look, in order, none twice.
    pub resolve: Vec<Resolver>,
    /// Employee id, in key form. There if and only if `resolve` has [`Resolver::Fallback`].
    pub fallback: Option<String>,
    /// Whether people may manage themselves.
    pub allow_self: bool,
}

/// Where a manager is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolver {
    /// The manager, owner or head whom the object's own row names.
    Stated,
    /// A row of `manager_links`.
    Link,
    /// The head of the organisation, or of the nearest one above that has a head.
    OrganisationHead,
    /// The `fallback` of this table.
    Fallback,
}
