//! When plans are due, as plain functions of a schedule and an instant: no clock, no sleep, no process.
//!
//! 1. `due`: the due times of a schedule, each named by its instant, so that an hour that occurs twice has two of them
//!    and one that does not exist has none.
//! 2. `decide`: what is to be done now, from what is known of earlier due times. Whoever asks often enough begins every
//!    due time once, whatever restarts and clocks do.
//! 3. `hours`: due times that fall into an hour that does not exist or occurs twice.
//!
//! What was begun is kept by the ledger (`ledger/due.rs`).

mod decide;
mod due;
mod hours;
#[cfg(test)]
mod tests;

pub use self::decide::{Decision, Known, decide};
pub use self::due::{due_after, last_due};
pub use self::hours::{Odd, OddHour, odd_hours};
