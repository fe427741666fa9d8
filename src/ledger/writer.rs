//! The lock, and the one process that has it: begins and takes up timeslots, hides and shows them, and appends to the log.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};

use jiff::civil::Date;

use super::durable::{create_folder, failed, move_folder};
use super::{
    Act, ActiveTimeslot, Deed, Head, Ledger, LedgerError, Log, Manifest, Open, OpenTimeslot, Sandbox, Standings, State,
};
use super::{recovery, remembered, views};
use crate::ids::{StageName, TimeslotId};

/// The only process that may write: holds the lock until dropped.
pub struct Writer {
    pub(super) ledger: Ledger,
    _lock: File,
    pub(super) log: Log,
    pub(super) standings: Standings,
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
            launched_by: std::collections::BTreeSet::new(),
            four_eyes: false,
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
        move_folder(&self.ledger.folder_in(from, id), &self.ledger.folder_in(to, id))?;
        self.write_views();
        Ok(())
    }

    /// Writes the views of readers, where they lag behind the log. They are a convenience: where that fails, what was
    /// committed stands all the same, and the next writer writes them.
    pub(super) fn write_views(&self) {
        let _ = views::write(&self.ledger, &self.log, &self.standings);
    }

    pub(super) fn append(&mut self, deed: &Deed, timeslot: &TimeslotId, act: Act) -> Result<(), LedgerError> {
        self.log.append(deed.at, &deed.by, deed.run.as_deref(), timeslot, act)?;
        remembered::write(&self.ledger, self.log.head());
        self.standings = Standings::follow(self.log.entries());
        Ok(())
    }
}

impl Ledger {
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
}

/// On which machine, where it has a name: a ledger may lie on a file system that several share.
fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { name } else { format!(" on {name}") }
}
