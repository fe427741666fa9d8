//! The `ledgerline` binary: hands the arguments over and leaves with the code that comes back.

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ledgerline::cli::main()
}
