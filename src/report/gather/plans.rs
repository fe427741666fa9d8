//! The plans of the project: their last runs, and what became of their due times.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Sight;
use crate::event::Verdict;
use crate::ledger::LedgerError;
use crate::plan::Plan;
use crate::report::facts::{PlanFacts, RunFacts};
use crate::report::probe::WELL;
use crate::schedule::{due_after, last_due};
use crate::summary::Summary;

/// So long after its due time a run has begun, where all is well.
const MOMENT: SignedDuration = SignedDuration::from_mins(15);

/// The plans of the project. Where they cannot be read, their runs are known all the same.
pub(super) fn facts(sight: &Sight<'_>) -> Result<Vec<PlanFacts>, LedgerError> {
    let plans: BTreeMap<String, Option<&Plan>> = match &sight.plans {
        Ok(plans) => plans.iter().map(|plan| (plan.name.to_string(), Some(plan))).collect(),
        Err(_) => sight.project.plans().into_iter().map(|name| (name.to_string(), None)).collect(),
    };
    plans.into_iter().map(|(name, plan)| of(sight, name, plan)).collect()
}

fn of(sight: &Sight<'_>, name: String, plan: Option<&Plan>) -> Result<PlanFacts, LedgerError> {
    // A dry run keeps nothing: it loads as little as if it had not been.
    let is_load = |run: &&Summary| run.plan == name && !matches!(run.verdict, Some(Verdict::DryRun { .. }));
    let last = sight.runs.iter().find(is_load).map(run);
    let well = sight.runs.iter().filter(is_load).find(|run| run.exit_code.is_some_and(|code| WELL.contains(&code)));
    let well = well.and_then(Summary::began);
    let facts = PlanFacts { name, last, well, ..PlanFacts::default() };
    let Some((plan, schedule)) = plan.and_then(|plan| Some((plan, plan.schedule.as_ref()?))) else { return Ok(facts) };
    let times = sight.ledger.due_times(&plan.name);
    // What was due before anybody looked, or before a first run, was due for nobody.
    let seen = times.seen()?.or_else(|| sight.runs.iter().filter(is_load_of(plan)).filter_map(Summary::began).min());
    let late = SignedDuration::try_from(schedule.jitter).unwrap_or_default();
    let ripe = sight.now.saturating_sub(MOMENT).and_then(|ripe| ripe.saturating_sub(late)).unwrap_or(Timestamp::MIN);
    let due = last_due(schedule, ripe).map(|due| due.timestamp()).filter(|due| seen.is_some_and(|seen| *due > seen));
    let told = times.told()?;
    let is_watched = times.seen()?.is_some() || !told.settled.is_empty();
    let from = sight.last.unwrap_or(Timestamp::MIN);
    let next = due_after(schedule, sight.now).next();
    Ok(PlanFacts {
        pattern: Some(format!("{} {}", schedule.pattern, schedule.zone_name)),
        due,
        is_watched,
        next: next.map(|due| due.strftime("%a %Y-%m-%d %H:%M %Z").to_string()),
        missed: told.missed.difference(&told.settled).filter(|due| **due >= from).copied().collect(),
        left_out: times.left_out(from)?,
        ..facts
    })
}

fn is_load_of(plan: &Plan) -> impl Fn(&&Summary) -> bool {
    |run| run.plan == plan.name.as_str()
}

fn run(summary: &Summary) -> RunFacts {
    let line = summary.verdict_line();
    // Time and log stand elsewhere.
    let verdict = line.rsplit_once(" [").map_or(line.as_str(), |(line, _)| line).to_owned();
    RunFacts { name: summary.run.clone(), began: summary.began(), exit_code: summary.exit_code, verdict }
}
