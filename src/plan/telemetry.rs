//! `[telemetry]` of the project, checked.

use std::path::Path;

use url::Url;

use crate::plan::node::Spot;
use crate::plan::raw::telemetry::TelemetryTable;
use crate::plan::serve::secret;
use crate::plan::{codes, files};
use crate::problem::Problems;
use crate::settings::address::{BadAddress, callable};
use crate::settings::telemetry::Telemetry;

/// The collector; `None` and a problem, where it cannot be told. It is called only behind runs and decisions.
pub(super) fn check(raw: TelemetryTable, root: &Path, spot: Spot<'_>, problems: &mut Problems) -> Option<Telemetry> {
    if !cfg!(feature = "otel") {
        let problem = spot.key_error(codes::NOT_ALLOWED, "this build of Ledgerline has no OpenTelemetry");
        problems.add(problem.hint("leave the table out, or build with the feature `otel`"));
        return None;
    }
    let endpoint = check_endpoint(&raw.endpoint, spot.key("endpoint"), problems);
    let headers = raw.headers.map(|given| secret(given, root, spot.key("headers"), problems));
    Some(Telemetry {
        endpoint: endpoint?,
        headers: match headers {
            None => None,
            Some(found) => Some(found?),
        },
        root_certificate: raw.root_certificate.map(|path| files::join(root, &path)),
    })
}

fn check_endpoint(endpoint: &str, spot: Spot<'_>, problems: &mut Problems) -> Option<Url> {
    let (why, hint) = match callable(endpoint) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            // The text itself is not told again.
            ("an address of a collector that holds a password".to_owned(), "whatever it asks for belongs in `headers`")
        }
        Ok(url) if url.query().is_none() && url.fragment().is_none() => return Some(url),
        Err(BadAddress::InTheClear) => (
            format!("`{endpoint}` would be told in the clear"),
            "use `https://`; `http://` is for a collector on this machine",
        ),
        Ok(_) | Err(BadAddress::None) => (
            format!("`{endpoint}` is no address of a collector"),
            "such as `https://collector.example.org:4318`; `/v1/traces` and `/v1/metrics` are put behind it",
        ),
    };
    problems.add(spot.error(codes::NOT_ALLOWED, why).hint(hint));
    None
}
