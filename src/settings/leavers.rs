//! Settings of leavers: who counts as active.

use crate::source::SqlText;

/// `[stage.leavers]`
#[derive(Debug, Clone)]
pub struct Leavers {
    /// Predicate over `identities i` that holds for active people; `None` = everybody listed.
    pub active: Option<SqlText>,
    /// Days after the departure date during which someone still counts as active.
    pub grace_days: u32,
}
