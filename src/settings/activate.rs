//! Settings of activate, and what collect needs of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[stage.activate]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activate {
    /// How many complete loads of the sources that count may miss an identity before it is gone; until then it is carried,
    /// stale.
    pub grace_loads: u32,
    /// The sources that count: who is gone from all of them that listed somebody is gone. Empty = all.
    pub authoritative: Vec<String>,
    /// What becomes of rows that refer to what is not there.
    pub references: References,
    /// What closures make of cycles.
    pub cycles: Cycles,
}

/// What closures make of groups, units and roles that lie above themselves. They are told either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cycles {
    /// Of every cycle a link is left out, so that nothing lies above itself.
    #[default]
    Cut,
    /// Every member of a cycle lies below every other, as directories see it that let groups be members of each other.
    Keep,
}

/// What becomes of a row that refers to what is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnMissing {
    /// A relation stays as text in the side table, an object keeps its reference as text; both are told.
    #[default]
    Keep,
    /// The relation is a reject.
    Reject,
    /// The missing object is made with its key alone, marked as a stub, and told.
    Stub,
}

/// What becomes of references that lead nowhere: by table, and by the column that a collector maps, such as `account`
/// of `memberships` or `organisation` of `identities`. Those not named are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References(pub BTreeMap<(String, String), OnMissing>);

impl References {
    /// What is said of a column; of an end of a relation without `_uid`.
    #[must_use]
    pub fn of(&self, table: &str, column: &str) -> OnMissing {
        let found = self.0.iter().find(|((of, name), _)| of == table && name == column);
        found.map(|(_, on_missing)| *on_missing).unwrap_or_default()
    }

    /// The columns of a table of which that is said.
    pub fn those<'a>(&'a self, table: &'a str, wanted: OnMissing) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |((of, _), on_missing)| of == table && **on_missing == wanted);
        found.map(|((_, column), _)| column.as_str())
    }
}
