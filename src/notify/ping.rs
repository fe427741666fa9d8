//! A check that expects runs: whoever watches it is told when none comes. The protocol is that of Healthchecks: `/start` when
//! a run begins, the address itself when it ended well, `/fail` otherwise. Each is tried once: the next run says more.

use super::call::{CallError, post};
use crate::settings::notify::Notify;

/// What the check is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ping {
    /// A batch run begins.
    Start,
    /// It ended, with this exit code.
    End(u8),
}

impl Ping {
    /// What stands behind the address. A timeslot that is held, and a load in which nothing changed, are no failure of the machine.
    fn behind(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End(0 | 3 | 4) => "",
            Self::End(_) => "fail",
        }
    }

    /// What is said.
    fn body(self) -> String {
        match self {
            Self::Start => String::new(),
            Self::End(code) => format!("exit code {code}"),
        }
    }
}

/// Tells the check, where there is one.
pub(crate) fn ping(notify: &Notify, ping: Ping) -> Result<(), CallError> {
    let Some(address) = &notify.ping else { return Ok(()) };
    post(address, ping.behind(), "text/plain", ping.body().as_bytes(), notify.root_certificate.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmed_held_and_unchanged_are_well_and_the_rest_is_a_failure() {
        assert_eq!([0, 3, 4].map(|code| Ping::End(code).behind()), [""; 3]);
        assert_eq!([1, 2, 5, 6, 7, 8, 70, 143].map(|code| Ping::End(code).behind()), ["fail"; 8]);
        assert_eq!(Ping::Start.behind(), "start");
    }
}
