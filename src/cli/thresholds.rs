//! `ledgerline thresholds suggest`: limits that the past suggests, as a plan has them.

use std::path::PathBuf;

use super::output::{Format, Rows, print_text};
use super::{Failure, machine, open};
use crate::ledger::Ledger;
use crate::suggest::{SuggestError, Suggestions, suggest};

/// Limits of metrics.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print limits that the confirmed timeslots suggest, to be pasted into a plan.
    Suggest(Arguments),
}

/// Print limits that the confirmed timeslots suggest, to be pasted into a plan.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only those about this table.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let Command::Suggest(arguments) = command;
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let engine = machine::engine(&project)?;
    let mut found = suggest(&ledger, &engine)?;
    if let Some(table) = &arguments.table {
        found.thresholds.retain(|threshold| threshold.metric.split('.').next() == Some(table));
    }
    match format {
        Format::Table => print_text(&page(&found)),
        Format::Json | Format::Csv => rows(&found).print(format),
    }
    Ok(0)
}

fn page(found: &Suggestions) -> String {
    let ends = [found.loads.first(), found.loads.last()].map(|id| id.map(ToString::to_string).unwrap_or_default());
    let opening = format!(
        "# From {} confirmed timeslots, {} to {}. What is further from the middle than three times the spread warns, than six\n# times holds; the middle is the median, the spread the median distance from it. Never less than 1 % and 2 %.\n",
        found.loads.len(),
        ends[0],
        ends[1]
    );
    let thresholds: Vec<String> = found.thresholds.iter().map(|threshold| format!("\n{}", threshold.toml())).collect();
    opening + &thresholds.concat()
}

fn rows(found: &Suggestions) -> Rows {
    let names = ["threshold", "metric", "limit", "warn", "hold", "loads", "warned", "held"];
    let mut rows = Rows::new(&names).numbers(&names[3..]);
    for threshold in &found.thresholds {
        let [to_warn, to_hold] = threshold.limits.map(|limit| Some(limit.to_string()));
        let [first, second] = threshold.reached.map(|times| Some(times.to_string()));
        let texts = [&threshold.id, &threshold.metric, threshold.limit].map(|text| Some(text.to_owned()));
        let numbers = [to_warn, to_hold, Some(threshold.seen.len().to_string()), first, second];
        rows.rows.push([texts.to_vec(), numbers.to_vec()].concat());
    }
    rows
}

impl From<SuggestError> for Failure {
    fn from(error: SuggestError) -> Self {
        match error {
            SuggestError::Ledger(error) => Self::Ledger(error),
            SuggestError::Engine(error) => Self::Engine(error),
            few @ SuggestError::TooFew { .. } => Self::Usage(few.to_string()),
        }
    }
}
