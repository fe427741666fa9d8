//! `ledgerline reconcile candidates`: who is in question for an account by rules that add up, comparison by comparison.

use std::path::PathBuf;

use crate::cli::output::{Format, Rows};
use crate::cli::{Failure, machine, open};
use crate::engine::Engine;
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, State, Timeslot};
use crate::model::TableSet;
use crate::sql;
use crate::stages::Ask;
use crate::stages::reconcile::evidence;
use crate::table::Kind;

/// Who is in question for an account, with everything that was compared.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  ledgerline reconcile candidates weekly AD jan.novak2")]
pub(in crate::cli) struct Arguments {
    /// A plan by name or path: its policy says what is compared.
    plan: PathBuf,
    /// Code of the repository.
    repository: String,
    /// Identifier of the account.
    identifier: String,
    /// In this timeslot. Default: the open one, else the last that scored the account.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
    #[command(flatten)]
    given: open::Given,
}

const COLUMNS: [&str; 11] = [
    "employee_id",
    "full_name",
    "score",
    "outcome",
    "arithmetic",
    "rule",
    "account_column",
    "identity_column",
    "account_text",
    "identity_text",
    "sure",
];

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let (project, plan) = open::plan(folder, &arguments.plan, &arguments.given)?;
    let ledger = Ledger::open(&project.ledger)?;
    let Some(scoring) = &plan.stages.reconcile.policy.scoring else {
        return Err(Failure::Usage("no match rule of this plan has a `tier`: none adds up".to_owned()));
    };
    let repository = project.key_forms.of(Kind::Repository, "").apply(&arguments.repository).into_owned();
    let identifier = project.key_forms.of(Kind::Account, &repository).apply(&arguments.identifier).into_owned();
    let engine = machine::engine(&project)?;
    let account = format!(
        "SELECT a.uid FROM accounts a WHERE a.repository = {} AND a.identifier = {}",
        sql::text(&repository),
        sql::text(&identifier)
    );
    let mut is_known = false;
    let mut rows = Rows::new(&[&COLUMNS[..], &["degree"]].concat());
    for timeslot in timeslots(&ledger, arguments.timeslot.as_ref())? {
        let tables = TableSet::of(&timeslot, None);
        let ask = Ask { engine: &engine as &dyn Engine, tables: &tables };
        let Some(uid) = ask.rows(&account)?.first().and_then(|row| row[0].parse().ok()) else { continue };
        is_known = true;
        let query = format!(
            "SELECT i.employee_id, i.full_name, e.score, e.outcome, e.arithmetic, e.rule, e.account_column, e.identity_column,
                    e.account_text, e.identity_text, CAST(e.sure AS DOUBLE) / 1000000 AS sure, e.degree
             FROM ({}) e JOIN identities i ON i.uid = e.identity_uid
             ORDER BY e.score DESC NULLS LAST, i.employee_id NULLS LAST, e.rule NULLS LAST, e.place NULLS LAST, e.account_column NULLS LAST",
            evidence(scoring, &tables, uid)
        );
        for row in ask.rows(&query)? {
            rows.rows.push(row.into_iter().map(Some).collect());
        }
        if !rows.rows.is_empty() {
            break;
        }
    }
    if !is_known {
        return Err(Failure::Usage(format!(
            "there is no account {repository}/{identifier} in the timeslots looked at"
        )));
    }
    rows.print(format);
    Ok(0)
}

/// Where to look, in order: the timeslot that is named; else the open one and all that are in sight, the newest first.
fn timeslots(ledger: &Ledger, asked: Option<&TimeslotId>) -> Result<Vec<Timeslot>, Failure> {
    if let Some(id) = asked {
        return Ok(vec![open::readable(ledger, id)?]);
    }
    let standings = ledger.standings()?;
    let in_sight = standings
        .all()
        .iter()
        .rev()
        .filter(|standing| matches!(standing.state, State::Active | State::Held | State::Confirmed));
    in_sight.map(|standing| Ok(ledger.timeslot(&standing.id)?)).collect()
}
