//! What a person decides about how long a timeslot stays: names, legal holds, objections.

use super::{Decided, DecisionError, Word, decided, plan_of, wanted};
use crate::ids::{Label, TimeslotId};
use crate::ledger::{Deed, Ledger, LedgerError, Writer};

/// Gives a confirmed timeslot a name.
///
/// # Errors
/// Where it is not confirmed, another has the name, there is no reason, or the ledger cannot be written.
pub fn label(
    ledger: &Ledger,
    id: &TimeslotId,
    label: &Label,
    reason: &str,
    deed: &Deed,
) -> Result<Decided, DecisionError> {
    let sentence = format!("timeslot {id} is also called {label}, and stays for as long as it is");
    change(ledger, id, Word::Labelled, sentence, reason, deed, |writer, why| writer.label(deed, id, label, why))
}

/// Takes a name off a timeslot.
///
/// # Errors
/// Where it does not have it, there is no reason, or the ledger cannot be written.
pub fn unlabel(
    ledger: &Ledger,
    id: &TimeslotId,
    label: &Label,
    reason: &str,
    deed: &Deed,
) -> Result<Decided, DecisionError> {
    let sentence = format!("timeslot {id} is called {label} no longer");
    change(ledger, id, Word::Unlabelled, sentence, reason, deed, |writer, why| writer.unlabel(deed, id, label, why))
}

/// Puts a legal hold on a timeslot.
///
/// # Errors
/// Where it has one, or nothing that could go; where there is no reason, or the ledger cannot be written.
pub fn hold(ledger: &Ledger, id: &TimeslotId, reason: &str, deed: &Deed) -> Result<Decided, DecisionError> {
    let sentence = format!("timeslot {id} has a legal hold: no rule lets it go");
    change(ledger, id, Word::OnHold, sentence, reason, deed, |writer, why| writer.legal_hold(deed, id, why))
}

/// Lifts a legal hold; of a timeslot without one, that it is to go.
///
/// # Errors
/// Where there is neither, there is no reason, or the ledger cannot be written.
pub fn release(ledger: &Ledger, id: &TimeslotId, reason: &str, deed: &Deed) -> Result<Decided, DecisionError> {
    let sentence = format!("timeslot {id} is released: retention judges it anew");
    change(ledger, id, Word::Released, sentence, reason, deed, |writer, why| writer.release(deed, id, why))
}

fn change(
    ledger: &Ledger,
    id: &TimeslotId,
    word: Word,
    sentence: String,
    reason: &str,
    deed: &Deed,
    change: impl FnOnce(&mut Writer, &str) -> Result<(), LedgerError>,
) -> Result<Decided, DecisionError> {
    let reason = wanted(reason)?;
    let (mut writer, _) = ledger.lock(&deed.by)?;
    change(&mut writer, reason)?;
    let plan = plan_of(&writer, id);
    Ok(decided(&writer, id, plan, word, sentence, Some(reason), deed))
}
