//! `ledgerline reconcile`: why an account has its owner, what rules cover, which rules would help, and what a policy
//! would do.

mod candidates;
mod coverage;
mod suggest;

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
    /// How far each rule got: accounts tried, matched, ambiguous, left.
    Coverage(coverage::Arguments),
    /// Match rules that would find the owners that are known.
    Suggest(suggest::Arguments),
    /// What the policy would do; nothing is kept.
    Try(coverage::TryArguments),
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    match &arguments.what {
        What::Candidates(arguments) => candidates::run(arguments, folder, format),
        What::Coverage(arguments) => coverage::run(arguments, folder, format),
        What::Suggest(arguments) => suggest::run(arguments, folder, format),
        What::Try(arguments) => coverage::try_policy(arguments, folder, format),
    }
}
