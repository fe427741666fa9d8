//! The ledger on disk: all timeslots of a project under one root, and the log that says which of them stand.
//!
//! Readers open a [`Ledger`], write nothing and need no lock. A [`Writer`] holds the lock; there is one at a time.
//! Nothing else in the program touches timeslot folders or writes Parquet.

mod columns;
mod deed;
mod due;
mod durable;
mod encoder;
mod error;
mod files;
mod flushes;
mod hash;
mod left_over;
mod log;
mod manifest;
mod open;
mod operations;
mod outbox;
mod part;
mod read;
mod records;
mod recovery;
mod remembered;
mod reports;
mod retention;
mod row_groups;
mod share;
mod sizes;
mod space;
mod state;
mod verify;
mod views;
mod writer;

use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::deed::{Deed, is_same_person};
pub use self::due::{DueTimes, Settled, Told};
use self::durable::{create_folder, create_whole, failed};
pub use self::error::LedgerError;
pub use self::hash::{Content, bytes_of_file, sha256_hex, sha256_of_file};
pub use self::log::{Act, Entry, Head, Log};
pub use self::manifest::{LEFT_OUT, Manifest, Part, TableRecord};
pub use self::open::{ActiveTimeslot, Open, OpenTimeslot, Sandbox};
pub use self::operations::{Operation, Operations, What};
pub use self::outbox::{Outbox, Posted};
pub use self::part::{PartWriter, arrow_schema, arrow_type};
pub use self::read::{PartRows, Wanted};
pub use self::reports::Reports;
pub use self::sizes::{Size, TableSize};
pub use self::state::{Standing, Standings, State, ToGo};
pub use self::verify::{Damage, Verification};
pub use self::writer::{Beginning, Writer};
use crate::ids::{TimeslotId, TimeslotName};

/// The layout this program reads and writes. A new number needs a line here that says what changed.
///
/// 1: the first.
const FORMAT: u32 = 1;

/// The text of `FORMAT`.
#[derive(Debug, Serialize, Deserialize)]
struct FormatFile {
    format: u32,
    ledger: String,
    created: Timestamp,
}

/// All timeslots of a project under one root, for reading.
#[derive(Debug, Clone)]
pub struct Ledger {
    root: PathBuf,
    id: String,
}

/// A timeslot whose tables can be read.
#[derive(Debug, Clone)]
pub struct Timeslot {
    /// The folder its paths are below.
    pub folder: PathBuf,
    /// What it consists of.
    pub manifest: Manifest,
}

impl Ledger {
    /// Opens the ledger at `root`.
    ///
    /// # Errors
    /// Where there is none, or one of another format.
    pub fn open(root: &Path) -> Result<Self, LedgerError> {
        let path = root.join("FORMAT");
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A log without its FORMAT is a damaged ledger, not a place for a new one.
                if log::last_number(&root.join("log")).is_ok_and(|last| last > 0) {
                    return Err(LedgerError::BrokenLog { path, reason: "it is gone, but entries stand".to_owned() });
                }
                return Err(LedgerError::NotALedger { path: root.to_owned() });
            }
            other => other.map_err(failed("read", &path))?,
        };
        let file: FormatFile = serde_json::from_slice(&bytes)
            .map_err(|error| LedgerError::BrokenManifest { path, reason: error.to_string() })?;
        if file.format != FORMAT {
            return Err(LedgerError::OtherFormat { path: root.to_owned(), format: file.format });
        }
        Ok(Self { root: root.to_owned(), id: file.ledger })
    }

    /// Opens the ledger at `root`, or makes an empty one there.
    ///
    /// # Errors
    /// Where the disk refuses, or a ledger of another format is there.
    pub fn open_or_create(root: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        match Self::open(root) {
            Err(LedgerError::NotALedger { .. }) => {}
            other => return other,
        }
        for folder in ["log", "open", "rejected", "hidden", "runs"] {
            create_folder(&root.join(folder))?;
        }
        let file = FormatFile { format: FORMAT, ledger: uuid::Uuid::new_v4().simple().to_string(), created: now };
        let mut bytes = serde_json::to_vec_pretty(&file).expect("the format has only text keys");
        bytes.push(b'\n');
        // The page and a run may both find no ledger. Whoever is first makes it, and both go on with that one.
        create_whole(&root.join("FORMAT"), &bytes)?;
        Self::open(root)
    }

    /// Makes a ledger at `at` that has the same log and the same current timeslot, for a run that is to leave nothing
    /// behind. It shares the parts of the real one and writes none of them.
    ///
    /// # Errors
    /// Where the disk refuses, or the log is broken.
    pub fn shadow(&self, at: &Path) -> Result<Self, LedgerError> {
        for folder in ["log", "open", "rejected", "hidden", "runs"] {
            create_folder(&at.join(folder))?;
        }
        let shadow = Self { root: at.to_owned(), id: self.id.clone() };
        let log = self.log()?;
        for number in 1..=log.head().number {
            let name = format!("{number:08}.json");
            durable::link_or_copy(&self.log_folder().join(&name), &shadow.log_folder().join(&name))?;
        }
        durable::link_or_copy(&self.root.join("FORMAT"), &at.join("FORMAT"))?;
        for standing in Standings::follow(log.entries()).all() {
            let real = self.folder_in(standing.state, &standing.id);
            let path = shadow.folder_in(standing.state, &standing.id);
            if standing.state == State::Confirmed {
                let real = real.canonicalize().map_err(failed("find", &real))?;
                std::os::unix::fs::symlink(real, &path).map_err(failed("link", &path))?;
            }
        }
        Ok(shadow)
    }

    /// Its root folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What tells it from every other ledger.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Reads the log.
    ///
    /// # Errors
    /// Where it is broken.
    pub fn log(&self) -> Result<Log, LedgerError> {
        Log::read(&self.log_folder(), &self.id)
    }

    /// What the log says about every timeslot.
    ///
    /// # Errors
    /// Where the log is broken.
    pub fn standings(&self) -> Result<Standings, LedgerError> {
        Ok(Standings::follow(self.log()?.entries()))
    }

    /// The latest visible confirmed timeslot.
    ///
    /// # Errors
    /// Where the log or the manifest is broken.
    pub fn current(&self) -> Result<Option<Timeslot>, LedgerError> {
        self.standings()?.current().map(|standing| self.timeslot(&standing.id)).transpose()
    }

    /// The timeslot of that name, in whatever state, as long as it has its parts.
    ///
    /// # Errors
    /// Where the log knows none, where it was purged, or its folder or manifest cannot be read.
    pub fn timeslot(&self, id: &TimeslotId) -> Result<Timeslot, LedgerError> {
        let (standing, timeslot) = self.in_any_state(id)?;
        if standing.state == State::Purged {
            let reason = format!("was purged on {}; only its manifest is left", standing.since.strftime("%Y-%m-%d"));
            return Err(LedgerError::WrongState { id: id.clone(), reason });
        }
        Ok(timeslot)
    }

    /// What a timeslot consists of, or consisted of before it was purged.
    ///
    /// # Errors
    /// Where the log knows none, or its manifest cannot be read.
    pub fn manifest(&self, id: &TimeslotId) -> Result<Manifest, LedgerError> {
        self.in_any_state(id).map(|(_, timeslot)| timeslot.manifest)
    }

    fn in_any_state(&self, id: &TimeslotId) -> Result<(Standing, Timeslot), LedgerError> {
        let standings = self.standings()?;
        let standing = standings
            .find(id)
            .ok_or_else(|| LedgerError::WrongState { id: id.clone(), reason: "does not exist".to_owned() })?;
        let folder = self.folder_of(standing.state, id);
        let manifest = Manifest::read(&folder)?;
        Ok((standing.clone(), Timeslot { folder, manifest }))
    }

    /// The id of the timeslot that is asked for so. An id is its own; whether there is such a timeslot is not asked.
    ///
    /// # Errors
    /// Where no timeslot has the label, or none is current; where the log is broken.
    pub fn named(&self, name: &TimeslotName) -> Result<TimeslotId, LedgerError> {
        if let TimeslotName::Id(id) = name {
            return Ok(id.clone());
        }
        let standings = self.standings()?;
        let found = standings.named(name).map(|standing| standing.id.clone());
        found.ok_or_else(|| LedgerError::NoSuchName {
            name: name.to_string(),
            known: standings.all().iter().flat_map(|standing| &standing.labels).map(ToString::to_string).collect(),
        })
    }

    /// The folder of runs.
    #[must_use]
    pub fn runs_folder(&self) -> PathBuf {
        self.root.join("runs")
    }

    fn log_folder(&self) -> PathBuf {
        self.root.join("log")
    }

    fn open_folder(&self, id: impl std::fmt::Display) -> PathBuf {
        self.root.join("open").join(id.to_string())
    }

    /// The names of the folders below `open/`.
    fn open_folders(&self) -> Result<Vec<String>, LedgerError> {
        let folder = self.root.join("open");
        let items = fs::read_dir(&folder).map_err(failed("read the folder", &folder))?;
        items
            .map(|item| {
                Ok(item.map_err(failed("read the folder", &folder))?.file_name().to_string_lossy().into_owned())
            })
            .collect()
    }

    /// Where a timeslot's folder lies now: an entry is written first and the folder moved behind it, so that after a
    /// crash it is where it was before.
    fn folder_of(&self, state: State, id: &TimeslotId) -> PathBuf {
        let target = self.folder_in(state, id);
        if target.exists() {
            return target;
        }
        recovery::places(self, id).into_iter().find(|place| place.exists()).unwrap_or(target)
    }

    /// Where a timeslot's folder belongs in a state.
    fn folder_in(&self, state: State, id: &TimeslotId) -> PathBuf {
        match state {
            State::Sandbox | State::Active | State::Held => self.open_folder(id),
            State::Confirmed => self.root.join(format!("timeslot={id}")),
            State::Rejected => self.root.join("rejected").join(id.to_string()),
            State::Hidden => self.root.join("hidden").join(id.to_string()),
            State::Purged => self.root.join("purged").join(id.to_string()),
        }
    }
}
