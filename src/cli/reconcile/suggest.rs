//! `ledgerline reconcile suggest`: match rules that would find the owners that are known.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cli::output::{Format, Rows, print_text, say};
use crate::cli::{Failure, machine, open};
use crate::ids::TimeslotId;
use crate::ledger::Ledger;
use crate::model::TableSet;
use crate::names::untaken;
use crate::owners::suggest::{Suggestion, suggest};
use crate::settings::reconcile::Form;
use crate::table::Kind;

/// Which match rules would find the owners that are known, with what each adds.
#[derive(clap::Args)]
#[command(
    after_help = "Precision: of the owners it finds, the share that is right. Recall: of all known owners, the share that it finds. \
                  Lift: owners that no rule above it finds.\n\nExamples:\n  ledgerline reconcile suggest\n  ledgerline reconcile suggest --repository AD --toml"
)]
pub(in crate::cli) struct Arguments {
    /// Only accounts of this repository.
    #[arg(long, value_name = "CODE")]
    repository: Option<String>,
    /// Leave out what is right less often, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 95.0)]
    precision: f64,
    /// Print match rules to paste into a policy.
    #[arg(long)]
    toml: bool,
    /// From this timeslot. Default: the current one.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotId>,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    let ledger = Ledger::open(&project.ledger)?;
    let timeslot = match &arguments.timeslot {
        Some(id) => open::readable(&ledger, id)?,
        None => open::timeslot(&ledger, None)?,
    };
    let tables = TableSet::of(&timeslot, None);
    let engine = machine::engine(&project)?;
    let repository = arguments.repository.as_ref().map(|code| project.key_forms.of(Kind::Repository, "").apply(code));
    say("comparing every column of accounts with every column of identities");
    let suggestions = suggest(&tables, &engine, repository.as_deref(), arguments.precision / 100.0)?;
    if arguments.toml {
        let plan = open::plan_of(folder, &timeslot, &arguments.given, "a suggested id may be one of its policy");
        let mut taken: BTreeSet<String> =
            plan.iter().flat_map(|plan| plan.stages.reconcile.policy.rule_ids()).map(str::to_owned).collect();
        let rules = suggestions.iter().map(|one| rule(one, repository.as_deref(), &mut taken));
        print_text(&rules.collect::<String>());
        return Ok(0);
    }
    let mut rows =
        Rows::new(&["account", "identity", "compare", "precision", "recall", "found", "ambiguous", "lift", "orphans"]);
    for one in &suggestions {
        let texts = [one.account.to_string(), one.identity.to_string(), form(one.form).to_owned()];
        let shares = [one.precision(), one.recall()].map(|share| format!("{:.2} %", share * 100.0));
        let counts = [one.found, one.ambiguous, one.lift, one.orphans].map(|count| count.to_string());
        rows.rows.push(texts.into_iter().chain(shares).chain(counts).map(Some).collect());
    }
    rows.print(format);
    Ok(0)
}

fn form(form: Form) -> &'static str {
    match form {
        Form::Equal => "equal",
        Form::Normalised => "normalised",
        Form::Alphanumeric => "alphanumeric",
        Form::Digits => "digits",
    }
}

/// A match rule as a policy writes it, with an id that is not taken.
fn rule(one: &Suggestion, repository: Option<&str>, taken: &mut BTreeSet<String>) -> String {
    let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
    let (account, identity) = (one.account.to_string(), one.identity.to_string());
    let name = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
    };
    let within = repository.map_or_else(String::new, |code| format!("repositories = [{}]\n", text(code)));
    format!(
        "# right {:.2} % of {} found, finds {:.2} % of {} known owners; {} of them no rule above, and {} orphans; {} with several\n\
         [[match]]\nid = {}\naccount = {}\nidentity = {}\ncompare = {}\n{within}\n",
        one.precision() * 100.0,
        one.found,
        one.recall() * 100.0,
        one.known,
        one.lift,
        one.orphans,
        one.ambiguous,
        text(&untaken(&format!("{}_is_{}", name(&account), name(&identity)), taken)),
        text(&account),
        text(&identity),
        text(form(one.form)),
    )
}
