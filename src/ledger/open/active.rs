//! What becomes of an active timeslot: it is held, thresholds are let pass, it is confirmed.

use super::super::deed::{Deed, person_of};
use super::super::durable::move_folder;
use super::super::files::unlisted_files;
use super::super::log::Act;
use super::super::share::share;
use super::super::state::State;
use super::super::{LedgerError, Timeslot, Writer};
use super::{ActiveTimeslot, OpenTimeslot};

impl ActiveTimeslot {
    pub(in crate::ledger) fn new(open: OpenTimeslot) -> Self {
        Self(open)
    }

    /// Thresholds that hold it, as the log says.
    #[must_use]
    pub fn holding(&self) -> Vec<String> {
        let id = &self.0.manifest.timeslot;
        self.0.writer.standings().find(id).map(|standing| standing.holding.clone()).unwrap_or_default()
    }

    /// Thresholds that a person let pass.
    #[must_use]
    pub fn overridden(&self) -> Vec<String> {
        let id = &self.0.manifest.timeslot;
        self.0.writer.standings().find(id).map(|standing| standing.overridden.clone()).unwrap_or_default()
    }

    /// Records that thresholds were reached. The timeslot stays open until a person decides.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn hold(&mut self, deed: &Deed, thresholds: Vec<String>) -> Result<(), LedgerError> {
        let id = self.0.manifest.timeslot.clone();
        self.0.writer.append(deed, &id, Act::Hold { thresholds })
    }

    /// Refuses the decision of a person who ran stages of it, where it takes four eyes. What a run decides by the rules
    /// of its plan is no person's decision.
    fn refuse_own(&self, deed: &Deed) -> Result<(), LedgerError> {
        let manifest = &self.0.manifest;
        // The page's users and the accounts of the machine are the same people: whoever ran it there does not confirm it here.
        let launched_by = |name: &str| manifest.launched_by.iter().any(|known| person_of(known) == name);
        if manifest.four_eyes && deed.run.is_none() && deed.names().any(|name| launched_by(person_of(&name))) {
            let launched_by = manifest.launched_by.iter().cloned().collect::<Vec<_>>().join(", ");
            return Err(LedgerError::FourEyes { id: manifest.timeslot.clone(), by: deed.by.clone(), launched_by });
        }
        Ok(())
    }

    /// Records that a person let a reached threshold pass.
    ///
    /// # Errors
    /// Where it takes four eyes and the person ran stages of it, or where the disk fails.
    pub fn override_threshold(&mut self, deed: &Deed, threshold: &str, reason: &str) -> Result<(), LedgerError> {
        self.refuse_own(deed)?;
        let id = self.0.manifest.timeslot.clone();
        let act = Act::Override { threshold: threshold.to_owned(), reason: reason.to_owned(), approved_by: None };
        self.0.writer.append(deed, &id, act)
    }

    /// Records that a reached threshold passes which somebody let pass before the run began.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn allow(
        &mut self,
        deed: &Deed,
        threshold: &str,
        reason: &str,
        approved_by: Option<&str>,
    ) -> Result<(), LedgerError> {
        let id = self.0.manifest.timeslot.clone();
        let (threshold, reason) = (threshold.to_owned(), reason.to_owned());
        let act = Act::Override { threshold, reason, approved_by: approved_by.map(str::to_owned) };
        self.0.writer.append(deed, &id, act)
    }

    /// Makes the timeslot the current one: seals the manifest, appends the entry, moves the folder. After `Ok` it is
    /// visible and never written again.
    ///
    /// # Errors
    /// Where it takes four eyes and the person ran stages of it, where its parent is no longer current, where files lie in the folder that the manifest does not list, or where
    /// the disk fails. After a failed move the timeslot is confirmed all the same, and the next writer moves it.
    pub fn confirm(mut self, deed: &Deed) -> Result<(Writer, Timeslot), LedgerError> {
        self.refuse_own(deed)?;
        let id = self.0.manifest.timeslot.clone();
        let current = self.0.writer.standings().current().map(|standing| standing.id.clone());
        if current != self.0.manifest.parent {
            return Err(LedgerError::ParentNotCurrent { id, parent: self.0.manifest.parent, current });
        }
        if let Some(path) = unlisted_files(&self.0.folder, &self.0.manifest)?.into_iter().next() {
            return Err(LedgerError::UnlistedFile { path });
        }
        let parent = self.0.manifest.parent.as_ref().and_then(|parent| self.0.writer.ledger.timeslot(parent).ok());
        share(&self.0.folder, &self.0.manifest, parent.as_ref(), &self.0.flushes)?;
        let manifest = self.0.manifest.seal(&self.0.folder)?;
        self.0.writer.append(deed, &id, Act::Confirm { manifest })?;
        let target = self.0.writer.ledger.folder_in(State::Confirmed, &id);
        move_folder(&self.0.folder, &target)?;
        self.0.writer.write_views();
        Ok((self.0.writer, Timeslot { folder: target, manifest: self.0.manifest }))
    }
}
