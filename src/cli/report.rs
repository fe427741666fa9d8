//! `ledgerline report`: makes the daily report and the weekly review, and shows those that are kept.

mod kept;
mod make;

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use super::output::Format;
use super::{Failure, open};
use crate::report::Kind;

/// What is done with reports.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Make the daily operations report: what needs somebody today, and how everything is.
    Daily(MakeArguments),
    /// Make the weekly review: the same, with the sum of every part computed.
    Weekly(MakeArguments),
    /// List the reports that are kept.
    List,
    /// Print a report that is kept.
    Show(ShowArguments),
    /// Print the operations log: runs, decisions, mails given up, missed due times, reports.
    Log(LogArguments),
}

/// Make a report.
#[derive(clap::Args)]
pub(super) struct MakeArguments {
    /// Mail it, to `to` of `[report]`, else to `to` of `[mail]`.
    #[arg(long)]
    send: bool,
    /// The due time it is made for: of several processes that find it due only one makes it.
    #[arg(long, value_name = "INSTANT")]
    due: Option<Timestamp>,
    #[command(flatten)]
    given: open::Given,
}

/// Print a report that is kept.
#[derive(clap::Args)]
pub(super) struct ShowArguments {
    /// Its name, as `report list` prints it. Default: the last one.
    name: Option<String>,
    /// As a page instead of as text.
    #[arg(long)]
    html: bool,
}

/// Print the operations log.
#[derive(clap::Args)]
pub(super) struct LogArguments {
    /// From this day on, in the zone of the project.
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    match command {
        Command::Daily(arguments) => make::run(Kind::Daily, arguments, folder, format),
        Command::Weekly(arguments) => make::run(Kind::Weekly, arguments, folder, format),
        Command::List => kept::list(folder, format),
        Command::Show(arguments) => kept::show(arguments, folder, format),
        Command::Log(arguments) => kept::log(arguments, folder, format),
    }
}
