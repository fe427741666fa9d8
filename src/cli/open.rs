//! Finding the project, its plan and its ledger from where the command is called.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Failure;
use super::output::say;
use crate::ids::{TimeslotId, TimeslotName};
use crate::ledger::{Ledger, State, Timeslot};
use crate::plan::{Plan, Project, Variables};
use crate::problem::Problems;

/// Variables given on the command line.
#[derive(Default, clap::Args)]
pub(super) struct Given {
    /// A variable of the plan.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = name_and_value)]
    vars: Vec<(String, String)>,
    /// What an earlier run took from its environment.
    #[arg(skip)]
    environment: BTreeMap<String, String>,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Given {
    /// No variables.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { vars: Vec::new(), environment: BTreeMap::new() }
    }

    /// Variables that were given earlier, and those that the environment gave then.
    pub(super) fn of(vars: &BTreeMap<String, String>, environment: &BTreeMap<String, String>) -> Self {
        Self { vars: vars.clone().into_iter().collect(), environment: environment.clone() }
    }

    /// The variables by name.
    pub(super) fn vars(&self) -> BTreeMap<String, String> {
        self.vars.iter().cloned().collect()
    }
}

/// What the process finds in its environment.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The project of a folder, or of the nearest one upwards.
pub(super) fn project(folder: Option<PathBuf>) -> Result<Project, Failure> {
    project_with(folder, &Given { vars: Vec::new(), environment: BTreeMap::new() })
}

/// The same, with the variables of `ledgerline.toml` given.
pub(super) fn project_with(folder: Option<PathBuf>, given: &Given) -> Result<Project, Failure> {
    let vars = given.vars();
    let variables = Variables::new(&vars, &environment);
    let project = Project::load(&root(folder)?, &variables).map_err(Failure::Problems)?;
    match variables.unused().first() {
        Some(unused) => {
            Err(Failure::Usage(format!("variable `{unused}` was given, but `ledgerline.toml` does not use it")))
        }
        None => Ok(project),
    }
}

/// The project and one of its plans.
pub(super) fn plan(folder: Option<PathBuf>, plan: &Path, given: &Given) -> Result<(Project, Plan), Failure> {
    let root = root(folder)?;
    let vars = given.vars();
    let environment = |name: &str| given.environment.get(name).cloned().or_else(|| environment(name));
    let variables = Variables::new(&vars, &environment);
    let project = Project::load(&root, &variables).map_err(Failure::Problems)?;
    let plan = plan_path(&project, plan);
    let plan = Plan::load(&project, &plan, &variables).map_err(Failure::Problems)?;
    Ok((project, plan))
}

/// The plan by which a timeslot was made, as it stands now; where it cannot be read that is said, and why it matters.
pub(super) fn plan_of(folder: Option<PathBuf>, timeslot: &Timeslot, given: &Given, matters: &str) -> Option<Plan> {
    let name = &timeslot.manifest.plan;
    let found = plan(folder, Path::new(name), given);
    if found.is_err() {
        say(&format!("the plan `{name}` of timeslot {} cannot be read: {matters}", timeslot.manifest.timeslot));
    }
    found.ok().map(|(_, plan)| plan)
}

/// Every plan of a project.
pub(super) fn plans(folder: Option<&PathBuf>, project: &Project, given: &Given) -> Result<Vec<Plan>, Failure> {
    let (mut plans, mut problems) = (Vec::new(), Problems::new());
    for name in project.plans() {
        match plan(folder.cloned(), &project.plan_path(&name), given) {
            Ok((_, plan)) => plans.push(plan),
            Err(Failure::Problems(found)) => problems.extend(found),
            Err(other) => return Err(other),
        }
    }
    if problems.has_errors() { Err(Failure::Problems(problems)) } else { Ok(plans) }
}

/// A plan by its path or by its name.
fn plan_path(project: &Project, plan: &Path) -> PathBuf {
    let named = plan.to_str().and_then(|name| name.parse().ok()).map(|name| project.plan_path(&name));
    named.filter(|path| !plan.exists() && path.exists()).unwrap_or_else(|| plan.to_owned())
}

fn root(folder: Option<PathBuf>) -> Result<PathBuf, Failure> {
    if let Some(folder) = folder {
        return Ok(folder);
    }
    let here =
        std::env::current_dir().map_err(|error| Failure::Usage(format!("there is no current folder: {error}")))?;
    let found = here.ancestors().find(|folder| folder.join("ledgerline.toml").is_file());
    let found = found.ok_or_else(|| {
        Failure::Usage(format!(
            "no `ledgerline.toml` in `{}` or above; name the project with `--project`",
            here.display()
        ))
    })?;
    Ok(if found == here { PathBuf::from(".") } else { found.to_owned() })
}

/// The timeslot a reader means: the one named, else the current one.
pub(super) fn timeslot(ledger: &Ledger, id: Option<&TimeslotId>) -> Result<Timeslot, Failure> {
    match id {
        Some(id) => Ok(ledger.timeslot(id)?),
        None => ledger.current()?.ok_or_else(|| Failure::Usage("no timeslot has been confirmed yet".to_owned())),
    }
}

/// The timeslot of a name, where it may be read; the current one where none is given.
pub(super) fn named(ledger: &Ledger, name: Option<&TimeslotName>) -> Result<Timeslot, Failure> {
    match name {
        Some(name) => readable(ledger, &ledger.named(name)?),
        None => timeslot(ledger, None),
    }
}

/// A timeslot that may be read: confirmed and in sight, or open and named.
pub(super) fn readable(ledger: &Ledger, id: &TimeslotId) -> Result<Timeslot, Failure> {
    match ledger.standings()?.find(id).map(|standing| standing.state) {
        Some(state @ (State::Hidden | State::Rejected | State::Purged)) => {
            Err(Failure::Usage(format!("timeslot {id} is {state}")))
        }
        Some(State::Sandbox) => {
            Err(Failure::Usage(format!("timeslot {id} is a sandbox: its tables are not published yet")))
        }
        _ => Ok(ledger.timeslot(id)?),
    }
}

/// The account of the machine that this process has, which nobody can just say: its name, or its number where it has none.
pub(super) fn account() -> String {
    let number = rustix::process::getuid().as_raw();
    // name:password:number:..
    let name = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    };
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    accounts.lines().find_map(name).unwrap_or_else(|| format!("number {number}"))
}

/// Who does it, as the log will say.
pub(super) fn person() -> String {
    ["LEDGERLINE_USER", "SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(environment).unwrap_or_else(account)
}
