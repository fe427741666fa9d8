//! Settings of maintain.

mod keep;

use std::time::Duration;

pub use self::keep::{BadKeep, Keep, Length, Period, Unit, Which};

/// `[stage.maintain]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintain {
    /// How long a left-over sandbox is kept.
    pub keep_sandbox: Duration,
    /// Which timeslots are kept; `None` = all of them.
    pub retention: Option<Retention>,
}

/// Which timeslots are kept. What no rule keeps is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The so many latest visible confirmed ones.
    pub keep_last: Option<u32>,
    /// Visible confirmed ones by the calendar.
    pub keep: Vec<Keep>,
    /// Whether the two above say anything: else every visible confirmed one is kept.
    pub judges_visible: bool,
    /// How long a hidden one is kept; `None` = for ever.
    pub keep_hidden: Option<Duration>,
    /// How long a rejected one is kept; `None` = for ever.
    pub keep_rejected: Option<Duration>,
    /// How long what is to go stays, for somebody to object.
    pub purge_after: Duration,
    /// How many of the latest confirmed ones thresholds of the plan compare with.
    pub compared: u32,
}

/// What somebody has to object.
pub const PURGE_AFTER: Duration = Duration::from_hours(30 * 24);

impl Default for Maintain {
    fn default() -> Self {
        Self { keep_sandbox: Duration::from_hours(7 * 24), retention: None }
    }
}
