//! Settings of the page: where it listens, who may come in, how it is reached.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::mail::Secret;
use super::role::Role;

/// `[serve]` of the project.
#[derive(Debug, Clone)]
pub struct Serve {
    /// Where the page listens.
    pub address: SocketAddr,
    /// The file of local users.
    pub users: PathBuf,
    /// Certificate and key, where the page itself speaks TLS.
    pub tls: Option<Tls>,
    /// How others reach the page, without a slash at the end: what links in mails begin with.
    pub url: Option<String>,
    /// The proxy that says who asks, where there is one.
    pub proxy: Option<Proxy>,
    /// The provider whose accounts people sign in with, where there is one.
    pub oidc: Option<Oidc>,
}

/// A certificate and its key, both in PEM form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, and those between it and a known one.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A proxy that signs people in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// The header in which it names the user, in small letters.
    pub header: String,
    /// What it proves itself with, in the header `x-ledgerline-proxy-secret`: without it, anybody who reaches the page
    /// could name anybody.
    pub secret: Secret,
}

/// An OpenID Connect provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// How it names itself.
    pub issuer: String,
    /// By what name it knows the page.
    pub client_id: String,
    /// What the page proves itself with to it, where it was given something.
    pub client_secret: Option<Secret>,
    /// What stands on the button.
    pub title: String,
    /// The claim that is the user's name here.
    pub name_claim: String,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
    /// The claim that lists the groups of a user.
    pub groups_claim: String,
    /// The roles of members of groups.
    pub roles: BTreeMap<String, Role>,
    /// Certificates in PEM form that are trusted in place of those of this machine.
    pub root_certificate: Option<PathBuf>,
    /// Where it sends people back to: an address of the page, which the provider must know.
    pub back: String,
}

/// The path of the page to which a provider sends people back.
pub const BACK: &str = "/sign-in/back";

/// Where the page listens if nothing else is said.
pub const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8470);

/// Why the page must not listen at an address, if it must not: what travels there in the clear others can read.
#[must_use]
pub fn refusal(address: SocketAddr, has_tls: bool) -> Option<String> {
    let is_open = !address.ip().is_loopback() && !has_tls;
    is_open.then(|| format!("the page at `{address}` would travel in the clear"))
}
