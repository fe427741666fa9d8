//! Sign-in by the accounts of an OpenID Connect provider: the browser goes there with a state, comes back with a code, and the page redeems
//! that for claims which the provider signed.

mod claims;
mod error;
mod pending;
mod provider;
mod signature;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use url::Url;

pub(in crate::web) use self::claims::Named;
pub(crate) use self::error::OidcError;
pub(in crate::web) use self::pending::PATIENCE;
use self::pending::Pending;
use self::provider::{Provider, code};
use crate::settings::serve::Oidc;
use crate::web::ask::Fields;

/// What is known of the provider, and the sign-ins that have begun.
#[derive(Default)]
pub(in crate::web) struct SignIns {
    provider: Mutex<Option<Provider>>,
    pending: Pending,
}

impl SignIns {
    /// Begins a sign-in that leads to a page. Returns its state, for the browser alone, and where the browser goes.
    pub(in crate::web) fn begin(&self, settings: &Oidc, to: &str, now: Timestamp) -> Result<(String, Url), OidcError> {
        let provider = self.provider(settings, now)?;
        let (state, begun) = self.pending.begin(to, now)?;
        let door = provider.door(&state, &begun)?;
        Ok((state, door))
    }

    /// Ends a sign-in: with what the provider sent back, and the state that the browser kept. Returns who it is, and the page to show.
    pub(in crate::web) fn end(
        &self,
        settings: &Oidc,
        back: &Fields,
        kept: &str,
        now: Timestamp,
    ) -> Result<(Named, String), OidcError> {
        let begun = self.pending.end(back.get("state").unwrap_or_default(), kept, now)?;
        let provider = || settings.title.clone();
        // RFC 9207: an answer may say of whom it is, so that it cannot be passed off as another's.
        if back.get("iss").is_some_and(|issuer| issuer != settings.issuer) {
            return Err(OidcError::NotValid { provider: provider(), why: "it is another's answer".to_owned() });
        }
        if let Some(said) = back.get("error") {
            return Err(OidcError::Refused { provider: provider(), said: code(said) });
        }
        let known = self.provider(settings, now)?;
        let token = known.redeem(back.get("code").ok_or(OidcError::NotBegun)?, &begun)?;
        let known = if claims::knows_key(&token, &known.keys) { known } else { self.renewed(known)? };
        let claims = claims::claims(&token, &known.keys, settings, &begun.nonce, now)?;
        Ok((claims::named(&claims, settings)?, begun.to))
    }

    /// The provider, asked anew now and then. Nobody waits for another's question: two ask at the same time.
    fn provider(&self, settings: &Oidc, now: Timestamp) -> Result<Provider, OidcError> {
        let known = self.provider.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.is_fresh(settings, now)) {
            return Ok(known);
        }
        Ok(self.keep(Provider::discover(settings, now)?))
    }

    fn renewed(&self, known: Provider) -> Result<Provider, OidcError> {
        Ok(self.keep(known.with_new_keys()?))
    }

    fn keep(&self, provider: Provider) -> Provider {
        *self.provider.lock().unwrap_or_else(PoisonError::into_inner) = Some(provider.clone());
        provider
    }
}
