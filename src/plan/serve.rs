//! `[serve]` of the project, checked; and where a secret is found, for whatever needs one.

use std::net::SocketAddr;
use std::path::Path;

use crate::plan::codes;
use crate::plan::files;
use crate::plan::node::Spot;
use crate::plan::oidc::check_oidc;
use crate::plan::raw::project::SecretTable;
use crate::plan::raw::serve::{ProxyTable, ServeTable};
use crate::problem::Problems;
use crate::settings::mail::Secret;
use crate::settings::serve::{ADDRESS, Proxy, Serve, Tls, refusal};

/// The settings of the page; what is wrong becomes a problem, and the default stands in for it.
pub(super) fn check_serve(raw: ServeTable, root: &Path, spot: Spot<'_>, problems: &mut Problems) -> Serve {
    let tls = match (raw.certificate, raw.key) {
        (Some(certificate), Some(key)) => {
            Some(Tls { certificate: files::join(root, &certificate), key: files::join(root, &key) })
        }
        (None, None) => None,
        (certificate, _) => {
            let (given, missing) = if certificate.is_some() { ("certificate", "key") } else { ("key", "certificate") };
            let problem = spot.key(given).key_error(codes::KEYS_DISAGREE, format!("`{given}` needs a `{missing}`"));
            problems.add(problem.hint("TLS needs both, in PEM form"));
            None
        }
    };
    let mut address = ADDRESS;
    if let Some(text) = &raw.address {
        if let Ok(given) = text.parse::<SocketAddr>() {
            address = given;
        } else {
            let problem = spot.key("address").error(codes::NOT_ALLOWED, format!("`{text}` is no address to listen at"));
            problems.add(problem.hint("write an IP address and a port, such as `127.0.0.1:8470` or `[::1]:8470`"));
        }
    }
    if let Some(why) = refusal(address, tls.is_some()) {
        let problem = spot.key("address").error(codes::NOT_ALLOWED, why);
        problems
            .add(problem.hint("give `certificate` and `key`, or listen at `127.0.0.1` behind a proxy that has them"));
    }
    if let Some(url) = &raw.url {
        let is_url = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_url {
            let problem = spot.key("url").error(codes::NOT_ALLOWED, format!("`{url}` is no address of a page"));
            problems.add(problem.hint("write it as `https://ledger.example.org`"));
        }
    }
    let url = raw.url.map(|url| url.trim_end_matches('/').to_owned());
    let oidc = raw.oidc.and_then(|oidc| check_oidc(oidc, root, url.as_deref(), spot.key("oidc"), problems));
    Serve {
        address,
        users: files::join(root, raw.users.as_deref().unwrap_or("users.toml")),
        tls,
        url,
        proxy: raw.proxy.and_then(|proxy| check_proxy(proxy, root, spot.key("proxy"), problems)),
        oidc,
    }
}

fn check_proxy(raw: ProxyTable, root: &Path, spot: Spot<'_>, problems: &mut Problems) -> Option<Proxy> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if raw.header.is_empty() || !raw.header.chars().all(is_name) {
        let problem = spot.key("header").error(codes::NOT_ALLOWED, format!("`{}` is no name of a header", raw.header));
        problems.add(problem.hint("such as `X-Remote-User`"));
        return None;
    }
    let secret = secret(raw.secret, root, spot.key("secret"), problems)?;
    Some(Proxy { header: raw.header.to_ascii_lowercase(), secret })
}

/// Where a secret is found.
pub(super) fn secret(raw: SecretTable, root: &Path, spot: Spot<'_>, problems: &mut Problems) -> Option<Secret> {
    match (raw.env, raw.file, raw.credential) {
        (Some(name), None, None) => Some(Secret::Env(name)),
        (None, Some(path), None) => Some(Secret::File(files::join(root, &path))),
        (None, None, Some(name)) => Some(Secret::Credential(name)),
        _ => {
            let problem = spot.error(codes::KEYS_DISAGREE, "a secret is found in exactly one place");
            problems.add(problem.hint("give one of `env`, `file` and `credential`"));
            None
        }
    }
}
