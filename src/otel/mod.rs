//! What is told by the protocol of `OpenTelemetry`, where the project or the environment names a collector: a trace of each run,
//! and the figures of the Prometheus endpoint behind each run and decision. What cannot be told is a warning; nothing
//! about what was done depends on it, and nothing is sent unless somebody asks for it.

mod collector;
mod numbers;
mod origin;
mod resource;
mod send;
mod spans;
mod words;

use std::collections::BTreeSet;
use std::env;
use std::sync::Arc;

use jiff::Timestamp;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

use self::collector::{BadVariable, Signal, place};
use self::origin::Origin;
use self::send::{SendError, send};
use crate::event::{Observer, Recorder, RunEvent};
use crate::ledger::{Ledger, LedgerError};
use crate::metrics;
use crate::plan::{Plan, Project};

/// So many spans are sent at once: about a megabyte.
const SPANS: usize = 4_000;

/// Why a collector was not told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TellError {
    /// The environment names an address that is not called.
    #[error(transparent)]
    Variable(#[from] BadVariable),
    /// It did not take what was sent.
    #[error(transparent)]
    Send(#[from] SendError),
    /// There is nothing to send.
    #[error("the ledger cannot be read")]
    Ledger(#[from] LedgerError),
}

/// What happens in a run, kept until it is told.
pub(crate) struct Trace {
    origin: Origin,
    ledger: String,
    run: String,
    plan: String,
    sources: BTreeSet<String>,
    events: Recorder,
}

impl Trace {
    /// The trace of a run that begins, where somebody wants it.
    pub(crate) fn of(project: &Project, plan: &Plan, ledger: &Ledger, run: &str) -> Option<Self> {
        // A variable that is wrong is told when the run has ended.
        if let Ok(None) = place(project.telemetry.as_ref(), Signal::Traces, &variable) {
            return None;
        }
        let sources = plan.collectors.iter().flat_map(|source| [source.name.to_string(), source.files.pattern.clone()]);
        Some(Self {
            origin: Origin::of(ledger.id(), run, &variable)?,
            ledger: ledger.id().to_owned(),
            run: run.to_owned(),
            plan: plan.name.to_string(),
            sources: sources.collect(),
            events: Recorder::default(),
        })
    }

    /// Its id, in hexadecimal.
    pub(crate) fn id(&self) -> String {
        self.origin.trace().to_string()
    }

    /// Tells the collector of the run, which has ended; `why` is why it came to nothing, if it did.
    ///
    /// # Errors
    /// Where the collector was not told.
    pub(crate) fn tell(&self, project: &Project, why: Option<&str>) -> Result<(), TellError> {
        let Some(place) = place(project.telemetry.as_ref(), Signal::Traces, &variable)? else { return Ok(()) };
        let run = spans::Run { origin: &self.origin, name: &self.run, plan: &self.plan, sources: &self.sources, why };
        let resource = resource::resource(&project.name, Some(&self.ledger), &variable);
        for batch in spans::spans(&run, &self.events.events()).chunks(SPANS) {
            send(&place, &of_spans(batch.to_vec(), resource.clone()))?;
        }
        Ok(())
    }
}

impl Observer for Trace {
    fn notice(&self, event: &RunEvent) {
        self.events.notice(event);
    }
}

/// Tells the collector what there is to measure now.
///
/// # Errors
/// Where the collector was not told.
pub(crate) fn tell_numbers(project: &Project, at: Timestamp) -> Result<(), TellError> {
    let Some(place) = place(project.telemetry.as_ref(), Signal::Metrics, &variable)? else { return Ok(()) };
    let ledger = Ledger::open(&project.ledger).ok();
    let resource = resource::resource(&project.name, ledger.as_ref().map(Ledger::id), &variable);
    let metrics = numbers::metrics(&metrics::families(project)?, at);
    let scope_metrics = vec![ScopeMetrics { scope: Some(resource::scope()), metrics, ..ScopeMetrics::default() }];
    let told = ResourceMetrics { resource: Some(resource), scope_metrics, ..ResourceMetrics::default() };
    Ok(send(&place, &ExportMetricsServiceRequest { resource_metrics: vec![told] })?)
}

/// The same beside what else is done; `sorry` is told what fails. Where nobody wants it, nothing is begun.
pub(crate) fn tell_numbers_beside(
    project: Arc<Project>,
    at: Timestamp,
    sorry: impl FnOnce(TellError) + Send + 'static,
) {
    if let Ok(None) = place(project.telemetry.as_ref(), Signal::Metrics, &variable) {
        return;
    }
    std::thread::spawn(move || tell_numbers(&project, at).unwrap_or_else(sorry));
}

fn of_spans(spans: Vec<Span>, resource: Resource) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { scope: Some(resource::scope()), spans, ..ScopeSpans::default() }];
    let told = ResourceSpans { resource: Some(resource), scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![told] }
}

/// A variable of the environment; one that is empty says nothing, as the standard has it.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Nanoseconds since 1970.
fn nanos(at: Timestamp) -> u64 {
    u64::try_from(at.as_nanosecond()).unwrap_or(0)
}
