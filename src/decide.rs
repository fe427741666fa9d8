//! What a person decides about a timeslot, whatever face they decide at: confirm, perhaps in spite of thresholds, reject,
//! hide, show, and what keeps it. The lock is taken for the decision alone.

mod kept;

use jiff::Timestamp;

pub use self::kept::{hold, label, release, unlabel};
use crate::ids::TimeslotId;
use crate::ledger::{Deed, Head, Ledger, LedgerError, Open, Operation, What, Writer};

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The ledger refuses, or cannot be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What is to pass does not hold the timeslot.
    #[error("threshold `{threshold}` does not hold timeslot {timeslot}; holding: {}", list(holding))]
    NotHolding {
        /// The threshold named.
        threshold: String,
        /// The timeslot.
        timeslot: TimeslotId,
        /// What holds it.
        holding: Vec<String>,
    },
    /// Thresholds hold it that nobody let pass.
    #[error(
        "timeslot {timeslot} is held by {}; let each pass with `--override THRESHOLD --reason ..`, or reject it",
        list(holding)
    )]
    Held {
        /// The timeslot.
        timeslot: TimeslotId,
        /// The thresholds.
        holding: Vec<String>,
    },
    /// Something was let pass, or refused, without a word why.
    #[error("a reason is needed: it is what the log says to whoever asks later")]
    NoReason,
    /// No stage behind collect has run.
    #[error("timeslot {timeslot} is a sandbox: its stages have not run yet")]
    Sandbox {
        /// The timeslot.
        timeslot: TimeslotId,
    },
    /// Stages have not run since something before them did.
    #[error("timeslot {timeslot} is stale: {stages} must run first")]
    Stale {
        /// The timeslot.
        timeslot: TimeslotId,
        /// Which.
        stages: String,
    },
}

/// A decision that stands in the log.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The timeslot.
    pub timeslot: TimeslotId,
    /// The plan that made it.
    pub plan: String,
    /// What became of it.
    pub word: Word,
    /// The same in a sentence, without a full stop.
    pub sentence: String,
    /// Why, in the words of who decided.
    pub reason: Option<String>,
    /// Who decided.
    pub by: String,
    /// The newest entry of the log behind it.
    pub head: Head,
}

impl Decided {
    /// The decision as a line of the operations log.
    #[must_use]
    pub fn operation(&self, at: Timestamp) -> Operation {
        let because = self.reason.as_ref().map(|reason| format!("; {reason}")).unwrap_or_default();
        let outcome = format!("{}: {}{because}", self.word.as_str().to_uppercase(), self.sentence);
        Operation { at, who: self.by.clone(), what: What::Decision, about: self.timeslot.to_string(), outcome }
    }
}

/// What became of a timeslot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is current.
    Confirmed,
    /// It was refused.
    Rejected,
    /// It is out of sight.
    Hidden,
    /// It is back in sight.
    Visible,
    /// It has one more name.
    Labelled,
    /// It has one name less.
    Unlabelled,
    /// It has a legal hold.
    OnHold,
    /// It has no legal hold any more, or is not to go.
    Released,
}

impl Word {
    /// In small letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Hidden => "hidden",
            Self::Visible => "visible",
            Self::Labelled => "labelled",
            Self::Unlabelled => "without the label",
            Self::OnHold => "on legal hold",
            Self::Released => "released",
        }
    }
}

/// Makes an open timeslot current; each threshold that holds it must be named among `overrides`.
///
/// # Errors
/// Where it is not held by what is named or held by more, is stale or a sandbox, where four eyes forbid it, or the ledger
/// cannot be written. Overrides that the log took before an error stand.
pub fn confirm(
    ledger: &Ledger,
    id: &TimeslotId,
    overrides: &[String],
    reason: Option<&str>,
    deed: &Deed,
) -> Result<Decided, DecisionError> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if !overrides.is_empty() && reason.is_none() {
        return Err(DecisionError::NoReason);
    }
    let (writer, _) = ledger.lock(&deed.by)?;
    let holding = writer.standings().find(id).map(|standing| standing.holding.clone()).unwrap_or_default();
    if let Some(unknown) = overrides.iter().find(|threshold| !holding.contains(threshold)) {
        return Err(DecisionError::NotHolding { threshold: unknown.clone(), timeslot: id.clone(), holding });
    }
    let left: Vec<String> = holding.into_iter().filter(|threshold| !overrides.contains(threshold)).collect();
    if !left.is_empty() {
        return Err(DecisionError::Held { timeslot: id.clone(), holding: left });
    }
    let Open::Active(mut active) = writer.resume(id)? else {
        return Err(DecisionError::Sandbox { timeslot: id.clone() });
    };
    let stale: Vec<&str> = active.manifest().stale_stages().iter().map(|stage| stage.as_str()).collect();
    // Items in error hold the timeslot; here each was let pass by name.
    if !stale.is_empty() && !active.manifest().lacks_only_errors() {
        return Err(DecisionError::Stale { timeslot: id.clone(), stages: stale.join(", ") });
    }
    for threshold in overrides {
        active.override_threshold(deed, threshold, reason.unwrap_or_default())?;
    }
    let plan = active.manifest().plan.clone();
    let (writer, _) = active.confirm(deed)?;
    let passed = if overrides.is_empty() { String::new() } else { format!(", in spite of {}", list(overrides)) };
    let sentence = format!("timeslot {id} is current{passed}");
    Ok(decided(&writer, id, plan, Word::Confirmed, sentence, reason, deed))
}

/// Refuses an open timeslot.
///
/// # Errors
/// Where it is not open, there is no reason, or the ledger cannot be written.
pub fn reject(ledger: &Ledger, id: &TimeslotId, reason: &str, deed: &Deed) -> Result<Decided, DecisionError> {
    let reason = wanted(reason)?;
    let (writer, _) = ledger.lock(&deed.by)?;
    let open = writer.resume(id)?.into_inner();
    let plan = open.manifest().plan.clone();
    let writer = open.reject(deed, reason)?;
    let sentence = format!("timeslot {id} is refused; nothing of it is visible");
    Ok(decided(&writer, id, plan, Word::Rejected, sentence, Some(reason), deed))
}

/// Takes a confirmed timeslot out of sight.
///
/// # Errors
/// Where it is not confirmed, there is no reason, or the ledger cannot be written.
pub fn hide(ledger: &Ledger, id: &TimeslotId, reason: &str, deed: &Deed) -> Result<Decided, DecisionError> {
    let reason = wanted(reason)?;
    let (mut writer, _) = ledger.lock(&deed.by)?;
    writer.hide(deed, id, reason)?;
    let plan = plan_of(&writer, id);
    Ok(decided(&writer, id, plan, Word::Hidden, format!("timeslot {id} is hidden"), Some(reason), deed))
}

/// Puts a hidden timeslot back.
///
/// # Errors
/// Where it is not hidden, there is no reason, or the ledger cannot be written.
pub fn show(ledger: &Ledger, id: &TimeslotId, reason: &str, deed: &Deed) -> Result<Decided, DecisionError> {
    let reason = wanted(reason)?;
    let (mut writer, _) = ledger.lock(&deed.by)?;
    writer.show(deed, id, reason)?;
    let plan = plan_of(&writer, id);
    Ok(decided(&writer, id, plan, Word::Visible, format!("timeslot {id} is visible"), Some(reason), deed))
}

fn wanted(reason: &str) -> Result<&str, DecisionError> {
    Some(reason.trim()).filter(|reason| !reason.is_empty()).ok_or(DecisionError::NoReason)
}

fn plan_of(writer: &Writer, id: &TimeslotId) -> String {
    writer.ledger().manifest(id).map(|manifest| manifest.plan).unwrap_or_default()
}

fn decided(
    writer: &Writer,
    id: &TimeslotId,
    plan: String,
    word: Word,
    sentence: String,
    reason: Option<&str>,
    deed: &Deed,
) -> Decided {
    let (timeslot, reason) = (id.clone(), reason.map(str::to_owned));
    Decided { timeslot, plan, word, sentence, reason, by: deed.by.clone(), head: writer.head().clone() }
}

fn list(thresholds: &[String]) -> String {
    if thresholds.is_empty() { "none".to_owned() } else { thresholds.join(", ") }
}
