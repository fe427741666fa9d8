//! The time of hot functions: `cargo bench`, or `cargo bench -- reader` for one group.
//!
//! Texts and numbers are made here, from numbers alone, so that every run and every machine times the same work.

mod passes;
mod reading;

use criterion::{criterion_group, criterion_main};

use self::passes::{closure, effective, merge};
use self::reading::{clean, match_forms, object_intake, reader, resolve};

criterion_group!(benches, reader, clean, match_forms, object_intake, resolve, closure, merge, effective);
criterion_main!(benches);
