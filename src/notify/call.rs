//! One call of an address that is a secret.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::crypto::ring::default_provider;
use ureq::tls::TlsConfig;
use ureq::{Agent, Error};
use url::{Host, Url};

use super::roots::roots;
use crate::mail::{MailError, secret};
use crate::settings::mail::Secret;

/// How long a call may take, all in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a call came to nothing. No variant holds the address, or a part of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The address is not where it should be.
    #[error("its address is not in {place}")]
    NoAddress {
        /// Where it was looked for.
        place: String,
    },
    /// What is found is no address.
    #[error("what is given as its address is none: it begins with `https://`")]
    BadAddress,
    /// What is said on the way could be read by others.
    #[error("its address begins with `http://`, and others could read what is said; use `https://`")]
    InTheClear,
    /// There is nobody to trust.
    #[error("there are no certificates to trust; name a file that has them by `root_certificate` below `[notify]`")]
    NoRoots,
    /// It did not say that it took it.
    #[error("it answered {status}")]
    Status {
        /// What it said instead.
        status: u16,
    },
    /// It could not be reached.
    #[error("{why}")]
    NotReached {
        /// As far as that can be told.
        why: &'static str,
    },
}

impl CallError {
    /// Whether it may be otherwise in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Status { status } => *status >= 500 || matches!(status, 408 | 429),
            Self::NotReached { .. } => true,
            Self::NoAddress { .. } | Self::BadAddress | Self::InTheClear | Self::NoRoots => false,
        }
    }
}

/// Sends a body to an address, with something behind its path. Nothing is followed: an answer that leads elsewhere is a failure.
pub(super) fn post(
    address: &Secret,
    behind: &str,
    kind: &str,
    body: &[u8],
    trusted: Option<&Path>,
) -> Result<(), CallError> {
    let url = url(address, behind)?;
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .user_agent(concat!("ledgerline/", env!("CARGO_PKG_VERSION")));
    let config = if url.scheme() == "https" {
        let roots = roots(trusted).ok_or(CallError::NoRoots)?;
        let provider = Arc::new(default_provider());
        config.tls_config(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
    } else {
        // What is for this machine takes no way over another one.
        config.proxy(None)
    };
    let agent: Agent = config.build().into();
    let answer =
        agent.post(url.as_str()).header("Content-Type", kind).send(body).map_err(|error| not_reached(&error))?;
    if answer.status().is_success() { Ok(()) } else { Err(CallError::Status { status: answer.status().as_u16() }) }
}

/// The address, with something behind its path.
fn url(address: &Secret, behind: &str) -> Result<Url, CallError> {
    let text = secret(address).map_err(|error| match error {
        MailError::NoSecret { place } => CallError::NoAddress { place },
        _ => CallError::BadAddress,
    })?;
    let mut url = Url::parse(text.trim()).map_err(|_| CallError::BadAddress)?;
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(CallError::BadAddress),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_local => {}
        "http" => return Err(CallError::InTheClear),
        _ => return Err(CallError::BadAddress),
    }
    if !behind.is_empty() {
        let path = format!("{}/{behind}", url.path().trim_end_matches('/'));
        url.set_path(&path);
    }
    Ok(url)
}

/// Why there was no answer, in words of ours: those of others may quote the address.
fn not_reached(error: &Error) -> CallError {
    let why = match error {
        Error::StatusCode(status) => return CallError::Status { status: *status },
        Error::Timeout(_) => "it did not answer within 10 seconds",
        Error::HostNotFound => "nobody knows the machine that its address names",
        Error::ConnectionFailed | Error::Io(_) => "it cannot be reached",
        Error::Tls(_) | Error::Rustls(_) => "its certificate is not trusted, or it speaks no TLS",
        Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => "the proxy does not let the call through",
        _ => "the call could not be made",
    };
    CallError::NotReached { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> (tempfile::TempDir, Secret) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("url");
        std::fs::write(&path, text).expect("written");
        (folder, Secret::File(path))
    }

    fn asked(text: &str, behind: &str) -> Result<String, String> {
        let (_folder, secret) = kept(text);
        url(&secret, behind).map(String::from).map_err(|error| error.to_string())
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
    fn an_address_that_cannot_be_called_is_refused_and_not_told() {
        for text in ["http://hc.example.org/s3cret", "ftp://hc.example.org/s3cret", "s3cret", "file:///s3cret", ""] {
            let why = asked(text, "").expect_err("no call");
            assert!(!why.contains("s3cret") && !why.contains("hc.example"), "{why}");
        }
        let why = url(&Secret::File("nowhere".into()), "").expect_err("no address").to_string();
        assert_eq!(why, "its address is not in `nowhere`");
    }

    #[test]
    fn nobody_there_is_told_without_the_address() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let (_folder, secret) = kept(&format!("http://127.0.0.1:{port}/s3cret"));
        let error = post(&secret, "", "text/plain", b"", None).expect_err("nobody listens");
        assert_eq!(error.to_string(), "it cannot be reached");
        assert!(error.may_pass());
    }
}
