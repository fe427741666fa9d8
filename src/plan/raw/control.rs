//! `controls/<id>.toml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::plan::raw::plan::ParameterValue;
use crate::settings::controls::{Blocks, Gap, Holder, Overlap};

/// A control: a check whose answer is a list of findings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlFile {
    /// What the control finds, in one line.
    #[schemars(length(min = 1))]
    pub title: String,
    /// How bad a finding is, 0 to 5.
    #[schemars(range(max = 5))]
    pub risk: u8,
    /// Words to select and group controls by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What to do about a finding.
    pub mitigation: Option<String>,
    /// What kind of check it is.
    pub kind: ControlKindName,
    /// kind `rule`: id of the rule whose answer are the findings.
    pub rule: Option<String>,
    /// kind `rule`: parameters of the rule that are others for this control.
    pub parameters: Option<BTreeMap<String, ParameterValue>>,
    /// kinds `rule` and `overlap`: what each row of the answer is about.
    pub subject: Option<SubjectName>,
    /// kind `segregation_of_duties`: who must not hold the permissions together. Default `identity`.
    pub on: Option<Holder>,
    /// kind `segregation_of_duties`: permissions, each `APPLICATION/PERMISSION`, or activities of the plan, of which nobody may hold
    /// all.
    pub all_of: Option<Vec<String>>,
    /// kind `segregation_of_duties`: what nobody may fulfil, over permissions and activities of the plan: `pays and orders and not
    /// ERP/FOUR_EYES`.
    #[schemars(length(min = 1))]
    pub expression: Option<String>,
    /// kind `segregation_of_duties`: permissions, or activities of the plan, that exclude each of `right`.
    pub left: Option<Vec<String>>,
    /// kind `segregation_of_duties`: permissions, or activities of the plan, that exclude each of `left`.
    pub right: Option<Vec<String>>,
    /// kind `segregation_of_duties`: CSV file in `policies/` with the pairs of permissions or activities that exclude each other:
    /// a square of them, or a list with the columns left, right, severity, rule and title.
    #[schemars(length(min = 1))]
    pub matrix: Option<String>,
    /// kind `segregation_of_duties`: whether the pairs are those of table `duty_conflicts`, which a collector fills.
    /// Default false.
    pub use_collected: Option<bool>,
    /// kind `segregation_of_duties`: whether permissions conflict only where they are held in the same perimeter; a right
    /// without a perimeter holds in each. Default false.
    pub same_perimeter: Option<bool>,
    /// kind `permission_holders`: permissions, each `APPLICATION/PERMISSION`, that are held by `population` and by nobody else.
    #[schemars(length(min = 1))]
    pub permissions: Option<Vec<String>>,
    /// kind `permission_holders`: SQL predicate over `identities i`: who.
    #[schemars(length(min = 1))]
    pub population: Option<String>,
    /// kind `overlap`: id of a rule.
    pub first: Option<String>,
    /// kind `overlap`: id of another rule.
    pub second: Option<String>,
    /// kind `overlap`: which subjects are findings: those of `both` answers, of one alone, or of `either`.
    pub result: Option<Overlap>,
    /// kinds `theoretical_rights` and `permission_holders`: rights that should not be there (`over`), or that are lacking
    /// (`under`).
    pub gap: Option<Gap>,
    /// Which of its findings hold a timeslot: `none`, those that are `new`, or `all` that are open. Default: what the plan says
    /// of all controls.
    pub blocks: Option<Blocks>,
    /// A day, `2026-11-21`: what was opened behind it is new for as long as it stands.
    pub blocks_since: Option<String>,
    /// SQL predicate over the subject: findings for which it is not true are left out.
    #[serde(rename = "where")]
    #[schemars(length(min = 1))]
    pub filter: Option<String>,
}

/// Kind of a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlKindName {
    /// The answer of a rule.
    Rule,
    /// Permissions that nobody should hold together.
    SegregationOfDuties,
    /// Permissions that a population holds and nobody else.
    PermissionHolders,
    /// How the answers of two rules overlap.
    Overlap,
    /// Differences to the rights model.
    TheoreticalRights,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectName {
    /// An account.
    Account,
    /// A person.
    Identity,
    /// A group.
    Group,
    /// A permission.
    Permission,
    /// An application.
    Application,
    /// A unit.
    Organisation,
}
