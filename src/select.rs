//! Which stages of a plan run, on which timeslot, and what they find anew.

use std::collections::BTreeSet;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{InvalidName, StageName, TimeslotId};
use crate::model::Reuse;

/// A stage, or one item of it: `rules`, `rules:idle_accounts`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pick {
    /// The stage.
    pub stage: StageName,
    /// A source of collect, a rule, a control, a threshold, a model as `explain` names it; `None` = all of the stage.
    pub item: Option<String>,
}

impl FromStr for Pick {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let (stage, item) = text.split_once(':').map_or((text, None), |(stage, item)| (stage, Some(item.to_owned())));
        Ok(Self { stage: stage.parse()?, item })
    }
}

impl TryFrom<String> for Pick {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Pick> for String {
    fn from(pick: Pick) -> Self {
        pick.to_string()
    }
}

impl From<StageName> for Pick {
    fn from(stage: StageName) -> Self {
        Self { stage, item: None }
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some(item) => write!(f, "{}:{item}", self.stage),
            None => write!(f, "{}", self.stage),
        }
    }
}

/// Thresholds that may be reached in this one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Their ids.
    pub thresholds: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who approved it; `None` in records of earlier programs, which are not run again.
    pub approved_by: Option<String>,
}

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
    pub only: BTreeSet<Pick>,
    /// Not these.
    pub skip: BTreeSet<Pick>,
    /// Items that the plan was relieved of, because what they say is wrong.
    pub in_error: BTreeSet<Pick>,
    /// Repositories and rules whose owners are not carried but found anew.
    pub forget: Vec<String>,
    /// Thresholds that may be reached.
    pub allowance: Option<Allowance>,
    /// Whether what stands already is taken over.
    pub reuse: Reuse,
}

impl Selection {
    /// Whether a stage runs.
    #[must_use]
    pub fn takes(&self, stage: StageName) -> bool {
        self.from.is_none_or(|from| stage >= from)
            && self.until.is_none_or(|until| stage <= until)
            && (self.only.is_empty() || self.only.iter().any(|pick| pick.stage == stage))
            && !self.skip.contains(&stage.into())
    }

    /// Whether an item of a stage that runs is taken. `is_meant` tells which names mean it.
    #[must_use]
    pub fn takes_item(&self, stage: StageName, is_meant: &dyn Fn(&str) -> bool) -> bool {
        let items = |picks: &BTreeSet<Pick>| -> Vec<Option<String>> {
            picks.iter().filter(|pick| pick.stage == stage).map(|pick| pick.item.clone()).collect()
        };
        let names = |item: &Option<String>| item.as_deref().is_none_or(is_meant);
        let only = items(&self.only);
        (only.is_empty() || only.iter().any(names)) && !items(&self.skip).iter().any(names)
    }

    /// Why the stages cannot run, given those that a plan has and those that have run on the timeslot.
    #[must_use]
    pub fn is_wrong(&self, planned: &[StageName], has_run: &dyn Fn(StageName) -> bool) -> Option<String> {
        if let Some(unknown) = self.only.iter().find(|pick| !planned.contains(&pick.stage)) {
            return Some(format!("the plan has no stage {}", unknown.stage));
        }
        let taken: Vec<StageName> = planned.iter().copied().filter(|stage| self.takes(*stage)).collect();
        let Some(last) = taken.last() else { return Some("no stage is left to run".to_owned()) };
        for needed in [StageName::Collect, StageName::Activate] {
            if *last > needed && !taken.contains(&needed) && !has_run(needed) {
                let first = taken.iter().find(|stage| **stage > needed).unwrap_or(last);
                return Some(format!("stage {first} needs {needed}, which has not run on this timeslot"));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_stage_are_taken_by_name() {
        let picks = |texts: &[&str]| texts.iter().filter_map(|text| text.parse().ok()).collect::<BTreeSet<Pick>>();
        let takes = |selection: &Selection, item: &str| selection.takes_item(StageName::Rules, &|name| name == item);
        let only = Selection { only: picks(&["rules:a", "collect"]), ..Selection::default() };
        assert_eq!([takes(&only, "a"), takes(&only, "b"), only.takes(StageName::Rules)], [true, false, true]);
        let skip = Selection { skip: picks(&["rules:a"]), ..Selection::default() };
        assert_eq!([takes(&skip, "a"), takes(&skip, "b"), skip.takes(StageName::Rules)], [false, true, true]);
        assert!("rule:a".parse::<Pick>().is_err());
    }

    #[test]
    fn a_stage_does_not_run_before_those_that_fill_the_tables() {
        let only = |stage: StageName| Selection { only: [stage.into()].into(), ..Selection::default() };
        let nothing = |_| false;
        let wrong = |selection: &Selection, has_run: &dyn Fn(StageName) -> bool| {
            selection.is_wrong(&StageName::ALL, has_run).unwrap_or_default()
        };
        assert_eq!(
            wrong(&only(StageName::Rules), &nothing),
            "stage rules needs collect, which has not run on this timeslot"
        );
        assert_eq!(
            wrong(&only(StageName::Rules), &|stage| stage == StageName::Collect),
            "stage rules needs activate, which has not run on this timeslot"
        );
        assert_eq!(wrong(&only(StageName::Rules), &|stage| stage <= StageName::Activate), "");
        assert_eq!(wrong(&only(StageName::Collect), &nothing), "");
        let without = Selection { skip: [StageName::Managers.into()].into(), ..Selection::default() };
        assert_eq!(wrong(&without, &nothing), "");
        let nobody =
            Selection { from: Some(StageName::Rules), until: Some(StageName::Collect), ..Selection::default() };
        assert_eq!(wrong(&nobody, &nothing), "no stage is left to run");
        assert_eq!(
            only(StageName::Managers).is_wrong(&[StageName::Collect], &nothing).as_deref(),
            Some("the plan has no stage managers")
        );
    }

    #[test]
    fn a_selection_is_a_range_less_what_is_skipped() {
        let selection = Selection {
            from: Some(StageName::Activate),
            until: Some(StageName::Rules),
            skip: [StageName::Managers.into()].into(),
            ..Selection::default()
        };
        let taken: Vec<StageName> = StageName::ALL.into_iter().filter(|stage| selection.takes(*stage)).collect();
        use StageName::{Activate, Leavers, Reconcile, RightsModel, Rules};
        assert_eq!(taken, [Activate, Leavers, Reconcile, RightsModel, Rules]);
    }
}
