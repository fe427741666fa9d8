//! What a monitoring system wants to know: printed by `ledgerline metrics`, shown by the page, and in a file that is replaced
//! behind each run and decision.
//! All of it stands in the ledger and in the records of runs; nothing is computed here but ages, which are left to whoever
//! knows the time: instants are given as seconds since 1970.

mod exposition;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::exposition::Exposition;
pub(crate) use self::exposition::Family;
#[cfg(feature = "otel")]
pub(crate) use self::exposition::{Sample, Value};
use crate::event::Verdict;
use crate::ledger::{Ledger, LedgerError};
use crate::plan::Project;
use crate::run::chain;
use crate::runs;
use crate::summary::Summary;

/// Replaces the file that the project names, where it names one.
///
/// # Errors
/// A sentence; nothing about what was done depends on it.
pub(crate) fn write(project: &Project) -> Result<(), String> {
    let Some(path) = &project.metrics else { return Ok(()) };
    let written = text(project).map_err(|failure| chain(&failure)).and_then(|text| replace(path, &text));
    written.map_err(|why| format!("the metrics in `{}` are not of now: {why}", path.display()))
}

/// Whoever reads the file sees the old text or the new one.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    // Only what ends in `.prom` is read by the collector: not the unfinished file.
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|error| error.to_string())
}

/// Of so many runs the newest are looked at for the last one of each plan and the last that went well.
const RUNS: usize = 200;

/// What there is to know, in the text format of Prometheus.
pub(crate) fn text(project: &Project) -> Result<String, LedgerError> {
    Ok(exposition::text(&families(project)?))
}

/// What there is to know.
pub(crate) fn families(project: &Project) -> Result<Vec<Family>, LedgerError> {
    let mut out = Exposition::default();
    out.family("ledgerline_info", "What this is about; always 1.");
    out.sample(&[("project", project.name.as_str()), ("version", env!("CARGO_PKG_VERSION"))], 1);
    match Ledger::open(&project.ledger) {
        // Before a first load there is nothing to tell of.
        Err(LedgerError::NotALedger { .. }) => {}
        ledger => {
            let ledger = ledger?;
            of_runs(&ledger, &mut out);
            of_timeslots(&ledger, &mut out)?;
            of_mails(&ledger, &mut out)?;
            of_due_times(project, &ledger, &mut out)?;
        }
    }
    Ok(out.families())
}

/// The last run of each plan, and the last that went well: a failure does not take that away.
fn of_runs(ledger: &Ledger, out: &mut Exposition) {
    let mut last: BTreeMap<String, Summary> = BTreeMap::new();
    let mut well: BTreeMap<String, Summary> = BTreeMap::new();
    for name in runs::names(ledger).unwrap_or_default().iter().rev().take(RUNS) {
        // A dry run keeps nothing: it loads as little as if it had not been.
        let is_load =
            |summary: &Summary| !summary.plan.is_empty() && !matches!(summary.verdict, Some(Verdict::DryRun { .. }));
        let Some(summary) = runs::summary(ledger, name).filter(is_load) else { continue };
        if matches!(summary.exit_code, Some(0 | 4)) {
            well.entry(summary.plan.clone()).or_insert_with(|| summary.clone());
        }
        last.entry(summary.plan.clone()).or_insert(summary);
    }
    let mut each = |runs: &BTreeMap<String, Summary>,
                    name: &'static str,
                    help: &'static str,
                    value: &dyn Fn(&Summary) -> Option<f64>| {
        out.family(name, help);
        for (plan, summary) in runs {
            if let Some(value) = value(summary) {
                out.number(&[("plan", plan)], value);
            }
        }
    };
    let began = |summary: &Summary| runs::began(&summary.run).map(seconds);
    each(&last, "ledgerline_last_run_timestamp_seconds", "When the last run of a plan began.", &began);
    each(
        &last,
        "ledgerline_last_run_duration_seconds",
        "How long the last run of a plan that ended took.",
        &|summary| summary.exit_code.map(|_| millis(summary.millis)),
    );
    each(
        &last,
        "ledgerline_last_run_exit_code",
        "With what the last run of a plan ended: 0 well, 3 held; -1 where it goes on, or was killed.",
        &|summary| Some(summary.exit_code.map_or(-1.0, f64::from)),
    );
    each(
        &well,
        "ledgerline_last_success_timestamp_seconds",
        "When the last run of a plan ended that went well.",
        &|summary| Some(began(summary)? + millis(summary.millis)),
    );
}

/// What is current, and what waits for a decision.
fn of_timeslots(ledger: &Ledger, out: &mut Exposition) -> Result<(), LedgerError> {
    let (log, standings) = (ledger.log()?, ledger.standings()?);
    out.family("ledgerline_log_entries", "Entries of the log.");
    out.sample(&[], log.head().number);
    if let Some(current) = ledger.current()? {
        let id = &current.manifest.timeslot;
        out.family("ledgerline_current_as_of_timestamp_seconds", "The day that the current timeslot speaks about.");
        let day = current.manifest.as_of.to_zoned(TimeZone::UTC).map(|day| seconds(day.timestamp()));
        out.number(&[("timeslot", &id.to_string())], day.unwrap_or(f64::NAN));
        let confirmed = log.confirmation(id);
        out.family("ledgerline_current_confirmed_timestamp_seconds", "When the current timeslot was confirmed.");
        if let Some(entry) = confirmed {
            out.number(&[("timeslot", &id.to_string())], seconds(entry.at));
        }
        out.family("ledgerline_table_rows", "Rows of each table of the current timeslot.");
        let tables = current.manifest.tables.iter().filter(|(name, _)| !name.starts_with("staged_"));
        for (name, table) in tables {
            out.sample(&[("table", name)], table.parts.iter().map(|part| part.rows).sum::<u64>());
        }
    }
    out.family("ledgerline_open_since_timestamp_seconds", "Since when a timeslot is open that is not decided.");
    if let Some(open) = standings.open() {
        let begun = log.entries().iter().find(|entry| entry.timeslot == open.id);
        let labels = [("timeslot", &*open.id.to_string()), ("state", &*open.state.to_string())];
        out.number(&labels, begun.map_or(f64::NAN, |entry| seconds(entry.at)));
    }
    out.family("ledgerline_thresholds_holding", "Thresholds that hold the open timeslot.");
    out.sample(&[], standings.open().map_or(0, |open| open.holding.len() as u64));
    Ok(())
}

fn of_mails(ledger: &Ledger, out: &mut Exposition) -> Result<(), LedgerError> {
    let waiting = ledger.outbox().waiting(&mut Vec::new())?;
    let given_up = waiting.iter().filter(|(_, posted)| posted.next.is_none()).count() as u64;
    out.family("ledgerline_mails_waiting", "Mails that no server has taken yet and that are tried again.");
    out.sample(&[], waiting.len() as u64 - given_up);
    out.family("ledgerline_mails_given_up", "Mails that no server took and that are tried no more.");
    out.sample(&[], given_up);
    Ok(())
}

fn of_due_times(project: &Project, ledger: &Ledger, out: &mut Exposition) -> Result<(), LedgerError> {
    out.family("ledgerline_due_times_missed", "Due times of a plan for which no run was begun.");
    for plan in project.plans() {
        let told = ledger.due_times(&plan).told()?;
        if !told.missed.is_empty() || !told.settled.is_empty() {
            out.sample(&[("plan", plan.as_str())], told.missed.difference(&told.settled).count() as u64);
        }
    }
    Ok(())
}

fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

fn millis(millis: u64) -> f64 {
    std::time::Duration::from_millis(millis).as_secs_f64()
}
