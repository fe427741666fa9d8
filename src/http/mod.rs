//! One call over HTTP: within a time, over TLS to those who are trusted, in the clear only within this machine, and led
//! nowhere else. No error holds an address: many are secrets.

mod roots;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls;
use tokio_rustls::rustls::crypto::ring::default_provider;
use ureq::http::Request;
use ureq::tls::TlsConfig;
use ureq::{Agent, AsSendBody, Error};

use self::roots::roots;
use crate::settings::address::BadAddress;

/// How long a call may take, all in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than this of an answer is not read.
const MOST_BYTES: u64 = 1 << 20;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// It is not called.
    #[error(transparent)]
    BadAddress(#[from] BadAddress),
    /// There is nobody to trust.
    #[error("there are no certificates to trust; name a file that has them by `root_certificate`")]
    NoRoots,
    /// It could not be reached, or did not answer in full.
    #[error("{why}")]
    NotReached {
        /// As far as that can be told.
        why: &'static str,
    },
}

impl HttpError {
    /// Whether it may be otherwise in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::NotReached { .. })
    }
}

/// What came back, whatever the status.
#[derive(Debug)]
pub(crate) struct Answered {
    /// As HTTP numbers it.
    pub(crate) status: u16,
    /// The body, of at most 1 MiB.
    pub(crate) body: Vec<u8>,
}

impl Answered {
    /// Whether it says that all is well.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Calls an address that [`callable`](crate::settings::address::callable) allowed. `trusted` names the certificates to trust in
/// place of this machine's. Nothing is followed: an answer that leads elsewhere is one.
pub(crate) fn call(request: Request<impl AsSendBody>, trusted: Option<&Path>) -> Result<Answered, HttpError> {
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("ledgerline/", env!("CARGO_PKG_VERSION")));
    let config = if request.uri().scheme_str() == Some("https") {
        let roots = roots(trusted).ok_or(HttpError::NoRoots)?;
        let provider = Arc::new(default_provider());
        config.tls_config(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
    } else {
        // What is for this machine takes no way over another one.
        config.proxy(None)
    };
    let agent: Agent = config.build().into();
    let mut answer = agent.run(request).map_err(|error| not_reached(&error))?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
    Ok(Answered { status, body: body.map_err(|error| not_reached(&error))? })
}

/// What is said of a machine that cannot show who it is.
const UNTRUSTED: &str = "its certificate is not trusted, or it speaks no TLS";

/// Whether the TLS of a connection failed, and not the connection.
fn is_of_tls(error: &std::io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

/// Why there was no answer, in words of ours: those of others may quote the address.
fn not_reached(error: &Error) -> HttpError {
    let why = match error {
        Error::Timeout(_) => "it did not answer within 10 seconds",
        Error::HostNotFound => "nobody knows the machine that its address names",
        Error::Io(error) if is_of_tls(error) => UNTRUSTED,
        Error::ConnectionFailed | Error::Io(_) => "it cannot be reached",
        Error::Tls(_) | Error::Rustls(_) => UNTRUSTED,
        Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => "the proxy does not let the call through",
        Error::BodyExceedsLimit(_) => "its answer is longer than 1 MiB",
        _ => "the call could not be made",
    };
    HttpError::NotReached { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_there_is_told_without_the_address() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let request = Request::get(format!("http://127.0.0.1:{port}/s3cret")).body(()).expect("a request");
        let error = call(request, None).expect_err("nobody listens");
        assert_eq!(error.to_string(), "it cannot be reached");
        assert!(error.may_pass());
    }
}
