//! A fence around libraries that parse what others wrote: their panics become a [`Fault`] of the file.
//!
//! Only calls into the library run inside the fence, never the sink, so that a mistake of ours is not taken for
//! a damaged file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Fault;

/// Runs one call into a library.
///
/// # Errors
/// A [`Fault`] where the call panicked. What it worked on must not be used again.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        Fault::new("the file is damaged in a way its reader does not know").hint("ask for the file to be written again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_of_the_file() {
        assert!(guarded(|| Vec::<u8>::new()[0]).expect_err("a panic").message.contains("damaged"));
    }
}
