//! Settings of maintain.

use std::time::Duration;

/// `[stage.maintain]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintain {
    /// How long a left-over sandbox is kept.
    pub keep_sandbox: Duration,
}

impl Default for Maintain {
    fn default() -> Self {
        Self { keep_sandbox: Duration::from_hours(7 * 24) }
    }
}
