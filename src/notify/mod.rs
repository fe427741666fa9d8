//! What is told over HTTP: a webhook of runs and decisions, and a check that expects runs. What fails here is a warning and
//! changes nothing about what was done. An address is a secret: it is in no message.

mod call;
mod ping;
mod webhook;

pub(crate) use self::ping::{Ping, ping};
pub(crate) use self::webhook::{of_decision, of_run, tell};
