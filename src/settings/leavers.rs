//! Settings of leavers: who counts as active.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::SqlText;

/// `[stage.leavers]`
#[derive(Debug, Clone)]
pub struct Leavers {
    /// Predicate over `identities i` that holds for active people; `None` = everybody listed.
    pub active: Option<SqlText>,
    /// Days after the departure date during which someone still counts as active.
    pub grace_days: u32,
    /// Whether the departure date is still a day of work.
    pub departure_day: DepartureDay,
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
