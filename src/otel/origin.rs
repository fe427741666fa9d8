//! Which trace a run is. Its id is made of the ledger's id and the run's name: whoever has a log of the run finds the trace.
//! Where the environment names a parent as W3C has it, the run is a part of that trace.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceId};
use opentelemetry_sdk::propagation::TraceContextPropagator;

use super::collector::Variables;
use crate::ledger::sha256_hex;

/// The trace of a run.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    name: String,
    trace: TraceId,
    parent: Option<SpanContext>,
}

impl Origin {
    /// The trace of a run; `None` = it has a parent of which no trace is kept.
    pub(super) fn of(ledger: &str, run: &str, variables: Variables<'_>) -> Option<Self> {
        let name = format!("{ledger}\n{run}");
        let parent = parent(variables);
        match parent {
            Some(parent) if !parent.is_sampled() => None,
            Some(parent) => Some(Self { name, trace: parent.trace_id(), parent: Some(parent) }),
            None => {
                let trace = TraceId::from_hex(&sha256_hex(name.as_bytes())[..32]).unwrap_or(TraceId::INVALID);
                Some(Self { name, trace, parent: None })
            }
        }
    }

    /// Its id.
    pub(super) fn trace(&self) -> TraceId {
        self.trace
    }

    /// The span that the run is a part of.
    pub(super) fn parent(&self) -> Option<&SpanContext> {
        self.parent.as_ref()
    }

    /// The id of a span of the run, by its number: always the same.
    pub(super) fn span(&self, number: usize) -> SpanId {
        let hash = sha256_hex(format!("{}\n{number}", self.name).as_bytes());
        SpanId::from_hex(&hash[..16]).unwrap_or(SpanId::INVALID)
    }
}

/// The parent that the environment names, where it names one.
fn parent(variables: Variables<'_>) -> Option<SpanContext> {
    let carried: HashMap<String, String> = ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), variables(&name.to_uppercase())?)))
        .collect();
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carried);
    let parent = context.span().span_context().clone();
    parent.is_valid().then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(run: &str, parent: &'static str) -> Option<Origin> {
        Origin::of("5d0c", run, &|name| (name == "TRACEPARENT").then(|| parent.to_owned()))
    }

    #[test]
    fn a_run_has_a_trace_of_its_own_and_always_the_same() {
        let (one, again, other) = (origin("r1", ""), origin("r1", "rubbish"), origin("r2", ""));
        let trace = |origin: &Option<Origin>| origin.as_ref().expect("a trace").trace().to_string();
        assert_eq!(trace(&one), sha256_hex(b"5d0c\nr1")[..32]);
        assert_eq!(trace(&one), trace(&again));
        assert_ne!(trace(&one), trace(&other));
        let one = one.expect("a trace");
        assert!(one.span(0) != one.span(1) && one.parent().is_none());
    }

    #[test]
    fn a_run_with_a_parent_is_a_part_of_its_trace() {
        let inside = origin("r1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").expect("a trace");
        assert_eq!(inside.trace().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(inside.parent().expect("a parent").span_id().to_string(), "b7ad6b7169203331");
        assert!(origin("r1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").is_none());
    }
}
