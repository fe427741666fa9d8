//! `ledgerline reconcile`: why an account has its owner, what rules cover, which rules would help, and what a policy
//! would do.

mod candidates;

use std::path::PathBuf;

use super::Failure;
use super::output::Format;

/// Look at owners: who is in question, and why.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Who is in question for an account, with everything that was compared.
    Candidates(candidates::Arguments),
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    match &arguments.what {
        What::Candidates(arguments) => candidates::run(arguments, folder, format),
    }
}
