//! Collect: sources become rows of ledger tables.

pub mod collector;
pub mod read;
