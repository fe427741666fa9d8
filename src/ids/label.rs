//! Names that people give to timeslots, and how a timeslot is asked for: by its id, by such a name, or as the current one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{InvalidName, TimeslotId};

/// A name that a person put on a timeslot: `quarter-4`. No date can be one, nor a word that means a timeslot already.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// Words that mean a timeslot without a label.
const TAKEN: [&str; 4] = ["current", "open", "parent", "previous"];

impl Label {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Label {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let is_known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let is_well = text.len() <= 60
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(is_known)
            && !TAKEN.contains(&text);
        if is_well {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName {
                text: text.to_owned(),
                what: "label",
                rule: "a lower-case letter, then lower-case letters, digits, `-` and `_`; not `current`, `open`, \
                       `parent` or `previous`",
            })
        }
    }
}

impl TryFrom<String> for Label {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> String {
        label.0
    }
}

/// How a timeslot is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeslotName {
    /// By its id.
    Id(TimeslotId),
    /// By a label that it has.
    Label(Label),
    /// `current`: the one that everybody sees.
    Current,
}

impl fmt::Display for TimeslotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Label(label) => write!(f, "{label}"),
            Self::Current => f.write_str("current"),
        }
    }
}

impl FromStr for TimeslotName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text == "current" {
            return Ok(Self::Current);
        }
        // What begins with a digit was meant as a date: say what is wrong with that.
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return text.parse().map(Self::Id);
        }
        text.parse().map(Self::Label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_no_date_and_no_word_that_means_a_timeslot_already() {
        for text in ["quarter-4", "audit_2026", "q4"] {
            assert_eq!(text.parse::<Label>().map(|label| label.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "2026-11-21", "Q4", "current", "previous", "a b", "../x", "-a", &"a".repeat(61)] {
            assert!(text.parse::<Label>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_timeslot_is_asked_for_by_id_by_label_or_as_the_current_one() {
        for text in ["2026-11-21_2", "quarter-4", "current"] {
            assert_eq!(text.parse::<TimeslotName>().map(|name| name.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("2026-1-21".parse::<TimeslotName>().map_err(|error| error.what), Err("timeslot"));
    }
}
