//! The page over the ledger: who may use it, and what is downloaded from it. It computes nothing.

pub mod sheet;
pub mod users;
