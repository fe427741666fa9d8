//! `ledgerline run`: one execution of a plan.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use jiff::civil::Date;

use super::execute::execute;
use super::output::Format;
use super::{Failure, open};
use crate::ids::{StageName, TimeslotId};
use crate::runs::Command;
use crate::select::{Allowance, Pick};

/// Run a plan: load the sources into a timeslot, judge it, confirm it.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan, by path or name.
    plan: PathBuf,
    /// The date the timeslot speaks about. Default: today in the project's zone.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Continue this open timeslot instead of beginning one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
    /// The first stage that runs.
    #[arg(long, value_name = "STAGE")]
    from: Option<StageName>,
    /// The last stage that runs.
    #[arg(long, value_name = "STAGE")]
    until: Option<StageName>,
    /// Run only these stages, or items of them: a source of collect, a rule, a control, a threshold, a model.
    #[arg(long, value_name = "STAGE[:ITEM]", value_delimiter = ',')]
    only: Vec<Pick>,
    /// Leave these stages, or items of them, out.
    #[arg(long, value_name = "STAGE[:ITEM]", value_delimiter = ',')]
    skip: Vec<Pick>,
    /// Find owners anew where this repository or this rule decided them: they are not carried from the parent, and who
    /// was in question is forgotten.
    #[arg(long, value_name = "REPOSITORY|RULE", value_delimiter = ',')]
    forget: Vec<String>,
    /// Compute everything, show the verdict, and keep nothing.
    #[arg(long, conflicts_with = "timeslot")]
    dry_run: bool,
    /// Do nothing, with exit code 4, where nothing would differ from the current timeslot.
    #[arg(long, conflicts_with = "timeslot")]
    if_changed: bool,
    /// Read every source and compute every table, also where what they are made from is what it was: nothing is taken over
    /// from the parent. The rows are the same; this proves it.
    #[arg(long)]
    full: bool,
    /// Leave out the rules, controls and thresholds that `check` finds errors in. What depends on them is left out too, and
    /// the timeslot is held until a person lets each of them pass.
    #[arg(long)]
    allow_check_errors: bool,
    /// A threshold that may be reached in this run; once for each. With four eyes, somebody else confirms all the same.
    #[arg(long, value_name = "THRESHOLD", requires_all = ["reason", "approved_by"])]
    allow: Vec<String>,
    /// Why it may be reached.
    #[arg(long, requires = "allow", value_parser = NonEmptyStringValueParser::new())]
    reason: Option<String>,
    /// Who approved that. With four eyes, somebody else than whoever runs it.
    #[arg(long, value_name = "NAME", requires = "allow", value_parser = NonEmptyStringValueParser::new())]
    approved_by: Option<String>,
    /// For a scheduler: no prompts, plain lines, and the summary by mail.
    #[arg(long)]
    batch: bool,
    /// The due time of the plan's schedule that this run is for, as an instant. Does nothing, with exit code 4, where a run
    /// was begun for it.
    #[arg(long, value_name = "INSTANT", conflicts_with_all = ["timeslot", "dry_run"])]
    due: Option<Timestamp>,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let command = Command {
        plan: arguments.plan.clone(),
        vars: arguments.given.vars(),
        environment: BTreeMap::new(),
        as_of: arguments.as_of,
        timeslot: arguments.timeslot.clone(),
        from: arguments.from,
        until: arguments.until,
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        forget: arguments.forget.clone(),
        dry_run: arguments.dry_run,
        if_changed: arguments.if_changed,
        full: arguments.full,
        allow_check_errors: arguments.allow_check_errors,
        allowance: arguments.reason.as_ref().zip(arguments.approved_by.as_ref()).map(|(reason, approver)| Allowance {
            thresholds: arguments.allow.clone(),
            reason: reason.clone(),
            approved_by: Some(approver.clone()),
        }),
        batch: arguments.batch,
        due: arguments.due,
    };
    execute(&command, folder, format)
}
