//! Ledgerline: an identity ledger. Who has access to what, week after week, with evidence.

pub mod generate;
pub mod ids;
pub mod table;
pub mod tables;

pub mod collect;
