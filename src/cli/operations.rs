//! Notes in the operations log. One that cannot be written is told, and changes nothing about what was done.

use super::clock::SystemClock;
use super::open;
use super::output::say;
use crate::env::Clock;
use crate::ledger::{Ledger, Operation, What};
use crate::run::chain;

/// Notes what was done, by the person who calls.
pub(super) fn note(ledger: &Ledger, what: What, about: impl Into<String>, outcome: impl Into<String>) {
    let operation =
        Operation { at: SystemClock.now(), who: open::person(), what, about: about.into(), outcome: outcome.into() };
    keep(ledger, &operation);
}

/// Notes an operation as it is. What cannot be noted is told and changes nothing.
pub(super) fn keep(ledger: &Ledger, operation: &Operation) {
    if let Err(error) = ledger.operations().append(operation) {
        say(&format!("warning: the operations log lacks a line: {}", chain(&error)));
    }
}
