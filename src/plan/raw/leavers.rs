//! `[stage.leavers]` of a plan as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::plan::units::{DurationText, PercentText};
use crate::settings::leavers::{CLOSED_WITHIN_DAYS, DepartureDay};
use crate::settings::validate::Brake;

/// `[stage.leavers]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaversTable {
    /// SQL predicate over `identities i` that holds for active people. Everybody listed, if not said.
    #[schemars(length(min = 1))]
    pub active: Option<String>,
    /// Words by which a source says that somebody left, by column of `identities`: `{ status = ["left"] }`.
    #[serde(default)]
    pub inactive_when: BTreeMap<String, Vec<String>>,
    /// Further predicates by which somebody is inactive, asked in their order.
    #[serde(default)]
    pub rule: Vec<LeaverRuleTable>,
    /// How long after the departure date someone still counts as active, in whole days. Default `0 days`.
    #[serde(default = "no_time")]
    pub grace: DurationText,
    /// What the departure date says of that day itself.
    #[serde(default)]
    pub departure_day: DepartureDay,
    /// Sources whose listing counts: who is gone from all of these that listed somebody is gone. All, if not said.
    #[serde(default)]
    pub authoritative: Vec<String>,
    /// How many complete loads of these sources may miss somebody who still counts as there. Default 0.
    #[serde(default)]
    pub grace_loads: u32,
    /// How long after the departure accounts may still be open, in whole days. Default `1 day`.
    #[serde(default = "a_day")]
    pub accounts_closed_within: DurationText,
    /// When so many people leave at once that a person has to look.
    #[serde(default)]
    pub brake: BrakeTable,
}

/// `[[stage.leavers.rule]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaverRuleTable {
    /// Lower-snake: the reason that people have by this rule.
    #[schemars(length(min = 1))]
    pub id: String,
    /// SQL predicate over `identities i` that holds for people who are inactive.
    #[schemars(length(min = 1))]
    pub inactive: String,
    /// Whether these people keep their accounts: such as those on leave. Default false.
    #[serde(default)]
    pub keeps_accounts: bool,
}

/// `[stage.leavers.brake]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrakeTable {
    /// Whether there is a brake. Default true, whatever `guards` of validate says.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The share of those active in the parent that holds the timeslot. Default `10 %`.
    pub share: Option<PercentText>,
    /// The share counts only where so many people leave. Default 5.
    pub at_least: Option<u64>,
    /// The number of people that holds the timeslot, whatever the share. Default 500.
    #[schemars(range(min = 1))]
    pub number: Option<u64>,
}

impl Default for BrakeTable {
    fn default() -> Self {
        Self { enabled: true, share: None, at_least: None, number: None }
    }
}

impl BrakeTable {
    /// The brake that it describes.
    pub(in crate::plan) fn brake(&self) -> Option<Brake> {
        let usual = Brake::default();
        self.enabled.then(|| Brake {
            share: self.share.map_or(usual.share, |share| share.0),
            at_least: self.at_least.unwrap_or(usual.at_least),
            number: self.number.unwrap_or(usual.number),
        })
    }
}

fn yes() -> bool {
    true
}

fn no_time() -> DurationText {
    DurationText(std::time::Duration::ZERO)
}

fn a_day() -> DurationText {
    DurationText(std::time::Duration::from_hours(24 * u64::from(CLOSED_WITHIN_DAYS)))
}
