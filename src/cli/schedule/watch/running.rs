//! The run that is under way, and those that could not begin.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use rustix::process::{Pid, Signal, kill_process};

use crate::cli::Failure;
use crate::cli::output::log_arguments;
use crate::ids::PlanName;
use crate::plan::Plan;

/// A run that was started for a due time.
pub(super) struct Running {
    pub(super) plan: PlanName,
    pub(super) due: Timestamp,
    child: Child,
}

impl Running {
    /// Starts the run of a plan. It says itself that it begins, so that of several that are started only one does.
    pub(super) fn start(root: &Path, plan: &Plan, due: Timestamp, vars: &[(String, String)]) -> Result<Self, Failure> {
        let exe = std::env::current_exe().map_err(|error| Failure::Usage(format!("where is this program? {error}")))?;
        let mut command = Command::new(&exe);
        command
            .arg("--project")
            .arg(root)
            .args(log_arguments())
            .arg("run")
            .arg(&plan.path)
            .arg("--batch")
            .arg("--due")
            .arg(due.to_string());
        for (name, value) in vars {
            command.arg("--var").arg(format!("{name}={value}"));
        }
        let child = command.stdin(Stdio::null()).spawn().map_err(|source| Failure::Write { path: exe, source })?;
        Ok(Self { plan: plan.name.clone(), due, child })
    }

    pub(super) fn is_for(&self, plan: &PlanName, due: Timestamp) -> bool {
        self.plan == *plan && self.due == due
    }

    /// The exit code, once it has ended; 128 and the signal where one ended it.
    pub(super) fn ended(&mut self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt;
        let status = self.child.try_wait().ok().flatten()?;
        status.code().or_else(|| status.signal().map(|signal| 128 + signal))
    }

    /// Tells it to end and waits until it has.
    pub(super) fn end(mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// How long is waited before a run that could not begin is tried again.
const PAUSES: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(5), SignedDuration::from_mins(15)];

/// How soon a run that found another one under way is tried again.
const SOON: SignedDuration = SignedDuration::from_secs(30);

/// Runs and reports that could not begin: how often, and when the next attempt is due.
#[derive(Default)]
pub(super) struct Attempts(HashMap<(String, Timestamp), (usize, Timestamp)>);

impl Attempts {
    /// Whether a run may be started now.
    pub(super) fn may_begin(&self, what: &impl ToString, due: Timestamp, now: Timestamp) -> bool {
        self.0.get(&(what.to_string(), due)).is_none_or(|(_, again)| now >= *again)
    }

    /// Takes note that another run was under way: that is no failure, and is asked again soon.
    pub(super) fn later(&mut self, what: &impl ToString, due: Timestamp, now: Timestamp) {
        let (_, again) = self.0.entry((what.to_string(), due)).or_insert((0, now));
        *again = now.saturating_add(SOON).unwrap_or(now);
    }

    /// Takes note that a run ended before it began. Returns why it is not tried again, where it is not.
    pub(super) fn failed(&mut self, what: &impl ToString, due: Timestamp, code: i32, now: Timestamp) -> Option<String> {
        let (failures, again) = self.0.entry((what.to_string(), due)).or_insert((0, now));
        let Some(pause) = PAUSES.get(*failures) else {
            return Some(format!("it could not begin {} times, at last with exit code {code}", PAUSES.len() + 1));
        };
        *failures += 1;
        *again = now.saturating_add(*pause).unwrap_or(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_cannot_begin_is_tried_four_times() {
        let (plan, now) = ("nightly".to_owned(), Timestamp::UNIX_EPOCH);
        let mut attempts = Attempts::default();
        for minutes in [1, 5, 15] {
            assert!(attempts.may_begin(&plan, now, now));
            assert_eq!(attempts.failed(&plan, now, 2, now), None);
            let pause = SignedDuration::from_mins(minutes);
            assert!(!attempts.may_begin(&plan, now, now + pause - SignedDuration::from_secs(1)));
            assert!(attempts.may_begin(&plan, now, now + pause));
            attempts.0.insert((plan.clone(), now), (attempts.0[&(plan.clone(), now)].0, now));
        }
        let why = attempts.failed(&plan, now, 2, now).expect("enough");
        assert!(why.contains("4 times"), "{why}");
    }
}
