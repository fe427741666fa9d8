//! Settings of activate.

/// `[stage.activate]`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activate {
    /// How many loads an identity may be absent before it is gone; until then it is carried, stale.
    pub grace_loads: u32,
}
