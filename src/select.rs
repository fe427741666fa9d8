//! Which stages of a plan run, on which timeslot, and what they find anew.

use std::collections::BTreeSet;

use crate::ids::{StageName, TimeslotId};

/// What the caller asked for.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The open timeslot to continue; `None` = begin one.
    pub timeslot: Option<TimeslotId>,
    /// The first stage.
    pub from: Option<StageName>,
    /// The last stage.
    pub until: Option<StageName>,
    /// Only these; empty = all.
    pub only: BTreeSet<StageName>,
    /// Not these.
    pub skip: BTreeSet<StageName>,
    /// Repositories and rules whose owners are not carried but found anew.
    pub forget: Vec<String>,
}

impl Selection {
    /// Whether a stage runs.
    #[must_use]
    pub fn takes(&self, stage: StageName) -> bool {
        self.from.is_none_or(|from| stage >= from)
            && self.until.is_none_or(|until| stage <= until)
            && (self.only.is_empty() || self.only.contains(&stage))
            && !self.skip.contains(&stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_a_range_less_what_is_skipped() {
        let selection = Selection {
            from: Some(StageName::Activate),
            until: Some(StageName::Rules),
            skip: [StageName::Managers].into(),
            ..Selection::default()
        };
        let taken: Vec<StageName> = StageName::ALL.into_iter().filter(|stage| selection.takes(*stage)).collect();
        use StageName::{Activate, Leavers, Reconcile, RightsModel, Rules};
        assert_eq!(taken, [Activate, Leavers, Reconcile, RightsModel, Rules]);
    }
}
