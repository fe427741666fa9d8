//! Runs, for programs.

use super::shapes::{Begun, Done, Launch, Run, Stage};
use super::{body, told};
use crate::ledger::Ledger;
use crate::runs::{self as records, Life};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::pages::launch::{begin, take_up};
use crate::web::pages::run::found;
use crate::web::processes;
use crate::web::site::Site;

/// Runs of a page.
const ROWS: usize = 50;

/// The names of the plans.
pub(in crate::web) fn plans(site: &Site, _: &Ask) -> Result<Answer, Refusal> {
    let names: Vec<String> = site.project().plans().iter().map(ToString::to_string).collect();
    Ok(told(&names))
}

/// The runs, newest first, a page at a time.
pub(in crate::web) fn runs(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = match site.ledger() {
        Ok(ledger) => ledger,
        Err(Refusal::NotFound(_)) => return Ok(told(&Vec::<Run>::new())),
        Err(other) => return Err(other),
    };
    let first = ask.query.page()?.saturating_mul(ROWS);
    let names = records::names(&ledger)?;
    let runs: Vec<Run> = names.iter().rev().skip(first).take(ROWS).map(|name| of(&ledger, name)).collect();
    Ok(told(&runs))
}

/// A run.
pub(in crate::web) fn run(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, name) = found(site, ask)?;
    Ok(told(&of(&ledger, &name)))
}

fn of(ledger: &Ledger, name: &str) -> Run {
    let summary = records::summary(ledger, name).unwrap_or_default();
    let life = match records::life(&ledger.runs_folder().join(name)) {
        Life::Ended => "ended",
        Life::UnderWay => "under_way",
        Life::Dead => "dead",
        Life::Unknown => "unknown",
    };
    let stages = summary.stages.iter().map(|stage| Stage {
        stage: stage.stage.to_string(),
        headline: stage.report.headline.clone(),
        millis: stage.millis,
    });
    Run {
        run: name.to_owned(),
        plan: summary.plan.clone(),
        timeslot: summary.timeslot.as_ref().map(ToString::to_string),
        life,
        verdict: summary.verdict.is_some().then(|| summary.verdict_line()),
        exit_code: summary.exit_code,
        millis: summary.millis,
        by: records::asked(ledger, name).map(|asked| asked.by).filter(|by| !by.is_empty()),
        stages: stages.collect(),
    }
}

/// Runs a plan.
pub(in crate::web) fn start(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let launch: Launch = body(ask)?;
    let mut fields = vec![("plan".to_owned(), launch.plan)];
    let mut add = |name: &str, value: String| fields.push((name.to_owned(), value));
    launch.from.into_iter().for_each(|stage| add("from", stage));
    launch.until.into_iter().for_each(|stage| add("until", stage));
    launch.skip.into_iter().for_each(|pick| add("skip", pick));
    launch.only.into_iter().for_each(|pick| add("only", pick));
    launch.timeslot.into_iter().for_each(|id| add("timeslot", id));
    launch.vars.into_iter().for_each(|(name, value)| add(&format!("var.{name}"), value));
    for (name, is_on) in [("dry_run", launch.dry_run), ("if_changed", launch.if_changed)] {
        if is_on {
            add(name, "yes".to_owned());
        }
    }
    Ok(told(&Begun { run: begin(site, ask, &Fields(fields))? }))
}

/// Takes up a run.
pub(in crate::web) fn retry(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    Ok(told(&Begun { run: take_up(site, ask)? }))
}

/// Tells a run to end.
pub(in crate::web) fn cancel(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, run) = found(site, ask)?;
    processes::cancel(&ledger, &run)?;
    Ok(told(&Done { done: format!("run {run} is told to end"), head: None }))
}
