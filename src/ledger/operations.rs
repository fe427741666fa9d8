//! The operations log: what was done with the ledger and around it, one line of JSON each, only ever appended to.
//!
//! It is for people and for whoever watches them; what counts as evidence about timeslots is the chained log in `log/`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::durable::{failed, take_group};
use super::{Ledger, LedgerError};

/// The name of the file.
const FILE: &str = "operations.jsonl";

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A run began.
    RunBegun,
    /// A run ended.
    RunEnded,
    /// A person decided about a timeslot.
    Decision,
    /// A mail was given up.
    MailGivenUp,
    /// A due time passed without what was due.
    DueMissed,
    /// A report was made.
    ReportMade,
    /// What a report looks at is no longer well.
    TurnedBad,
    /// What a report looks at is well again.
    TurnedGood,
    /// A person signed in to the page.
    SignedIn,
    /// A person put a decision about an owner, or an exception, into its file on the page.
    RowAdded,
    /// A person took one out of it there.
    RowWithdrawn,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::RunBegun,
        Self::RunEnded,
        Self::Decision,
        Self::MailGivenUp,
        Self::DueMissed,
        Self::ReportMade,
        Self::TurnedBad,
        Self::TurnedGood,
        Self::SignedIn,
        Self::RowAdded,
        Self::RowWithdrawn,
    ];

    /// As it stands in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunBegun => "run_begun",
            Self::RunEnded => "run_ended",
            Self::Decision => "decision",
            Self::MailGivenUp => "mail_given_up",
            Self::DueMissed => "due_missed",
            Self::ReportMade => "report_made",
            Self::TurnedBad => "turned_bad",
            Self::TurnedGood => "turned_good",
            Self::SignedIn => "signed_in",
            Self::RowAdded => "row_added",
            Self::RowWithdrawn => "row_withdrawn",
        }
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// When, in UTC.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What happened.
    pub what: What,
    /// To what: a run, a timeslot, a mail, a plan, a report, a probe, an account, a control.
    pub about: String,
    /// What came of it, in a sentence or a word.
    pub outcome: String,
}

/// The operations log of a ledger.
pub struct Operations {
    path: PathBuf,
}

impl Ledger {
    /// The operations log.
    #[must_use]
    pub fn operations(&self) -> Operations {
        Operations::below(self.root())
    }
}

impl Operations {
    /// The log of the ledger whose root is given.
    pub(super) fn below(root: &Path) -> Self {
        Self { path: root.join(FILE) }
    }

    /// Appends a line; afterwards it is on disk.
    ///
    /// # Errors
    /// Where the disk fails: then the line may be there in part, which the next one ends.
    pub fn append(&self, operation: &Operation) -> Result<(), LedgerError> {
        let is_new = !self.path.exists();
        let file = OpenOptions::new().create(true).append(true).read(true).open(&self.path);
        let mut file = file.map_err(failed("open", &self.path))?;
        if is_new {
            take_group(&file, &self.path)?;
        }
        let mut line = serde_json::to_string(operation).expect("an operation has only text keys");
        line.push('\n');
        let mut last = [b'\n'];
        let is_cut = file.seek(SeekFrom::End(-1)).is_ok() && file.read_exact(&mut last).is_ok() && last != [b'\n'];
        if is_cut {
            line.insert(0, '\n');
        }
        // One call, so that lines of two processes do not mix.
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(failed("write", &self.path))
    }

    /// The lines from an instant on, in the order in which they were written, and how many cannot be read.
    ///
    /// # Errors
    /// Where the file cannot be read; one that is not there has no lines.
    pub fn since(&self, from: Timestamp) -> Result<(Vec<Operation>, usize), LedgerError> {
        let bytes = match fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            bytes => bytes.map_err(failed("read", &self.path))?,
        };
        let (mut operations, mut unreadable) = (Vec::new(), 0);
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Operation>(line) {
                Ok(operation) => operations.push(operation),
                Err(_) => unreadable += 1,
            }
        }
        operations.retain(|operation| operation.at >= from);
        Ok((operations, unreadable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(at: &str, about: &str) -> Operation {
        Operation {
            at: at.parse().expect("an instant"),
            who: "anna".to_owned(),
            what: What::RunBegun,
            about: about.to_owned(),
            outcome: "plan weekly".to_owned(),
        }
    }

    #[test]
    fn a_line_that_a_crash_cut_short_spoils_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let operations = Operations::below(folder.path());
        assert_eq!(operations.since(Timestamp::MIN).expect("none yet"), (Vec::new(), 0));
        operations.append(&operation("2026-11-21T08:00:00Z", "a")).expect("a disk");
        let path = folder.path().join(FILE);
        let text = fs::read_to_string(&path).expect("the log");
        fs::write(&path, format!("{text}{{\"at\":\"2026-1")).expect("as after a crash");
        operations.append(&operation("2026-11-22T08:00:00Z", "b")).expect("a disk");
        let about = |from: &str| {
            let (found, unreadable) = operations.since(from.parse().expect("an instant")).expect("the log");
            (found.into_iter().map(|operation| operation.about).collect::<String>(), unreadable)
        };
        assert_eq!(about("2026-11-01T00:00:00Z"), ("ab".to_owned(), 1));
        assert_eq!(about("2026-11-22T00:00:00Z"), ("b".to_owned(), 1));
    }

    #[test]
    fn lines_of_several_processes_do_not_mix() {
        let folder = tempfile::tempdir().expect("a folder");
        let operations = Operations::below(folder.path());
        std::thread::scope(|scope| {
            for about in ["a", "b", "c", "d"] {
                let operations = &operations;
                scope.spawn(move || {
                    for _ in 0..25 {
                        operations.append(&operation("2026-11-22T08:00:00Z", about)).expect("a disk");
                    }
                });
            }
        });
        let (found, unreadable) = operations.since(Timestamp::MIN).expect("the log");
        assert_eq!((found.len(), unreadable), (100, 0));
    }
}
