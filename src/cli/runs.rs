//! `ledgerline runs`: every run, newest last; `ledgerline status`: what stands and what waits.

use std::path::PathBuf;

use super::output::{Format, Rows};
use super::{Failure, open};
use crate::ledger::Ledger;
use crate::runs::{Life, life, names, summary};
use crate::summary::Summary;

/// List the runs.
#[derive(clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let mut rows = Rows::new(&["run", "plan", "timeslot", "seconds", "exit", "verdict"]).numbers(&["seconds", "exit"]);
    for name in names(&ledger)? {
        let summary = summary(&ledger, &name);
        let verdict = verdict(&ledger, &name, summary.as_ref());
        let text = |of: fn(&Summary) -> String| summary.as_ref().map(of);
        rows.rows.push(vec![
            Some(name),
            text(|summary| summary.plan.clone()),
            summary.as_ref().and_then(|summary| summary.timeslot.as_ref().map(ToString::to_string)),
            text(|summary| format!("{}.{:02}", summary.millis / 1000, summary.millis % 1000 / 10)),
            summary.as_ref().and_then(|summary| summary.exit_code.map(|code| code.to_string())),
            Some(verdict),
        ]);
    }
    rows.print(format);
    Ok(0)
}

/// Show what stands and what waits.
pub(super) fn status(folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let log = ledger.log()?;
    let standings = ledger.standings()?;
    let mut rows = Rows::new(&["what", "is"]);
    let mut add = |what: &str, is: String| rows.rows.push(vec![Some(what.to_owned()), Some(is)]);
    add("project", project.name.clone());
    let current = standings.current().map_or_else(|| "none yet".to_owned(), |found| found.id.to_string());
    add("current timeslot", current);
    if let Some(open) = standings.open() {
        let holding = if open.holding.is_empty() { String::new() } else { format!(" by {}", open.holding.join(", ")) };
        add("open timeslot", format!("{} ({}{holding})", open.id, open.state));
    }
    if let Some(name) = names(&ledger)?.pop() {
        let verdict = verdict(&ledger, &name, summary(&ledger, &name).as_ref());
        add("last run", format!("{name}: {verdict}"));
    }
    add("log", log.head().to_string());
    rows.print(format);
    Ok(0)
}

/// The verdict, or why there is none.
fn verdict(ledger: &Ledger, run: &str, summary: Option<&Summary>) -> String {
    match life(&ledger.runs_folder().join(run)) {
        Life::Dead => "DID NOT END: its process is gone; `ledgerline retry` takes it up".to_owned(),
        Life::UnderWay => "UNDER WAY".to_owned(),
        Life::Ended | Life::Unknown => summary.map_or_else(|| "did not end".to_owned(), Summary::verdict_line),
    }
}
