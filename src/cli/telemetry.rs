//! Telling a collector of `OpenTelemetry`, from commands: what fails is a warning, one for each run or decision.

use std::sync::Arc;

use super::clock::SystemClock;
use super::output::say;
use crate::env::Clock;
use crate::otel::{Trace, tell_numbers, tell_numbers_beside};
use crate::plan::Project;
use crate::run::chain;

/// Tells of a run that has ended, and what there is to measure behind it.
pub(super) fn of_run(project: &Project, trace: Option<&Trace>, why: Option<&str>) {
    let told = trace.map_or(Ok(()), |trace| trace.tell(project, why));
    // A collector that cannot be told of one thing is not asked about another: it may take its time each time.
    if let Err(error) = told.and_then(|()| tell_numbers(project, SystemClock.now())) {
        say(&format!("warning: the collector of OpenTelemetry was not told of the run: {}", chain(&error)));
    }
}

/// Tells what there is to measure behind a decision.
pub(super) fn of_decision(project: &Project) {
    if let Err(error) = tell_numbers(project, SystemClock.now()) {
        say(&format!("warning: the collector of OpenTelemetry was not told of the decision: {}", chain(&error)));
    }
}

/// Tells what there is to measure, while the schedules are watched.
pub(super) fn beside(project: &Project) {
    tell_numbers_beside(Arc::new(project.clone()), SystemClock.now(), |error| {
        say(&format!("warning: the collector of OpenTelemetry was not told: {}", chain(&error)));
    });
}
