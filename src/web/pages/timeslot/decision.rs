//! What is decided about a timeslot on the page, or by a program: written into the log, noted, mailed, told to the webhook.

use std::sync::Arc;

use jiff::Timestamp;

use crate::decide::{self, Decided, DecisionError, Word};
use crate::ids::{InvalidName, Label};
use crate::ledger::{Deed, Ledger};
use crate::mail::{Which, deliver, of_decision, post_notice};
use crate::plan::Project;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::site::Site;
use crate::{metrics, notify, otel};

/// Confirms; each threshold that holds is let pass by name.
pub(in crate::web) fn confirm(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let overrides: Vec<String> = ask.form.all("pass").map(str::to_owned).collect();
    decided(site, ask, |ledger, id, deed| decide::confirm(ledger, id, &overrides, ask.form.get("reason"), deed))
}

/// Rejects.
pub(in crate::web) fn reject(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let reason = ask.form.get("reason").unwrap_or_default();
    decided(site, ask, |ledger, id, deed| decide::reject(ledger, id, reason, deed))
}

/// Hides.
pub(in crate::web) fn hide(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let reason = ask.form.get("reason").unwrap_or_default();
    decided(site, ask, |ledger, id, deed| decide::hide(ledger, id, reason, deed))
}

/// Puts back in sight.
pub(in crate::web) fn show(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let reason = ask.form.get("reason").unwrap_or_default();
    decided(site, ask, |ledger, id, deed| decide::show(ledger, id, reason, deed))
}

/// Gives it a name.
pub(in crate::web) fn label(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (label, reason) = (label_of(ask)?, ask.form.get("reason").unwrap_or_default());
    decided(site, ask, |ledger, id, deed| decide::label(ledger, id, &label, reason, deed))
}

/// Takes a name off.
pub(in crate::web) fn unlabel(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (label, reason) = (label_of(ask)?, ask.form.get("reason").unwrap_or_default());
    decided(site, ask, |ledger, id, deed| decide::unlabel(ledger, id, &label, reason, deed))
}

fn label_of(ask: &Ask) -> Result<Label, Refusal> {
    let text = ask.form.get("label").unwrap_or_default();
    text.parse().map_err(|error: InvalidName| Refusal::Wrong(error.to_string()))
}

/// Puts a legal hold on it.
pub(in crate::web) fn hold(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let reason = ask.form.get("reason").unwrap_or_default();
    decided(site, ask, |ledger, id, deed| decide::hold(ledger, id, reason, deed))
}

/// Lifts a legal hold, or that it is to go.
pub(in crate::web) fn release(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let reason = ask.form.get("reason").unwrap_or_default();
    decided(site, ask, |ledger, id, deed| decide::release(ledger, id, reason, deed))
}

fn decided(
    site: &Site,
    ask: &Ask,
    decision: impl FnOnce(&Ledger, &crate::ids::TimeslotId, &Deed) -> Result<Decided, DecisionError>,
) -> Result<Answer, Refusal> {
    let id = ask.piece("timeslot")?;
    decide_as(site, ask, |ledger, deed| decision(ledger, &id, deed))?;
    Ok(Answer::Go(format!("/timeslots/{id}")))
}

/// Decides in the name of the one who asks; mails it and renews the metrics, which changes nothing about it.
///
/// # Errors
/// Where nothing is decided.
pub(in crate::web) fn decide_as(
    site: &Site,
    ask: &Ask,
    decision: impl FnOnce(&Ledger, &Deed) -> Result<Decided, DecisionError>,
) -> Result<Decided, Refusal> {
    let (ledger, person) = (site.ledger()?, ask.person()?);
    let deed = Deed { at: ask.now, by: person.name.clone(), account: None, run: None };
    let decided = decision(&ledger, &deed)?;
    let project = site.project();
    // What cannot be noted there stands in the log all the same.
    site.note(&decided.operation(ask.now));
    let _ = metrics::write(&project);
    otel::tell_numbers_beside(Arc::clone(&project), ask.now, |_| {});
    if matches!(decided.word, Word::Confirmed | Word::Rejected) {
        tell(project, ledger, decided.clone(), ask.now);
    }
    Ok(decided)
}

/// Puts the mail into the outbox; sends it and tells the webhook beside what else is done: a server may be slow.
fn tell(project: Arc<Project>, ledger: Ledger, decided: Decided, now: Timestamp) {
    let is_posted = post_notice(&project, &ledger, of_decision(&decided), now).is_ok();
    std::thread::spawn(move || {
        // What is not taken now waits in the outbox, for the next run or for the watch over schedules.
        if let Some(settings) = project.mail.as_ref().filter(|_| is_posted) {
            let _ = deliver(&ledger.outbox(), settings, Which::Due, now);
        }
        let _ = notify::tell(&project.notify, &notify::of_decision(&project, &decided));
    });
}
