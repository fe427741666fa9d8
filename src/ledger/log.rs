//! The log: numbered, create-once, hash-chained entries. Linking an entry to its number is the only commit point
//! of the ledger; the state of every timeslot follows from the entries.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::LedgerError;
use super::durable::{failed, publish};
use super::hash::sha256_hex;
use crate::ids::{Label, TimeslotId};

/// What an entry says was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// A sandbox was begun.
    Begin {
        /// The date it speaks about.
        as_of: Date,
        /// The confirmed timeslot that was current then.
        parent: Option<TimeslotId>,
    },
    /// The sandbox became active: its tables are published to the later stages.
    Activate,
    /// Thresholds were reached; the timeslot waits for a decision.
    Hold {
        /// The thresholds, by id.
        thresholds: Vec<String>,
    },
    /// A person let a reached threshold pass.
    Override {
        /// The threshold's id.
        threshold: String,
        /// Why.
        reason: String,
        /// Who approved it, where somebody let it pass before the run began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<String>,
    },
    /// The timeslot became current.
    Confirm {
        /// SHA-256 of its sealed manifest, which names every part with its own.
        manifest: String,
    },
    /// The timeslot was refused.
    Reject {
        /// Why.
        reason: String,
    },
    /// A confirmed timeslot was taken out of sight.
    Hide {
        /// Why.
        reason: String,
    },
    /// A hidden timeslot was put back.
    Show {
        /// Why.
        reason: String,
    },
    /// A confirmed timeslot was given a name, by which it is asked for. It is kept for as long as it has one.
    Label {
        /// The name.
        label: Label,
        /// Why.
        reason: String,
    },
    /// The name was taken off.
    Unlabel {
        /// The name.
        label: Label,
        /// Why.
        reason: String,
    },
    /// The timeslot may not go, whatever retention says.
    LegalHold {
        /// Why.
        reason: String,
    },
    /// The legal hold was lifted; of a timeslot without one, that it was to go.
    Release {
        /// Why.
        reason: String,
    },
    /// Retention keeps the timeslot no longer: it is to go.
    Mark {
        /// Not before then.
        after: Timestamp,
        /// Why.
        reason: String,
    },
    /// Retention keeps again what was to go.
    Spare {
        /// Why.
        reason: String,
    },
    /// The parts of a timeslot that was to go were removed. Its manifest stays, as proof of what was there.
    Purge {
        /// SHA-256 of the manifest that stays.
        manifest: String,
        /// How many parts it had.
        parts: u64,
        /// Their bytes.
        bytes: u64,
        /// Why.
        reason: String,
    },
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, counted from 1 without a gap.
    pub number: u64,
    /// SHA-256 of the entry before, as stored; the ledger's id for the first.
    pub previous: String,
    /// When, in UTC.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The run, where one did it.
    pub run: Option<String>,
    /// About which timeslot.
    pub timeslot: TimeslotId,
    /// What was done.
    #[serde(flatten)]
    pub act: Act,
}

/// Number and hash of the newest entry: what an outsider keeps to notice tampering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The entry's number; 0 for an empty log.
    pub number: u64,
    /// Its SHA-256, as 64 hexadecimal digits.
    pub hash: String,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, &self.hash[..16])
    }
}

/// The entries as they stand on disk.
#[derive(Debug)]
pub struct Log {
    folder: PathBuf,
    entries: Vec<Entry>,
    head: Head,
}

impl Log {
    /// Reads every entry and checks numbers and chain.
    ///
    /// # Errors
    /// Where an entry is missing before the last one, cannot be read, or does not continue the chain.
    pub(super) fn read(folder: &Path, ledger_id: &str) -> Result<Self, LedgerError> {
        let mut log = Self {
            folder: folder.to_owned(),
            entries: Vec::new(),
            head: Head { number: 0, hash: ledger_id.to_owned() },
        };
        for number in 1..=last_number(folder)? {
            let path = entry_path(folder, number);
            let bytes = fs::read(&path).map_err(failed("read the log entry", &path))?;
            let entry: Entry = serde_json::from_slice(&bytes).map_err(|error| LedgerError::BrokenLog {
                path: path.clone(),
                reason: format!("it is no log entry: {error}"),
            })?;
            if entry.number != number {
                return Err(LedgerError::BrokenLog { path, reason: format!("it says it is number {}", entry.number) });
            }
            if entry.previous != log.head.hash {
                return Err(LedgerError::BrokenLog {
                    path,
                    reason: "it does not continue the entry before: one of the two was changed".to_owned(),
                });
            }
            log.head = Head { number, hash: sha256_hex(&bytes) };
            log.entries.push(entry);
        }
        Ok(log)
    }

    /// The entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry that made a timeslot current, the last one where it did so more than once.
    #[must_use]
    pub fn confirmation(&self, id: &TimeslotId) -> Option<&Entry> {
        let is_confirmation = |entry: &&Entry| entry.timeslot == *id && matches!(entry.act, Act::Confirm { .. });
        self.entries.iter().rev().find(is_confirmation)
    }

    /// Whether the log has an entry of that number whose hash begins so: `42:9f3c..`.
    #[must_use]
    pub fn contains(&self, head: &str) -> bool {
        let Some((number, hash)) = head.split_once(':') else { return false };
        let Some(number) = number.parse::<usize>().ok().filter(|number| *number > 0) else { return false };
        // An entry's hash stands in the one behind it, the last one's in the head.
        let next = self.entries.get(number).map(|entry| entry.previous.as_str());
        let own = if number == self.entries.len() { Some(self.head.hash.as_str()) } else { next };
        own.is_some_and(|own| own.starts_with(hash.trim_end_matches('.')))
    }

    /// Number and hash of the newest entry.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Appends an entry. After `Ok` it is on disk for good; after an error it may or may not be, which only a fresh
    /// reading of the log can tell.
    pub(super) fn append(
        &mut self,
        at: Timestamp,
        by: &str,
        run: Option<&str>,
        timeslot: &TimeslotId,
        act: Act,
    ) -> Result<(), LedgerError> {
        let number = self.head.number + 1;
        let entry = Entry {
            number,
            previous: self.head.hash.clone(),
            at,
            by: by.to_owned(),
            run: run.map(str::to_owned),
            timeslot: timeslot.clone(),
            act,
        };
        let mut bytes = serde_json::to_vec_pretty(&entry).expect("an entry has only text keys");
        bytes.push(b'\n');
        publish(&entry_path(&self.folder, number), &bytes)?;
        self.head = Head { number, hash: sha256_hex(&bytes) };
        self.entries.push(entry);
        Ok(())
    }
}

/// The path of an entry.
fn entry_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.json"))
}

/// The highest number in the folder, so that a gap is noticed; 0 where there is none.
pub(super) fn last_number(folder: &Path) -> Result<u64, LedgerError> {
    let mut last = 0;
    for item in fs::read_dir(folder).map_err(failed("read the folder", folder))? {
        let item = item.map_err(failed("read the folder", folder))?;
        let name = item.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|stem| stem.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}
