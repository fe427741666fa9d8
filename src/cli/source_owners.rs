//! After a batch run: a mail to the owner of each source that had rejects or was not complete, about that source alone.

use super::clock::SystemClock;
use crate::collect::reports_of;
use crate::engine::Engine;
use crate::env::Clock;
use crate::ids::StageName;
use crate::ledger::{Ledger, State, Timeslot};
use crate::mail::post_notice;
use crate::mail::sources::{Load, Rejects, needs_its_owner, of_source};
use crate::model::TableSet;
use crate::plan::{Plan, Project};
use crate::run::chain;
use crate::summary::Summary;

/// Puts the mails into the outbox. Returns what is to be regretted.
pub(super) fn post(
    project: &Project,
    plan: &Plan,
    ledger: &Ledger,
    engine: &dyn Engine,
    summary: &Summary,
) -> Vec<String> {
    let has_collected = summary.stages.iter().any(|stage| stage.stage == StageName::Collect)
        || summary.failure.as_ref().is_some_and(|(stage, _)| *stage == StageName::Collect);
    let is_owned = plan.collectors.iter().any(|collector| collector.owner.is_some());
    let Some(id) = summary.timeslot.as_ref().filter(|_| has_collected && is_owned && project.mail.is_some()) else {
        return Vec::new();
    };
    // A dry run has left no timeslot, and tells no owner.
    let Ok(timeslot) = ledger.timeslot(id) else { return Vec::new() };
    let load = Load {
        run: &summary.run,
        plan: &summary.plan,
        timeslot: id,
        is_readable: ledger
            .standings()
            .is_ok_and(|all| all.find(id).is_some_and(|standing| standing.state != State::Sandbox)),
    };
    post_each(&load, &timeslot, project, plan, ledger, engine)
}

fn post_each(
    load: &Load<'_>,
    timeslot: &Timeslot,
    project: &Project,
    plan: &Plan,
    ledger: &Ledger,
    engine: &dyn Engine,
) -> Vec<String> {
    let tables = TableSet::of(timeslot, None);
    let mut sorry = Vec::new();
    for report in reports_of(Some(timeslot)).iter().filter(|report| needs_its_owner(report)) {
        let collector = plan.collectors.iter().find(|collector| collector.name.as_str() == report.source);
        let Some(owner) = collector.and_then(|collector| collector.owner.as_ref()) else { continue };
        // Counts and state are told also where the places cannot be.
        let rejects = Rejects::read(&report.source, &tables, engine).unwrap_or_else(|error| {
            sorry.push(format!("the rejects of `{}` cannot be read for its owner: {}", report.source, chain(&error)));
            Rejects::default()
        });
        let notice = of_source(load, report, &rejects, owner);
        if let Err(why) = post_notice(project, ledger, notice, SystemClock.now()) {
            sorry.push(format!("the owner of `{}` gets no mail: {why}", report.source));
        }
    }
    sorry
}
