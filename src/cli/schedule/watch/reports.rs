//! The reports that are due: each made by a process of its own, beside whatever run is under way.

use std::process::{Child, Command, Stdio};

use jiff::Timestamp;

use super::running::Attempts;
use super::shown;
use crate::cli::Failure;
use crate::cli::operations::note;
use crate::cli::output::{log_arguments, say};
use crate::ledger::{Ledger, Settled, What};
use crate::plan::Project;
use crate::schedule::{Known, decide};
use crate::settings::report::Kind;

/// The report that is being made, and those that could not be.
#[derive(Default)]
pub(super) struct Reports {
    making: Option<(Kind, Timestamp, Child)>,
    attempts: Attempts,
}

impl Reports {
    /// Begins what is due. Returns when to look again.
    pub(super) fn look_at(
        &mut self,
        project: &Project,
        ledger: &Ledger,
        vars: &[(String, String)],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Failure> {
        self.has_ended(ledger, now)?;
        let mut next: Option<Timestamp> = None;
        for (kind, schedule) in project.report.due() {
            let times = ledger.due_times_of(kind.due_name());
            let told = times.told()?;
            let since = times.since(&schedule.pattern, &schedule.zone_name, now)?;
            let known = Known { since, settled: told.settled, missed: told.missed, seed: 0 };
            let decision = decide(schedule, &known, now);
            for due in &decision.missed {
                times.miss(due.timestamp(), now)?;
            }
            if let Some(last) = decision.missed.last() {
                let count = decision.missed.len();
                tell(ledger, kind, &format!("MISSED: {count} due times passed without it, the last {}", shown(last)));
            }
            if let Some(due) = decision.begin.map(|due| due.timestamp())
                && self.making.is_none()
                && self.attempts.may_begin(&kind, due, now)
            {
                say(&format!("the {} is due", kind.title()));
                self.making = Some((kind, due, start(project, kind, due, vars)?));
            }
            next = [next, decision.next].into_iter().flatten().min();
        }
        Ok(next)
    }

    /// Looks after the report that is being made. One that could not be is tried again later.
    fn has_ended(&mut self, ledger: &Ledger, now: Timestamp) -> Result<(), Failure> {
        let Some((kind, due, child)) = &mut self.making else { return Ok(()) };
        let (kind, due) = (*kind, *due);
        let Some(status) = child.try_wait().ok().flatten() else { return Ok(()) };
        self.making = None;
        let times = ledger.due_times_of(kind.due_name());
        if times.told()?.settled.contains(&due) {
            return Ok(());
        }
        if let Some(why) = self.attempts.failed(&kind, due, status.code().unwrap_or(-1), now) {
            tell(ledger, kind, &format!("LEFT OUT: {why}"));
            times.settle(due, now, Settled::LeftOut { why })?;
        }
        Ok(())
    }

    /// Waits for the report that is being made: it takes seconds.
    pub(super) fn end(&mut self) {
        if let Some((_, _, mut child)) = self.making.take() {
            let _ = child.wait();
        }
    }
}

fn tell(ledger: &Ledger, kind: Kind, sentence: &str) {
    say(&format!("warning: the {}: {sentence}", kind.title()));
    note(ledger, What::DueMissed, kind.due_name(), sentence);
}

/// Starts the making of a report. It says itself that it does, so that of several that are started only one does.
fn start(project: &Project, kind: Kind, due: Timestamp, vars: &[(String, String)]) -> Result<Child, Failure> {
    let exe = std::env::current_exe().map_err(|error| Failure::Usage(format!("where is this program? {error}")))?;
    let mut command = Command::new(&exe);
    command.arg("--project").arg(&project.root).args(log_arguments()).args([
        "report",
        kind.as_str(),
        "--due",
        &due.to_string(),
    ]);
    if project.mail.is_some() {
        command.arg("--send");
    }
    for (name, value) in vars {
        command.arg("--var").arg(format!("{name}={value}"));
    }
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    child.map_err(|source| Failure::Write { path: exe, source })
}
