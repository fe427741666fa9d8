//! Settings of managers: where each object's manager is looked for.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::is_slug;
use crate::table::Kind;

/// `[stage.managers]`
#[derive(Debug, Clone)]
pub struct Managers {
    /// The rules.
    pub policy: ManagersPolicy,
    /// CSV file in which people name managers; it exists.
    pub overlay: Option<PathBuf>,
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
    /// How rows write the manager, owner or head they name.
    pub by: By,
    /// Employee id, in key form. There if and only if `resolve` has [`Resolver::Fallback`].
    pub fallback: Option<String>,
    /// Whether people may manage themselves.
    pub allow_self: bool,
    /// Whether people who are listed and not active may manage.
    pub allow_inactive: bool,
    /// How many units above one's own are asked for their head; `None` = all.
    pub climb: Option<u32>,
    /// Whether everybody whom the first answering resolver names manages, and not one of them.
    pub all: bool,
}

/// How rows write the person they name. Other than an employee id, the text is compared normalised, and a text that
/// several people share names nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum By {
    /// By employee id.
    #[default]
    EmployeeId,
    /// By another column of identities: mail, full name, dn.
    Identity(String),
    /// By a column of accounts; who is meant is the owner of the account.
    Account(String),
}

impl By {
    /// Reads a column of identities, or of accounts with `account.` in front.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("account.") {
            Some(column) if is_slug(column) => Some(Self::Account(column.to_owned())),
            None if text == "employee_id" => Some(Self::EmployeeId),
            None if is_slug(text) => Some(Self::Identity(text.to_owned())),
            _ => None,
        }
    }
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

impl Resolver {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Stated, Self::Link, Self::OrganisationHead, Self::Fallback];

    /// Its name in files and in `managers.resolver`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Link => "link",
            Self::OrganisationHead => "organisation_head",
            Self::Fallback => "fallback",
        }
    }

    /// Whether it can know who manages objects of a kind.
    #[must_use]
    pub fn knows(self, kind: Kind) -> bool {
        match self {
            Self::Stated => stated_column(kind).is_some(),
            Self::Link => managed_end(kind).is_some(),
            Self::OrganisationHead => {
                matches!(kind, Kind::Identity | Kind::Account | Kind::Application | Kind::Organisation)
            }
            Self::Fallback => true,
        }
    }
}

/// The end of `manager_links` at which objects of a kind stand.
#[must_use]
pub fn managed_end(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Identity => "managed_uid",
        Kind::Account => "account_uid",
        Kind::Group => "group_uid",
        Kind::Application => "application_uid",
        Kind::Organisation => "organisation_uid",
        Kind::Permission | Kind::Repository => return None,
    })
}

/// The column in which rows of such objects name who answers for them.
#[must_use]
pub fn stated_column(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Identity => Some("manager"),
        Kind::Group | Kind::Application => Some("owner"),
        Kind::Organisation => Some("head"),
        Kind::Account | Kind::Permission | Kind::Repository => None,
    }
}
