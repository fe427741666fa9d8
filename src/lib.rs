//! Ledgerline: an identity ledger. Who has access to what, week after week, with evidence.

pub mod ids;
pub mod problem;
pub mod source;
pub mod table;
pub mod tables;

pub mod collect;

pub mod plan;
