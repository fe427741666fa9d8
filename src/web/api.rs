//! The same for programs: JSON by token. Every route of it is described in one document, made from the table of routes and from the
//! shapes that are read and written.

mod document;
mod runs;
mod shapes;
mod timeslots;

pub(super) use self::shapes::{
    Begun, Confirmation, Done, Labelling, Launch, Log, Reason, Rows, Run, Standing, Status, Timeslot,
};
use serde::de::DeserializeOwned;

pub(super) use self::document::{Described, Shape, document};
pub(super) use self::runs::{cancel, plans, retry, run, runs, start};
pub(super) use self::timeslots::{
    confirm, file, hide, hold, label, log, metrics, reject, release, rows, show, status, timeslot, timeslots, unlabel,
};
use super::answer::{Answer, Refusal};
use super::ask::Ask;

/// The body as a shape.
///
/// # Errors
/// Where it is no JSON, or has another shape.
fn body<T: DeserializeOwned>(ask: &Ask) -> Result<T, Refusal> {
    serde_json::from_slice(&ask.body).map_err(|error| Refusal::Wrong(format!("the body is not as described: {error}")))
}

/// A value as the answer.
fn told(value: &impl serde::Serialize) -> Answer {
    Answer::Json(serde_json::to_value(value).expect("what is answered has only text keys"))
}
