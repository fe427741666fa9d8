//! Narration as lines of JSON on stderr, for whoever collects logs: one object a line, whatever a text holds.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::event::{Observer, RunEvent, RunEventKind, Verdict};
use crate::ids::StageName;

/// How much somebody should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    /// It goes as it should.
    Info,
    /// Somebody should look.
    Warning,
    /// Something was not done.
    Error,
}

/// One line.
#[derive(Debug, Serialize)]
pub(crate) struct LogLine {
    at: Timestamp,
    level: Level,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<StageName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    millis: Option<u64>,
    /// Which trace of `OpenTelemetry` the run is, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

impl LogLine {
    /// Something that is said outside of a run's events. Its level is the word it begins with.
    pub(crate) fn said(text: &str, at: Timestamp) -> Self {
        let text = text.trim_end_matches('\n');
        let level = match text {
            text if text.starts_with("error") => Level::Error,
            text if text.starts_with("warning") => Level::Warning,
            _ => Level::Info,
        };
        let message = text.strip_prefix("error: ").or_else(|| text.strip_prefix("warning: ")).unwrap_or(text);
        Self::new(at, level, message.to_owned())
    }

    /// An event of a run.
    fn of(event: &RunEvent) -> Self {
        let line = |level, message: String| Self::new(event.at, level, message);
        match &event.kind {
            RunEventKind::RunBegan { timeslot, parent, .. } => {
                let parent = parent.as_ref().map_or("the first load".to_owned(), |id| format!("compared with {id}"));
                line(Level::Info, format!("run began: timeslot {timeslot}, {parent}"))
            }
            RunEventKind::Note { message } => line(Level::Info, message.clone()),
            RunEventKind::StageBegan { stage } => {
                Self { stage: Some(*stage), ..line(Level::Info, format!("{stage} began")) }
            }
            RunEventKind::Progress { stage, item, rows, millis, .. } => Self {
                stage: Some(*stage),
                item: Some(item.clone()),
                rows: Some(*rows),
                millis: Some(*millis),
                ..line(Level::Info, format!("{stage}: {item}, {rows} rows"))
            },
            RunEventKind::StageEnded { stage, report, millis, .. } => Self {
                stage: Some(*stage),
                millis: Some(*millis),
                ..line(Level::Info, format!("{stage}: {}", report.headline))
            },
            RunEventKind::StageFailed { stage, message } => {
                Self { stage: Some(*stage), ..line(Level::Error, format!("{stage} failed: {message}")) }
            }
            RunEventKind::RunEnded { verdict, exit_code, head, millis } => Self {
                millis: Some(*millis),
                ..line(level_of(verdict), format!("run ended with exit code {exit_code}; log {head}"))
            },
        }
    }

    fn new(at: Timestamp, level: Level, message: String) -> Self {
        let (run, plan, stage, item, rows, millis, trace_id) = (None, None, None, None, None, None, None);
        Self { at, level, message, run, plan, stage, item, rows, millis, trace_id }
    }

    /// Writes the line. A reader that goes away early is no error.
    pub(crate) fn write(&self) {
        let mut line = serde_json::to_string(self).expect("log lines have only text keys");
        line.push('\n');
        // In one piece: several processes may write to one journal.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}

fn level_of(verdict: &Verdict) -> Level {
    match verdict {
        Verdict::Failed { .. } | Verdict::Interrupted { .. } => Level::Error,
        Verdict::Held { .. } => Level::Warning,
        Verdict::DryRun { would } => level_of(would),
        Verdict::Confirmed | Verdict::Open { .. } | Verdict::Unchanged => Level::Info,
    }
}

/// The events of a run as lines.
#[derive(Default)]
pub(crate) struct LogLines {
    /// The run and its plan, as soon as they are known.
    names: Mutex<(Option<String>, Option<String>)>,
    trace_id: Option<String>,
}

impl LogLines {
    /// Lines that name the trace that the run is, where it is one.
    pub(crate) fn of(trace_id: Option<String>) -> Self {
        Self { trace_id, ..Self::default() }
    }

    fn line(&self, event: &RunEvent) -> LogLine {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let RunEventKind::RunBegan { run, plan, .. } = &event.kind {
            *names = (Some(run.clone()), Some(plan.clone()));
        }
        let (run, plan) = names.clone();
        LogLine { run, plan, trace_id: self.trace_id.clone(), ..LogLine::of(event) }
    }
}

impl Observer for LogLines {
    fn notice(&self, event: &RunEvent) {
        self.line(event).write();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::event::How;

    fn shown(line: &LogLine) -> Value {
        serde_json::to_value(line).expect("JSON")
    }

    #[test]
    fn an_event_says_which_run_plan_stage_and_item_it_is_about() {
        let lines = LogLines::default();
        let event = |kind| RunEvent { at: "2026-11-22T03:30:00Z".parse().expect("an instant"), kind };
        lines.line(&event(RunEventKind::RunBegan {
            run: "r1".to_owned(),
            plan: "weekly".to_owned(),
            timeslot: "2026-11-22".parse().expect("an id"),
            as_of: "2026-11-22".parse().expect("a day"),
            parent: None,
            stages: Vec::new(),
        }));
        let line = lines.line(&event(RunEventKind::Progress {
            stage: StageName::Collect,
            item: "hr".to_owned(),
            rows: 17,
            bytes: 400,
            how: How::Made,
            millis: 12,
        }));
        let expected = json!({
            "at": "2026-11-22T03:30:00Z", "level": "info", "message": "collect: hr, 17 rows", "run": "r1", "plan": "weekly",
            "stage": "collect", "item": "hr", "rows": 17, "millis": 12,
        });
        assert_eq!(shown(&line), expected);
    }

    #[test]
    fn what_is_said_has_the_level_of_its_first_word() {
        let at = Timestamp::UNIX_EPOCH;
        let of = |text: &str| shown(&LogLine::said(text, at));
        let is =
            |level: &str, message: &str| json!({ "at": "1970-01-01T00:00:00Z", "level": level, "message": message });
        assert_eq!(of("warning: a\nb\n"), is("warning", "a\nb"));
        assert_eq!(of("error: c"), is("error", "c"));
        assert_eq!(of("error[LL0102]: c"), is("error", "error[LL0102]: c"));
        assert_eq!(of("nothing differs"), is("info", "nothing differs"));
    }

    #[test]
    fn a_line_stays_one_line_whatever_it_says() {
        let line = serde_json::to_string(&LogLine::said("a\r\nb\u{2028}\0", Timestamp::UNIX_EPOCH)).expect("JSON");
        assert!(!line.contains(['\r', '\n', '\0']), "{line}");
    }
}
