//! A webhook is told of each batch run and each decision: counts and names, as in a mail, and no rows.

use std::thread::sleep;
use std::time::Duration;

use serde::Serialize;

use super::call::{CallError, post};
use crate::decide::Decided;
use crate::mail::Letter;
use crate::plan::Project;
use crate::settings::mail::On;
use crate::settings::notify::Notify;

/// How long is waited before another attempt; there is one more attempt than pauses.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// What is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    /// `run` or `decision`.
    what: &'static str,
    project: &'a str,
    run: Option<&'a str>,
    plan: &'a str,
    timeslot: Option<String>,
    verdict: String,
    sentence: String,
    exit_code: Option<u8>,
    /// Number and hash of the newest log entry.
    head: String,
    /// The page to look at, where there is one.
    link: Option<String>,
    /// What it is about, for the webhooks that are told of some things only.
    #[serde(skip)]
    on: Option<On>,
}

/// What is told of a run.
pub(crate) fn of_run<'a>(letter: &'a Letter<'_>, exit_code: u8) -> Told<'a> {
    let summary = letter.summary;
    Told {
        what: "run",
        project: &letter.project,
        run: Some(letter.run),
        plan: &summary.plan,
        timeslot: summary.timeslot.as_ref().map(ToString::to_string),
        verdict: letter.word().to_owned(),
        sentence: letter.sentence(),
        exit_code: Some(exit_code),
        head: summary.head.clone(),
        link: letter.links().into_iter().next().map(|(_, url)| url),
        on: letter.on(),
    }
}

/// What is told of a decision.
pub(crate) fn of_decision<'a>(project: &'a Project, decided: &'a Decided) -> Told<'a> {
    let url = project.serve.url.as_ref();
    Told {
        what: "decision",
        project: &project.name,
        run: None,
        plan: &decided.plan,
        timeslot: Some(decided.timeslot.to_string()),
        verdict: decided.word.as_str().to_uppercase(),
        sentence: decided.sentence.clone(),
        exit_code: None,
        head: decided.head.to_string(),
        link: url.map(|url| format!("{url}/timeslots/{}", decided.timeslot)),
        on: Some(On::Decided),
    }
}

/// Tells the webhook, where there is one that wants it: three times, where it does not take it.
pub(crate) fn tell(notify: &Notify, told: &Told<'_>) -> Result<(), CallError> {
    let Some(webhook) = notify.webhook.as_ref().filter(|webhook| webhook.wants(told.on)) else { return Ok(()) };
    let body = serde_json::to_vec(told).expect("what is told has only text keys");
    let once = || post(&webhook.url, "", "application/json", &body, notify.root_certificate.as_deref());
    let mut done = once();
    for pause in PAUSES {
        match &done {
            Err(error) if error.may_pass() => sleep(pause),
            _ => break,
        }
        done = once();
    }
    done
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
