//! Settings of controls: checks whose answers are findings.

use std::path::PathBuf;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ids::{ControlId, RuleId, SourceName};
use crate::settings::PermissionName;
use crate::settings::duties::Pair;
use crate::settings::packs::{Packed, Unevaluated};
use crate::settings::rules::Rule;
use crate::source::{Place, SqlText};
use crate::table::Kind;

/// `[stage.controls]`
#[derive(Debug, Clone, Default)]
pub struct Controls {
    /// The controls that run, by id.
    pub controls: Vec<Control>,
    /// Sources without which controls over their tables are not evaluated.
    pub skipping: Vec<Skipping>,
    /// Controls of packs that ask for what this project does not collect.
    pub unevaluated: Vec<Unevaluated>,
    /// What the plan says otherwise of controls than their files and packs do, but for parameters.
    pub otherwise: Vec<Otherwise>,
    /// Where people answer for findings that are to stand for a while.
    pub exceptions: Option<Exceptions>,
    /// What a finding adds to a risk score.
    pub risk_weights: RiskWeights,
}

/// What a plan says otherwise of a control, those that it switches off among them.
#[derive(Debug, Clone)]
pub struct Otherwise {
    /// The control.
    pub control: ControlId,
    /// `enabled`, `risk`, `blocks` or `blocks_since`.
    pub what: &'static str,
    /// What holds.
    pub value: String,
    /// What would hold.
    pub default: String,
    /// Where that is said.
    pub place: Place,
}

/// What an open finding adds to a risk score, by its risk from 0 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskWeights(pub [u32; 6]);

impl Default for RiskWeights {
    fn default() -> Self {
        Self([0, 1, 2, 3, 4, 5])
    }
}

/// What people say about findings that are to stand for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceptions {
    /// CSV or TOML file; it exists.
    pub file: PathBuf,
    /// How many days before its end an exception is told.
    pub alarm_days: u32,
    /// Whether an exception may have no end.
    pub may_be_open_ended: bool,
}

/// A source with `on_failure = "skip"`: where it is not complete, what it fills says nothing of this load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipping {
    /// The source.
    pub source: SourceName,
    /// The tables that it fills.
    pub tables: Vec<&'static str>,
}

/// A check whose answer is a list of findings.
#[derive(Debug, Clone)]
pub struct Control {
    /// The file's stem.
    pub id: ControlId,
    /// What it finds, in one line.
    pub title: String,
    /// How bad a finding is, 0 to 5.
    pub risk: u8,
    /// Words to select and group by.
    pub tags: Vec<String>,
    /// What to do about a finding.
    pub mitigation: Option<String>,
    /// What is checked.
    pub check: Check,
    /// The rule with the parameters of this control, where it sets any; else the answer that the plan keeps counts.
    pub own_rule: Option<Rule>,
    /// Predicate over the subject: other findings are left out.
    pub filter: Option<SqlText>,
    /// The file.
    pub path: PathBuf,
    /// What a control of a pack says besides.
    pub packed: Option<Packed>,
    /// Where the plan gives it another risk.
    pub risk_set_at: Option<Place>,
    /// Which of its findings hold a timeslot.
    pub blocks: Blocking,
}

/// Which findings of a control hold a timeslot. Those under an exception never do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Blocking {
    /// Which; `None` = as the plan says of all controls.
    pub which: Option<Blocks>,
    /// What was opened behind this day is new for as long as it stands.
    pub since: Option<Date>,
}

/// Which findings hold a timeslot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
    /// None.
    #[default]
    None,
    /// Those that are new; what stood before does not.
    New,
    /// All that are open.
    All,
}

impl Blocks {
    /// Its name in plans.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::New => "new",
            Self::All => "all",
        }
    }
}

/// What a control checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Each row of a rule's answer is a finding.
    Rule {
        /// The rule; the plan runs it.
        rule: RuleId,
        /// What the rows are about.
        subject: Kind,
    },
    /// Nobody holds conflicting permissions.
    SegregationOfDuties {
        /// Who must not hold them together.
        on: Holder,
        /// Which permissions conflict.
        conflict: Conflict,
        /// Where they must be held to conflict.
        within: Within,
    },
    /// Permissions are held by a population and by nobody else.
    PermissionHolders {
        /// At least one.
        permissions: Vec<PermissionName>,
        /// Predicate over `identities i`.
        population: SqlText,
        /// Held by others, or lacked by somebody active of it.
        gap: Gap,
    },
    /// How the answers of two rules overlap.
    Overlap {
        /// The rules; the plan runs both.
        rules: [RuleId; 2],
        /// What the rows of both are about.
        subject: Kind,
        /// Which subjects are findings.
        result: Overlap,
    },
    /// Differences to the rights model; the plan has one.
    TheoreticalRights {
        /// In which direction.
        gap: Gap,
    },
}

/// Which subjects of two answers are findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// Those of both.
    Both,
    /// Those of the first alone.
    FirstOnly,
    /// Those of the second alone.
    SecondOnly,
    /// Those of one or both.
    Either,
}

/// Which permissions conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// Holding all of them; at least two.
    AllOf(Vec<PermissionName>),
    /// Holding one of the left and one of the right.
    Between {
        /// One side.
        left: Vec<PermissionName>,
        /// The other.
        right: Vec<PermissionName>,
    },
    /// Holding both of a row of `duty_conflicts`.
    Collected,
    /// Both duties of one of these pairs; at least one.
    Pairs(Vec<Pair>),
}

/// Where permissions must be held to conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// Perimeters do not matter.
    Anywhere,
    /// In one perimeter; a right without a perimeter holds in each.
    SamePerimeter,
}

/// Who holds permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A person, through all of their accounts.
    Identity,
    /// A single account.
    Account,
}

/// Direction of a difference to the rights model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// More than the model says.
    Over,
    /// Less than the model says.
    Under,
}
