//! What happens in a run, for screens, logs, mails and tests. Every face reads these; no face computes anything.

use std::sync::Mutex;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{StageName, TimeslotId};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    /// When, in UTC.
    pub at: Timestamp,
    /// What.
    pub kind: RunEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEventKind {
    /// A run took up a timeslot.
    RunBegan {
        /// The run's name.
        run: String,
        /// The plan's name.
        plan: String,
        /// The timeslot it fills.
        timeslot: TimeslotId,
        /// The date it speaks about.
        as_of: Date,
        /// What it is compared with.
        parent: Option<TimeslotId>,
        /// The stages it will run.
        stages: Vec<StageName>,
    },
    /// Something a reader of the log should know.
    Note {
        /// A sentence.
        message: String,
    },
    /// A stage began.
    StageBegan {
        /// Which.
        stage: StageName,
    },
    /// Part of a stage is done: a source was read, a model was made.
    Progress {
        /// Which stage.
        stage: StageName,
        /// What is done: a source, `table/model`.
        item: String,
        /// Rows it has.
        rows: u64,
        /// Bytes of input read for it, where it reads files.
        bytes: u64,
        /// How it came about.
        how: How,
        /// Wall time in milliseconds.
        millis: u64,
    },
    /// A stage ended.
    StageEnded {
        /// Which.
        stage: StageName,
        /// What it has to say.
        report: StageReport,
        /// Wall time in milliseconds.
        millis: u64,
        /// Processor time of all threads in milliseconds.
        #[serde(default)]
        cpu_millis: u64,
    },
    /// A stage could not do its work; the timeslot stays open as it was after the stage before.
    StageFailed {
        /// Which.
        stage: StageName,
        /// Why, as a chain of causes.
        message: String,
    },
    /// The run ended.
    RunEnded {
        /// What became of the timeslot.
        verdict: Verdict,
        /// The process's exit code.
        exit_code: u8,
        /// Number and hash of the newest log entry.
        head: String,
        /// Wall time in milliseconds.
        millis: u64,
    },
}

/// How a part came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It was computed.
    Made,
    /// It stood already, in this timeslot or its parent.
    Reused,
}

/// What became of a timeslot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is current.
    Confirmed,
    /// It waits for a decision, because of these thresholds; none = the plan confirms by hand.
    Held {
        /// Thresholds reached.
        thresholds: Vec<String>,
    },
    /// It is open: selected stages ran, others have not.
    Open {
        /// Stages that must still run before it can be confirmed.
        stale: Vec<StageName>,
    },
    /// Nothing differs from the parent, and the run was asked to leave it at that.
    Unchanged,
    /// A dry run: nothing was kept.
    DryRun {
        /// What would have become of it.
        would: Box<Verdict>,
    },
    /// The run failed; the timeslot, if it was begun, stays open.
    Failed {
        /// In which stage; `None` = before the first or behind the last.
        stage: Option<StageName>,
    },
    /// The run was told to end; the timeslot stays open as it was after the last stage that ended.
    Interrupted {
        /// The signal.
        signal: u8,
    },
}

/// What a stage has to say: one line, and tables for whoever wants to know more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StageReport {
    /// One line without the stage's name: `3 sources, 1,204,311 rows`.
    pub headline: String,
    /// Tables in the order in which to show them.
    pub tables: Vec<ReportTable>,
}

/// A small table of a report. All cells are text; numbers are decimal without grouping.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportTable {
    /// What its rows are.
    pub title: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// What of it a mail carries. Whoever makes the table says so.
    #[serde(default, skip_serializing_if = "Mailed::is_all")]
    pub mailed: Mailed,
}

/// What of a table leaves in a mail: what is mailed names no person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailed {
    /// All of it: counts and names of what is no person.
    #[default]
    All,
    /// Nothing: it names people, or what is theirs.
    Nothing,
    /// These rows in the place of its own.
    Instead(Vec<Vec<String>>),
}

impl Mailed {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

impl ReportTable {
    /// A table that may be mailed as it is.
    #[must_use]
    pub fn new(title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { title: title.to_owned(), columns, rows, mailed: Mailed::All }
    }

    /// The same table, of which nothing is mailed: its rows name people, or what is theirs.
    #[must_use]
    pub fn of_people(self) -> Self {
        Self { mailed: Mailed::Nothing, ..self }
    }

    /// The rows that a mail carries.
    #[must_use]
    pub fn mailed_rows(&self) -> &[Vec<String>] {
        match &self.mailed {
            Mailed::All => &self.rows,
            Mailed::Nothing => &[],
            Mailed::Instead(rows) => rows,
        }
    }
}

/// Who is told what happens. Called from several threads.
pub trait Observer: Sync {
    /// Takes one event.
    fn notice(&self, event: &RunEvent);
}

/// Tells nobody.
pub struct Silent;

impl Observer for Silent {
    fn notice(&self, _: &RunEvent) {}
}

/// Keeps everything, for tests and for the run record.
#[derive(Default)]
pub struct Recorder(Mutex<Vec<RunEvent>>);

impl Recorder {
    /// What was noticed, in order.
    ///
    /// # Panics
    /// Where a thread panicked while it was being told.
    #[must_use]
    pub fn events(&self) -> Vec<RunEvent> {
        self.0.lock().expect("no observer panics").clone()
    }
}

impl Observer for Recorder {
    fn notice(&self, event: &RunEvent) {
        self.0.lock().expect("no observer panics").push(event.clone());
    }
}

/// Tells several.
pub struct All<'a>(pub Vec<&'a dyn Observer>);

impl Observer for All<'_> {
    fn notice(&self, event: &RunEvent) {
        for observer in &self.0 {
            observer.notice(event);
        }
    }
}
