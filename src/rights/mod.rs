//! Questions about rights that a timeslot answers without a run: why somebody holds something or should, and what a
//! rights model could say.

mod names;
mod paths;
pub mod suggest;
#[cfg(test)]
mod tests;
pub mod why;
