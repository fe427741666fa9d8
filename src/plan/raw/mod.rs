//! The files as they are written: one struct per table, one field per key.
//!
//! These structs are the one description of each kind of file. They parse it, they say which keys exist, and their
//! comments are the descriptions in the JSON Schema. No `flatten` and no tagged enums: those lose the line of an error.

pub mod activities;
pub mod collector;
pub mod control;
pub mod leavers;
pub mod managers;
pub mod owners;
pub mod plan;
pub mod project;
pub mod rights_model;
pub mod serve;
pub mod telemetry;
