//! How often something may be tried: signing in, by user and by address.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Attempts within a minute for one user, and from one address.
const PER_USER: usize = 5;
const PER_ADDRESS: usize = 20;
const WINDOW: SignedDuration = SignedDuration::from_mins(1);

/// So many users and addresses are remembered at most: who tries endless names fills no memory.
const REMEMBERED: usize = 10_000;

/// Attempts to sign in.
#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<Who, VecDeque<Timestamp>>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    User(String),
    Address(IpAddr),
}

impl Attempts {
    /// Counts an attempt of a user. Returns whether it may go on.
    pub(super) fn may(&self, user: &str, address: IpAddr, now: Timestamp) -> bool {
        self.count(Some(user), address, now)
    }

    /// Counts an attempt of somebody whose name nobody knows yet. Returns whether it may go on.
    pub(super) fn may_from(&self, address: IpAddr, now: Timestamp) -> bool {
        self.count(None, address, now)
    }

    fn count(&self, user: Option<&str>, address: IpAddr, now: Timestamp) -> bool {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() > REMEMBERED {
            attempts.retain(|_, times| times.back().is_some_and(|last| now.duration_since(*last) <= WINDOW));
        }
        // What is still too much is of others: nobody is let in unseen.
        if attempts.len() > REMEMBERED {
            return false;
        }
        let user: Option<String> = user.map(|user| user.chars().take(64).collect());
        let mut count = |who: Who, most: usize| {
            let times = attempts.entry(who).or_default();
            while times.front().is_some_and(|first| now.duration_since(*first) > WINDOW) {
                times.pop_front();
            }
            let is_within = times.len() < most;
            if is_within {
                times.push_back(now);
            }
            is_within
        };
        let by_address = count(Who::Address(address), PER_ADDRESS);
        by_address && user.is_none_or(|user| count(Who::User(user), PER_USER))
    }

    /// Forgets the attempts of a user who came in.
    pub(super) fn forgive(&self, user: &str) {
        let user = user.chars().take(64).collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&Who::User(user));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_attempts_a_minute_for_a_user_and_twenty_from_an_address() {
        let attempts = Attempts::default();
        let (here, there) = ([127, 0, 0, 1].into(), [10, 0, 0, 1].into());
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        assert!((0..5).all(|second| attempts.may("anna", here, at(second))));
        assert!(!attempts.may("anna", there, at(5)));
        assert!(attempts.may("anna", there, at(61)));
        let from_here = (0..30).filter(|number| attempts.may(&format!("user{number}"), here, at(100))).count();
        assert_eq!(from_here, 20);
        attempts.forgive("anna");
        assert!((0..5).all(|_| attempts.may("anna", there, at(100))));
    }
}
