//! Ledgerline: an identity ledger. Who has access to what, week after week, with evidence.
//!
//! A run, from the files of a project to a confirmed timeslot:
//!
//! 1. `plan` reads the project, the plan and all they name into checked values, or tells every problem at once.
//! 2. `run` begins a timeslot and walks the stages in their fixed order.
//! 3. `collect` turns sources into staged parts.
//! 4. Every other stage in `stages` compiles its settings to `model`s: named tables and the SQL that makes them.
//! 5. `graph` runs models on an `engine`, each as soon as its inputs stand, and reuses what stands already.
//! 6. `ledger` keeps the parts, and commits by one linked log entry.
//! 7. `cli` and the other faces show the events of the run; they compute nothing.
//!
//! Floors: a file imports its own floor and lower ones, never a higher one (`tests/architecture.rs`).

// Floor 0, words.
pub mod env;
pub mod event;
pub mod ids;
pub(crate) mod names;
pub mod problem;
pub mod source;
pub mod sql;
pub mod table;
pub mod tables;

// Floor 1, memory.
pub mod ledger;

// Floor 2, work.
pub mod cause;
pub mod closure;
pub mod collect;
pub mod engine;
pub mod generate;
pub mod graph;
pub mod kernels;
pub mod model;
pub mod removals;
pub mod settings;
pub mod stages;
pub mod temporal;

// Floor 3, intent.
pub mod plan;

// Floor 4, motion.
pub mod check;
pub mod decide;
pub mod diff;
pub mod explain;
pub mod history;
pub mod maintain;
pub mod owners;
pub mod rights;
pub mod run;
pub mod schedule;
pub mod select;
pub mod suggest;
pub mod unchanged;

// Floor 5, faces.
pub mod cli;
pub mod console;
mod csv_line;
pub mod event_log;
mod http;
pub(crate) mod lineage;
mod log_line;
pub mod mail;
pub(crate) mod metrics;
pub(crate) mod notify;
#[cfg(feature = "otel")]
pub(crate) mod otel;
#[cfg(not(feature = "otel"))]
#[path = "otel/without.rs"]
pub(crate) mod otel;
pub mod report;
pub(crate) mod runs;
pub mod summary;
mod text_table;
pub mod web;
