//! `ledgerline confirm`, `reject`, `hide`, `show`: what a person decides about a timeslot.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::operations::note;
use super::output::print_text;
use super::{Failure, mail, metrics, open};
use crate::env::Clock;
use crate::ids::TimeslotId;
use crate::ledger::{Deed, Ledger, Open, What, Writer};
use crate::mail::Notice;
use crate::plan::Project;

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
    /// The timeslot.
    timeslot: TimeslotId,
    /// Why.
    #[arg(long)]
    reason: String,
}

pub(super) fn confirm(arguments: &ConfirmArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, writer, deed) = writer(folder)?;
    let id = &arguments.timeslot;
    let holding = writer.standings().find(id).map(|standing| standing.holding.clone()).unwrap_or_default();
    if let Some(unknown) = arguments.overrides.iter().find(|threshold| !holding.contains(threshold)) {
        return Err(Failure::Usage(format!(
            "threshold `{unknown}` does not hold timeslot {id}; holding: {}",
            list(&holding)
        )));
    }
    let left: Vec<String> = holding.into_iter().filter(|threshold| !arguments.overrides.contains(threshold)).collect();
    if !left.is_empty() {
        return Err(Failure::Usage(format!(
            "timeslot {id} is held by {}; let each pass with `--override THRESHOLD --reason ..`, or reject it",
            list(&left)
        )));
    }
    let mut active = match writer.resume(id)? {
        Open::Active(active) => active,
        Open::Sandbox(_) => {
            return Err(Failure::Usage(format!("timeslot {id} is a sandbox: its stages have not run yet")));
        }
    };
    let stale: Vec<&str> = active.manifest().stale_stages().iter().map(|stage| stage.as_str()).collect();
    // Items in error hold the timeslot; here each was let pass by name.
    if !stale.is_empty() && !active.manifest().lacks_only_errors() {
        return Err(Failure::Stale { timeslot: id.clone(), stages: stale.join(", ") });
    }
    for threshold in &arguments.overrides {
        active.override_threshold(&deed, threshold, arguments.reason.as_deref().unwrap_or_default())?;
    }
    let plan = active.manifest().plan.clone();
    let (writer, _) = active.confirm(&deed)?;
    let passed = if arguments.overrides.is_empty() {
        String::new()
    } else {
        format!(", in spite of {}", list(&arguments.overrides))
    };
    let sentence = format!("timeslot {id} is current{passed}");
    let head = writer.head().to_string();
    tell(
        &project,
        writer,
        &deed,
        Decision { plan: &plan, id, word: "CONFIRMED", sentence },
        arguments.reason.as_deref(),
    );
    print_text(&format!("timeslot {id} is current; log {head}\n"));
    metrics::write(&project);
    Ok(0)
}

pub(super) fn reject(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, writer, deed) = writer(folder)?;
    let open = writer.resume(&arguments.timeslot)?.into_inner();
    let plan = open.manifest().plan.clone();
    let writer = open.reject(&deed, &arguments.reason)?;
    let id = &arguments.timeslot;
    let sentence = format!("timeslot {id} is refused; nothing of it is visible");
    let head = writer.head().to_string();
    tell(&project, writer, &deed, Decision { plan: &plan, id, word: "REJECTED", sentence }, Some(&arguments.reason));
    print_text(&format!("timeslot {id} is rejected; log {head}\n"));
    metrics::write(&project);
    Ok(0)
}

pub(super) fn hide(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, mut writer, deed) = writer(folder)?;
    writer.hide(&deed, &arguments.timeslot, &arguments.reason)?;
    let sentence = format!("HIDDEN: {}", arguments.reason);
    note(writer.ledger(), What::Decision, arguments.timeslot.to_string(), sentence);
    print_text(&format!("timeslot {} is hidden; log {}\n", arguments.timeslot, writer.head()));
    metrics::write(&project);
    Ok(0)
}

pub(super) fn show(arguments: &ReasonArguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, mut writer, deed) = writer(folder)?;
    writer.show(&deed, &arguments.timeslot, &arguments.reason)?;
    let sentence = format!("VISIBLE: {}", arguments.reason);
    note(writer.ledger(), What::Decision, arguments.timeslot.to_string(), sentence);
    print_text(&format!("timeslot {} is visible; log {}\n", arguments.timeslot, writer.head()));
    metrics::write(&project);
    Ok(0)
}

/// What was decided about a timeslot.
struct Decision<'a> {
    plan: &'a str,
    id: &'a TimeslotId,
    word: &'a str,
    sentence: String,
}

/// Mails a decision, to those who get the mails about runs. The lock goes first: a server may be slow.
fn tell(project: &Project, writer: Writer, deed: &Deed, decision: Decision<'_>, reason: Option<&str>) {
    let (ledger, head) = (writer.ledger().clone(), writer.head().clone());
    drop(writer);
    let Decision { plan, id, word, sentence } = decision;
    let because = reason.map(|reason| format!("; {reason}")).unwrap_or_default();
    note(&ledger, What::Decision, id.to_string(), format!("{word}: {sentence}{because}"));
    let mut text = format!("{word}: {sentence}.\n\nby: {}\n", deed.by);
    if let Some(reason) = reason {
        text.push_str(&format!("because: {reason}\n"));
    }
    text.push_str(&format!("head of the log: {head}\n"));
    let name = format!("{}-{id}-{}", word.to_lowercase(), head.number);
    let about = format!("{plan} {id}: {word}");
    mail::notify(project, &ledger, Notice { name, about, text, thread: Some((plan, id)) });
}

/// The project, the lock of its ledger, and who takes it.
fn writer(folder: Option<PathBuf>) -> Result<(Project, Writer, Deed), Failure> {
    let project = open::project(folder)?;
    let person = open::person();
    let (writer, _) = Ledger::open(&project.ledger)?.lock(&person)?;
    Ok((project, writer, Deed { at: SystemClock.now(), by: person, account: Some(open::account()), run: None }))
}

fn list(thresholds: &[String]) -> String {
    if thresholds.is_empty() { "none".to_owned() } else { thresholds.join(", ") }
}
