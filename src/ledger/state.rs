//! The states of all timeslots, derived from the log and from nothing else.

use std::fmt;

use jiff::civil::Date;

use super::log::{Act, Entry};
use crate::ids::TimeslotId;

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
    /// SHA-256 of its sealed manifest, once confirmed.
    pub manifest: Option<String>,
    /// Number of the entry that confirmed it.
    pub confirmed_by: Option<u64>,
    /// Thresholds that were reached and not overridden.
    pub holding: Vec<String>,
    /// Thresholds that a person let pass.
    pub overridden: Vec<String>,
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
                manifest: None,
                confirmed_by: None,
                holding: Vec::new(),
                overridden: Vec::new(),
            });
            return;
        }
        let Some(standing) = self.0.iter_mut().find(|standing| standing.id == entry.timeslot) else { return };
        match &entry.act {
            Act::Begin { .. } => {}
            Act::Activate => {
                standing.state = State::Active;
                standing.holding.clear();
            }
            Act::Hold { thresholds } => {
                standing.state = State::Held;
                standing.holding.clone_from(thresholds);
            }
            Act::Override { threshold, .. } => {
                standing.holding.retain(|holding| holding != threshold);
                standing.overridden.push(threshold.clone());
            }
            Act::Confirm { manifest } => {
                standing.state = State::Confirmed;
                standing.manifest = Some(manifest.clone());
                standing.confirmed_by = Some(entry.number);
            }
            Act::Reject { .. } => standing.state = State::Rejected,
            Act::Hide { .. } => standing.state = State::Hidden,
            Act::Show { .. } => standing.state = State::Confirmed,
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
