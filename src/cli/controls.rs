//! `ledgerline controls`: which controls there are, what each says, and whether their own tests hold.

mod list;
mod show;
mod test;

use std::path::PathBuf;

use super::output::Format;
use super::{Failure, open};
use crate::names::suggest;
use crate::plan::{Plan, open_pack, pack_names};
use crate::settings::controls::{Check, Control};
use crate::settings::packs::{Lack, Pack};
use crate::settings::rules::Rule;
use crate::stages::controls::subject;

/// What is asked of controls.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List controls: of a plan with what becomes of them, else those of the packs that come with the program.
    List(list::Arguments),
    /// Print all that a control says: why, what to do, what it serves, its parameters and its SQL.
    Show(show::Arguments),
    /// Run the tests that controls carry.
    Test(test::Arguments),
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    match command {
        Command::List(arguments) => list::run(arguments, folder, format),
        Command::Show(arguments) => show::run(arguments, folder, format),
        Command::Test(arguments) => test::run(arguments, folder, format),
    }
}

/// Whose controls are meant.
#[derive(clap::Args)]
struct Whose {
    /// The controls of this plan, by path or name, as it sets them. Default: those of the packs, with their defaults.
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    given: open::Given,
}

/// A control as a command finds it.
struct Known {
    control: Control,
    /// The question it asks, with the parameters that hold for it.
    rule: Option<Rule>,
    /// Why it is not evaluated.
    lacks: Vec<Lack>,
}

impl Known {
    fn subject(&self) -> &'static str {
        subject(&self.control.check).as_str()
    }

    /// The pack, or the folder of the project.
    fn origin(&self) -> String {
        self.control.packed.as_ref().map_or_else(|| "project".to_owned(), |packed| packed.pack.clone())
    }

    fn lacks_text(&self) -> Option<String> {
        let reasons: Vec<&str> = self.lacks.iter().map(|lack| lack.reason.as_str()).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

/// The controls that are meant.
fn known(whose: &Whose, folder: Option<PathBuf>) -> Result<Vec<Known>, Failure> {
    let Some(plan) = &whose.plan else {
        let controls = packs()?.into_iter().flat_map(|pack| pack.controls);
        let known = |control: Control| Known { rule: control.own_rule.clone(), control, lacks: Vec::new() };
        return Ok(controls.map(known).collect());
    };
    let (_, plan) = open::plan(folder, plan, &whose.given)?;
    Ok(of_plan(&plan))
}

/// The controls of a plan: those that run, then those of packs that cannot.
fn of_plan(plan: &Plan) -> Vec<Known> {
    let Some(settings) = &plan.stages.controls else { return Vec::new() };
    let rules: &[Rule] = plan.stages.rules.as_ref().map(|rules| rules.rules.as_slice()).unwrap_or_default();
    let rule = |control: &Control| match &control.check {
        Check::Rule { rule, .. } => {
            control.own_rule.clone().or_else(|| rules.iter().find(|known| known.id == *rule).cloned())
        }
        _ => None,
    };
    let runs = settings.controls.iter().map(|control| (control, Vec::new()));
    let cannot = settings.unevaluated.iter().map(|one| (&one.control, one.lacks.clone()));
    runs.chain(cannot).map(|(control, lacks)| Known { rule: rule(control), control: control.clone(), lacks }).collect()
}

/// The packs that come with the program.
fn packs() -> Result<Vec<Pack>, Failure> {
    let open = |name| open_pack(name).map_err(Failure::Problems);
    pack_names().into_iter().filter_map(|name| open(name).transpose()).collect()
}

/// The control of that name.
fn named<'a>(id: &str, known: &'a [Known]) -> Result<&'a Known, Failure> {
    let found = known.iter().find(|one| one.control.id.as_str() == id);
    found.ok_or_else(|| {
        let hint = suggest(id, "controls", known.iter().map(|one| one.control.id.as_str()));
        Failure::Usage(format!("there is no control `{id}` here; {hint}"))
    })
}
