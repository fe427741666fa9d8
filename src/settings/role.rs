//! What a user may do, and the roles that allow it.

use std::fmt;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the page asks before it shows or does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// See counts and states, which name nobody.
    See,
    /// Read rows that name people, read the log, download.
    Read,
    /// Run, cancel and retry plans, and say who owns an account.
    Operate,
    /// Confirm a timeslot, let a threshold pass, reject.
    Decide,
}

impl May {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Decide => "decide",
        }
    }
}

/// What a user is there for. Who operates does not decide, unless the user has both roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Sees counts and states.
    Viewer,
    /// Reads everything, the log too, and downloads.
    Auditor,
    /// Reads everything; runs, cancels and retries plans; decides who owns an account.
    Operator,
    /// Reads everything; confirms, overrides and rejects.
    Approver,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Auditor, Self::Operator, Self::Approver];

    /// Whether the role allows it.
    #[must_use]
    pub fn may(self, what: May) -> bool {
        match what {
            May::See => true,
            May::Read => self != Self::Viewer,
            May::Operate => self == Self::Operator,
            May::Decide => self == Self::Approver,
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// The role as files and commands name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::Approver => "approver",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
