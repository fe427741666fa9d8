//! The `ledgerline` binary: hands the arguments over and leaves with the code that comes back.

fn main() {}
