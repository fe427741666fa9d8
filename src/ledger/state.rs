//! The states of all timeslots, derived from the log and from nothing else.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::log::{Act, Entry};
use crate::ids::{Label, TimeslotId, TimeslotName};

/// Where a timeslot is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being filled.
    Sandbox,
    /// Published to the later stages, not yet decided.
    Active,
    /// Active, and a threshold was reached: a person must decide.
    Held,
    /// Visible to readers for good.
    Confirmed,
    /// Refused.
    Rejected,
    /// Confirmed, then taken out of sight.
    Hidden,
    /// Its parts were removed; only its manifest is left.
    Purged,
}

impl State {
    /// Whether the timeslot may still be changed.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Sandbox | Self::Active | Self::Held)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sandbox => "sandbox",
            Self::Active => "active",
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Hidden => "hidden",
            Self::Purged => "purged",
        })
    }
}

/// What the log says about one timeslot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub id: TimeslotId,
    /// The date it speaks about.
    pub as_of: Date,
    /// What it was compared with.
    pub parent: Option<TimeslotId>,
    /// Where it is in its life.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// SHA-256 of its sealed manifest, once confirmed.
    pub manifest: Option<String>,
    /// Number of the entry that confirmed it.
    pub confirmed_by: Option<u64>,
    /// Thresholds that were reached and not overridden.
    pub holding: Vec<String>,
    /// Thresholds that a person let pass.
    pub overridden: Vec<String>,
    /// Names that people gave it.
    pub labels: BTreeSet<Label>,
    /// Why it may not go, where it has a legal hold.
    pub legal_hold: Option<String>,
    /// When it is to go, where retention keeps it no longer.
    pub to_go: Option<ToGo>,
    /// SHA-256 of the manifest that stays, once it is purged.
    pub proof: Option<String>,
}

/// That a timeslot is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToGo {
    /// Not before then.
    pub after: Timestamp,
    /// Why.
    pub reason: String,
}

/// Every timeslot the log knows, in the order in which they were begun.
#[derive(Debug, Clone, Default)]
pub struct Standings(Vec<Standing>);

impl Standings {
    /// Follows the entries from the first to the last.
    #[must_use]
    pub fn follow(entries: &[Entry]) -> Self {
        let mut standings = Self::default();
        for entry in entries {
            standings.apply(entry);
        }
        standings
    }

    fn apply(&mut self, entry: &Entry) {
        if let Act::Begin { as_of, parent } = &entry.act {
            self.0.push(Standing {
                id: entry.timeslot.clone(),
                as_of: *as_of,
                parent: parent.clone(),
                state: State::Sandbox,
                since: entry.at,
                manifest: None,
                confirmed_by: None,
                holding: Vec::new(),
                overridden: Vec::new(),
                labels: BTreeSet::new(),
                legal_hold: None,
                to_go: None,
                proof: None,
            });
            return;
        }
        let Some(standing) = self.0.iter_mut().find(|standing| standing.id == entry.timeslot) else { return };
        let mut turns = |state: State| {
            standing.state = state;
            standing.since = entry.at;
            // Other rules keep it from now on.
            standing.to_go = None;
        };
        match &entry.act {
            Act::Begin { .. } => {}
            Act::Activate => {
                turns(State::Active);
                standing.holding.clear();
            }
            Act::Hold { thresholds } => {
                turns(State::Held);
                standing.holding.clone_from(thresholds);
            }
            Act::Override { threshold, .. } => {
                standing.holding.retain(|holding| holding != threshold);
                standing.overridden.push(threshold.clone());
            }
            Act::Confirm { manifest } => {
                turns(State::Confirmed);
                standing.manifest = Some(manifest.clone());
                standing.confirmed_by = Some(entry.number);
            }
            Act::Reject { .. } => turns(State::Rejected),
            Act::Hide { .. } => turns(State::Hidden),
            Act::Show { .. } => turns(State::Confirmed),
            Act::Label { label, .. } => {
                standing.labels.insert(label.clone());
                standing.to_go = None;
            }
            Act::Unlabel { label, .. } => {
                standing.labels.remove(label);
            }
            Act::LegalHold { reason } => {
                standing.legal_hold = Some(reason.clone());
                standing.to_go = None;
            }
            Act::Release { .. } => {
                if standing.legal_hold.take().is_none() {
                    standing.to_go = None;
                }
            }
            Act::Mark { after, reason } => standing.to_go = Some(ToGo { after: *after, reason: reason.clone() }),
            Act::Spare { .. } => standing.to_go = None,
            Act::Purge { manifest, .. } => {
                turns(State::Purged);
                standing.proof = Some(manifest.clone());
            }
        }
    }

    /// All of them, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Standing] {
        &self.0
    }

    /// A timeslot, its parent, and so on: each took over the numbers of the next, and its objects keep them.
    #[must_use]
    pub fn line_of(&self, id: &TimeslotId) -> Vec<TimeslotId> {
        let mut line = vec![id.clone()];
        while let Some(parent) = line.last().and_then(|id| self.find(id)?.parent.clone()) {
            line.push(parent);
        }
        line
    }

    /// The one of that name.
    #[must_use]
    pub fn find(&self, id: &TimeslotId) -> Option<&Standing> {
        self.0.iter().find(|standing| standing.id == *id)
    }

    /// The one that is asked for so.
    #[must_use]
    pub fn named(&self, name: &TimeslotName) -> Option<&Standing> {
        match name {
            TimeslotName::Id(id) => self.find(id),
            TimeslotName::Label(label) => self.labelled(label),
            TimeslotName::Current => self.current(),
        }
    }

    /// The one that has a label.
    #[must_use]
    pub fn labelled(&self, label: &Label) -> Option<&Standing> {
        self.0.iter().find(|standing| standing.labels.contains(label))
    }

    /// What a timeslot was compared with, what that was compared with, and so on: those of them that are confirmed and in
    /// sight, the nearest first.
    pub fn ancestors(&self, id: &TimeslotId) -> impl Iterator<Item = &Standing> {
        let parent = |of: &Standing| of.parent.as_ref().and_then(|parent| self.find(parent));
        let first = self.find(id).and_then(parent);
        std::iter::successors(first, move |standing| parent(standing))
            .filter(|standing| standing.state == State::Confirmed)
    }

    /// The latest visible confirmed one.
    #[must_use]
    pub fn current(&self) -> Option<&Standing> {
        self.0.iter().filter(|standing| standing.state == State::Confirmed).max_by_key(|standing| standing.confirmed_by)
    }

    /// The open one; at most one exists.
    #[must_use]
    pub fn open(&self) -> Option<&Standing> {
        self.0.iter().find(|standing| standing.state.is_open())
    }

    /// The first free name for a date.
    #[must_use]
    pub fn free_id(&self, as_of: Date) -> TimeslotId {
        let taken = |id: &TimeslotId| self.find(id).is_some();
        (1..=u32::MAX).map(|turn| TimeslotId::new(as_of, turn)).find(|id| !taken(id)).expect("turns do not run out")
    }
}
