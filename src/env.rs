//! Everything a run takes from the world: the clock, the person, who is told, and whether to go on. Nothing else reads
//! the clock; the machine's own is in `cli/`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::event::{Observer, RunEvent, RunEventKind};

/// What time it is.
pub trait Clock: Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// What this process has used of the processors so far, all threads together, in steps of 10 ms; zero where the
    /// system does not tell.
    fn cpu(&self) -> Duration;
}

/// A clock that stands still.
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn cpu(&self) -> Duration {
        Duration::ZERO
    }
}

/// Whether the process was told to end: looked at between pieces of work.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// The signal that came; `None` = go on.
    #[must_use]
    pub fn signal(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }

    /// Where whoever hears signals writes their numbers.
    #[must_use]
    pub fn cell(&self) -> &Arc<AtomicUsize> {
        &self.0
    }
}

/// Everything a run takes from the world.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Who is told what happens.
    pub observer: &'a dyn Observer,
    /// Who does it, as the log will say.
    pub person: &'a str,
    /// Whether to go on.
    pub stop: &'a Stop,
}

impl Env<'_> {
    /// Tells the observer.
    pub fn notice(&self, kind: RunEventKind) {
        self.observer.notice(&RunEvent { at: self.clock.now(), kind });
    }

    /// Tells the observer a sentence.
    pub fn note(&self, message: impl Into<String>) {
        self.notice(RunEventKind::Note { message: message.into() });
    }

    /// Milliseconds since `then`.
    #[must_use]
    pub fn millis_since(&self, then: Timestamp) -> u64 {
        u64::try_from(self.clock.now().duration_since(then).as_millis()).unwrap_or(0)
    }

    /// Milliseconds of processor time used since it was `then`.
    #[must_use]
    pub fn cpu_millis_since(&self, then: Duration) -> u64 {
        u64::try_from(self.clock.cpu().saturating_sub(then).as_millis()).unwrap_or(0)
    }
}
