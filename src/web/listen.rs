//! Connections: in the clear on this machine, or with TLS; no more than so many, none that says nothing for long. They end when the
//! process is told to.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::env::Stop;
use crate::settings::serve::Tls;

/// Connections at once; the next ones wait.
const CONNECTIONS: usize = 200;

/// How long a greeting or the head of a request may take, and how long answers may take once the process is told to end.
const SILENCE: Duration = Duration::from_secs(10);
const FAREWELL: Duration = Duration::from_secs(3);

/// How soon a signal is noticed.
const MOMENT: Duration = Duration::from_millis(200);

/// Why the page cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    /// The address is taken, or not of this machine.
    #[error("cannot listen at `{address}`")]
    Address {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("the certificate `{certificate}` with the key `{key}` cannot be used: {reason}")]
    Certificate {
        /// The file.
        certificate: PathBuf,
        /// The other file.
        key: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The system gives no threads.
    #[error("the page cannot begin")]
    Runtime {
        /// Why not.
        source: io::Error,
    },
}

/// A page that listens, and does not answer yet.
pub(crate) struct Listening {
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

/// Begins to listen.
///
/// # Errors
/// Where the address cannot be had, or the certificate cannot be used.
pub(crate) fn listen(address: SocketAddr, tls: Option<&Tls>) -> Result<Listening, ListenError> {
    let tls = tls.map(acceptor).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|source| ListenError::Runtime { source })?;
    let listener =
        runtime.block_on(TcpListener::bind(address)).map_err(|source| ListenError::Address { address, source })?;
    Ok(Listening { runtime, listener, tls })
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, ListenError> {
    let unusable = |reason: String| ListenError::Certificate {
        certificate: tls.certificate.clone(),
        key: tls.key.clone(),
        reason,
    };
    let chain = certificates(&tls.certificate).map_err(unusable)?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| unusable(error.to_string()))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| unusable(error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = read.map_err(|error| error.to_string())?;
    if chain.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(chain) }
}

impl Listening {
    /// The address it listens at: with the port that was given where any was asked for.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the process is told to end; then lets the answers under way end, for a moment.
    pub(crate) fn answer(self, router: Router, stop: &Stop) {
        let Self { runtime, listener, tls } = self;
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        runtime.block_on(async {
            let graceful = GracefulShutdown::new();
            while stop.signal().is_none() {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
                let accepted = loop {
                    match timeout(MOMENT, listener.accept()).await {
                        Ok(accepted) => break accepted,
                        Err(_) if stop.signal().is_some() => return graceful_end(graceful).await,
                        Err(_) => {}
                    }
                };
                // Too many open files, or a connection that is gone already: the next one may do better.
                let Ok((stream, from)) = accepted else {
                    sleep(MOMENT).await;
                    continue;
                };
                let (router, tls, watcher) = (router.clone(), tls.clone(), graceful.watcher());
                tokio::spawn(async move {
                    let _place = place;
                    match tls {
                        None => talk(stream, from, router, watcher).await,
                        Some(tls) => {
                            if let Ok(Ok(stream)) = timeout(SILENCE, tls.accept(stream)).await {
                                talk(stream, from, router, watcher).await;
                            }
                        }
                    }
                });
            }
            graceful_end(graceful).await;
        });
        // Live connections never end by themselves.
        runtime.shutdown_timeout(FAREWELL);
    }
}

async fn graceful_end(graceful: GracefulShutdown) {
    let _ = timeout(FAREWELL, graceful.shutdown()).await;
}

/// Answers what comes over one connection.
async fn talk<S>(stream: S, from: SocketAddr, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = tower_with(router, from);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SILENCE)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks is the other side's business.
    let _ = watcher.watch(connection).await;
}

/// The router, with every request told where it came from.
fn tower_with(
    router: Router,
    from: SocketAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> {
    let inner = TowerToHyperService::new(router);
    hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        hyper::service::Service::call(&inner, request)
    })
}
