//! Telling a webhook and a check, from commands: what fails is a warning.

use std::cell::Cell;

use super::output::say;
use crate::decide::Decided;
use crate::mail::Letter;
use crate::notify::{self, Ping};
use crate::plan::Project;
use crate::settings::notify::Notify;

/// Tells the webhook of a run.
pub(super) fn of_run(project: &Project, letter: &Letter<'_>, exit_code: u8) {
    if let Err(why) = notify::tell(&project.notify, &notify::of_run(letter, exit_code)) {
        say(&format!("warning: the webhook was not told of the run: {why}"));
    }
}

/// Tells the webhook of a decision.
pub(super) fn of_decision(project: &Project, decided: &Decided) {
    if let Err(why) = notify::tell(&project.notify, &notify::of_decision(project, decided)) {
        say(&format!("warning: the webhook was not told of the decision: {why}"));
    }
}

/// The check that expects a batch run.
pub(super) struct Expected {
    notify: Option<Notify>,
    is_another: Cell<bool>,
}

impl Expected {
    /// The check of a project, where the run is one that somebody expects.
    pub(super) fn of(project: &Project, is_batch: bool) -> Self {
        Self { notify: is_batch.then(|| project.notify.clone()), is_another: Cell::new(false) }
    }

    /// The run begins.
    pub(super) fn begin(&self) {
        self.say(Ping::Start);
    }

    /// Another run is the one that is expected: this one says no more.
    pub(super) fn leave_to_another(&self) {
        self.is_another.set(true);
    }

    /// The run ended, or could not begin.
    pub(super) fn end(&self, exit_code: u8) {
        self.say(Ping::End(exit_code));
    }

    fn say(&self, ping: Ping) {
        let Some(notify) = self.notify.as_ref().filter(|_| !self.is_another.get()) else { return };
        if let Err(why) = notify::ping(notify, ping) {
            say(&format!("warning: the check that expects runs was not told: {why}"));
        }
    }
}
