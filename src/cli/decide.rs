//! `ledgerline confirm`, `reject`, `hide`, `show`, `label`, `hold`, `release`: what a person decides about a timeslot.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::operations::keep;
use super::output::print_text;
use super::{Failure, mail, metrics, notify, open, telemetry};
use crate::decide::{self, Decided, DecisionError, Word};
use crate::env::Clock;
use crate::ids::{Label, TimeslotId, TimeslotName};
use crate::ledger::{Deed, Ledger};
use crate::mail::of_decision;

/// Make an open timeslot current, perhaps in spite of thresholds.
#[derive(clap::Args)]
pub(super) struct ConfirmArguments {
    /// The open timeslot.
    timeslot: TimeslotId,
    /// A threshold that may pass; once for each that holds the timeslot.
    #[arg(long = "override", value_name = "THRESHOLD", requires = "reason")]
    overrides: Vec<String>,
    /// Why it may pass.
    #[arg(long)]
    reason: Option<String>,
}

/// A decision with its reason.
#[derive(clap::Args)]
pub(super) struct ReasonArguments {
    /// The timeslot, by id or label.
    timeslot: TimeslotName,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// Give a confirmed timeslot a name.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ledgerline label 2026-12-28 quarter-4 --reason \"end of the year\"\n  ledgerline diff quarter-3 quarter-4\n  ledgerline label quarter-4 quarter-4 --remove --reason \"the audit is over\""
)]
pub(super) struct LabelArguments {
    /// The timeslot, by id or by another label.
    timeslot: TimeslotName,
    /// The name: lower-case letters, digits, `-` and `_`, beginning with a letter.
    label: Label,
    /// Take the name off.
    #[arg(long)]
    remove: bool,
    /// Why.
    #[arg(long)]
    reason: String,
}

pub(super) fn confirm(arguments: &ConfirmArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let ConfirmArguments { timeslot, overrides, reason } = arguments;
    decide(folder, |ledger, deed| decide::confirm(ledger, timeslot, overrides, reason.as_deref(), deed))
}

pub(super) fn reject(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    reasoned(arguments, folder, decide::reject)
}

pub(super) fn hide(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    reasoned(arguments, folder, decide::hide)
}

pub(super) fn show(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    reasoned(arguments, folder, decide::show)
}

pub(super) fn hold(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    reasoned(arguments, folder, decide::hold)
}

pub(super) fn release(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    reasoned(arguments, folder, decide::release)
}

pub(super) fn label(arguments: &LabelArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let LabelArguments { timeslot, label, remove, reason } = arguments;
    let decision = if *remove { decide::unlabel } else { decide::label };
    decide(folder, |ledger, deed| decision(ledger, &ledger.named(timeslot)?, label, reason, deed))
}

fn reasoned(
    arguments: &ReasonArguments,
    folder: Option<PathBuf>,
    decision: fn(&Ledger, &TimeslotId, &str, &Deed) -> Result<Decided, DecisionError>,
) -> Result<u8, Failure> {
    let ReasonArguments { timeslot, reason } = arguments;
    decide(folder, |ledger, deed| decision(ledger, &ledger.named(timeslot)?, reason, deed))
}

/// Decides, mails what is worth it to those who get the mails about runs, and says where the log stands.
fn decide(
    folder: Option<PathBuf>,
    decision: impl FnOnce(&Ledger, &Deed) -> Result<Decided, DecisionError>,
) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let deed = Deed { at: SystemClock.now(), by: open::person(), account: Some(open::account()), run: None };
    let ledger = Ledger::open(&project.ledger)?;
    let decided = decision(&ledger, &deed)?;
    keep(&ledger, &decided.operation(deed.at));
    if matches!(decided.word, Word::Confirmed | Word::Rejected) {
        mail::notify(&project, &ledger, of_decision(&decided));
        notify::of_decision(&project, &decided);
    }
    let is = if decided.word == Word::Confirmed { "current" } else { decided.word.as_str() };
    print_text(&format!("timeslot {} is {is}; log {}\n", decided.timeslot, decided.head));
    metrics::write(&project);
    telemetry::of_decision(&project);
    Ok(0)
}
