//! `ledgerline explain`: what a plan's models are, which of them stand, and the SQL that gives their rows.

use std::path::PathBuf;

use super::output::{Format, Rows, print_json, print_text};
use super::{Failure, open};
use crate::explain::{Explanation, explain};
use crate::ids::TimeslotId;
use crate::ledger::Ledger;

/// Print what runs: stages, models, SQL, and what stands already.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan, by path or name.
    plan: PathBuf,
    /// Over the tables of this timeslot. Default: the open one, else the current one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
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
    let ledger = Ledger::open(&project.ledger)?;
    let opened = ledger.standings()?.open().map(|standing| standing.id.clone());
    let timeslot = open::timeslot(&ledger, arguments.timeslot.as_ref().or(opened.as_ref()))?;
    let parent = timeslot.manifest.parent.as_ref().map(|parent| ledger.timeslot(parent)).transpose()?;
    let mut explanation = explain(&plan, &timeslot, parent.as_ref());
    if let Some(table) = &arguments.table {
        explanation.models.retain(|model| model.table == *table);
        let needed = |name: &String| explanation.models.iter().any(|model| model.reads.contains(name));
        explanation.views.retain(|view| needed(&view.name));
    }
    match format {
        Format::Json => {
            print_json(&explanation);
        }
        _ if arguments.sql => print_text(&script(&explanation)),
        _ => list(&explanation, format),
    }
    Ok(0)
}

fn list(explanation: &Explanation, format: Format) {
    let mut rows = Rows::new(&["stage", "table", "model", "kind", "decision", "why"]);
    for model in &explanation.models {
        let decision = if model.stands { "reuse" } else { "run" };
        let cells = [model.stage.as_str(), &model.table, &model.model, model.kind, decision, &model.why];
        rows.rows.push(cells.map(|cell| Some(cell.to_owned())).to_vec());
    }
    rows.print(format);
}

/// A script for DuckDB.
fn script(explanation: &Explanation) -> String {
    let mut text = String::from("-- Views over the exact files; `before_` are those of the parent.\n");
    for view in &explanation.views {
        text.push_str(&view.statement);
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
