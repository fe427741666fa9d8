//! What became of the due times of schedules: a small file for each, created once, so that of several processes that
//! find a plan due only one begins it.
//!
//! `schedule/<plan>/since.json` says since when the plan has its schedule, `<time>.json` that a due time was begun or left
//! out, `<time>.missed.json` that it was told as missed. Nothing here is part of a timeslot.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::durable::{create_folder, create_whole, failed, replace_shared, sync_folder};
use super::{Ledger, LedgerError, records};
use crate::ids::PlanName;

/// The due times of one plan.
pub struct DueTimes {
    folder: PathBuf,
}

/// What was done about a due time, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// A run was begun for it.
    Begun {
        /// Its name.
        run: String,
    },
    /// It was left out.
    LeftOut {
        /// Why, in a sentence.
        why: String,
    },
}

/// What is told of the due times of a plan, each by its instant.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Begun or left out.
    pub settled: BTreeSet<Timestamp>,
    /// Told as missed.
    pub missed: BTreeSet<Timestamp>,
}

/// A due time as its file has it.
#[derive(Serialize, Deserialize)]
struct Record {
    due: Timestamp,
    at: Timestamp,
    what: Option<Settled>,
}

/// Since when a plan has its schedule.
#[derive(Serialize, Deserialize)]
struct Seen {
    pattern: String,
    zone: String,
    since: Timestamp,
}

const MISSED: &str = ".missed";

impl Ledger {
    /// The due times of a plan.
    #[must_use]
    pub fn due_times(&self, plan: &PlanName) -> DueTimes {
        self.due_times_of(plan.as_str())
    }

    /// The due times of something that is no plan. Its name holds a `-`, which no plan's does.
    #[must_use]
    pub fn due_times_of(&self, name: &str) -> DueTimes {
        DueTimes { folder: self.root().join("schedule").join(name) }
    }
}

impl DueTimes {
    /// Since when the plan has this schedule: since now, where it had none or another.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn since(&self, pattern: &str, zone: &str, now: Timestamp) -> Result<Timestamp, LedgerError> {
        let path = self.folder.join("since.json");
        if let Some(known) =
            records::read::<Seen>(&path)?.filter(|known| known.pattern == pattern && known.zone == zone)
        {
            return Ok(known.since);
        }
        create_folder(&self.folder)?;
        replace_shared(
            &path,
            &records::bytes(&Seen { pattern: pattern.to_owned(), zone: zone.to_owned(), since: now }),
        )?;
        Ok(now)
    }

    /// Since when somebody waits for these due times; `None` = nobody does, or did.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn seen(&self) -> Result<Option<Timestamp>, LedgerError> {
        Ok(records::read::<Seen>(&self.folder.join("since.json"))?.map(|seen| seen.since))
    }

    /// The due times from an instant on that were left out, each with why.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn left_out(&self, from: Timestamp) -> Result<Vec<(Timestamp, String)>, LedgerError> {
        let mut left_out = Vec::new();
        for due in self.told()?.settled.range(from..) {
            let record = records::read::<Record>(&self.folder.join(format!("{}.json", name(*due))))?;
            if let Some(Settled::LeftOut { why }) = record.and_then(|record| record.what) {
                left_out.push((*due, why));
            }
        }
        Ok(left_out)
    }

    /// What is told of the due times so far.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn told(&self) -> Result<Told, LedgerError> {
        let mut told = Told::default();
        for name in records::names(&self.folder)? {
            let (time, times) = match name.strip_suffix(MISSED) {
                Some(time) => (time, &mut told.missed),
                None => (name.as_str(), &mut told.settled),
            };
            times.extend(instant(time));
        }
        Ok(told)
    }

    /// Says what is done about a due time. Returns what was done before, and then nothing more is to be done.
    ///
    /// # Errors
    /// Where the disk fails: then nothing was said.
    pub fn settle(&self, due: Timestamp, at: Timestamp, what: Settled) -> Result<Option<Settled>, LedgerError> {
        let path = self.folder.join(format!("{}.json", name(due)));
        if self.create(&path, &Record { due, at, what: Some(what) })? {
            return Ok(None);
        }
        // Whoever said it links a file that is whole.
        let known = records::read::<Record>(&path)?.and_then(|record| record.what);
        Ok(Some(known.unwrap_or(Settled::LeftOut { why: "nobody knows why".to_owned() })))
    }

    /// Takes back that a due time was begun: its run could not begin because another was under way.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn give_back(&self, due: Timestamp) -> Result<(), LedgerError> {
        let path = self.folder.join(format!("{}.json", name(due)));
        fs::remove_file(&path).map_err(failed("remove", &path))?;
        sync_folder(&self.folder)
    }

    /// Says that a due time was missed. Where its run begins after all, that counts.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn miss(&self, due: Timestamp, at: Timestamp) -> Result<(), LedgerError> {
        let path = self.folder.join(format!("{}{MISSED}.json", name(due)));
        self.create(&path, &Record { due, at, what: None }).map(drop)
    }

    /// Creates a file, whole from the beginning. Returns whether there was none.
    fn create(&self, path: &Path, record: &Record) -> Result<bool, LedgerError> {
        create_folder(&self.folder)?;
        create_whole(path, &records::bytes(record))
    }
}

/// The name of an instant in UTC. Due times are whole minutes.
fn name(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn instant(name: &str) -> Option<Timestamp> {
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", name).ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(folder: &Path) -> Ledger {
        Ledger::open_or_create(&folder.join("ledger"), at("2026-11-22T12:00:00Z")).expect("a ledger")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn of_several_that_find_a_plan_due_one_begins_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = ledger(folder.path());
        let times = ledger.due_times(&"nightly".parse().expect("a name"));
        let due = at("2026-11-23T02:30:00Z");
        let began: Vec<bool> = std::thread::scope(|scope| {
            let begin = |run: String| {
                let times = &times;
                scope.spawn(move || times.settle(due, due, Settled::Begun { run }).expect("a disk").is_none())
            };
            let threads: Vec<_> = (0..16).map(|run| begin(format!("run-{run}"))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert_eq!(began.iter().filter(|began| **began).count(), 1);
        let winner = began.iter().position(|began| *began).expect("one");
        let again = times.settle(due, due, Settled::LeftOut { why: "late".to_owned() }).expect("a disk");
        assert_eq!(again, Some(Settled::Begun { run: format!("run-{winner}") }));
        times.give_back(due).expect("a disk");
        assert!(times.told().expect("a folder").settled.is_empty());
    }

    #[test]
    fn what_was_told_is_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let times = ledger(folder.path()).due_times(&"nightly".parse().expect("a name"));
        assert!(times.told().expect("no folder is none").missed.is_empty());
        let [begun, missed, now] = ["2026-11-23T02:30:00Z", "2026-11-24T02:30:00Z", "2026-11-24T09:00:00Z"].map(at);
        times.settle(begun, now, Settled::Begun { run: "r".to_owned() }).expect("a disk");
        times.miss(missed, now).expect("a disk");
        times.miss(missed, now).expect("twice is once");
        let told = times.told().expect("a folder");
        assert_eq!((told.settled, told.missed), (BTreeSet::from([begun]), BTreeSet::from([missed])));
    }

    #[test]
    fn another_schedule_counts_from_when_it_is_first_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let times = ledger(folder.path()).due_times(&"nightly".parse().expect("a name"));
        let [first, later] = ["2026-11-22T12:00:00Z", "2026-11-25T12:00:00Z"].map(at);
        assert_eq!(times.since("30 3 * * *", "UTC", first).expect("a disk"), first);
        assert_eq!(times.since("30 3 * * *", "UTC", later).expect("a disk"), first);
        assert_eq!(times.since("30 4 * * *", "UTC", later).expect("a disk"), later);
    }
}
