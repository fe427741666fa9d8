//! Settings of a schedule: when a plan is due, and what becomes of a due time that passed by.

use std::time::Duration;

use croner::Cron;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::Place;

/// `[schedule]` of a plan.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Minute, hour, day of month, month and day of week.
    pub cron: Cron,
    /// The pattern as it is written.
    pub pattern: String,
    /// Where it stands.
    pub place: Place,
    /// The zone whose clocks count.
    pub zone: TimeZone,
    /// Its IANA name.
    pub zone_name: String,
    /// What becomes of due times that passed while nobody looked.
    pub catch_up: CatchUp,
    /// How late a run may still begin.
    pub grace: Duration,
    /// What becomes of a due time while another run is under way.
    pub overlap: Overlap,
    /// A run begins up to so much behind its due time: always as much on one machine, and not as much on the next.
    pub jitter: Duration,
}

/// What becomes of due times that passed while nobody looked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// The last of them is caught up, as long as it is within the grace. Sources are what they are now: to load them once
    /// for each would load the same thrice.
    #[default]
    Last,
    /// None: it is missed where its run did not begin within five minutes.
    None,
}

/// What becomes of a due time while another run is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// It is left out, and that is told.
    #[default]
    Skip,
    /// Its run waits for the other to end, as long as it is within the grace.
    Queue,
}
