//! The ledger on disk: all timeslots of a project under one root, and the log that says which of them stand.
//!
//! Readers open a [`Ledger`], write nothing and need no lock. A [`Writer`] holds the lock; there is one at a time.
//! Nothing else in the program touches timeslot folders or writes Parquet.

mod durable;
mod hash;
mod left_over;
mod log;
mod manifest;
mod open;
mod part;
mod read;
mod recovery;
mod remembered;
mod state;
mod verify;
mod views;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::durable::{create_folder, failed, replace};
pub use self::hash::{bytes_of_file, sha256_hex, sha256_of_file};
pub use self::log::{Act, Entry, Head, Log};
pub use self::manifest::{LEFT_OUT, Manifest, Part, TableRecord};
pub use self::open::{ActiveTimeslot, Deed, Open, OpenTimeslot, Sandbox};
pub use self::part::{PartWriter, arrow_schema, arrow_type};
pub use self::state::{Standing, Standings, State};
pub use self::verify::{Damage, Verification};
use crate::ids::{StageName, TimeslotId};

/// The layout this program reads and writes. A new number needs a line here that says what changed.
///
/// 1: the first.
const FORMAT: u32 = 1;

/// What can be wrong with a ledger or with the disk under it.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The operating system refused something.
    #[error("cannot {what} `{path}`")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A part cannot be encoded or decoded.
    #[error("cannot write or read the part `{path}`")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: parquet::errors::ParquetError,
    },
    /// There is no ledger at the path.
    #[error("there is no ledger at `{path}`")]
    NotALedger {
        /// The path.
        path: PathBuf,
    },
    /// The ledger was made by another version.
    #[error("the ledger at `{path}` has format {format}; this program reads format {FORMAT}")]
    OtherFormat {
        /// The path.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// An entry of the log is missing or was changed.
    #[error("the log is broken at `{path}`: {reason}")]
    BrokenLog {
        /// The entry.
        path: PathBuf,
        /// In which way.
        reason: String,
    },
    /// A manifest is no manifest.
    #[error("the manifest `{path}` cannot be understood: {reason}")]
    BrokenManifest {
        /// The file.
        path: PathBuf,
        /// In which way.
        reason: String,
    },
    /// Another process writes.
    #[error("the ledger at `{path}` is locked by {holder}")]
    Locked {
        /// The ledger.
        path: PathBuf,
        /// Who, as the lock file says.
        holder: String,
    },
    /// A timeslot is open already.
    #[error("timeslot {id} is open ({state})")]
    OpenExists {
        /// Its name.
        id: TimeslotId,
        /// Its state.
        state: State,
    },
    /// No such timeslot, or not in a state that allows what was asked.
    #[error("timeslot {id} {reason}")]
    WrongState {
        /// Its name.
        id: TimeslotId,
        /// What is wrong.
        reason: String,
    },
    /// The as-of lies before the parent's.
    #[error("as-of {as_of} lies before {parent}, the as-of of the current timeslot")]
    AsOfBeforeParent {
        /// What was asked for.
        as_of: Date,
        /// What it may not lie before.
        parent: Date,
    },
    /// Another timeslot was confirmed or hidden since this one was begun.
    #[error("timeslot {id} cannot be confirmed: it was compared with {}, and {} is current now",
        parent.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string),
        current.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string))]
    ParentNotCurrent {
        /// The open timeslot.
        id: TimeslotId,
        /// What it was compared with.
        parent: Option<TimeslotId>,
        /// What is current.
        current: Option<TimeslotId>,
    },
    /// A file lies in a timeslot's folder that nothing accounts for.
    #[error("`{path}` is not listed in the manifest of its timeslot")]
    UnlistedFile {
        /// The file.
        path: PathBuf,
    },
}

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

/// On which machine, where it has a name: a ledger may lie on a file system that several share.
fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { name } else { format!(" on {name}") }
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
        replace(&root.join("FORMAT"), &bytes)?;
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

    /// The timeslot of that name, in whatever state.
    ///
    /// # Errors
    /// Where the log knows none, or its folder or manifest cannot be read.
    pub fn timeslot(&self, id: &TimeslotId) -> Result<Timeslot, LedgerError> {
        let standings = self.standings()?;
        let standing = standings
            .find(id)
            .ok_or_else(|| LedgerError::WrongState { id: id.clone(), reason: "does not exist".to_owned() })?;
        let folder = self.folder_of(standing.state, id);
        let manifest = Manifest::read(&folder)?;
        Ok(Timeslot { folder, manifest })
    }

    /// Takes the writer's lock and puts right what a crash left; the sentences say what was done.
    ///
    /// # Errors
    /// [`LedgerError::Locked`] where another process has it; else where log or disk fail.
    pub fn lock(&self, holder: &str) -> Result<(Writer, Vec<String>), LedgerError> {
        let path = self.root.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.is_empty() { "another process".to_owned() } else { holder };
                return Err(LedgerError::Locked { path: self.root.clone(), holder: holder.trim().to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{holder}, pid {}{}", std::process::id(), host()))
            .map_err(failed("write", &path))?;
        let log = self.log()?;
        let standings = Standings::follow(log.entries());
        self.refuse_a_log_without_its_end(&log, &standings)?;
        let recovered = recovery::recover(self, &standings)?;
        let writer = Writer { ledger: self.clone(), _lock: file, log, standings };
        writer.write_views();
        Ok((writer, recovered))
    }

    /// Refuses a log of which something is known that it no longer says. Recovery would take what the lost entries made
    /// for left-overs and remove it.
    fn refuse_a_log_without_its_end(&self, log: &Log, standings: &Standings) -> Result<(), LedgerError> {
        let remembered = remembered::read(self)?;
        let reason = remembered::missing(remembered.as_deref(), log).or_else(|| {
            let damage = self.never_confirmed(standings).ok()?.into_iter().next()?;
            Some(format!(
                "`{}` {}: entries were cut off, or the folder was put there",
                damage.path.display(),
                damage.what
            ))
        });
        match reason {
            Some(reason) => Err(LedgerError::BrokenLog { path: self.log_folder(), reason }),
            None => Ok(()),
        }
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
        }
    }
}

/// The only process that may write: holds the lock until dropped.
pub struct Writer {
    ledger: Ledger,
    _lock: File,
    log: Log,
    standings: Standings,
}

/// What a run says of itself when it begins a timeslot.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The date the timeslot will speak about.
    pub as_of: Date,
    /// The plan's name.
    pub plan: String,
    /// SHA-256 of the configuration.
    pub configuration: String,
    /// Version of the program.
    pub engine: String,
    /// The stages that must have run before it can be confirmed.
    pub planned: Vec<StageName>,
}

impl Writer {
    /// The ledger, for reading.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What the log says about every timeslot.
    #[must_use]
    pub fn standings(&self) -> &Standings {
        &self.standings
    }

    /// Number and hash of the newest entry.
    #[must_use]
    pub fn head(&self) -> &Head {
        self.log.head()
    }

    /// Begins a sandbox, compared with the current timeslot.
    ///
    /// # Errors
    /// Where a timeslot is open, where the as-of lies before the parent's, or where the disk fails.
    pub fn begin(mut self, deed: &Deed, beginning: Beginning) -> Result<Sandbox, LedgerError> {
        if let Some(open) = self.standings.open() {
            return Err(LedgerError::OpenExists { id: open.id.clone(), state: open.state });
        }
        let parent = self.standings.current().map(|standing| (standing.id.clone(), standing.as_of));
        if let Some((_, parent)) = parent.as_ref().filter(|(_, parent)| beginning.as_of < *parent) {
            return Err(LedgerError::AsOfBeforeParent { as_of: beginning.as_of, parent: *parent });
        }
        let parent = parent.map(|(id, _)| id);
        let id = self.standings.free_id(beginning.as_of);
        let folder = self.ledger.open_folder(&id);
        create_folder(&folder)?;
        let manifest = Manifest {
            timeslot: id.clone(),
            as_of: beginning.as_of,
            parent: parent.clone(),
            run: deed.run.clone().unwrap_or_default(),
            plan: beginning.plan,
            configuration: beginning.configuration,
            engine: beginning.engine,
            planned: beginning.planned,
            stages: std::collections::BTreeMap::new(),
            left_out: std::collections::BTreeMap::new(),
            in_error: std::collections::BTreeSet::new(),
            tables: std::collections::BTreeMap::new(),
        };
        manifest.write(&folder)?;
        self.append(deed, &id, Act::Begin { as_of: beginning.as_of, parent })?;
        Ok(Sandbox::new(OpenTimeslot::new(self, folder, manifest)))
    }

    /// Takes up the open timeslot of that name.
    ///
    /// # Errors
    /// Where it does not exist, is not open, or its manifest cannot be read.
    pub fn resume(self, id: &TimeslotId) -> Result<Open, LedgerError> {
        let state = self.standings.find(id).map(|standing| standing.state);
        let wrong = |reason: String| LedgerError::WrongState { id: id.clone(), reason };
        let state = state.ok_or_else(|| wrong("does not exist".to_owned()))?;
        if !state.is_open() {
            return Err(wrong(format!("is {state}, no longer open")));
        }
        let folder = self.ledger.open_folder(id);
        let manifest = Manifest::read(&folder)?;
        let open = OpenTimeslot::new(self, folder, manifest);
        Ok(match state {
            State::Sandbox => Open::Sandbox(Sandbox::new(open)),
            _ => Open::Active(ActiveTimeslot::new(open)),
        })
    }

    /// Takes a confirmed timeslot out of sight; the one before it becomes current.
    ///
    /// # Errors
    /// Where it is not confirmed, or the disk fails. An open timeslot that was compared with it can then no longer be
    /// confirmed.
    pub fn hide(&mut self, deed: &Deed, id: &TimeslotId, reason: &str) -> Result<(), LedgerError> {
        self.turn(deed, id, State::Confirmed, Act::Hide { reason: reason.to_owned() })
    }

    /// Puts a hidden timeslot back.
    ///
    /// # Errors
    /// Where it is not hidden, or the disk fails.
    pub fn show(&mut self, deed: &Deed, id: &TimeslotId, reason: &str) -> Result<(), LedgerError> {
        self.turn(deed, id, State::Hidden, Act::Show { reason: reason.to_owned() })
    }

    fn turn(&mut self, deed: &Deed, id: &TimeslotId, from: State, act: Act) -> Result<(), LedgerError> {
        let state = self.standings.find(id).map(|standing| standing.state);
        if state != Some(from) {
            let reason = state.map_or_else(|| "does not exist".to_owned(), |state| format!("is {state}, not {from}"));
            return Err(LedgerError::WrongState { id: id.clone(), reason });
        }
        self.append(deed, id, act)?;
        let to = self.standings.find(id).map_or(from, |standing| standing.state);
        durable::move_folder(&self.ledger.folder_in(from, id), &self.ledger.folder_in(to, id))?;
        self.write_views();
        Ok(())
    }

    /// Writes the views of readers, where they lag behind the log. They are a convenience: where that fails, what was
    /// committed stands all the same, and the next writer writes them.
    fn write_views(&self) {
        let _ = views::write(&self.ledger, &self.log, &self.standings);
    }

    fn append(&mut self, deed: &Deed, timeslot: &TimeslotId, act: Act) -> Result<(), LedgerError> {
        self.log.append(deed.at, &deed.by, deed.run.as_deref(), timeslot, act)?;
        remembered::write(&self.ledger, self.log.head());
        self.standings = Standings::follow(self.log.entries());
        Ok(())
    }
}
