//! What a report is made from: gathered once, plain data. Everything else about a report is a function of these.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::collect::source::SourceState;
use crate::ids::TimeslotId;
use crate::ledger::What;

/// A number, and what it was read from, so that anybody can read it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name: `accounts.orphans`.
    pub name: String,
    /// The number; `None` = nothing tells it.
    pub value: Option<u64>,
    /// Where it comes from.
    pub from: Origin,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A cell of the answer to a query: `ledgerline query SQL --timeslot ID` gives it again.
    Query {
        /// The query.
        sql: String,
        /// The timeslot that was asked.
        timeslot: TimeslotId,
        /// The column.
        column: String,
        /// What the first column of the row says, where the answer has several.
        row: Option<String>,
    },
    /// A file below the ledger.
    File {
        /// Its path.
        path: String,
        /// What is counted there.
        counted: String,
    },
    /// Other figures.
    Formula(String),
    /// There is nothing to read it from.
    Nothing(String),
}

/// Everything a report is made from.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Which report.
    pub kind: Kind,
    /// The project's name.
    pub project: String,
    /// When.
    pub at: Timestamp,
    /// The zone in which days and hours are told.
    pub zone: TimeZone,
    /// Number and hash of the newest log entry.
    pub head: Option<String>,
    /// The current timeslot.
    pub current: Option<Current>,
    /// The timeslot that is open.
    pub open: Option<Waiting>,
    /// Every number.
    pub figures: Vec<Figure>,
    /// What the ledger says of controls with open findings; `None` = no control was evaluated.
    pub controls: Option<Vec<ControlFacts>>,
    /// The sources of the current timeslot.
    pub sources: Vec<SourceFacts>,
    /// The project's plans.
    pub plans: Vec<PlanFacts>,
    /// Why the files of the project cannot be read, where they cannot.
    pub broken: Option<String>,
    /// How often what was done since a day, or a week, before.
    pub operations: Vec<(What, u64)>,
    /// What a proof of the ledger gave.
    pub verified: Result<Verified, String>,
    /// How much room there is.
    pub disk: Result<Disk, String>,
    /// Whether mail leaves.
    pub relay: Relay,
}

/// The current timeslot.
#[derive(Debug, Clone)]
pub struct Current {
    /// Its name.
    pub id: TimeslotId,
    /// The day it speaks about.
    pub as_of: Date,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
}

/// A timeslot that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its name.
    pub id: TimeslotId,
    /// Its state.
    pub state: String,
    /// Since when it is in this state.
    pub since: Option<Timestamp>,
    /// What holds it.
    pub holding: Vec<String>,
    /// What was reached of that, as far as its tables tell.
    pub breaches: Vec<Breach>,
    /// Whether a person is to decide: its stages have run.
    pub is_decided_by_a_person: bool,
}

/// A limit that a waiting timeslot reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Id of the threshold.
    pub threshold: String,
    /// The value it is judged for, where it is broken down.
    pub by: String,
    /// What was measured.
    pub value: String,
    /// The limit, as written.
    pub limit: String,
    /// What happened and what most of it belongs to, in a sentence that names no row.
    pub sentence: String,
}

/// Open findings of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlFacts {
    /// Its id.
    pub id: String,
    /// What its subjects are.
    pub kind: String,
    /// Its title, where the plan still has it.
    pub title: Option<String>,
    /// What to do about a finding.
    pub mitigation: Option<String>,
    /// 0 to 5.
    pub risk: u64,
    /// Open findings.
    pub open: u64,
    /// Of those, opened by the current timeslot.
    pub opened: u64,
    /// Since when the oldest of them is open.
    pub oldest: String,
    /// Findings that stand under an exception; not among the open ones.
    pub excepted: u64,
}

/// A source of the current timeslot.
#[derive(Debug, Clone)]
pub struct SourceFacts {
    /// Its collector.
    pub name: String,
    /// What it brought.
    pub state: SourceState,
    /// Why it is not complete.
    pub remarks: Vec<String>,
    /// The day of the newest timeslot for which it was complete; `None` = not within those that were looked at.
    pub complete_on: Option<Date>,
    /// The day of the timeslot since which its files are the same; `None` = it has none now.
    pub same_since: Option<Date>,
    /// Loads in a row in which it was not complete.
    pub stale_loads: u64,
}

/// A plan, its runs and its due times.
#[derive(Debug, Clone, Default)]
pub struct PlanFacts {
    /// Its name.
    pub name: String,
    /// When it is due, as written, with the zone; `None` = nothing says.
    pub pattern: Option<String>,
    /// Its last run.
    pub last: Option<RunFacts>,
    /// When its last run that went well began.
    pub well: Option<Timestamp>,
    /// The newest due time whose run should have begun by now.
    pub due: Option<Timestamp>,
    /// Whether the ledger knows of somebody who waits for its due times.
    pub is_watched: bool,
    /// The next due time, as people read it.
    pub next: Option<String>,
    /// Due times that were missed since the last report.
    pub missed: Vec<Timestamp>,
    /// Due times that were left out since the last report, and why.
    pub left_out: Vec<(Timestamp, String)>,
}

/// A run.
#[derive(Debug, Clone)]
pub struct RunFacts {
    /// Its name.
    pub name: String,
    /// When it began.
    pub began: Option<Timestamp>,
    /// How it ended; `None` = it goes on, or was killed.
    pub exit_code: Option<u8>,
    /// What became of it, in a sentence.
    pub verdict: String,
}

/// What a proof of the ledger gave.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    /// Timeslots looked at.
    pub timeslots: usize,
    /// Parts looked at.
    pub parts: usize,
    /// Whether the sum of every part was computed.
    pub with_sums: bool,
    /// What is not as it was confirmed.
    pub damages: Vec<String>,
}

/// How much room there is.
#[derive(Debug, Clone, Copy)]
pub struct Disk {
    /// Bytes that may still be written.
    pub free: u64,
    /// Bytes of the last timeslot and its run; `None` = there was none.
    pub load: Option<u64>,
}

/// Whether mail leaves.
#[derive(Debug, Clone)]
pub enum Relay {
    /// The project has no `[mail]`.
    Nobody,
    /// The server was asked.
    Asked {
        /// Its name and port.
        server: String,
        /// Why it would take no mail.
        refused: Option<String>,
        /// Mails that wait and are tried again.
        waiting: usize,
        /// Mails that are tried no more.
        given_up: usize,
    },
}

impl Facts {
    /// The number of that name; `None` = nothing tells it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<u64> {
        self.figures.iter().find(|figure| figure.name == name)?.value
    }

    /// Several numbers, where all are told.
    pub(super) fn values<const N: usize>(&self, names: [&str; N]) -> Option<[u64; N]> {
        let values: BTreeMap<usize, u64> =
            names.iter().enumerate().filter_map(|(at, name)| Some((at, self.value(name)?))).collect();
        (values.len() == N).then(|| std::array::from_fn(|at| values[&at]))
    }

    /// The day of the report, on the clocks of the zone.
    #[must_use]
    pub fn day(&self) -> Date {
        self.at.to_zoned(self.zone.clone()).date()
    }

    /// An instant as people read it: on the clocks of the zone.
    pub(super) fn shown(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// How long ago an instant was, as people say it.
    pub(super) fn ago(&self, at: Timestamp) -> String {
        let minutes = self.at.duration_since(at).as_mins().max(0);
        match minutes {
            0..120 => format!("{minutes} min"),
            120..2_880 => format!("{} h", minutes / 60),
            _ => format!("{} days", minutes / 1_440),
        }
    }

    /// Days from the day that the current timeslot speaks about to that of the report.
    pub(super) fn days_old(&self) -> Option<i32> {
        self.current.as_ref().map(|current| (self.day() - current.as_of).get_days())
    }
}
