//! The `ledgerline` binary: hands the arguments over and leaves with the code that comes back.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Plans and rows are many small pieces that come and go on all threads.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    ledgerline::cli::main()
}
