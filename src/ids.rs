//! Names and numbers that identify things: newtypes that can only be built from valid text.

mod label;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::label::{Label, TimeslotName};

/// A text that is no valid name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no valid {what}: {rule}")]
pub struct InvalidName {
    /// The text as given.
    pub text: String,
    /// The kind of name that was expected.
    pub what: &'static str,
    /// What a valid one looks like.
    pub rule: &'static str,
}

/// Returns whether `text` is file-safe and usable as an SQL identifier: a lower-case letter, then
/// lower-case letters, digits and `_`, at most 60 characters.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

macro_rules! slug_newtype {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text of the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                if is_slug(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidName {
                        text: text.to_owned(),
                        what: $what,
                        rule: "a lower-case letter, then lower-case letters, digits and `_`",
                    })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_newtype!(
    /// The name of a source: the file stem of its collector.
    SourceName,
    "source name"
);
slug_newtype!(
    /// The name of a plan: its file stem.
    PlanName,
    "plan name"
);
slug_newtype!(
    /// The id of a rule: its file stem, and after `rule_` the table that keeps its answer.
    RuleId,
    "rule id"
);
slug_newtype!(
    /// The id of a control: its file stem.
    ControlId,
    "control id"
);

impl RuleId {
    /// The table that keeps the rule's answer.
    #[must_use]
    pub fn table(&self) -> String {
        format!("rule_{}", self.0)
    }
}

/// The name of a timeslot: its as-of date, followed by `_2`, `_3`, .. where a date is taken again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeslotId {
    as_of: Date,
    turn: u32,
}

impl TimeslotId {
    /// The name of the `turn`-th timeslot of a date, counted from 1.
    #[must_use]
    pub fn new(as_of: Date, turn: u32) -> Self {
        Self { as_of, turn }
    }

    /// The date the timeslot speaks about.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }
}

impl fmt::Display for TimeslotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.turn {
            1 => write!(f, "{}", self.as_of),
            turn => write!(f, "{}_{turn}", self.as_of),
        }
    }
}

impl FromStr for TimeslotId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let invalid = || InvalidName {
            text: text.to_owned(),
            what: "timeslot",
            rule: "a date such as `2026-11-21`, with `_2` behind it for the second of a day",
        };
        let (day, turn) = match text.split_once('_') {
            None => (text, 1),
            Some((day, turn)) => (day, turn.parse().ok().filter(|turn| *turn > 1).ok_or_else(invalid)?),
        };
        let as_of: Date = day.parse().map_err(|_| invalid())?;
        let id = Self { as_of, turn };
        if id.to_string() == text { Ok(id) } else { Err(invalid()) }
    }
}

impl TryFrom<String> for TimeslotId {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<TimeslotId> for String {
    fn from(id: TimeslotId) -> String {
        id.to_string()
    }
}

/// The stages, in the order in which the engine runs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// Sources to staged parts.
    Collect,
    /// Staged parts to published tables, and what moved.
    Activate,
    /// Who is active.
    Leavers,
    /// Who owns each account.
    Reconcile,
    /// Who manages each object.
    Managers,
    /// Who should have what.
    RightsModel,
    /// Saved questions.
    Rules,
    /// Checks with findings.
    Controls,
    /// Thresholds.
    Validate,
    /// The timeslot becomes current.
    Confirm,
    /// Retention and tidying.
    Maintain,
}

impl StageName {
    /// Every stage, in running order.
    pub const ALL: [Self; 11] = [
        Self::Collect,
        Self::Activate,
        Self::Leavers,
        Self::Reconcile,
        Self::Managers,
        Self::RightsModel,
        Self::Rules,
        Self::Controls,
        Self::Validate,
        Self::Confirm,
        Self::Maintain,
    ];

    /// The name as written in plans and messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Activate => "activate",
            Self::Leavers => "leavers",
            Self::Reconcile => "reconcile",
            Self::Managers => "managers",
            Self::RightsModel => "rights_model",
            Self::Rules => "rules",
            Self::Controls => "controls",
            Self::Validate => "validate",
            Self::Confirm => "confirm",
            Self::Maintain => "maintain",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for StageName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text).ok_or_else(|| InvalidName {
            text: text.to_owned(),
            what: "stage",
            rule: "one of collect, activate, leavers, reconcile, managers, rights_model, rules, controls, validate, \
                   confirm, maintain",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeslot_id_reads_back_what_it_prints() {
        for text in ["2026-11-21", "2026-11-21_2", "2026-11-21_17"] {
            assert_eq!(text.parse::<TimeslotId>().map(|id| id.to_string()), Ok(text.to_owned()));
        }
        for text in ["2026-11-21_1", "2026-11-21_02", "2026-1-21", "today", "2026-11-21_", "../x"] {
            assert!(text.parse::<TimeslotId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_source_name_is_safe_in_a_path_and_in_sql() {
        for text in ["", "HR", "../hr", "hr-2", "2hr", "h r", "a\"b"] {
            assert!(text.parse::<SourceName>().is_err(), "{text}");
        }
        assert!("hr_2".parse::<SourceName>().is_ok());
    }
}
