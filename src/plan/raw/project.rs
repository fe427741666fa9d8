//! `ledgerline.toml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::serve::ServeTable;
use super::telemetry::TelemetryTable;
use crate::plan::units::{DurationText, SizeText};
use crate::settings::mail::Security;

/// A project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// What the project is called and where its ledger lies.
    pub project: ProjectTable,
    /// How the keys of each kind of object are written.
    #[serde(default)]
    pub keys: KeysTable,
    /// Key forms of single repositories, by their code.
    #[serde(default)]
    pub repository: BTreeMap<String, RepositoryTable>,
    /// What the engine may use.
    #[serde(default)]
    pub engine: EngineTable,
    /// How mail leaves. Without it, mails are kept in the run's folder only.
    pub mail: Option<MailTable>,
    /// What is called over HTTP.
    #[serde(default)]
    pub notify: NotifyTable,
    /// The events of runs as OpenLineage has them. Without it, none are written.
    pub lineage: Option<LineageTable>,
    /// Numbers for whoever watches the machine. Without it, `ledgerline metrics` prints them when asked.
    pub metrics: Option<MetricsTable>,
    /// A collector that is told of runs and numbers as `OpenTelemetry` has them. Without it, and without its variables in the
    /// environment, nothing is sent.
    pub telemetry: Option<TelemetryTable>,
    /// The page of `ledgerline serve`.
    #[serde(default)]
    pub serve: ServeTable,
    /// When the daily report and the weekly review are made, and to whom they go.
    #[serde(default)]
    pub report: ReportTable,
}

/// `[report]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReportTable {
    /// When the daily report is made, as in a crontab, in the zone of the project. Default `0 8 * * *`; `false`: never.
    pub daily: Option<ReportTime>,
    /// When the weekly review is made. Default `0 9 * * 1`; `false`: never.
    pub weekly: Option<ReportTime>,
    /// Addresses that reports go to. Default: those of `[mail]`.
    pub to: Vec<String>,
}

/// When a report is made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ReportTime {
    /// Minute, hour, day of month, month and day of week.
    Pattern(String),
    /// `false`: never.
    IsMade(bool),
}

/// `[notify]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotifyTable {
    /// What is told of each batch run and each decision.
    pub webhook: Option<WebhookTable>,
    /// A check that expects runs, after the protocol of Healthchecks.
    pub ping: Option<PingTable>,
    /// File with certificates in PEM form that are trusted in place of those of this machine, relative to this file.
    #[schemars(length(min = 1))]
    pub root_certificate: Option<String>,
}

/// `[notify.webhook]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTable {
    /// Where its address is found.
    pub url: SecretTable,
    /// What it is told of. Default: every batch run and every decision.
    pub on: Option<Vec<WebhookOn>>,
}

/// What a webhook is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookOn {
    /// Runs that made their timeslot current, and reached no threshold.
    Confirmed,
    /// Runs that made their timeslot current, and in which thresholds warned.
    Warned,
    /// Timeslots that wait for a decision.
    Held,
    /// Runs that failed, did not begin, or were told to end.
    Failed,
    /// What people decided about timeslots.
    Decided,
}

/// `[notify.ping]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PingTable {
    /// Where the address of the check is found.
    pub url: SecretTable,
}

/// `[lineage]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LineageTable {
    /// A file that every run appends to, relative to this file. Default: `openlineage.jsonl` in the run's folder.
    #[schemars(length(min = 1))]
    pub file: Option<String>,
}

/// `[metrics]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsTable {
    /// A file that is replaced behind each run and decision, in the text format of Prometheus: for the textfile collector of
    /// its node exporter. Its name should end in `.prom`.
    #[schemars(length(min = 1))]
    pub textfile: String,
}

/// `[project]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectTable {
    /// Name shown in reports and mails.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Folder of the ledger, relative to this file.
    #[serde(default = "ledger_folder")]
    #[schemars(length(min = 1))]
    pub ledger: String,
    /// IANA name of the time zone in which "today" is meant.
    #[serde(default = "utc")]
    pub zone: String,
}

fn ledger_folder() -> String {
    "ledger".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

/// `[keys]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeysTable {
    /// CSV file below `policies` that says which keys became which.
    pub rekeys: Option<String>,
    /// Codes of organisations.
    pub organisations: KeyFormTable,
    /// Employee ids.
    pub identities: KeyFormTable,
    /// Codes of repositories.
    pub repositories: KeyFormTable,
    /// Identifiers of accounts.
    pub accounts: KeyFormTable,
    /// Codes of groups.
    pub groups: KeyFormTable,
    /// Codes of applications.
    pub applications: KeyFormTable,
    /// Codes of permissions.
    pub permissions: KeyFormTable,
}

/// How keys are written: applied to keys and to every reference to them.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyFormTable {
    /// Blanks at both ends are removed. Default true.
    pub trim: Option<bool>,
    /// Case folding. Default `keep`.
    pub case: Option<CaseName>,
    /// Unicode normalisation. Default `nfc`.
    pub unicode: Option<UnicodeName>,
}

/// Case folding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseName {
    /// As it is.
    Keep,
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
}

/// Unicode normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnicodeName {
    /// Form C: a letter and its accent become one character.
    Nfc,
    /// As it is.
    None,
}

/// `[repository.<CODE>]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RepositoryTable {
    /// Identifiers of this repository's accounts; what is not said is as in `[keys.accounts]`.
    pub accounts: KeyFormTable,
    /// Codes of this repository's groups; what is not said is as in `[keys.groups]`.
    pub groups: KeyFormTable,
}

/// `[engine]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EngineTable {
    /// Threads; as many as the machine has, if not said.
    #[schemars(range(min = 1))]
    pub threads: Option<u32>,
    /// Memory that queries may take before they spill to disk; half of `limit`, if not said.
    pub memory: Option<SizeText>,
    /// Memory that the whole process may take: a load whose sources would need more is refused before it begins. What is
    /// free in the container or on the machine, if not said.
    pub limit: Option<SizeText>,
    /// Folder for what is spilled, relative to this file.
    pub spill: Option<String>,
}

/// `[mail]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTable {
    /// Name of the mail server.
    #[schemars(length(min = 1))]
    pub host: String,
    /// Port; 587 for `starttls`, 465 for `tls`, 25 for `none`, if not said.
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    /// Protection of the connection.
    #[serde(default)]
    pub security: Security,
    /// User to log on as.
    pub user: Option<String>,
    /// Where the password is found.
    pub password: Option<SecretTable>,
    /// File with a certificate in PEM form that is trusted besides the public ones, relative to this file.
    #[schemars(length(min = 1))]
    pub root_certificate: Option<String>,
    /// Address of the sender.
    pub from: String,
    /// Addresses that mails go to.
    pub to: Vec<String>,
    /// Who gets the mails about something, where that is not `to`.
    #[serde(default)]
    pub on: MailOnTable,
    /// A run that takes longer is told while it goes on, and so is one that began so much behind its due time. Default: none is.
    pub late_after: Option<DurationText>,
}

/// `[mail.on]`: for each thing that is mailed a list of addresses, or `false` for nobody.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailOnTable {
    /// Runs that made their timeslot current, and reached no threshold.
    pub confirmed: Option<Recipients>,
    /// Runs that made their timeslot current, and in which thresholds warned.
    pub warned: Option<Recipients>,
    /// Timeslots that wait for a decision.
    pub held: Option<Recipients>,
    /// Runs that failed, did not begin, or were told to end.
    pub failed: Option<Recipients>,
    /// Due times that were missed or left out.
    pub missed: Option<Recipients>,
    /// Runs that began late, or take longer than they should.
    pub late: Option<Recipients>,
    /// What people decided about timeslots.
    pub decided: Option<Recipients>,
}

/// Who gets a kind of mails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Recipients {
    /// These addresses.
    Addresses(Vec<String>),
    /// `false`: nobody.
    IsSent(bool),
}

/// Where a secret is found. Exactly one key; a secret itself is never written in a file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("x-hint" = "a secret is named, never written: `{ env = \"NAME\" }`, `{ file = \"path\" }` or `{ credential = \"name\" }`"))]
pub struct SecretTable {
    /// Name of an environment variable.
    pub env: Option<String>,
    /// File that holds nothing but the secret, relative to this file.
    pub file: Option<String>,
    /// Name of a systemd credential.
    pub credential: Option<String>,
}
