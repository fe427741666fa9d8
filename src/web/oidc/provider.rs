//! A provider as it describes itself: where people sign in, where codes are redeemed, which keys it signs with.
//!
//! OpenID Connect Discovery 1.0; the authorization code flow of OpenID Connect Core 1.0, 3.1, with PKCE (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use ureq::http::Request;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use url::{Url, form_urlencoded};

use super::OidcError;
use super::pending::Begun;
use crate::http::{self, Answered, HttpError};
use crate::mail::{MailError, secret};
use crate::settings::address::{BadAddress, callable};
use crate::settings::serve::Oidc;

/// After so long a provider is asked anew what it is like.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// What a provider says of itself, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// A provider that was asked.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    settings: Oidc,
    described: Description,
    pub(super) keys: JwkSet,
    since: Timestamp,
}

/// What a code is redeemed for, as far as it matters here.
#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

/// What stands in an answer that says no.
#[derive(Deserialize)]
struct Wrong {
    error: String,
}

impl Provider {
    /// Asks a provider what it is like.
    pub(super) fn discover(settings: &Oidc, now: Timestamp) -> Result<Self, OidcError> {
        let what = "its description";
        let at = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let described: Description = read(settings, what, get(settings, what, &at)?)?;
        let senseless = |why: String| OidcError::Senseless { provider: settings.title.clone(), what, why };
        if described.issuer != settings.issuer {
            return Err(senseless(format!("names itself `{}`, which `issuer` must be exactly", described.issuer)));
        }
        // The browser goes there with nothing that is secret yet; still it is to meet the provider, and nobody else.
        callable(&described.authorization_endpoint)
            .map_err(|_| senseless("its page to sign in is not reached by `https://`".to_owned()))?;
        let keys = keys(settings, &described)?;
        Ok(Self { settings: settings.clone(), described, keys, since: now })
    }

    /// Whether what is known of it is what these settings would find now.
    pub(super) fn is_fresh(&self, settings: &Oidc, now: Timestamp) -> bool {
        self.settings == *settings && now.duration_since(self.since).abs() <= FRESH
    }

    /// Where the browser goes to sign in.
    pub(super) fn door(&self, state: &str, begun: &Begun) -> Result<Url, OidcError> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(begun.verifier.as_bytes()));
        let mut url =
            callable(&self.described.authorization_endpoint).map_err(|error| self.not_reached(error.into()))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.back)
            .append_pair("scope", &self.settings.scopes.join(" "))
            .append_pair("state", state)
            .append_pair("nonce", &begun.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Redeems a code for signed claims, which nobody has checked yet.
    pub(super) fn redeem(&self, code: &str, begun: &Begun) -> Result<String, OidcError> {
        let (settings, what) = (&self.settings, "your name");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &settings.back)
            .append_pair("code_verifier", &begun.verifier);
        let mut request =
            Request::post(url(&self.described.token_endpoint).map_err(|error| self.not_reached(error))?.as_str())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ACCEPT, "application/json");
        match self.own_secret()? {
            Some(secret) if self.wants_secret_in_form() => {
                form.append_pair("client_id", &settings.client_id).append_pair("client_secret", &secret);
            }
            Some(secret) => {
                let [id, secret] = [&settings.client_id, &secret]
                    .map(|text| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
                let both = STANDARD.encode(format!("{id}:{secret}"));
                request = request.header(AUTHORIZATION, format!("Basic {both}"));
            }
            None => {
                form.append_pair("client_id", &settings.client_id);
            }
        }
        let request = request.body(form.finish()).map_err(|_| self.not_reached(BadAddress::None.into()))?;
        let answered = http::call(request, settings.root_certificate.as_deref());
        let answered = answered.map_err(|source| failed(settings, what, source))?;
        Ok(read::<Redeemed>(settings, what, answered)?.id_token)
    }

    /// Asks for the keys anew.
    pub(super) fn with_new_keys(mut self) -> Result<Self, OidcError> {
        self.keys = keys(&self.settings, &self.described)?;
        Ok(self)
    }

    /// By the standard in a header, unless the provider says that it takes it only in the form.
    fn wants_secret_in_form(&self) -> bool {
        let methods = &self.described.token_endpoint_auth_methods_supported;
        let takes = |name: &str| methods.iter().any(|method| method == name);
        takes("client_secret_post") && !takes("client_secret_basic")
    }

    fn own_secret(&self) -> Result<Option<String>, OidcError> {
        let Some(kept) = &self.settings.client_secret else { return Ok(None) };
        let no_secret = |place: String| OidcError::NoSecret { provider: self.settings.title.clone(), place };
        secret(kept).map(Some).map_err(|error| match error {
            MailError::NoSecret { place } => no_secret(place),
            other => no_secret(other.to_string()),
        })
    }

    fn not_reached(&self, source: HttpError) -> OidcError {
        failed(&self.settings, "your name", source)
    }
}

fn keys(settings: &Oidc, described: &Description) -> Result<JwkSet, OidcError> {
    let what = "its keys";
    read(settings, what, get(settings, what, &described.jwks_uri)?)
}

fn url(text: &str) -> Result<Url, HttpError> {
    Ok(callable(text)?)
}

fn get(settings: &Oidc, what: &'static str, at: &str) -> Result<Answered, OidcError> {
    let asked = url(at).and_then(|url| {
        let request = Request::get(url.as_str()).header(ACCEPT, "application/json").body(());
        http::call(request.map_err(|_| BadAddress::None)?, settings.root_certificate.as_deref())
    });
    asked.map_err(|source| failed(settings, what, source))
}

fn failed(settings: &Oidc, what: &'static str, source: HttpError) -> OidcError {
    OidcError::Http { provider: settings.title.clone(), what, source }
}

/// An answer as what it should be. What else stands in it is not told: it may be somebody's token.
fn read<T: DeserializeOwned>(settings: &Oidc, what: &'static str, answered: Answered) -> Result<T, OidcError> {
    let provider = settings.title.clone();
    if !answered.is_success() {
        let said = serde_json::from_slice::<Wrong>(&answered.body).ok().map(|wrong| code(&wrong.error));
        return Err(OidcError::Status { provider, what, status: answered.status, said });
    }
    serde_json::from_slice(&answered.body).map_err(|_| {
        let why = "the answer is not what OpenID Connect has there".to_owned();
        OidcError::Senseless { provider, what, why }
    })
}

/// The code of an error, of the few characters that such codes have.
pub(super) fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "_-. ".contains(*c)).take(80).collect()
}
