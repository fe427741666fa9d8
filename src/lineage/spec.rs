//! What OpenLineage 2-0-2 has of an event, as far as it is used here; field names are those of its schema.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::ledger::sha256_hex;

/// Who writes the events.
const PRODUCER: &str = concat!("urn:ledgerline:", env!("CARGO_PKG_VERSION"));

/// The schema of an event.
const SCHEMA: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/// A state that a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum EventType {
    Start,
    Complete,
    Fail,
    Abort,
}

/// An event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenLineage {
    event_type: EventType,
    event_time: Timestamp,
    pub(super) run: Run,
    job: Job,
    pub(super) inputs: Vec<Dataset>,
    pub(super) outputs: Vec<Dataset>,
    producer: &'static str,
    #[serde(rename = "schemaURL")]
    schema_url: &'static str,
}

impl OpenLineage {
    pub(super) fn new(event_type: EventType, event_time: Timestamp, run: Run, job: Job) -> Self {
        let (inputs, outputs) = (Vec::new(), Vec::new());
        Self { event_type, event_time, run, job, inputs, outputs, producer: PRODUCER, schema_url: SCHEMA }
    }
}

/// One execution of a job.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) run_id: String,
    pub(super) facets: BTreeMap<&'static str, Value>,
}

/// What is executed.
#[derive(Debug, Serialize)]
pub(super) struct Job {
    pub(super) namespace: String,
    pub(super) name: String,
}

/// Rows that are read or made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dataset {
    pub(super) namespace: String,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_facets: Option<Value>,
}

/// The run of which this one is a part.
pub(super) fn parent(run_id: &str, job: &Job) -> Value {
    facet("ParentRunFacet", &json!({ "run": { "runId": run_id }, "job": job }))
}

/// Why a run failed.
pub(super) fn error_message(message: &str) -> Value {
    facet("ErrorMessageRunFacet", &json!({ "message": message, "programmingLanguage": "RUST" }))
}

/// How many rows were made.
pub(super) fn output_statistics(rows: u64) -> Value {
    json!({ "outputStatistics": facet("OutputStatisticsOutputDatasetFacet", &json!({ "rowCount": rows })) })
}

/// A facet with what each must have.
fn facet(name: &str, fields: &Value) -> Value {
    let mut facet = json!({
        "_producer": PRODUCER,
        "_schemaURL": format!("https://openlineage.io/spec/facets/1-0-0/{name}.json#/$defs/{name}"),
    });
    if let (Some(facet), Some(fields)) = (facet.as_object_mut(), fields.as_object()) {
        facet.extend(fields.clone());
    }
    facet
}

/// The UUID of a name: always the same, of version 8, which leaves to us how it is made.
pub(super) fn run_id(name: &str) -> String {
    let hash = sha256_hex(name.as_bytes());
    let bits = hash.get(..32).and_then(|digits| u128::from_str_radix(digits, 16).ok()).unwrap_or_default();
    uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid().to_string()
}
