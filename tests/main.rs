//! The one integration binary: each further one would link the engine again.
//!
//! Every test runs the real program on a project in a folder of its own, but `architecture`, which reads the sources.

mod architecture;
mod bad_inputs;
mod causes;
mod changes;
mod columns;
mod congress;
mod determinism;
mod duties;
mod exceptions;
mod formats;
mod four_eyes;
mod intent;
mod kill;
mod leavers;
mod ledger;
mod mails;
mod metrics;
mod midpoint;
mod owners;
mod packs;
mod references;
mod rekeys;
mod report;
mod reruns;
mod retention;
mod rights_model;
mod runbooks;
mod schedule;
mod serve;
mod serve_owners;
mod skipped;
mod stage_docs;
mod stage_docs_controls;
mod stage_examples;
mod support;
#[cfg(feature = "otel")]
mod telemetry;
mod temporal;
mod thresholds;
mod truth;
mod users;
mod workload;
