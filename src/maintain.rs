//! Maintain: what runs left behind goes, and so do timeslots that no rule of retention keeps.
//!
//! A sandbox that nobody took up for long is rejected; folders of probes and dry runs that a crash left are removed. A
//! timeslot that nothing keeps is marked, and one that was marked long enough ago is purged: never both in one pass, so that
//! somebody can object. Everything but the removal of such folders stands in the log.

mod retention;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

pub use self::retention::{Fate, Judged, judge};
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
    /// A timeslot that nothing keeps.
    Mark {
        /// Which.
        timeslot: TimeslotId,
        /// When it may go.
        after: Timestamp,
        /// Why.
        reason: String,
    },
    /// A timeslot that was to go and is kept again.
    Spare {
        /// Which.
        timeslot: TimeslotId,
        /// By what.
        reason: String,
    },
    /// A timeslot that was marked long enough ago.
    Purge {
        /// Which.
        timeslot: TimeslotId,
        /// Why.
        reason: String,
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
            Self::Mark { timeslot, after, .. } => {
                format!("mark timeslot {timeslot} to go after {}", after.strftime("%Y-%m-%d"))
            }
            Self::Spare { timeslot, .. } => format!("spare timeslot {timeslot}, which was to go"),
            Self::Purge { timeslot, .. } => format!("purge timeslot {timeslot}"),
        }
    }

    /// Why, where the sentence does not say it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::RejectSandbox { .. } | Self::RemoveFolder { .. } => None,
            Self::Mark { reason, .. } | Self::Spare { reason, .. } | Self::Purge { reason, .. } => Some(reason),
        }
    }

    /// What a judgement asks for.
    fn of(judged: &Judged) -> Option<Self> {
        let timeslot = judged.timeslot.clone();
        match &judged.fate {
            Fate::Stays | Fate::Waits(_) => None,
            Fate::Spared => Some(Self::Spare { timeslot, reason: judged.kept_by.join("; ") }),
            Fate::Marked(to_go) => Some(Self::Mark { timeslot, after: to_go.after, reason: to_go.reason.clone() }),
            Fate::Goes(to_go) => Some(Self::Purge { timeslot, reason: to_go.reason.clone() }),
        }
    }
}

/// What is to be done, without doing it.
///
/// # Errors
/// Where log or folders cannot be read.
pub fn chores(ledger: &Ledger, settings: &Maintain, now: Timestamp) -> Result<Vec<Chore>, LedgerError> {
    let mut chores = Vec::new();
    let standings = ledger.standings()?;
    let open = standings.open().filter(|open| open.state == State::Sandbox).map(|open| open.id.clone());
    if let Some(timeslot) = open {
        let since = ledger.last_written(&timeslot)?;
        if now.duration_since(since).unsigned_abs() > settings.keep_sandbox && now > since {
            chores.push(Chore::RejectSandbox { timeslot, since });
        }
    }
    let folders = ledger.left_behind(now)?;
    chores.extend(folders.into_iter().map(|path| Chore::RemoveFolder { path }));
    if let Some(retention) = &settings.retention {
        chores.extend(judge(&standings, retention, now).iter().filter_map(Chore::of));
    }
    Ok(chores)
}

/// Does what is to be done and tells each deed. A run calls this behind its confirm.
///
/// # Errors
/// Where the disk refuses; what was done before stays done.
pub fn maintain(
    mut writer: Writer,
    settings: &Maintain,
    run: Option<&str>,
    env: Env<'_>,
) -> Result<(Writer, Vec<Chore>), LedgerError> {
    let chores = chores(writer.ledger(), settings, env.clock.now())?;
    for chore in &chores {
        let deed = Deed { at: env.clock.now(), by: env.person.to_owned(), account: None, run: run.map(str::to_owned) };
        match chore {
            Chore::RejectSandbox { timeslot, since } => {
                let reason = format!(
                    "left over since {}; maintain keeps a sandbox {}",
                    since.strftime("%Y-%m-%d"),
                    length(settings.keep_sandbox)
                );
                writer = writer.resume(timeslot)?.into_inner().reject(&deed, &reason)?;
            }
            Chore::RemoveFolder { path } => writer.remove_left_behind(path)?,
            Chore::Mark { timeslot, after, reason } => writer.mark(&deed, timeslot, *after, reason)?,
            Chore::Spare { timeslot, reason } => writer.spare(&deed, timeslot, reason)?,
            Chore::Purge { timeslot, .. } => writer.purge(&deed, timeslot)?,
        }
        env.note(chore.sentence());
    }
    Ok((writer, chores))
}

/// A length of time in days where it is whole days, else in hours.
fn length(duration: Duration) -> String {
    let hours = duration.as_secs() / 3600;
    if hours.is_multiple_of(24) { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}
