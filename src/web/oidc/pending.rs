//! Sign-ins that have begun and are at the provider: what each must bring back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::OidcError;
use crate::ledger::sha256_hex;
use crate::web::random::digits;

/// So long somebody may take at the provider.
pub(in crate::web) const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// So many may be away at once: who begins endlessly fills no memory.
const MOST: usize = 10_000;

/// The sign-ins, each by the SHA-256 of its state.
#[derive(Default)]
pub(super) struct Pending(Mutex<HashMap<String, Begun>>);

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    /// What the signed claims must repeat.
    pub(super) nonce: String,
    /// What proves to the provider that the code is redeemed by whom it was made for.
    pub(super) verifier: String,
    /// The page to show then.
    pub(super) to: String,
    since: Timestamp,
}

impl Pending {
    /// Begins one. Returns its state, which the browser keeps and the provider sends back.
    pub(super) fn begin(&self, to: &str, now: Timestamp) -> Result<(String, Begun), OidcError> {
        let random = || digits().map_err(|_| OidcError::NotRandom);
        let (state, nonce, verifier) = (random()?, random()?, random()?);
        let begun = Begun { nonce, verifier, to: to.to_owned(), since: now };
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|_, begun| begun.holds(now));
        if pending.len() >= MOST {
            return Err(OidcError::TooMany);
        }
        pending.insert(sha256_hex(state.as_bytes()), begun.clone());
        Ok((state, begun))
    }

    /// Ends one: it comes back once. `state` came with the address, `kept` with the browser that began.
    pub(super) fn end(&self, state: &str, kept: &str, now: Timestamp) -> Result<Begun, OidcError> {
        let (state, kept) = (sha256_hex(state.as_bytes()), sha256_hex(kept.as_bytes()));
        if state != kept {
            return Err(OidcError::NotBegun);
        }
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&state);
        begun.filter(|begun| begun.holds(now)).ok_or(OidcError::NotBegun)
    }
}

impl Begun {
    fn holds(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) <= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_comes_back_once_to_the_browser_that_began_it_within_ten_minutes() {
        let pending = Pending::default();
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let begin = || pending.begin("/log", at(0)).expect("randomness").0;
        let state = begin();
        assert!(pending.end(&state, "another browser's", at(1)).is_err());
        assert!(pending.end("another state", &state, at(1)).is_err());
        assert_eq!(pending.end(&state, &state, at(10)).expect("it is this one").to, "/log");
        assert!(pending.end(&state, &state, at(10)).is_err(), "a second time");
        let late = begin();
        assert!(pending.end(&late, &late, at(11)).is_err());
        let mut all: Vec<String> = (0..3).map(|_| begin()).collect();
        all.dedup();
        assert_eq!(all.len(), 3);
    }
}
