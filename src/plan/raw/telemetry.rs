//! `[telemetry]` of `ledgerline.toml` as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::project::SecretTable;

/// `[telemetry]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelemetryTable {
    /// The address of a collector that takes OTLP over HTTP, such as `https://collector.example.org:4318`; `/v1/traces` and
    /// `/v1/metrics` are put behind it. `http://` is for a collector on this machine.
    #[schemars(length(min = 1))]
    pub endpoint: String,
    /// Where the headers that it asks for are found. They are written as `key=value,key2=value2`, special characters as `%20`.
    pub headers: Option<SecretTable>,
    /// File with certificates in PEM form that are trusted in place of those of this machine, relative to this file.
    #[schemars(length(min = 1))]
    pub root_certificate: Option<String>,
}
