//! The `ledgerline` binary: hands the arguments over and leaves with the code that comes back.

use std::process::ExitCode;

fn main() -> ExitCode {
    ledgerline::cli::main()
}
