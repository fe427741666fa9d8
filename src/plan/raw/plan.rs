//! `plans/<name>.toml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::plan::raw::leavers::LeaversTable;
use crate::plan::units::{DurationText, PercentText};
use crate::settings::activate::{Cycles, OnMissing};
use crate::settings::controls::Blocks;
use crate::settings::schedule::{CatchUp, Overlap};
use crate::settings::{Mode, OnOpen};

/// A plan: which stages run, with which settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// What the plan is.
    pub plan: PlanTable,
    /// Defaults of variables: `${name}` in any string of this plan and of what it names.
    #[serde(default)]
    pub vars: BTreeMap<String, String>,
    /// When the plan is due.
    pub schedule: Option<ScheduleTable>,
    /// A table per stage; a stage runs if its table is there. The order is the engine's.
    pub stage: StageTable,
}

/// `[plan]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTable {
    /// Title shown in reports and mails.
    #[schemars(length(min = 1))]
    pub title: String,
    /// What a new run does if a timeslot is still open.
    #[serde(default)]
    pub on_open: OnOpen,
}

/// `[schedule]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleTable {
    /// Minute, hour, day of month, month and day of week, as in a crontab: `30 3 * * SUN`.
    #[schemars(length(min = 1))]
    pub cron: String,
    /// The time zone whose clocks count, by its IANA name. Default: that of the project.
    pub zone: Option<String>,
    /// What becomes of due times that passed while nobody looked: the last is caught up, or none.
    #[serde(default)]
    pub catch_up: CatchUp,
    /// How late a run may still begin. Default: 12 hours.
    pub grace: Option<DurationText>,
    /// What becomes of a due time while another run is under way: it is left out, or waits.
    #[serde(default)]
    pub overlap: Overlap,
    /// A run begins up to so much behind its due time: always as much on one machine, and not as much on the next.
    pub jitter: Option<DurationText>,
}

/// `[stage]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageTable {
    /// Sources become staged parts.
    pub collect: CollectTable,
    /// Staged parts are published, and what moved is told.
    pub activate: ActivateTable,
    /// Who is active.
    pub leavers: Option<LeaversTable>,
    /// Who owns each account.
    pub reconcile: ReconcileTable,
    /// Who manages each object.
    pub managers: Option<ManagersTable>,
    /// Who should have what.
    pub rights_model: Option<RightsModelTable>,
    /// Saved questions.
    pub rules: Option<RulesTable>,
    /// Checks with findings.
    pub controls: Option<ControlsTable>,
    /// Thresholds.
    pub validate: ValidateTable,
    /// The timeslot becomes current.
    pub confirm: Option<ConfirmTable>,
    /// Retention and tidying.
    pub maintain: Option<MaintainTable>,
}

/// `[stage.collect]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectTable {
    /// Names of collectors, in load order.
    #[schemars(length(min = 1))]
    pub sources: Vec<String>,
    /// Sources that are gone for good: what they brought is deleted instead of carried.
    #[serde(default)]
    pub retire: Vec<String>,
}

/// `[stage.activate]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivateTable {
    /// What becomes of rows that refer to what is not there, by table and column: `rights = { permission = "stub" }`.
    /// `keep` for those not named. `reject` is for relations alone.
    #[serde(default)]
    pub references: BTreeMap<String, BTreeMap<String, OnMissing>>,
    /// What becomes of groups, units and roles that lie above themselves.
    #[serde(default)]
    pub cycles: Cycles,
}

/// `[stage.reconcile]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconcileTable {
    /// Name of the policy: `policies/<name>.toml`.
    #[schemars(length(min = 1))]
    pub policy: String,
    /// CSV or TOML file of decisions made by people, in `policies/`.
    pub decisions: Option<String>,
}

/// `[stage.managers]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagersTable {
    /// Name of the policy: `policies/<name>.toml`.
    #[schemars(length(min = 1))]
    pub policy: String,
    /// CSV file in which people name managers, in `policies/`.
    pub overlay: Option<String>,
}

/// `[stage.rights_model]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RightsModelTable {
    /// Name of the policy: `policies/<name>.toml`.
    #[schemars(length(min = 1))]
    pub policy: String,
}

/// `[stage.rules]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesTable {
    /// Ids of rules, with `*` and `?`.
    #[serde(default = "all")]
    pub rules: Vec<String>,
    /// Parameters of rules that differ from their defaults, by rule.
    #[serde(default)]
    pub parameters: BTreeMap<String, BTreeMap<String, ParameterValue>>,
}

/// The value of a parameter of a rule; days and instants are written as strings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ParameterValue {
    /// `text`, `date`, `timestamp`.
    Text(String),
    /// `boolean`.
    Boolean(bool),
    /// `integer`.
    Integer(i64),
    /// `double`.
    Double(f64),
}

/// `[stage.controls]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlsTable {
    /// Ids of controls, with `*` and `?`.
    #[serde(default = "all")]
    pub controls: Vec<String>,
    /// Packs of controls that Ledgerline brings: `standard`.
    #[serde(default)]
    pub packs: Vec<String>,
    /// Ids of controls of the packs, with `*` and `?`; those behind a `!` are left out.
    #[serde(default = "all")]
    pub pack_controls: Vec<String>,
    /// Tags: only controls of the packs with one of them are taken. Default: all.
    #[serde(default)]
    pub pack_tags: Vec<String>,
    /// What is otherwise for single controls, by id.
    #[serde(default)]
    pub set: BTreeMap<String, ControlSet>,
    /// Which of `profiles` holds on top of `set`.
    pub profile: Option<String>,
    /// Settings of single controls, by profile and id.
    #[serde(default)]
    pub profiles: BTreeMap<String, BTreeMap<String, ControlSet>>,
    /// CSV or TOML file, in `policies/`, in which people answer for findings that are to stand for a while.
    pub exceptions: Option<String>,
    /// How long before its end an exception is told, in whole days. Default `30 days`.
    #[serde(default = "a_month")]
    pub exceptions_alarm: DurationText,
    /// Whether an exception may have no end. Default false.
    #[serde(default)]
    pub exceptions_without_end: bool,
    /// Name of the file of activities that controls name: `policies/<name>.toml`.
    pub activities: Option<String>,
    /// What an open finding adds to a risk score, by its risk: six whole numbers, for 0 to 5. Default `[0, 1, 2, 3, 4, 5]`.
    pub risk_weights: Option<Vec<u32>>,
    /// Which findings of controls that do not say so themselves hold a timeslot.
    #[serde(default)]
    pub blocks: Blocks,
}

fn a_month() -> DurationText {
    DurationText(std::time::Duration::from_hours(30 * 24))
}

/// What is otherwise for one control.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlSet {
    /// Whether it runs. Default true.
    pub enabled: Option<bool>,
    /// How bad a finding is, 0 to 5.
    #[schemars(range(max = 5))]
    pub risk: Option<u8>,
    /// Which of its findings hold a timeslot.
    pub blocks: Option<Blocks>,
    /// A day, `2026-11-21`: what was opened behind it is new for as long as it stands.
    pub blocks_since: Option<String>,
    /// Parameters of its question that differ from their defaults.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterValue>,
}

fn all() -> Vec<String> {
    vec!["*".to_owned()]
}

/// `[stage.validate]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateTable {
    /// Whether the built-in thresholds hold besides those of the plan.
    #[serde(default = "yes")]
    pub guards: bool,
    /// Thresholds, by id.
    #[serde(default)]
    pub threshold: BTreeMap<String, ThresholdTable>,
    /// For how many loads in a row a source may be carried before the timeslot is held.
    pub max_stale_loads: Option<u32>,
    /// What becomes of the first timeslot, which has nothing to be compared with.
    #[serde(default)]
    pub first_load: Mode,
}

fn yes() -> bool {
    true
}

/// `[stage.validate.threshold.<id>]`: a metric and its limits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdTable {
    /// Name of a metric, such as `accounts.count`.
    pub metric: Option<String>,
    /// SQL of a metric: one row with one number; with `by`, rows of two columns, a value and its number.
    #[schemars(length(min = 1))]
    pub sql: Option<String>,
    /// Column by whose values the metric is broken down: of the table, or of what its rows lead to.
    pub by: Option<String>,
    /// Limits of the decrease against the parent.
    pub drop: Option<LimitsTable>,
    /// Limits of the increase against the parent.
    pub rise: Option<LimitsTable>,
    /// Limits of the difference against the parent, up or down.
    pub change: Option<LimitsTable>,
    /// The metric must not be less.
    pub min: Option<LimitsTable>,
    /// The metric must not be more.
    pub max: Option<LimitsTable>,
    /// Percentages are judged only if what they are taken of is at least this.
    pub min_base: Option<u64>,
    /// What changes are measured from: `previous`, which is the parent; `label:NAME`, what the timeslot of that label
    /// measured; `median of 8`, of as many timeslots before this one, which only warns.
    #[schemars(length(min = 1))]
    pub baseline: Option<String>,
}

/// When to warn and when to hold.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsTable {
    /// Reached: the summary says so.
    pub warn: Option<LimitValue>,
    /// Reached: the timeslot is held.
    pub hold: Option<LimitValue>,
}

/// A share of the parent's value, or a number.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LimitValue {
    /// A share.
    Share(PercentText),
    /// A number.
    Number(f64),
}

/// `[stage.confirm]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTable {
    /// Who confirms a timeslot that no threshold holds.
    #[serde(default)]
    pub mode: Mode,
    /// Whether whoever ran a timeslot may not decide that it becomes current, where a person is to decide.
    #[serde(default)]
    pub four_eyes: bool,
}

/// `[stage.maintain]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintainTable {
    /// How long a left-over sandbox is kept. Default `7 days`.
    #[serde(default = "a_week")]
    pub keep_sandbox: DurationText,
    /// So many of the latest confirmed timeslots are kept.
    #[schemars(range(min = 1))]
    pub keep_last: Option<u32>,
    /// Confirmed timeslots are kept by the calendar, as in `first of month for 24 months`, `last of quarter` or
    /// `all for 90 days`. What neither this nor `keep_last` keeps is to go; without both, all are kept.
    #[serde(default)]
    pub keep: Vec<String>,
    /// How long a hidden timeslot is kept. For ever, if not said.
    pub keep_hidden: Option<DurationText>,
    /// How long a rejected timeslot is kept. For ever, if not said.
    pub keep_rejected: Option<DurationText>,
    /// How long a timeslot that is to go stays, for somebody to object. Default `30 days`.
    pub purge_after: Option<DurationText>,
}

fn a_week() -> DurationText {
    DurationText(std::time::Duration::from_hours(7 * 24))
}
