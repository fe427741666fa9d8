//! From the files of a project to checked values: a plan that loads is a plan that can run.
//!
//! 1. A file is read and parsed with the place of every value (`toml_file`, `node`).
//! 2. Variables in strings are filled (`variables`).
//! 3. Keys, types and allowed values are held against the schema of its kind (`shape`); the schema is derived from
//!    the structs in `raw`, which then take the file.
//! 4. What a schema cannot say is checked kind by kind: `project`, `collector`, `owners`, `managers`,
//!    `rights_model`, `control`, `rule`, `schedule`, `stages`. Each turns a raw struct into a value of `settings` or `collect`.
//! 5. `load` does this for a plan and everything it names, then checks what only shows between files (`cross`).
//!
//! Every step adds what it finds to one list of problems and goes on, so that all problems are told at once. Nothing
//! here parses SQL; it keeps where SQL stands.

pub mod codes;
pub mod raw;
pub mod schema;
mod serve;
pub mod units;

mod activities;
mod collector;
mod conflict;
mod control;
mod cross;
mod expression;
mod files;
mod grid;
mod leavers;
mod list;
mod load;
mod mail;
mod managers;
mod matrix;
mod names;
mod nicknames;
mod node;
mod notify;
mod oidc;
mod owners;
mod pack;
mod parameters;
mod project;
mod references;
mod rekeys;
mod report;
mod retention;
mod rights_model;
mod rule;
mod rule_tests;
mod schedule;
mod scoring;
mod shape;
mod stages;
mod telemetry;
mod thresholds;
mod toml_file;
mod transliterations;
mod variables;

pub use collector::ends::{Relation, relation};
pub use load::Plan;
pub use pack::{open_pack, pack_names, pack_page};
pub use project::{Engine, Project};
pub use schema::{FileKind, schema};
pub use variables::Variables;

/// A field that only `plan` can write, so that nobody else builds the struct around it.
#[derive(Debug, Clone)]
struct Sealed;

#[cfg(test)]
mod tests;
