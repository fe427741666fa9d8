//! Who asks: somebody with a session, with a token, or named by a proxy that proves itself.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};

use super::session::SignedIn;
use super::site::Site;
use super::users::User;
use crate::ledger::sha256_hex;
use crate::mail::secret;
use crate::settings::serve::Proxy;

/// The header in which a proxy proves itself.
const PROOF: &str = "x-ledgerline-proxy-secret";

/// The cookie of sessions: with TLS its name forbids every other site and page to set it.
pub(super) fn cookie_name(has_tls: bool) -> &'static str {
    if has_tls { "__Host-ledgerline" } else { "ledgerline" }
}

/// The cookie of a sign-in that has begun and is at a provider.
pub(super) fn begun_cookie_name(has_tls: bool) -> &'static str {
    if has_tls { "__Host-ledgerline-sign-in" } else { "ledgerline-sign-in" }
}

/// The value of a cookie that a request came with.
pub(super) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// Who asks for a page, by proxy or by session.
pub(super) fn visitor(site: &Site, headers: &HeaderMap, session: Option<&str>) -> Option<User> {
    let who = match &site.project().serve.proxy {
        Some(proxy) if headers.contains_key(&proxy.header) => SignedIn::local(&named_by(proxy, headers)?),
        _ => site.sessions.who(session?, site.now())?,
    };
    // A user who was taken out, or whose roles changed, is so from now on.
    let known = site.users().find(&who.name).cloned();
    known.or_else(|| (!who.roles.is_empty()).then(|| User::of_groups(who.name, who.roles)))
}

/// Who asks for something of the API, by token.
pub(super) fn program(site: &Site, headers: &HeaderMap) -> Option<User> {
    let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    let today = site.now().to_zoned(site.project().zone.clone()).date();
    site.users().of_token(token.trim(), today).cloned()
}

/// Whom a proxy names, where it proves itself. The proofs are compared by their sums: how long that takes tells nothing.
fn named_by(proxy: &Proxy, headers: &HeaderMap) -> Option<String> {
    let proof = headers.get(PROOF)?.as_bytes();
    let expected = secret(&proxy.secret).ok().filter(|secret| !secret.is_empty())?;
    let is_proven = sha256_hex(proof) == sha256_hex(expected.as_bytes());
    let mut names = headers.get_all(&proxy.header).into_iter();
    let name = names.next()?.to_str().ok()?.trim().to_owned();
    // Two names: one of them slipped past the proxy.
    (is_proven && names.next().is_none()).then_some(name)
}
