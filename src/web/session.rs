//! Sessions: who signed in, by a token that only the browser has. They live in memory: a restart signs everybody out.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::random::digits;
use super::users::Role;
use crate::ledger::sha256_hex;

/// So long nothing may be asked before one has to sign in again.
pub(super) const IDLE: SignedDuration = SignedDuration::from_mins(20);

/// So long a session lasts at most.
pub(super) const AT_MOST: SignedDuration = SignedDuration::from_hours(10);

/// The sessions, each by the SHA-256 of its token.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Debug, Clone)]
struct Session {
    who: SignedIn,
    since: Timestamp,
    last: Timestamp,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedIn {
    /// The user's name.
    pub(super) name: String,
    /// The roles that a provider's groups gave to somebody who does not stand in the file of users; empty for who does.
    pub(super) roles: BTreeSet<Role>,
}

impl SignedIn {
    /// Somebody who stands in the file of users.
    pub(super) fn local(name: &str) -> Self {
        Self { name: name.to_owned(), roles: BTreeSet::new() }
    }
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.last) > IDLE || now.duration_since(self.since) > AT_MOST
    }
}

impl Sessions {
    /// Begins a session and returns its token: 256 bits from the system.
    pub(super) fn begin(&self, who: SignedIn, now: Timestamp) -> Result<String, getrandom::Error> {
        let token = digits()?;
        let session = Session { who, since: now, last: now };
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| !session.is_over(now));
        sessions.insert(sha256_hex(token.as_bytes()), session);
        Ok(token)
    }

    /// Who has the token. Being asked counts as use.
    pub(super) fn who(&self, token: &str, now: Timestamp) -> Option<SignedIn> {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = sha256_hex(token.as_bytes());
        let session = sessions.get_mut(&key)?;
        if session.is_over(now) {
            sessions.remove(&key);
            return None;
        }
        session.last = now;
        Some(session.who.clone())
    }

    /// Ends a session.
    pub(super) fn end(&self, token: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256_hex(token.as_bytes()));
    }

    /// How many there are.
    #[cfg(test)]
    fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_session_ends_when_nothing_is_asked_when_it_is_old_and_when_it_is_ended() {
        let sessions = Sessions::default();
        let begin = |name: &str, at| sessions.begin(SignedIn::local(name), at).expect("the system has randomness");
        let anna = begin("anna", minutes(0));
        let name = |token: &str, at| sessions.who(token, at).map(|who| who.name);
        assert_eq!(name(&anna, minutes(20)).as_deref(), Some("anna"));
        assert_eq!(name(&anna, minutes(41)), None);
        let busy = begin("anna", minutes(0));
        assert!((0..=600).step_by(10).all(|at| name(&busy, minutes(at)).is_some()));
        assert_eq!(name(&busy, minutes(601)), None);
        let (one, other) = (begin("anna", minutes(0)), begin("bob", minutes(0)));
        assert_ne!(one, other);
        sessions.end(&one);
        assert_eq!((name(&one, minutes(1)), name(&other, minutes(1)).as_deref()), (None, Some("bob")));
        assert_eq!(name("", minutes(1)), None);
        begin("anna", minutes(100));
        assert_eq!(sessions.count(), 1);
    }
}
