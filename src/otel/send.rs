//! What is sent to a collector, as OTLP over HTTP has it.

use std::thread::sleep;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use ureq::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use ureq::http::{HeaderMap, Request};

use super::collector::{Headers, Place, Signal};
use crate::http::{self, HttpError};
use crate::mail::{MailError, secret};
use crate::settings::address::BadAddress;

/// How long is waited before the second attempt, where the collector says that it may be otherwise in a moment.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a collector was not told. No variant holds its address or a header.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The headers are not where they should be.
    #[error("its headers are not in {place}")]
    NoHeaders {
        /// Where they were looked for.
        place: String,
    },
    /// The headers are none.
    #[error("its headers are not written as `key=value,key2=value2`")]
    BadHeaders,
    /// It did not take them.
    #[error("it answered {status} to `{path}`")]
    Status {
        /// What it said.
        status: u16,
        /// What it was asked for.
        path: &'static str,
    },
    /// It took a part of them.
    #[error("it refused {number} of what it was sent to `{path}`")]
    Refused {
        /// So many.
        number: i64,
        /// What it was asked for.
        path: &'static str,
    },
    /// There was no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// Sends a message; a second time, where the collector asks for that.
pub(super) fn send(place: &Place, message: &impl Message) -> Result<(), SendError> {
    let headers = headers(&place.headers)?;
    let body = message.encode_to_vec();
    let once = || {
        let mut request = Request::post(place.url.as_str()).header(CONTENT_TYPE, "application/x-protobuf");
        if let Some(others) = request.headers_mut() {
            others.extend(headers.clone());
        }
        let request = request.body(body.as_slice()).map_err(|_| HttpError::from(BadAddress::None))?;
        http::call(request, place.trusted.as_deref())
    };
    let mut answer = once()?;
    // The protocol's list; whoever answers otherwise will do so again.
    if matches!(answer.status, 429 | 502 | 503 | 504) {
        sleep(PAUSE);
        answer = once()?;
    }
    let path = place.signal.path();
    if !answer.is_success() {
        return Err(SendError::Status { status: answer.status, path });
    }
    match refused(place.signal, &answer.body) {
        0 => Ok(()),
        number => Err(SendError::Refused { number, path }),
    }
}

/// How many of those it was sent it says that it did not take.
fn refused(signal: Signal, answer: &[u8]) -> i64 {
    let number = match signal {
        Signal::Traces => ExportTraceServiceResponse::decode(answer)
            .ok()
            .and_then(|answer| Some(answer.partial_success?.rejected_spans)),
        Signal::Metrics => ExportMetricsServiceResponse::decode(answer)
            .ok()
            .and_then(|answer| Some(answer.partial_success?.rejected_data_points)),
    };
    // What is no such answer says nothing.
    number.unwrap_or(0)
}

fn headers(given: &Headers) -> Result<HeaderMap, SendError> {
    let text = match given {
        Headers::None => return Ok(HeaderMap::new()),
        Headers::Text(text) => text.clone(),
        Headers::Secret(place) => secret(place).map_err(|error| match error {
            MailError::NoSecret { place } => SendError::NoHeaders { place },
            _ => SendError::BadHeaders,
        })?,
    };
    parse(&text).ok_or(SendError::BadHeaders)
}

/// `key=value,key2=value2`, values as in a URL: the form of `OTEL_EXPORTER_OTLP_HEADERS`.
fn parse(text: &str) -> Option<HeaderMap> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let mut value = HeaderValue::from_bytes(&decoded(value.trim())?).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::from_bytes(name.trim().as_bytes()).ok()?, value))
        })
        .collect()
}

/// A text in which `%20` stands for a blank, and so on.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
            u8::try_from(16 * high + low).ok()?
        } else {
            byte
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_within_a_success_is_heard() {
        use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsPartialSuccess;
        let partial = ExportMetricsPartialSuccess { rejected_data_points: 3, ..Default::default() };
        let answer = ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec();
        assert_eq!(refused(Signal::Metrics, &answer), 3);
        assert_eq!([refused(Signal::Traces, b""), refused(Signal::Traces, b"fine")], [0, 0]);
    }

    #[test]
    fn headers_are_written_as_the_variable_has_them() {
        let text = "authorization=Bearer%20s3cret%3D, x-scope = a=b ,";
        let told = headers(&Headers::Text(text.to_owned())).expect("headers");
        assert_eq!(told["authorization"], "Bearer s3cret=");
        assert_eq!((told.len(), &told["x-scope"]), (2, &HeaderValue::from_static("a=b")));
        assert!(!format!("{told:?}").contains("s3cret"));
        for wrong in ["s3cret", "a b=s3cret", "a=s3cret%0a", "a=s3cret%4"] {
            let why = headers(&Headers::Text(wrong.to_owned())).expect_err(wrong).to_string();
            assert_eq!(why, "its headers are not written as `key=value,key2=value2`");
        }
    }
}
