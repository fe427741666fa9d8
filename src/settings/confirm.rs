//! Settings of confirm.

use crate::settings::Mode;

/// `[stage.confirm]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// Who confirms a timeslot that no threshold holds.
    pub mode: Mode,
    /// Whether whoever ran a timeslot may not decide that it becomes current.
    pub four_eyes: bool,
}
