//! Maintain: what runs left behind goes. A sandbox that nobody took up for long is rejected, which the log records;
//! folders of probes and dry runs that a crash left are removed. Nothing confirmed is touched.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::env::Env;
use crate::ids::TimeslotId;
use crate::ledger::{Deed, Ledger, LedgerError, State, Writer};
use crate::settings::maintain::Maintain;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chore {
    /// A sandbox that nobody took up since.
    RejectSandbox {
        /// Which.
        timeslot: TimeslotId,
        /// When it was last written.
        since: Timestamp,
    },
    /// A folder of a probe or a dry run that did not come to its end.
    RemoveFolder {
        /// Which.
        path: PathBuf,
    },
}

impl Chore {
    /// The chore in words.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::RejectSandbox { timeslot, since } => {
                format!("reject sandbox {timeslot}, left since {}", since.strftime("%Y-%m-%d"))
            }
            Self::RemoveFolder { path } => format!("remove `{}`, left by a run that did not end", path.display()),
        }
    }
}

/// What is to be done, without doing it.
///
/// # Errors
/// Where log or folders cannot be read.
pub fn chores(ledger: &Ledger, settings: Maintain, now: Timestamp) -> Result<Vec<Chore>, LedgerError> {
    let mut chores = Vec::new();
    let open = ledger.standings()?.open().filter(|open| open.state == State::Sandbox).map(|open| open.id.clone());
    if let Some(timeslot) = open {
        let since = ledger.last_written(&timeslot)?;
        if now.duration_since(since).unsigned_abs() > settings.keep_sandbox && now > since {
            chores.push(Chore::RejectSandbox { timeslot, since });
        }
    }
    let folders = ledger.left_behind(now)?;
    chores.extend(folders.into_iter().map(|path| Chore::RemoveFolder { path }));
    Ok(chores)
}

/// Does what is to be done and tells each deed. A run calls this behind its confirm.
///
/// # Errors
/// Where the disk refuses; what was done before stays done.
pub fn maintain(
    mut writer: Writer,
    settings: Maintain,
    run: Option<&str>,
    env: Env<'_>,
) -> Result<(Writer, Vec<Chore>), LedgerError> {
    let chores = chores(writer.ledger(), settings, env.clock.now())?;
    for chore in &chores {
        match chore {
            Chore::RejectSandbox { timeslot, since } => {
                let deed =
                    Deed { at: env.clock.now(), by: env.person.to_owned(), account: None, run: run.map(str::to_owned) };
                let reason = format!(
                    "left over since {}; maintain keeps a sandbox {}",
                    since.strftime("%Y-%m-%d"),
                    days(settings.keep_sandbox)
                );
                writer = writer.resume(timeslot)?.into_inner().reject(&deed, &reason)?;
            }
            Chore::RemoveFolder { path } => writer.remove_left_behind(path)?,
        }
        env.note(chore.sentence());
    }
    Ok((writer, chores))
}

fn days(duration: Duration) -> String {
    let hours = duration.as_secs() / 3600;
    if hours.is_multiple_of(24) { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use jiff::SignedDuration;

    use super::*;
    use crate::env::{FixedClock, Stop};
    use crate::event::Silent;
    use crate::ledger::{Beginning, Ledger};

    fn later(days: i64) -> Timestamp {
        Timestamp::now() + SignedDuration::from_hours(24 * days)
    }

    fn left_sandbox(ledger: &Ledger) {
        let writer = ledger.lock("a test").expect("the lock").0;
        let deed = Deed { at: Timestamp::now(), by: "a test".to_owned(), account: None, run: None };
        let beginning = Beginning {
            as_of: jiff::civil::date(2026, 11, 21),
            plan: "weekly".to_owned(),
            configuration: String::new(),
            engine: String::new(),
            planned: Vec::new(),
        };
        writer.begin(&deed, beginning).expect("a sandbox");
    }

    #[test]
    fn a_sandbox_left_for_longer_than_the_plan_keeps_it_is_rejected_and_an_active_one_never() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open_or_create(folder.path(), Timestamp::now()).expect("a ledger");
        left_sandbox(&ledger);
        let settings = Maintain::default();
        assert_eq!(chores(&ledger, settings, later(6)).expect("chores"), []);
        let clock = FixedClock(later(8));
        let env = Env { clock: &clock, observer: &Silent, person: "a test", stop: &Stop::default() };
        let writer = ledger.lock("a test").expect("the lock").0;
        let (writer, done) = maintain(writer, settings, None, env).expect("tidied");
        assert_eq!(done.len(), 1);
        assert!(writer.standings().open().is_none());
        drop(writer);

        left_sandbox(&ledger);
        let writer = ledger.lock("a test").expect("the lock").0;
        let id = writer.standings().open().expect("one is open").id.clone();
        let deed = Deed { at: Timestamp::now(), by: "a test".to_owned(), account: None, run: None };
        let active = writer.resume(&id).expect("taken up").activate(&deed).expect("active");
        drop(active);
        assert_eq!(chores(&ledger, settings, later(80)).expect("chores"), []);
    }

    #[test]
    fn a_probe_goes_once_nobody_holds_it_and_records_of_runs_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open_or_create(folder.path(), Timestamp::now()).expect("a ledger");
        let runs = ledger.runs_folder();
        for path in [".20261121T000000Z-ab12-probe", "20261121T000000Z-cd34/dry", "20261121T000000Z-ef56"] {
            fs::create_dir_all(runs.join(path)).expect("a folder");
        }
        let lock = File::create(runs.join("20261121T000000Z-cd34/dry/lock")).expect("a lock");
        lock.try_lock().expect("it is free");
        let found = |now| chores(&ledger, Maintain::default(), now).expect("chores");
        assert_eq!(found(Timestamp::now()), []);
        let probe = runs.join(".20261121T000000Z-ab12-probe");
        assert_eq!(found(later(1)), [Chore::RemoveFolder { path: probe }]);
        drop(lock);
        assert_eq!(found(later(1)).len(), 2);
    }
}
