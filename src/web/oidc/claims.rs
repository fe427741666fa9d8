//! What a provider signed about somebody: checked, then read as a name and roles.
//!
//! The checks are those of OpenID Connect Core 1.0, 3.1.3.7.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::OidcError;
use super::signature::{ALGORITHMS, install};
use crate::settings::serve::Oidc;
use crate::web::users::{Role, is_name};

/// So many seconds the provider's clock may differ from ours.
const LEEWAY: i64 = 60;

/// Whom the provider names, and the roles that its groups have here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Named {
    /// Lower case, as in the file of users.
    pub(in crate::web) name: String,
    /// Empty where no group has one.
    pub(in crate::web) roles: BTreeSet<Role>,
}

/// Whether the key that a token names is among these; where it is not, the provider may have a new one.
pub(super) fn knows_key(token: &str, keys: &JwkSet) -> bool {
    decode_header(token).is_ok_and(|header| !fitting(keys, header.kid.as_deref()).is_empty())
}

/// The keys by which a token may be signed: the one it names, else all.
fn fitting<'a>(keys: &'a JwkSet, id: Option<&str>) -> Vec<&'a Jwk> {
    let signs = |key: &&Jwk| !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let is_named = |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
    keys.keys.iter().filter(signs).filter(is_named).collect()
}

/// The claims of a token that is signed by one of the keys, by this provider, for us, now, in answer to this sign-in.
pub(super) fn claims(
    token: &str,
    keys: &JwkSet,
    provider: &Oidc,
    nonce: &str,
    now: Timestamp,
) -> Result<Map<String, Value>, OidcError> {
    install();
    let wrong = |why: String| OidcError::NotValid { provider: provider.title.clone(), why };
    let header = decode_header(token).map_err(|error| wrong(format!("it cannot be read ({error})")))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(wrong(format!("it is signed by {:?}, which is not taken", header.alg)));
    }
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[&provider.issuer]);
    validation.set_audience(&[&provider.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "sub"]);
    // Times are checked below, by the clock of the page.
    validation.validate_exp = false;
    let mut tried = Err(wrong("the provider has no key of the name that it gives".to_owned()));
    for key in fitting(keys, header.kid.as_deref()) {
        let is_of_key = key.common.key_algorithm.is_none_or(|of_key| of_key == KeyAlgorithm::from(header.alg));
        let Some(decoding) = DecodingKey::from_jwk(key).ok().filter(|_| is_of_key) else { continue };
        tried = decode::<Map<String, Value>>(token, &decoding, &validation).map_err(|error| wrong(error.to_string()));
        if tried.is_ok() {
            break;
        }
    }
    let claims = tried?.claims;
    let seconds = |claim: &str| claims.get(claim).and_then(|value| value.as_f64().map(whole));
    let second = now.as_second();
    if seconds("exp").is_none_or(|until| until <= second - LEEWAY) {
        return Err(wrong("it has expired; is this machine's clock right?".to_owned()));
    }
    if ["iat", "nbf"].iter().any(|claim| seconds(claim).is_some_and(|from| from > second + LEEWAY)) {
        return Err(wrong("it is of a time to come; is this machine's clock right?".to_owned()));
    }
    if text(&claims, "nonce") != Some(nonce) {
        return Err(wrong("it answers another sign-in".to_owned()));
    }
    if claims.get("azp").is_some_and(|party| party.as_str() != Some(&provider.client_id)) {
        return Err(wrong("it was made for another program".to_owned()));
    }
    Ok(claims)
}

#[expect(clippy::cast_possible_truncation, reason = "a time beyond all numbers is still beyond ours")]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}

fn text<'a>(claims: &'a Map<String, Value>, claim: &str) -> Option<&'a str> {
    claims.get(claim).and_then(Value::as_str)
}

/// Who it is.
pub(super) fn named(claims: &Map<String, Value>, provider: &Oidc) -> Result<Named, OidcError> {
    let no_name = || OidcError::NoName { provider: provider.title.clone(), claim: provider.name_claim.clone() };
    // An address that somebody merely typed is no name.
    let is_typed = provider.name_claim == "email" && claims.get("email_verified") == Some(&Value::Bool(false));
    let name = text(claims, &provider.name_claim).map(|name| name.trim().to_lowercase());
    let name = name.filter(|name| is_name(name) && !is_typed).ok_or_else(no_name)?;
    let groups: Vec<&str> = match claims.get(&provider.groups_claim) {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(group)) => vec![group],
        _ => Vec::new(),
    };
    let roles = groups.iter().filter_map(|group| provider.roles.get(*group)).copied().collect();
    Ok(Named { name, roles })
}
