//! From the outbox to a server: tried at once, then less and less often for three days. Each attempt sends the same bytes
//! under the same Message-ID, so that a mail may come twice where a server dies after it took one, and never as another one.

use jiff::{SignedDuration, Timestamp};
use lettre::Message;

use super::{MailError, send};
use crate::ledger::{LedgerError, Outbox, Posted};
use crate::settings::mail::Mail;

/// What became of a mail in one attempt.
#[derive(Debug)]
pub struct Delivery {
    /// Its name in the outbox.
    pub name: String,
    /// Why it was not taken; `None` = it was.
    pub failure: Option<MailError>,
    /// When it is tried again; `None` = never, unless a person asks for it.
    pub next: Option<Timestamp>,
}

/// Which of the mails that wait are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those whose time has come.
    Due,
    /// All, those that were given up among them.
    All,
}

/// How long is waited after each attempt in vain; the last goes on.
const PAUSES: [SignedDuration; 6] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(6),
];

/// So long a mail is tried.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Puts a mail into the outbox.
///
/// # Errors
/// Where the disk fails.
pub fn post(outbox: &Outbox, name: &str, message: &Message, now: Timestamp) -> Result<(), LedgerError> {
    let envelope = message.envelope();
    let id = message.headers().get_raw("Message-ID").unwrap_or_default();
    let posted = Posted {
        message_id: id.to_owned(),
        from: envelope.from().map(ToString::to_string).unwrap_or_default(),
        to: envelope.to().iter().map(ToString::to_string).collect(),
        since: now,
        attempts: 0,
        next: Some(now),
        last: None,
        taken: None,
    };
    outbox.put(name, &message.formatted(), &posted)
}

/// Tries to send what waits, the oldest first. Nothing is tried where another process is at it.
///
/// # Errors
/// Where the disk fails.
pub fn deliver(outbox: &Outbox, settings: &Mail, which: Which, now: Timestamp) -> Result<Vec<Delivery>, LedgerError> {
    let mut deliveries = Vec::new();
    let is_tried = |posted: &Posted| which == Which::All || posted.next.is_some_and(|next| next <= now);
    if !outbox.waiting(&mut Vec::new())?.iter().any(|(_, posted)| is_tried(posted)) {
        return Ok(deliveries);
    }
    let Some(_lock) = outbox.lock()? else { return Ok(deliveries) };
    // Another process may have sent some of them before the lock was had.
    for (name, posted) in outbox.waiting(&mut Vec::new())?.into_iter().filter(|(_, posted)| is_tried(posted)) {
        // One that cannot be read keeps none of the others from leaving.
        let mail = outbox.read(&name).map_err(|error| MailError::Damaged { reason: crate::run::chain(&error) });
        let failure = match mail.and_then(|mail| send::raw(&mail, &posted.from, &posted.to, settings)) {
            Ok(()) => {
                outbox.taken(&name, &posted, now)?;
                deliveries.push(Delivery { name, failure: None, next: None });
                continue;
            }
            Err(failure) => failure,
        };
        let next = if failure.is_final() { None } else { again(&posted, now) };
        let last = Some(crate::run::chain(&failure));
        let was_given_up = posted.next.is_none();
        let tried = Posted { attempts: posted.attempts + 1, next, last, ..posted };
        match next {
            None if !was_given_up => outbox.give_up(&name, &tried, now)?,
            _ => outbox.update(&name, &tried)?,
        }
        deliveries.push(Delivery { name, failure: Some(failure), next });
    }
    Ok(deliveries)
}

/// When a mail is tried again.
fn again(posted: &Posted, now: Timestamp) -> Option<Timestamp> {
    let at = usize::try_from(posted.attempts).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    let next = now.saturating_add(PAUSES[at]).ok()?;
    (next.duration_since(posted.since) <= PATIENCE).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_less_and_less_often_for_three_days() {
        let mut posted = Posted {
            message_id: "<1@example.org>".to_owned(),
            from: "a@example.org".to_owned(),
            to: vec!["b@example.org".to_owned()],
            since: Timestamp::UNIX_EPOCH,
            attempts: 0,
            next: Some(Timestamp::UNIX_EPOCH),
            last: None,
            taken: None,
        };
        let mut minutes = Vec::new();
        while let Some(next) = again(&posted, posted.next.expect("it goes on")) {
            minutes.push(next.duration_since(posted.since).as_mins());
            posted = Posted { attempts: posted.attempts + 1, next: Some(next), ..posted };
        }
        assert_eq!(minutes[..7], [1, 6, 21, 81, 261, 621, 981]);
        assert_eq!(minutes.last(), Some(&4_221), "under three days");
    }
}
