//! Ledgerline: an identity ledger. Who has access to what, week after week, with evidence.

pub mod generate;
pub mod ids;
pub mod table;
pub mod tables;

pub mod collect;

pub mod ledger;

pub mod engine;
pub mod model;
pub mod sql;

pub mod env;
pub mod event;
pub mod graph;

pub mod stages;
