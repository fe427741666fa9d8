//! The summary of a run, made from its events: what terminal, run record, mail and page show.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::event::{ReportTable, RunEvent, RunEventKind, StageReport, Verdict};
use crate::ids::{StageName, TimeslotId};

/// A run at a glance.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The run's name.
    pub run: String,
    /// The plan's name.
    pub plan: String,
    /// The timeslot.
    pub timeslot: Option<TimeslotId>,
    /// What it was compared with.
    pub parent: Option<TimeslotId>,
    /// The stages it was to run.
    #[serde(default)]
    pub planned: Vec<StageName>,
    /// Sentences along the way.
    pub notes: Vec<String>,
    /// What each stage had to say.
    pub stages: Vec<StageSummary>,
    /// The stage that failed, and why.
    pub failure: Option<(StageName, String)>,
    /// What became of the timeslot; `None` = the run has not ended, or was killed.
    pub verdict: Option<Verdict>,
    /// The process's exit code.
    pub exit_code: Option<u8>,
    /// Number and hash of the newest log entry.
    pub head: String,
    /// Wall time in milliseconds.
    pub millis: u64,
}

/// A stage of the run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageSummary {
    /// Which.
    pub stage: StageName,
    /// What it had to say.
    pub report: StageReport,
    /// Wall time in milliseconds.
    pub millis: u64,
}

impl Summary {
    /// Follows the events of a run.
    #[must_use]
    pub fn of(events: &[RunEvent]) -> Self {
        let mut summary = Self::default();
        for event in events {
            summary.take(&event.kind);
        }
        summary
    }

    /// When the run began, as its name says.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        began(&self.run)
    }

    /// Takes the next event.
    pub fn take(&mut self, kind: &RunEventKind) {
        match kind {
            RunEventKind::RunBegan { run, plan, timeslot, parent, stages, .. } => {
                self.planned.clone_from(stages);
                self.run.clone_from(run);
                self.plan.clone_from(plan);
                self.timeslot = Some(timeslot.clone());
                self.parent.clone_from(parent);
            }
            RunEventKind::Note { message } => self.notes.push(message.clone()),
            RunEventKind::StageEnded { stage, report, millis, .. } => {
                self.stages.push(StageSummary { stage: *stage, report: report.clone(), millis: *millis });
            }
            RunEventKind::StageFailed { stage, message } => self.failure = Some((*stage, message.clone())),
            RunEventKind::RunEnded { verdict, exit_code, head, millis } => {
                self.verdict = Some(verdict.clone());
                self.exit_code = Some(*exit_code);
                self.head.clone_from(head);
                self.millis = *millis;
            }
            RunEventKind::StageBegan { .. } | RunEventKind::Progress { .. } => {}
        }
    }

    /// The summary as text: tables of the stages, then the verdict and what to do next.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for stage in &self.stages {
            for table in stage.report.tables.iter().filter(|table| !table.rows.is_empty()) {
                text.push_str(&format!("\n{}\n", table.title));
                text.push_str(&indented(table));
            }
        }
        text.push_str(&format!("\n{}\n", self.verdict_line()));
        for line in self.next_steps() {
            text.push_str(&format!("  {line}\n"));
        }
        text
    }

    /// The verdict in one line.
    #[must_use]
    pub fn verdict_line(&self) -> String {
        let timeslot = self.timeslot.as_ref().map(ToString::to_string).unwrap_or_default();
        let current = self.parent.as_ref().map_or_else(|| "none yet".to_owned(), ToString::to_string);
        let time = format!("[{}.{:02} s, log {}]", self.millis / 1000, self.millis % 1000 / 10, self.head);
        match &self.verdict {
            Some(Verdict::Confirmed) => format!("CONFIRMED: timeslot {timeslot} is current {time}"),
            Some(Verdict::Held { thresholds }) if thresholds.is_empty() => {
                format!("HELD: timeslot {timeslot} waits for approval; current is still {current} {time}")
            }
            Some(Verdict::Held { thresholds }) => format!(
                "HELD: timeslot {timeslot} reached {}: {}; current is still {current} {time}",
                if thresholds.len() == 1 { "a threshold" } else { "thresholds" },
                thresholds.join(", ")
            ),
            Some(Verdict::Open { stale }) if stale.is_empty() => format!("OPEN: timeslot {timeslot} {time}"),
            Some(Verdict::Open { stale }) => {
                let stale: Vec<&str> = stale.iter().map(|stage| stage.as_str()).collect();
                format!("OPEN: timeslot {timeslot} still needs {} {time}", stale.join(", "))
            }
            Some(Verdict::Unchanged) => format!("UNCHANGED: nothing differs from {current} {time}"),
            Some(Verdict::DryRun { would }) => {
                let would = match would.as_ref() {
                    Verdict::Held { thresholds } if thresholds.is_empty() => "it would wait for approval".to_owned(),
                    Verdict::Held { thresholds } => format!("it would be held by {}", thresholds.join(", ")),
                    Verdict::Failed { .. } => format!("it {}", self.failed()),
                    Verdict::Interrupted { .. } => "it was told to end".to_owned(),
                    Verdict::Confirmed => "it would be confirmed".to_owned(),
                    _ => "it would stay open".to_owned(),
                };
                format!("DRY RUN: {would}; nothing was kept, current is still {current} {time}")
            }
            Some(Verdict::Failed { .. }) => {
                format!("{}; current is still {current} {time}", self.failed().replacen("failed", "FAILED", 1))
            }
            Some(Verdict::Interrupted { signal }) => {
                format!("INTERRUPTED by signal {signal}; current is still {current} {time}")
            }
            None => "DID NOT END: the run was killed, or is still running".to_owned(),
        }
    }

    /// In which stage it failed, and why.
    fn failed(&self) -> String {
        match &self.failure {
            Some((stage, message)) => format!("failed in {stage}: {message}"),
            None => "failed".to_owned(),
        }
    }

    /// What a person may do now.
    #[must_use]
    pub fn next_steps(&self) -> Vec<String> {
        let Some(timeslot) = &self.timeslot else { return Vec::new() };
        match &self.verdict {
            Some(Verdict::Held { thresholds }) => {
                let overrides: String = thresholds.iter().map(|threshold| format!(" --override {threshold}")).collect();
                let reason = if thresholds.is_empty() { "" } else { " --reason \"..\"" };
                vec![
                    format!("let it pass:  ledgerline confirm {timeslot}{overrides}{reason}"),
                    format!("refuse it:    ledgerline reject {timeslot} --reason \"..\""),
                ]
            }
            // A retry has the variables and the day of this run; `run PLAN` would take those of the plan.
            Some(Verdict::Open { .. }) => vec![format!("go on with:   ledgerline retry {}", self.run)],
            Some(Verdict::Failed { .. } | Verdict::Interrupted { .. }) => vec![
                format!("try again:    ledgerline retry {}", self.run),
                format!("give it up:   ledgerline reject {timeslot} --reason \"..\""),
            ],
            _ => Vec::new(),
        }
    }
}

/// When a run began, as its name says.
pub(crate) fn began(run: &str) -> Option<Timestamp> {
    let (time, _) = run.split_once('-')?;
    let time = DateTime::strptime("%Y%m%dT%H%M%S%.fZ", time).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

/// A table, two blanks in.
fn indented(table: &ReportTable) -> String {
    let text = crate::text_table::aligned(&table.columns, &table.rows);
    text.lines().map(|line| format!("  {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_after_when_it_began() {
        let began = |run: &str| Summary { run: run.to_owned(), ..Summary::default() }.began();
        let at = |text: &str| Some(text.parse::<Timestamp>().expect("an instant"));
        assert_eq!(began("20261122T033000.250Z-ab12"), at("2026-11-22T03:30:00.250Z"));
        assert_eq!(began("20261122T033000Z-ab12"), at("2026-11-22T03:30:00Z"));
        assert_eq!(began("probe"), None);
    }
}
