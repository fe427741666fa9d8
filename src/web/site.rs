//! What all pages share: the project as it is now, its ledger, users, sessions, the engine, the clock.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use jiff::Timestamp;

use super::answer::Refusal;
use super::answers::Answers;
use super::limits::Attempts;
use super::oidc::SignIns;
use super::session::Sessions;
use super::users::{Users, UsersError};
use crate::engine::{DataFusionEngine, Engine};
use crate::env::Clock;
use crate::ledger::{Ledger, Operation};
use crate::plan::{Plan, Project};

/// Reads the project and its plans anew; what is wrong with them in words where they cannot be read.
pub(crate) struct Reading {
    /// The project alone.
    pub(crate) project: Box<dyn Fn() -> Result<Project, String> + Send + Sync>,
    /// One plan, by name.
    pub(crate) plan: Box<PlanReading>,
    /// What `ledgerline check` says of a plan; empty where it has nothing to say.
    pub(crate) check: Box<dyn Fn(&str) -> String + Send + Sync>,
}

/// Reads a plan by its name.
type PlanReading = dyn Fn(&str) -> Result<Plan, String> + Send + Sync;

/// Everything that pages share.
pub(crate) struct Site {
    pub(super) root: PathBuf,
    pub(super) reading: Reading,
    pub(super) clock: Box<dyn Clock + Send>,
    pub(super) engine: DataFusionEngine,
    pub(super) sessions: Sessions,
    pub(super) attempts: Attempts,
    pub(super) sign_ins: SignIns,
    pub(super) answers: Answers,
    /// Passwords are tried one after the other: each takes 19 MiB and a good part of a second.
    pub(super) hashing: Mutex<()>,
    project: Mutex<Kept<Arc<Project>>>,
    users: Mutex<Kept<Arc<Users>>>,
}

/// Something read from a file, and how the file was then.
struct Kept<T> {
    value: T,
    stamp: Stamp,
}

/// Size and time of a change of a file: another content has another stamp, but for two changes of one size in one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Stamp(Option<(u64, SystemTime)>);

impl Stamp {
    fn of(path: &std::path::Path) -> Self {
        let found = fs::metadata(path).ok();
        Self(found.and_then(|found| Some((found.len(), found.modified().ok()?))))
    }
}

impl Site {
    /// What pages share, for a project that was just read.
    ///
    /// # Errors
    /// Where the file of users cannot be read.
    pub(crate) fn new(
        project: Project,
        reading: Reading,
        clock: Box<dyn Clock + Send>,
        engine: DataFusionEngine,
    ) -> Result<Self, UsersError> {
        let stamp = Stamp::of(&project.serve.users);
        let users = Users::load(&project.serve.users)?;
        Ok(Self {
            root: project.root.clone(),
            reading,
            clock,
            engine,
            sessions: Sessions::default(),
            attempts: Attempts::default(),
            sign_ins: SignIns::default(),
            answers: Answers::default(),
            hashing: Mutex::default(),
            project: Mutex::new(Kept {
                stamp: Stamp::of(&project.root.join("ledgerline.toml")),
                value: Arc::new(project),
            }),
            users: Mutex::new(Kept { value: Arc::new(users), stamp }),
        })
    }

    /// The project; as it was, where its file can no longer be read.
    pub(crate) fn project(&self) -> Arc<Project> {
        let mut kept = self.project.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&self.root.join("ledgerline.toml"));
        if stamp != kept.stamp {
            if let Ok(project) = (self.reading.project)() {
                kept.value = Arc::new(project);
            }
            kept.stamp = stamp;
        }
        Arc::clone(&kept.value)
    }

    /// The users. Where their file can no longer be read there are none: nobody comes in by what might have been taken away.
    pub(crate) fn users(&self) -> Arc<Users> {
        let path = self.project().serve.users.clone();
        let mut kept = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&path);
        if stamp != kept.stamp {
            kept.value = Arc::new(Users::load(&path).unwrap_or_default());
            kept.stamp = stamp;
        }
        Arc::clone(&kept.value)
    }

    /// The ledger.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where nothing has run yet; [`Refusal::Broken`] where it is no ledger of ours.
    pub(crate) fn ledger(&self) -> Result<Ledger, Refusal> {
        Ok(Ledger::open(&self.project().ledger)?)
    }

    /// Notes in the operations log what was done, where there is a ledger. What cannot be noted, as on a full disk, changes nothing
    /// about what was done.
    pub(crate) fn note(&self, done: &Operation) {
        let _ = self.ledger().map(|ledger| ledger.operations().append(done));
    }

    /// Where questions to timeslots run.
    pub(crate) fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
