//! One call of an address that is a secret.

use std::path::Path;

use ureq::http::Request;
use ureq::http::header::CONTENT_TYPE;
use url::Url;

use crate::http::{self, HttpError};
use crate::mail::{MailError, secret};
use crate::settings::address::{BadAddress, callable};
use crate::settings::mail::Secret;

/// Why a call came to nothing. No variant holds the address, or a part of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The address is not where it should be.
    #[error("its address is not in {place}")]
    NoAddress {
        /// Where it was looked for.
        place: String,
    },
    /// It did not say that it took it.
    #[error("it answered {status}")]
    Status {
        /// What it said instead.
        status: u16,
    },
    /// There was no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl CallError {
    /// Whether it may be otherwise in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Status { status } => *status >= 500 || matches!(status, 408 | 429),
            Self::Http(error) => error.may_pass(),
            Self::NoAddress { .. } => false,
        }
    }
}

/// Sends a body to an address, with something behind its path. An answer that leads elsewhere is a failure.
pub(super) fn post(
    address: &Secret,
    behind: &str,
    kind: &str,
    body: &[u8],
    trusted: Option<&Path>,
) -> Result<(), CallError> {
    let url = url(address, behind)?;
    let request = Request::post(url.as_str()).header(CONTENT_TYPE, kind).body(body);
    let answer = http::call(request.map_err(|_| HttpError::from(BadAddress::None))?, trusted)?;
    if answer.is_success() { Ok(()) } else { Err(CallError::Status { status: answer.status }) }
}

/// The address, with something behind its path.
fn url(address: &Secret, behind: &str) -> Result<Url, CallError> {
    let text = secret(address).map_err(|error| match error {
        MailError::NoSecret { place } => CallError::NoAddress { place },
        _ => HttpError::from(BadAddress::None).into(),
    })?;
    let mut url = callable(&text).map_err(HttpError::from)?;
    if !behind.is_empty() {
        let path = format!("{}/{behind}", url.path().trim_end_matches('/'));
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, behind: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("url");
        std::fs::write(&path, text).expect("written");
        url(&Secret::File(path), behind).map(String::from).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_behind_the_path_stands_before_the_query() {
        assert_eq!(
            asked("https://hc.example.org/ping/s3cret\n", "start").as_deref(),
            Ok("https://hc.example.org/ping/s3cret/start")
        );
        assert_eq!(
            asked("https://hc.example.org/ping/?rid=1", "fail").as_deref(),
            Ok("https://hc.example.org/ping/fail?rid=1")
        );
        assert_eq!(asked("http://127.0.0.1:9/x", "").as_deref(), Ok("http://127.0.0.1:9/x"));
    }

    #[test]
    fn an_address_that_is_not_there_is_told_by_its_place() {
        let why = url(&Secret::File("nowhere".into()), "").expect_err("no address").to_string();
        assert_eq!(why, "its address is not in `nowhere`");
    }
}
