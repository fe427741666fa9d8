//! `ledgerline rights-model suggest`: grants that populations suggest by what they hold in common.

use std::path::PathBuf;

use super::output::{Format, Rows, print_text, say};
use super::{Failure, machine, open};
use crate::ids::TimeslotName;
use crate::ledger::Ledger;
use crate::model::TableSet;
use crate::rights::suggest::{Asked, Suggestion, Suggestions, suggest};
use crate::settings::rights_model::RightsModelPolicy;
use crate::table::Kind;

/// The rights model.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Grants that populations suggest by what they hold in common, with what each covers.
    Suggest(Arguments),
}

/// Grants that populations suggest by what they hold in common, with what each covers.
#[derive(clap::Args)]
#[command(
    after_help = "Populations are everybody, people alike in one column, and in two; the broadest comes first. Due: rights that a row gives. \
                  Held: those that are held today. Missing: those that nobody holds. Anew: held ones that neither the present model nor a row above explains.\n\n\
                  Examples:\n  ledgerline rights-model suggest --by job_code,organisation\n  ledgerline rights-model suggest --share 100 --toml >> policies/rights_model.toml"
)]
pub(super) struct Arguments {
    /// Columns of identities by which populations are told apart, in this order. Default: those with few values.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    by: Vec<String>,
    /// Of a population, how many must hold a permission, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 95.0)]
    share: f64,
    /// Fewest people in a population, and fewest rights that a permission must explain anew.
    #[arg(long, value_name = "N", default_value_t = 5)]
    people: u32,
    /// Only permissions of this application.
    #[arg(long, value_name = "CODE")]
    application: Option<String>,
    /// Begin as though there were no rights model.
    #[arg(long)]
    anew: bool,
    /// Print grants to paste into a policy.
    #[arg(long)]
    toml: bool,
    /// From this timeslot. Default: the current one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotName>,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let Command::Suggest(arguments) = command;
    if !(arguments.share > 0.0 && arguments.share <= 100.0) {
        return Err(Failure::Usage(format!("--share {}: give more than 0 and at most 100", arguments.share)));
    }
    let project = open::project(folder.clone())?;
    let ledger = Ledger::open(&project.ledger)?;
    let timeslot = open::named(&ledger, arguments.timeslot.as_ref())?;
    let engine = machine::engine(&project)?;
    let application = arguments.application.as_ref();
    let plan = open::plan_of(folder, &timeslot, &arguments.given, "a suggested id may be one of its rights model");
    let policy = plan.and_then(|plan| plan.stages.rights_model).map(|stage| stage.policy);
    let asked = Asked {
        by: arguments.by.clone(),
        share: arguments.share / 100.0,
        people: arguments.people,
        application: application.map(|code| project.key_forms.key(Kind::Application, "", code).into_owned()),
        anew: arguments.anew,
        taken: policy.iter().flat_map(RightsModelPolicy::rule_ids).map(str::to_owned).collect(),
    };
    say("counting what populations hold in common");
    let found = suggest(&TableSet::of(&timeslot, None), &engine, &asked)?;
    if arguments.toml {
        let grants: String = found.rows.iter().map(grant).collect();
        print_text(&format!("# From timeslot {}: {}\n{grants}", timeslot.manifest.timeslot, told(&found)));
        return Ok(0);
    }
    let names = ["id", "population", "permissions", "people", "due", "held", "missing", "anew"];
    let mut rows = Rows::new(&names).numbers(&names[3..]);
    for one in &found.rows {
        let permissions: Vec<String> = one.permissions.iter().map(ToString::to_string).collect();
        let texts = [one.id.clone(), one.population.clone(), permissions.join(", ")];
        let numbers = [one.people, one.due, one.held, one.missing(), one.anew].map(|number| number.to_string());
        rows.rows.push(texts.into_iter().chain(numbers).map(Some).collect());
    }
    rows.print(format);
    say(&told(&found));
    Ok(0)
}

/// What the rows come to, in a sentence.
fn told(found: &Suggestions) -> String {
    format!(
        "active people hold {} rights; the present model explains {} of them ({}), with these {} rows {} ({}); the rows give {} rights, {} of which nobody holds today; by {}",
        found.held,
        found.explained,
        percent(found.explained, found.held),
        found.rows.len(),
        found.explained_then,
        percent(found.explained_then, found.held),
        found.due,
        found.missing,
        if found.by.is_empty() { "no column".to_owned() } else { found.by.join(", ") }
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts of rights are far below 2^53")]
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.2} %", part as f64 * 100.0 / whole as f64) }
}

/// A grant as a policy writes it.
fn grant(one: &Suggestion) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
    let permissions: Vec<String> = one.permissions.iter().map(|name| text(&name.to_string())).collect();
    format!(
        "\n# {} people; of {} rights that it gives {} are held ({}), {} are missing; {} explained anew\n[[grant]]\nid = {}\npopulation = {}\npermissions = [{}]\n",
        one.people,
        one.due,
        one.held,
        percent(one.held, one.due),
        one.missing(),
        one.anew,
        text(&one.id),
        text(&one.population),
        permissions.join(", ")
    )
}
