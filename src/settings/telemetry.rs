//! Settings of telemetry: the collector that is told of runs by the protocol of `OpenTelemetry`.

use std::path::PathBuf;

use url::Url;

use super::mail::Secret;

/// `[telemetry]` of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telemetry {
    /// The address of the collector, before the path of a signal.
    pub endpoint: Url,
    /// Where the headers that it asks for are found, where it asks for some.
    pub headers: Option<Secret>,
    /// Certificates in PEM form that are trusted in place of those of this machine.
    pub root_certificate: Option<PathBuf>,
}
