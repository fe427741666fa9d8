//! What keeps a timeslot, and how it goes: labels, legal holds, marks, and the removal of its parts.
//!
//! A timeslot goes in two steps, by different entries of the log: it is marked, and some time later it is purged. The entry
//! of the purge is the commit; whatever a crash then leaves of its parts, the next writer removes.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::durable::{failed, move_folder, sync_folder};
use super::files::{files_below, unlisted_files};
use super::hash::sha256_hex;
use super::manifest::{self, Manifest};
use super::{Act, Deed, LedgerError, Standing, State, Writer};
use crate::ids::{Label, TimeslotId};

impl Writer {
    /// Gives a confirmed timeslot a name, by which it is asked for. It is to go no longer.
    ///
    /// # Errors
    /// Where it is not confirmed, or a timeslot has the label already; where the disk fails.
    pub fn label(&mut self, deed: &Deed, id: &TimeslotId, label: &Label, reason: &str) -> Result<(), LedgerError> {
        let standing = self.standing(id)?;
        if standing.state != State::Confirmed {
            return Err(wrong(standing, format!("is {}: only a confirmed one is labelled", standing.state)));
        }
        if let Some(other) = self.standings.labelled(label) {
            return Err(wrong(other, format!("has the label `{label}` already: a label names one timeslot")));
        }
        self.append(deed, id, Act::Label { label: label.clone(), reason: reason.to_owned() })
    }

    /// Takes a name off a timeslot.
    ///
    /// # Errors
    /// Where it does not have it, or the disk fails.
    pub fn unlabel(&mut self, deed: &Deed, id: &TimeslotId, label: &Label, reason: &str) -> Result<(), LedgerError> {
        let standing = self.standing(id)?;
        if !standing.labels.contains(label) {
            return Err(wrong(standing, format!("has no label `{label}`")));
        }
        self.append(deed, id, Act::Unlabel { label: label.clone(), reason: reason.to_owned() })
    }

    /// Puts a legal hold on a timeslot: it goes by no rule. It is to go no longer.
    ///
    /// # Errors
    /// Where it is open, purged or has one already; where the disk fails.
    pub fn legal_hold(&mut self, deed: &Deed, id: &TimeslotId, reason: &str) -> Result<(), LedgerError> {
        let standing = self.standing(id)?;
        if standing.legal_hold.is_some() {
            return Err(wrong(standing, "has a legal hold already".to_owned()));
        }
        if !has_retention(standing.state) {
            return Err(wrong(standing, format!("is {}: there is nothing to hold", standing.state)));
        }
        self.append(deed, id, Act::LegalHold { reason: reason.to_owned() })
    }

    /// Lifts a legal hold; of a timeslot without one, that it is to go. Retention judges it anew.
    ///
    /// # Errors
    /// Where there is neither, or the disk fails.
    pub fn release(&mut self, deed: &Deed, id: &TimeslotId, reason: &str) -> Result<(), LedgerError> {
        let standing = self.standing(id)?;
        if standing.legal_hold.is_none() && standing.to_go.is_none() {
            return Err(wrong(standing, "has no legal hold, and is not to go".to_owned()));
        }
        self.append(deed, id, Act::Release { reason: reason.to_owned() })
    }

    /// Says that a timeslot is to go, not before an instant.
    ///
    /// # Errors
    /// Where it may not go, or is to go already; where the disk fails.
    pub fn mark(&mut self, deed: &Deed, id: &TimeslotId, after: Timestamp, reason: &str) -> Result<(), LedgerError> {
        let standing = self.may_go(id)?;
        if standing.to_go.is_some() {
            return Err(wrong(standing, "is to go already".to_owned()));
        }
        self.append(deed, id, Act::Mark { after, reason: reason.to_owned() })
    }

    /// Says that a timeslot that was to go stays.
    ///
    /// # Errors
    /// Where it was not to go, or the disk fails.
    pub fn spare(&mut self, deed: &Deed, id: &TimeslotId, reason: &str) -> Result<(), LedgerError> {
        let standing = self.standing(id)?;
        if standing.to_go.is_none() {
            return Err(wrong(standing, "was not to go".to_owned()));
        }
        self.append(deed, id, Act::Spare { reason: reason.to_owned() })
    }

    /// Removes the parts of a timeslot that was to go by now. Its manifest and its sums stay, and the entry names the
    /// manifest's own: what was there, and that it is gone, can be proved without it.
    ///
    /// # Errors
    /// Where it was not to go by now, may not go, or is not as it was confirmed; where the disk fails. After a failure
    /// behind the entry it is purged all the same, and the next writer removes what is left.
    pub fn purge(&mut self, deed: &Deed, id: &TimeslotId) -> Result<(), LedgerError> {
        let standing = self.may_go(id)?;
        let Some(to_go) = standing.to_go.as_ref().filter(|to_go| to_go.after <= deed.at) else {
            return Err(wrong(standing, "is not to go by now".to_owned()));
        };
        let folder = self.ledger.folder_in(standing.state, id);
        let path = folder.join(manifest::FILE);
        let bytes = fs::read(&path).map_err(failed("read", &path))?;
        let hash = sha256_hex(&bytes);
        // What was changed is evidence of that: it does not go before somebody has looked.
        if standing.manifest.as_ref().is_some_and(|confirmed| *confirmed != hash) {
            let reason = "it is not the manifest that was confirmed, so that nothing is purged".to_owned();
            return Err(LedgerError::BrokenManifest { path, reason });
        }
        let manifest = Manifest::read(&folder)?;
        let unlisted = unlisted_files(&folder, &manifest)?.into_iter().next();
        if let Some(path) = unlisted.filter(|_| standing.state != State::Rejected) {
            return Err(LedgerError::UnlistedFile { path });
        }
        let act = Act::Purge {
            manifest: hash,
            parts: manifest.parts().count() as u64,
            bytes: manifest.parts().map(|part| part.bytes).sum(),
            reason: to_go.reason.clone(),
        };
        self.append(deed, id, act)?;
        let target = self.ledger.folder_in(State::Purged, id);
        move_folder(&folder, &target)?;
        remove_parts(&target)?;
        self.write_views();
        Ok(())
    }

    fn standing(&self, id: &TimeslotId) -> Result<&Standing, LedgerError> {
        let unknown = || LedgerError::WrongState { id: id.clone(), reason: "does not exist".to_owned() };
        self.standings.find(id).ok_or_else(unknown)
    }

    /// The timeslot, where nothing forbids that it goes, whatever any plan says of it.
    fn may_go(&self, id: &TimeslotId) -> Result<&Standing, LedgerError> {
        let standing = self.standing(id)?;
        match self.standings.forbids_purge(standing) {
            Some(why) => Err(wrong(standing, format!("may not go: {why}"))),
            None => Ok(standing),
        }
    }
}

impl super::Standings {
    /// Why a timeslot may not go, whatever any plan says of it; `None` where it may.
    #[must_use]
    pub fn forbids_purge(&self, standing: &Standing) -> Option<String> {
        if !has_retention(standing.state) {
            return Some(format!("it is {}", standing.state));
        }
        if let Some(reason) = &standing.legal_hold {
            return Some(format!("legal hold ({reason})"));
        }
        if !standing.labels.is_empty() {
            let labels: Vec<&str> = standing.labels.iter().map(Label::as_str).collect();
            return Some(format!("labelled {}", labels.join(", ")));
        }
        let is = |other: Option<&TimeslotId>| other == Some(&standing.id);
        let current = self.current();
        if is(current.map(|current| &current.id)) {
            return Some("current".to_owned());
        }
        if is(self.open().and_then(|open| open.parent.as_ref())) {
            return Some("what the open timeslot is compared with".to_owned());
        }
        if is(current.and_then(|current| current.parent.as_ref())) {
            return Some("what the current timeslot was compared with".to_owned());
        }
        None
    }
}

/// Whether retention decides about timeslots in a state.
fn has_retention(state: State) -> bool {
    matches!(state, State::Confirmed | State::Hidden | State::Rejected)
}

fn wrong(standing: &Standing, reason: String) -> LedgerError {
    LedgerError::WrongState { id: standing.id.clone(), reason }
}

/// Removes every file of a purged timeslot but its manifest and its sums. Returns how many.
pub(super) fn remove_parts(folder: &Path) -> Result<usize, LedgerError> {
    if !folder.is_dir() {
        return Ok(0);
    }
    let stays = [folder.join(manifest::FILE), folder.join(manifest::SUMS)];
    let removed = files_below(folder)?.iter().filter(|path| !stays.contains(path)).count();
    let mut is_changed = false;
    for item in fs::read_dir(folder).map_err(failed("read the folder", folder))? {
        let path = item.map_err(failed("read the folder", folder))?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(failed("remove", &path))?;
        } else if !stays.contains(&path) {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        } else {
            continue;
        }
        is_changed = true;
    }
    if is_changed {
        sync_folder(folder)?;
    }
    Ok(removed)
}
