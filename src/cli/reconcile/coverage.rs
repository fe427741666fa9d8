//! `ledgerline reconcile coverage` and `try`: how far each rule of a policy gets, in a load or in a trial.

use std::path::PathBuf;

use crate::cli::output::{Format, Rows, say};
use crate::cli::{Failure, machine, open};
use crate::ids::TimeslotId;
use crate::ledger::Ledger;
use crate::model::TableSet;
use crate::owners::coverage::{Covered, coverage};
use crate::owners::trial::{Trial, trial};

/// How far each rule of a plan's policy got, repository by repository.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  ledgerline reconcile coverage weekly")]
pub(in crate::cli) struct Arguments {
    /// A plan by name or path.
    plan: PathBuf,
    /// In this timeslot. Default: the open one, else the current one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
    #[command(flatten)]
    given: open::Given,
}

/// What the policy of a plan would do to the accounts of the current timeslot; nothing is kept.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ledgerline reconcile try weekly\n  ledgerline reconcile try weekly --afresh --coverage"
)]
pub(in crate::cli) struct TryArguments {
    /// A plan by name or path.
    plan: PathBuf,
    /// In this timeslot instead.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
    /// Carry nothing: every account is judged by the rules, but for what people and sources say.
    #[arg(long)]
    afresh: bool,
    /// Show how far each rule gets, in place of the accounts that change.
    #[arg(long)]
    coverage: bool,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plan) = open::plan(folder, &arguments.plan, &arguments.given)?;
    let ledger = Ledger::open(&project.ledger)?;
    let opened = ledger.standings()?.open().map(|standing| standing.id.clone());
    let timeslot = match arguments.timeslot.as_ref().or(opened.as_ref()) {
        Some(id) => open::readable(&ledger, id)?,
        None => open::timeslot(&ledger, None)?,
    };
    let engine = machine::engine(&project)?;
    let covered = coverage(&plan.stages.reconcile.policy, &TableSet::of(&timeslot, None), &engine)?;
    table(covered).print(format);
    Ok(0)
}

pub(super) fn try_policy(arguments: &TryArguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plan) = open::plan(folder, &arguments.plan, &arguments.given)?;
    let ledger = Ledger::open(&project.ledger)?;
    let timeslot = match &arguments.timeslot {
        Some(id) => open::readable(&ledger, id)?,
        None => open::timeslot(&ledger, None)?,
    };
    let engine = machine::engine(&project)?;
    say(&format!("trying the policy on timeslot {}; nothing is kept", timeslot.manifest.timeslot));
    let Trial { covered, changed } = trial(&plan.stages.reconcile, &timeslot, arguments.afresh, &engine)?;
    let count = |is_so: fn(&str, &str) -> bool| changed.iter().filter(|one| is_so(&one.before, &one.after)).count();
    say(&format!(
        "{} accounts would change: {} would be decided that are orphans, {} would become orphans",
        changed.len(),
        count(|before, after| before.is_empty() && !after.is_empty()),
        count(|before, after| !before.is_empty() && after.is_empty()),
    ));
    if arguments.coverage {
        table(covered).print(format);
        return Ok(0);
    }
    let mut rows = Rows::new(&["repository", "identifier", "before", "after", "rule"]);
    for one in changed {
        rows.rows.push([one.repository, one.identifier, one.before, one.after, one.rule].map(Some).to_vec());
    }
    rows.print(format);
    Ok(0)
}

fn table(covered: Vec<Covered>) -> Rows {
    let mut rows =
        Rows::new(&["repository", "rule", "processed", "matched", "ambiguous", "unresolved", "before", "after"]);
    for one in covered {
        let (before, after) = one.shares();
        let counts = [one.processed, one.matched, one.ambiguous, one.unresolved].map(|count| Some(count.to_string()));
        let shares = [before, after].map(|share| Some(format!("{:.1} %", share * 100.0)));
        rows.rows.push([&[Some(one.repository), Some(one.rule)], &counts[..], &shares[..]].concat());
    }
    rows
}
