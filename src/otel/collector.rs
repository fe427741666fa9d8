//! Where things are sent: the collector that the project names, else the one of the standard's variables. What the project
//! says is whole: no header of the environment goes to a collector that the project names.

use std::path::PathBuf;

use url::Url;

use crate::settings::address::{BadAddress, callable};
use crate::settings::mail::Secret;
use crate::settings::telemetry::Telemetry;

/// The variables of the environment that are there and not empty.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A kind of things that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Spans.
    Traces,
    /// Numbers.
    Metrics,
}

impl Signal {
    /// What stands behind the address of a collector.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Traces => "/v1/traces",
            Self::Metrics => "/v1/metrics",
        }
    }

    /// Its name in variables.
    fn name(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
        }
    }

    /// The variable of this kind, else the one of all kinds.
    fn variable(self, what: &str, variables: Variables<'_>) -> Option<(String, String)> {
        let names = [format!("OTEL_EXPORTER_OTLP_{}_{what}", self.name()), format!("OTEL_EXPORTER_OTLP_{what}")];
        names.into_iter().find_map(|name| variables(&name).map(|value| (name, value)))
    }
}

/// Where the headers stand that a collector asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Headers {
    /// It asks for none.
    None,
    /// Where the project says.
    Secret(Secret),
    /// In this text, of a variable.
    Text(String),
}

/// Where a kind of things is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// What is sent there.
    pub(super) signal: Signal,
    /// The address, with its path.
    pub(super) url: Url,
    /// What is told with it.
    pub(super) headers: Headers,
    /// Certificates that are trusted in place of those of this machine.
    pub(super) trusted: Option<PathBuf>,
}

/// An address of a variable that is not called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} (`{variable}`)")]
pub(crate) struct BadVariable {
    variable: String,
    why: BadAddress,
}

/// Where a kind of things is sent; `None` = nowhere.
///
/// # Errors
/// Where a variable names an address that is not called.
pub(super) fn place(
    settings: Option<&Telemetry>,
    signal: Signal,
    variables: Variables<'_>,
) -> Result<Option<Place>, BadVariable> {
    let is = |name: &str, text: &str| variables(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(text));
    if is("OTEL_SDK_DISABLED", "true") || is(&format!("OTEL_{}_EXPORTER", signal.name()), "none") {
        return Ok(None);
    }
    if let Some(settings) = settings {
        let headers = settings.headers.clone().map_or(Headers::None, Headers::Secret);
        let url = behind(settings.endpoint.clone(), signal.path());
        return Ok(Some(Place { signal, url, headers, trusted: settings.root_certificate.clone() }));
    }
    let Some((variable, text)) = signal.variable("ENDPOINT", variables) else { return Ok(None) };
    // The address of one kind is whole; that of all kinds is what paths are put behind.
    let is_whole = variable.contains(signal.name());
    let url = callable(&text).map_err(|why| BadVariable { variable, why })?;
    let headers = signal.variable("HEADERS", variables).map_or(Headers::None, |(_, text)| Headers::Text(text));
    Ok(Some(Place {
        signal,
        url: if is_whole { url } else { behind(url, signal.path()) },
        headers,
        trusted: signal.variable("CERTIFICATE", variables).map(|(_, path)| path.into()),
    }))
}

fn behind(mut url: Url, path: &str) -> Url {
    let path = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Telemetry {
        let endpoint = Url::parse("https://collector.example.org:4318/otlp/").expect("an address");
        Telemetry { endpoint, headers: Some(Secret::Env("TOKEN".to_owned())), root_certificate: None }
    }

    fn placed(settings: Option<&Telemetry>, signal: Signal, given: &[(&str, &str)]) -> Result<Option<Place>, String> {
        let of = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        place(settings, signal, &of).map_err(|bad| bad.to_string())
    }

    #[test]
    fn nothing_is_sent_unless_somebody_asks_for_it() {
        assert_eq!(placed(None, Signal::Traces, &[]), Ok(None));
        let settings = settings();
        for off in [("OTEL_SDK_DISABLED", "True"), ("OTEL_TRACES_EXPORTER", "none")] {
            assert_eq!(placed(Some(&settings), Signal::Traces, &[off]), Ok(None));
        }
        assert!(placed(Some(&settings), Signal::Metrics, &[("OTEL_TRACES_EXPORTER", "none")]).expect("fine").is_some());
    }

    #[test]
    fn what_the_project_says_is_not_mixed_with_the_environment() {
        let given = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://other.example.org"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=s3cret"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem"),
        ];
        let place = placed(Some(&settings()), Signal::Metrics, &given).expect("fine").expect("a place");
        assert_eq!(place.url.as_str(), "https://collector.example.org:4318/otlp/v1/metrics");
        assert_eq!((place.headers, place.trusted), (Headers::Secret(Secret::Env("TOKEN".to_owned())), None));
        let place = placed(None, Signal::Metrics, &given).expect("fine").expect("a place");
        assert_eq!(place.url.as_str(), "https://other.example.org/v1/metrics");
        assert_eq!(place.headers, Headers::Text("authorization=s3cret".to_owned()));
        assert_eq!(place.trusted, Some("ca.pem".into()));
    }

    #[test]
    fn the_variable_of_a_kind_is_taken_as_it_is() {
        let given = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://[::1]:1"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://[::1]:2/x"),
        ];
        let url = |signal| placed(None, signal, &given).expect("fine").expect("a place").url.to_string();
        assert_eq!([url(Signal::Traces), url(Signal::Metrics)], ["http://[::1]:2/x", "http://[::1]:1/v1/metrics"]);
    }

    #[test]
    fn a_collector_elsewhere_is_not_told_in_the_clear() {
        let given = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example.org:4318")];
        let why = placed(None, Signal::Traces, &given).expect_err("it is not called");
        let expected = "its address begins with `http://`, and others could read what is said; use `https://` \
                        (`OTEL_EXPORTER_OTLP_ENDPOINT`)";
        assert_eq!(why, expected);
    }
}
