//! Settings of reports: when they are made, and to whom they go.

use super::schedule::Schedule;

/// `[report]` of the project.
#[derive(Debug, Clone)]
pub struct Report {
    /// When the daily report is due; `None` = never.
    pub daily: Option<Schedule>,
    /// When the weekly review is due; `None` = never.
    pub weekly: Option<Schedule>,
    /// Addresses they go to; empty = those of `[mail]`.
    pub to: Vec<String>,
}
