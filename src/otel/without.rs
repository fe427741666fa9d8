//! A build without `OpenTelemetry`: nobody is told anything, and a project that asks for it does not load.

use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;

use crate::event::{Observer, RunEvent};
use crate::ledger::Ledger;
use crate::plan::{Plan, Project};

/// Why a collector was not told: no reason, as none is.
pub(crate) type TellError = Infallible;

/// What would happen in a run.
pub(crate) enum Trace {}

impl Trace {
    /// There is none.
    pub(crate) fn of(_: &Project, _: &Plan, _: &Ledger, _: &str) -> Option<Self> {
        None
    }

    /// Of none.
    pub(crate) fn id(&self) -> String {
        match *self {}
    }

    /// Of none.
    pub(crate) fn tell(&self, _: &Project, _: Option<&str>) -> Result<(), TellError> {
        match *self {}
    }
}

impl Observer for Trace {
    fn notice(&self, _: &RunEvent) {
        match *self {}
    }
}

/// Tells nobody.
#[expect(clippy::unnecessary_wraps, reason = "as in a build with it")]
pub(crate) fn tell_numbers(_: &Project, _: Timestamp) -> Result<(), TellError> {
    Ok(())
}

/// Tells nobody.
pub(crate) fn tell_numbers_beside(_: Arc<Project>, _: Timestamp, _: impl FnOnce(TellError) + Send + 'static) {}
