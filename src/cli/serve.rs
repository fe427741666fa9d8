//! `ledgerline serve`: the page, and with it the watch over schedules.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::clock::SystemClock;
use super::output::say;
use super::schedule::Watching;
use super::{Failure, check, machine, open, signals};
use crate::env::Stop;
use crate::problem::Look;
use crate::settings::serve::refusal;
use crate::web::{Reading, Site, listen, router};

/// Show the page until told to end, and start plans when they are due.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Where to listen, in place of what the project says.
    #[arg(long, value_name = "ADDRESS:PORT")]
    address: Option<SocketAddr>,
    /// Start no plan when it is due: something else does.
    #[arg(long)]
    no_schedule: bool,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    let address = arguments.address.unwrap_or(project.serve.address);
    let tls = project.serve.tls.clone();
    if let Some(why) = refusal(address, tls.is_some()) {
        return Err(Failure::Usage(format!("{why}; give `certificate` and `key` below `[serve]`")));
    }
    let engine = machine::engine_beside(&project)?;
    let site = Site::new(project, reading(folder.clone()), Box::new(SystemClock), engine)?;
    let comes_by_group = site.project().serve.oidc.as_ref().is_some_and(|provider| !provider.roles.is_empty());
    if site.users().is_empty() && !comes_by_group {
        return Err(Failure::Usage(
            "nobody may come in yet: `ledgerline user add NAME --role operator` makes a user".to_owned(),
        ));
    }
    let listening = listen(address, tls.as_ref()).map_err(|error| Failure::Usage(crate::run::chain(&error)))?;
    let address = listening.address().unwrap_or(address);
    let stop = Stop::default();
    signals::listen(&stop);
    let watching = (!arguments.no_schedule).then(|| Watching::begin(folder, &stop));
    let scheme = if tls.is_some() { "https" } else { "http" };
    say(&format!("the page is at {scheme}://{address}"));
    listening.answer(router(&Arc::new(site), tls.is_some()), &stop);
    if let Some(watching) = watching {
        watching.end();
    }
    Ok(0)
}

/// How the page reads the project anew.
fn reading(folder: Option<PathBuf>) -> Reading {
    let problems = |failure: Failure| match failure {
        Failure::Problems(problems) => problems.render(Look::Plain),
        other => crate::run::chain(&other),
    };
    let (for_plan, for_check) = (folder.clone(), folder.clone());
    let given = open::Given::default;
    Reading {
        project: Box::new(move || open::project(folder.clone()).map_err(problems)),
        plan: Box::new(move |name| {
            let read = open::plan(for_plan.clone(), Path::new(name), &given());
            read.map(|(_, plan)| plan).map_err(problems)
        }),
        check: Box::new(move |name| {
            let found = check::problems(for_check.clone(), &[PathBuf::from(name)], &given());
            found.map(|(found, _)| found).map_or_else(problems, |found| found.render(Look::Plain))
        }),
    }
}
