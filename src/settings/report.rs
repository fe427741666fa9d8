//! Settings of reports: which there are, when they are made, and to whom they go.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::schedule::Schedule;

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The daily operations report.
    Daily,
    /// The weekly review: it also computes the sum of every part.
    Weekly,
}

impl Kind {
    /// As it stands in names and commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Daily => "daily report",
            Self::Weekly => "weekly review",
        }
    }

    /// Under which its due times are kept, and what stands in units: no plan has such a name.
    #[must_use]
    pub fn due_name(self) -> &'static str {
        match self {
            Self::Daily => "report-daily",
            Self::Weekly => "report-weekly",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

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

impl Report {
    /// Those that are due at some time.
    #[must_use]
    pub fn due(&self) -> Vec<(Kind, &Schedule)> {
        let both = [(Kind::Daily, &self.daily), (Kind::Weekly, &self.weekly)];
        both.into_iter().filter_map(|(kind, schedule)| Some((kind, schedule.as_ref()?))).collect()
    }
}
