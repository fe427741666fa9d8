//! The events of a run as spans: one for the run, in it one for each stage, in each stage one for each source or model.
//! Their times are those of the events. They carry counts and names of what is configured, no rows and no names of people.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use opentelemetry::{KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::trace::v1::{Span, SpanFlags, Status, span, status};
use opentelemetry_proto::transform::common::tonic::Attributes;

use super::nanos;
use super::origin::Origin;
use super::words::known_only;
use crate::event::{How, RunEvent, RunEventKind, Verdict};
use crate::ids::StageName;
use crate::tables;

/// The run whose events they are.
pub(super) struct Run<'a> {
    /// Which trace it is.
    pub(super) origin: &'a Origin,
    /// Its name.
    pub(super) name: &'a str,
    /// Its plan.
    pub(super) plan: &'a str,
    /// Its sources, and how their files are found.
    pub(super) sources: &'a BTreeSet<String>,
    /// Why it came to nothing, where no stage says so.
    pub(super) why: Option<&'a str>,
}

/// The spans of a run that ended, the run's own first. One that has not ended has none.
pub(super) fn spans(run: &Run<'_>, events: &[RunEvent]) -> Vec<Span> {
    let Some((ended, end)) = events.iter().rev().find_map(|event| match &event.kind {
        RunEventKind::RunEnded { verdict, exit_code, head, millis } => {
            Some((event.at, End { verdict, exit_code: *exit_code, head, millis: *millis }))
        }
        _ => None,
    }) else {
        return Vec::new();
    };
    // It began before its first event: the ledger was opened, sources were looked at.
    let began = events.iter().map(|event| event.at).fold(before(ended, end.millis), Timestamp::min);
    let mut told = Told { run, spans: Vec::new(), stage: None, rows: 0, failure: None };
    told.add(run.origin.parent().map(|parent| parent.span_id().to_bytes()), format!("run {}", run.plan), began, ended);
    for event in events {
        told.take(event);
    }
    told.end(events, &end);
    told.spans
}

/// How a run ended.
struct End<'a> {
    verdict: &'a Verdict,
    exit_code: u8,
    head: &'a str,
    millis: u64,
}

/// What is told so far.
struct Told<'a> {
    run: &'a Run<'a>,
    spans: Vec<Span>,
    /// The stage that goes on: its span.
    stage: Option<usize>,
    /// Rows that it has so far.
    rows: u64,
    /// Why a stage failed.
    failure: Option<String>,
}

impl Told<'_> {
    fn add(&mut self, parent: Option<[u8; 8]>, name: String, began: Timestamp, ended: Timestamp) -> &mut Span {
        let Self { run: Run { origin, .. }, spans, .. } = self;
        let number = spans.len();
        let is_remote = number == 0 && parent.is_some();
        // Sampled, as the parent is; and whether that is elsewhere is known.
        let remote = if is_remote { SpanFlags::ContextIsRemoteMask as u32 } else { 0 };
        spans.push(Span {
            trace_id: origin.trace().to_bytes().to_vec(),
            span_id: origin.span(number).to_bytes().to_vec(),
            parent_span_id: parent.map_or_else(Vec::new, |id| id.to_vec()),
            trace_state: origin.parent().map(|parent| parent.trace_state().header()).unwrap_or_default(),
            flags: 1 | SpanFlags::ContextHasIsRemoteMask as u32 | remote,
            name,
            kind: span::SpanKind::Internal.into(),
            start_time_unix_nano: nanos(began),
            end_time_unix_nano: nanos(ended.max(began)),
            ..Span::default()
        });
        &mut spans[number]
    }

    fn take(&mut self, event: &RunEvent) {
        match &event.kind {
            RunEventKind::StageBegan { stage } => {
                let parent = self.run.origin.span(0).to_bytes();
                let span = self.add(Some(parent), stage.to_string(), event.at, event.at);
                put(span, [text("stage", stage.as_str())]);
                (self.stage, self.rows) = (Some(self.spans.len() - 1), 0);
            }
            RunEventKind::Progress { stage, item, rows, bytes, how, millis } => {
                let parent = self.run.origin.span(self.stage.unwrap_or(0)).to_bytes();
                let span = self.add(Some(parent), item.clone(), before(event.at, *millis), event.at);
                let how = match how {
                    How::Made => "made",
                    How::Reused => "reused",
                };
                let is_source = *stage == StageName::Collect;
                let kind = if is_source { "source" } else { "model" };
                put(span, [text("stage", stage.as_str()), text(kind, item), number("rows", *rows), text("how", how)]);
                if is_source {
                    put(span, [number("bytes", *bytes)]);
                }
                self.rows += rows;
            }
            RunEventKind::StageEnded { report, cpu_millis, .. } => {
                let rows = self.rows;
                if let Some(span) = self.end_stage(event.at) {
                    put(
                        span,
                        [text("headline", &report.headline), number("rows", rows), number("cpu_millis", *cpu_millis)],
                    );
                }
            }
            RunEventKind::StageFailed { stage, message } => {
                let message = known_only(message, |name| is_known(self.run, name));
                self.failure = Some(format!("{stage}: {message}"));
                if let Some(span) = self.end_stage(event.at) {
                    span.status = Some(error(message));
                }
            }
            RunEventKind::RunEnded { .. } => {
                // It was told to end in the middle of a stage.
                if let Some(span) = self.end_stage(event.at) {
                    span.status = Some(error("the stage did not come to its end".to_owned()));
                }
            }
            RunEventKind::RunBegan { .. } | RunEventKind::Note { .. } => {}
        }
    }

    /// The stage that went on: it goes on no more.
    fn end_stage(&mut self, at: Timestamp) -> Option<&mut Span> {
        let span = &mut self.spans[self.stage.take()?];
        span.end_time_unix_nano = nanos(at);
        Some(span)
    }

    /// What became of the run.
    fn end(&mut self, events: &[RunEvent], end: &End<'_>) {
        let why = self.run.why.map(|why| known_only(why, |name| is_known(self.run, name)));
        let why = self.failure.take().or(why);
        let run = &mut self.spans[0];
        put(run, [text("run", self.run.name), text("plan", self.run.plan)]);
        for event in events {
            if let RunEventKind::RunBegan { timeslot, as_of, parent, .. } = &event.kind {
                put(run, [text("timeslot", &timeslot.to_string()), text("as_of", &as_of.to_string())]);
                put(run, parent.iter().map(|parent| text("parent", &parent.to_string())));
            }
        }
        put(
            run,
            [text("verdict", word(end.verdict)), number("exit_code", u64::from(end.exit_code)), text("head", end.head)],
        );
        let mut verdict = end.verdict;
        if let Verdict::DryRun { would } = verdict {
            verdict = would;
            put(run, [text("would", word(would))]);
        }
        match verdict {
            Verdict::Held { thresholds } => {
                let names: Vec<StringValue> = thresholds.iter().cloned().map(StringValue::from).collect();
                put(run, [KeyValue::new("ledgerline.thresholds", Value::Array(names.into()))]);
            }
            Verdict::Failed { .. } => run.status = Some(error(why.unwrap_or_else(|| "the run failed".to_owned()))),
            Verdict::Interrupted { signal } => {
                run.status = Some(error(format!("the run was told to end by signal {signal}")));
            }
            _ => {}
        }
        // Clocks may be put while something goes on: what is within the run is told as within it.
        let (from, to) = (run.start_time_unix_nano, run.end_time_unix_nano);
        for span in &mut self.spans {
            span.start_time_unix_nano = span.start_time_unix_nano.clamp(from, to);
            span.end_time_unix_nano = span.end_time_unix_nano.clamp(span.start_time_unix_nano, to);
        }
    }
}

/// Whether a text is the name of something that is configured: a sentence may quote it.
fn is_known(run: &Run<'_>, text: &str) -> bool {
    let is_table = |name: &str| tables::by_name(name).is_some();
    let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_model = text.split_once('/').is_some_and(|(table, name)| is_table(table) && is_plain(name));
    run.sources.contains(text) || text == run.plan || text.parse::<StageName>().is_ok() || is_table(text) || is_model
}

fn before(at: Timestamp, millis: u64) -> Timestamp {
    let passed = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    at.checked_sub(passed).unwrap_or(at)
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "confirmed",
        Verdict::Held { .. } => "held",
        Verdict::Open { .. } => "open",
        Verdict::Unchanged => "unchanged",
        Verdict::DryRun { .. } => "dry_run",
        Verdict::Failed { .. } => "failed",
        Verdict::Interrupted { .. } => "interrupted",
    }
}

fn error(message: String) -> Status {
    Status { message, code: status::StatusCode::Error.into() }
}

fn text(key: &str, value: &str) -> KeyValue {
    KeyValue::new(format!("ledgerline.{key}"), value.to_owned())
}

fn number(key: &str, value: u64) -> KeyValue {
    KeyValue::new(format!("ledgerline.{key}"), i64::try_from(value).unwrap_or(i64::MAX))
}

fn put(span: &mut Span, attributes: impl IntoIterator<Item = KeyValue>) {
    span.attributes.extend(Attributes::from(attributes).0);
}

#[cfg(test)]
#[path = "spans_tests.rs"]
mod tests;
