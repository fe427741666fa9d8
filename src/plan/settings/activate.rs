//! Settings of activate.

/// `[stage.activate]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activate {
    /// For how many loads an identity that is no longer listed is carried.
    pub grace_loads: u32,
}
