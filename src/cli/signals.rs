//! Signals that ask a run to end: it ends between two pieces of work, and keeps what stands.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::env::Stop;

/// Lets SIGINT and SIGTERM ask for the end. Whoever asks twice gets it at once: a crash loses nothing either.
pub(super) fn listen(stop: &Stop) {
    let is_asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal only sets the flag that lets the second one end the process. Where a handler
        // cannot be set, the signal ends the process as it always did.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&is_asked));
        let _ = flag::register(signal, Arc::clone(&is_asked));
        let number = usize::try_from(signal).expect("signals have positive numbers");
        let _ = flag::register_usize(signal, Arc::clone(stop.cell()), number);
    }
}
