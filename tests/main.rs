//! The one integration binary: each further one would link the engine again.
