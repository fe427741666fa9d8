//! Settings of validate: thresholds.

use std::fmt;

use crate::ids::Label;
use crate::settings::Mode;
use crate::source::SqlText;

/// `[stage.validate]`
#[derive(Debug, Clone)]
pub struct Validate {
    /// Whether the built-in thresholds hold besides these.
    pub has_guards: bool,
    /// In the order of the file.
    pub thresholds: Vec<Threshold>,
    /// For how many loads in a row a source may be carried; `None` = for ever.
    pub max_stale_loads: Option<u32>,
    /// Who decides about a first timeslot.
    pub first_load: Mode,
    /// What holds a timeslot in which many people leave at once; `None` = nothing.
    pub brake: Option<Brake>,
}

/// Limits of how many people may leave at once: who was active in the parent and is inactive or gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brake {
    /// A share of those who were active, as a fraction ..
    pub share: f64,
    /// .. that counts only where so many leave.
    pub at_least: u64,
    /// A number that holds whatever the share is.
    pub number: u64,
}

impl Default for Brake {
    fn default() -> Self {
        Self { share: 0.1, at_least: 5, number: 500 }
    }
}

/// A metric and its limits.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// Lower-snake.
    pub id: String,
    /// What is measured.
    pub metric: Metric,
    /// Column by whose values the metric is broken down.
    pub by: Option<String>,
    /// At least one.
    pub limits: Vec<Limit>,
    /// Percentages are judged only from this value of the parent on.
    pub min_base: Option<u64>,
    /// What a change is measured from.
    pub baseline: Baseline,
}

/// What a change is measured from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Baseline {
    /// The parent.
    #[default]
    Previous,
    /// What the timeslot with this label measured.
    Label(Label),
    /// The median of what up to so many timeslots before this one measured; never of fewer than
    /// [`Self::LOADS_OF_A_MEDIAN`].
    Median(u32),
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Previous => f.write_str("the parent"),
            Self::Label(label) => write!(f, "{label}"),
            Self::Median(loads) => write!(f, "median of {loads} loads"),
        }
    }
}

impl Baseline {
    /// How many loads must have measured something before anything is compared with their median.
    pub const LOADS_OF_A_MEDIAN: u32 = 8;

    /// The table with what was measured then; `None` = the parent's own values will do.
    #[must_use]
    pub fn table(&self) -> Option<String> {
        match self {
            Self::Previous => None,
            // Two labels must never be one table.
            Self::Label(label) => Some(format!("at_{}_metrics", label.as_str().replace('_', "_u").replace('-', "_h"))),
            Self::Median(loads) => Some(format!("last_{loads}_metrics")),
        }
    }
}

impl Validate {
    /// How many of the latest confirmed timeslots thresholds compare with.
    #[must_use]
    pub fn compared(&self) -> u32 {
        let loads = |threshold: &Threshold| if let Baseline::Median(loads) = threshold.baseline { loads } else { 1 };
        self.thresholds.iter().map(loads).max().unwrap_or(1)
    }
}

/// What is measured.
#[derive(Debug, Clone)]
pub enum Metric {
    /// A metric by its name, such as `accounts.count`.
    Named(String),
    /// One row with one number; broken down, rows of a value and its number.
    Sql(SqlText),
}

/// When a threshold is reached. At least one of `warn` and `hold` is there, and `hold` is never reached first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// What is judged.
    pub of: Side,
    /// The summary says so.
    pub warn: Option<Amount>,
    /// The timeslot is held.
    pub hold: Option<Amount>,
}

/// What a limit judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The decrease against the parent.
    Drop,
    /// The increase against the parent.
    Rise,
    /// The difference, up or down.
    Change,
    /// The value itself, from below.
    Min,
    /// The value itself, from above.
    Max,
}

/// How much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// A share of the parent's value: 0.05 is 5 %. Never for [`Side::Min`] and [`Side::Max`].
    Share(f64),
    /// A number.
    Number(f64),
}
