//! Settings of leavers: who counts as active, and until when the accounts of the others may be open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::{Place, SqlText};

/// `[stage.leavers]`
#[derive(Debug, Clone)]
pub struct Leavers {
    /// Predicate over `identities i` that holds for active people; `None` = everybody listed.
    pub active: Option<SqlText>,
    /// Words of columns by which a source says that somebody left.
    pub words: Vec<Words>,
    /// Further predicates by which somebody is inactive, in the order in which they are asked.
    pub rules: Vec<LeaverRule>,
    /// Days after the departure date during which someone still counts as active.
    pub grace_days: u32,
    /// Whether the departure date is still a day of work.
    pub departure_day: DepartureDay,
    /// Days after the departure within which accounts are to be closed.
    pub closed_within_days: u32,
}

impl Default for Leavers {
    fn default() -> Self {
        Self {
            active: None,
            words: Vec::new(),
            rules: Vec::new(),
            grace_days: 0,
            departure_day: DepartureDay::default(),
            closed_within_days: CLOSED_WITHIN_DAYS,
        }
    }
}

/// Days within which accounts are to be closed where the plan does not say it.
pub const CLOSED_WITHIN_DAYS: u32 = 1;

/// A column of `identities` and what it says of people who left.
#[derive(Debug, Clone)]
pub struct Words {
    /// The column.
    pub column: String,
    /// Its values, as text; at least one.
    pub values: Vec<String>,
    /// Where the column is named.
    pub place: Place,
}

/// `[[stage.leavers.rule]]`
#[derive(Debug, Clone)]
pub struct LeaverRule {
    /// Lower-snake: the reason that people have by it.
    pub id: String,
    /// Predicate over `identities i` that holds for people who are inactive.
    pub inactive: SqlText,
    /// Whether these people keep their accounts: on leave, not gone.
    pub keeps_accounts: bool,
}

/// What a departure date says of that day itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepartureDay {
    /// The last day of work: the next day someone has departed.
    #[default]
    Worked,
    /// The first day away: on that day someone has departed.
    Free,
}
