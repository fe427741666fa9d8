//! `ledgerline explain`: what a plan's models are, which of them stand, and the SQL that gives their rows.

use std::path::PathBuf;

use jiff::civil::Date;

use super::clock::SystemClock;
use super::output::{Format, Rows, print_json, print_text};
use super::{Failure, open};
use crate::check::check_sql;
use crate::collect;
use crate::collect::source::SourceReport;
use crate::env::Clock;
use crate::explain::{Explanation, Step, explain, explain_ahead, next_run};
use crate::ids::{StageName, TimeslotName};
use crate::ledger::{Ledger, LedgerError};
use crate::temporal::SEEN;

/// Print what runs: stages, models, SQL, and what stands already.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan, by path or name.
    plan: PathBuf,
    /// This timeslot as it stands, by id or label. Default: the open one; where none is open, what the next run would do,
    /// with SQL over the current one.
    #[arg(long, value_name = "ID|LABEL")]
    timeslot: Option<TimeslotName>,
    /// The day that the next run would speak about. Default: today in the project's zone.
    #[arg(long, value_name = "DATE", conflicts_with = "timeslot")]
    as_of: Option<Date>,
    /// Only models of this table.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Print SQL for DuckDB: views over the exact files, then the queries.
    #[arg(long)]
    sql: bool,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plan) = open::plan(folder, &arguments.plan, &arguments.given)?;
    let problems = check_sql(&plan);
    if problems.has_errors() {
        return Err(Failure::Problems(problems));
    }
    let now = SystemClock.now();
    let today = arguments.as_of.unwrap_or_else(|| now.to_zoned(project.zone.clone()).date());
    // Before a first load there is neither ledger nor timeslot.
    let ledger = match Ledger::open(&project.ledger) {
        Err(LedgerError::NotALedger { .. }) => None,
        ledger => Some(ledger?),
    };
    let opened = ledger.as_ref().map(Ledger::standings).transpose()?.and_then(|all| Some(all.open()?.id.clone()));
    let named = match (&ledger, &arguments.timeslot) {
        (Some(ledger), Some(name)) => Some(ledger.named(name)?),
        (None, Some(name)) => return Err(Failure::Usage(format!("timeslot {name} does not exist"))),
        (_, None) => None,
    };
    let asked = named.as_ref().or(opened.as_ref());
    let timeslot = match (&ledger, asked) {
        (Some(ledger), Some(id)) => Some(ledger.timeslot(id)?),
        (Some(ledger), None) => ledger.current()?,
        (None, _) => None,
    };
    let mut explanation = match (&ledger, &timeslot) {
        (Some(ledger), Some(timeslot)) => {
            let parent = timeslot.manifest.parent.as_ref().map(|parent| ledger.timeslot(parent)).transpose()?;
            explain(ledger, &plan, timeslot, parent.as_ref())?
        }
        _ => explain_ahead(&plan, today),
    };
    // A named timeslot and an open one are explained as they are; else what comes next is a new one.
    if asked.is_none() {
        let as_of = timeslot.as_ref().map_or(today, |parent| today.max(parent.manifest.as_of));
        explanation.next = next_run(&project, &plan, timeslot.as_ref(), as_of, now);
    }
    let sources = collect::reports_of(timeslot.as_ref().filter(|_| asked.is_some()));
    if let Some(table) = &arguments.table {
        explanation.models.retain(|model| model.table == *table);
        explanation.next.retain(|step| step.table.as_ref() == Some(table));
        let needed = |name: &String| {
            let is_read = |read: &String| read == name || is_below(name, read);
            explanation.models.iter().any(|model| model.reads.iter().any(is_read))
        };
        explanation.views.retain(|view| needed(&view.name));
        explanation.macros.retain(|one| explanation.models.iter().any(|model| model.query.contains(one.name)));
    }
    match format {
        Format::Json => {
            print_json(&explanation);
        }
        _ if arguments.sql => print_text(&script(&explanation)),
        _ if asked.is_none() => next(&explanation.next).print(format),
        _ => {
            let has_table = |source: &SourceReport| {
                arguments.table.as_ref().is_none_or(|table| source.tables.iter().any(|counts| counts.table == *table))
            };
            list(&explanation, sources.iter().filter(|source| has_table(source))).print(format);
        }
    }
    Ok(0)
}

/// Whether a view is of one load, for a view over all of them.
fn is_below(name: &str, read: &str) -> bool {
    let followed = read.strip_suffix(SEEN);
    followed.is_some_and(|table| name.starts_with(&format!("{table}_at_")) || name.starts_with("uids"))
}

const COLUMNS: [&str; 6] = ["stage", "table", "model", "kind", "decision", "why"];

/// What the next run would do.
fn next(steps: &[Step]) -> Rows {
    let mut rows = Rows::new(&COLUMNS);
    for step in steps {
        let cells = [&step.item, step.kind, step.decision, &step.why].map(|cell| Some(cell.to_owned()));
        rows.rows.push([vec![Some(step.stage.to_string()), step.table.clone()], cells.to_vec()].concat());
    }
    rows
}

/// What stands in a timeslot.
fn list<'a>(explanation: &Explanation, sources: impl Iterator<Item = &'a SourceReport>) -> Rows {
    let mut rows = Rows::new(&COLUMNS);
    for source in sources {
        let (decision, why) = if source.reused {
            ("reuse", "the same files and settings as in the parent".to_owned())
        } else {
            ("read", format!("it is {}", source.state.as_str()))
        };
        let cells = [StageName::Collect.as_str(), "", &source.source, "source", decision, &why];
        rows.rows.push(cells.map(|cell| Some(cell.to_owned())).to_vec());
    }
    for model in &explanation.models {
        let decision = if model.stands { "reuse" } else { "run" };
        let cells = [model.stage.as_str(), &model.table, &model.model, model.kind, decision, &model.why];
        rows.rows.push(cells.map(|cell| Some(cell.to_owned())).to_vec());
    }
    rows
}

/// A script for DuckDB.
fn script(explanation: &Explanation) -> String {
    let mut text = String::from("-- Views over the exact files; `before_` are those of the parent.\n");
    for view in &explanation.views {
        text.push_str(&view.statement);
        text.push('\n');
    }
    for one in &explanation.macros {
        text.push_str(one.statement);
        text.push('\n');
    }
    for model in &explanation.models {
        text.push_str(&format!(
            "\n-- {}: {}/{} ({})\n{};\n",
            model.stage, model.table, model.model, model.kind, model.query
        ));
    }
    text
}
