//! `ledgerline check`: every problem of the files of a project at once.

use std::path::PathBuf;

use super::output::Format;
use super::{Failure, look, machine, open};
use crate::check::{check_names, check_rule_tests, check_sources, check_sql};
use crate::problem::{Problems, Severity};

/// Check a plan and everything it names.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan, by path or name. Default: every plan of the project.
    plan: Option<PathBuf>,
    #[command(flatten)]
    given: open::Given,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line talks")]
pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let plans = if let Some(plan) = &arguments.plan {
        vec![plan.clone()]
    } else {
        let project = open::project(folder.clone())?;
        project.plans().iter().map(|name| project.plan_path(name)).collect()
    };
    let mut problems = Problems::new();
    let mut files = 0;
    for plan in &plans {
        match open::plan(folder.clone(), plan, &arguments.given) {
            Ok((project, plan)) => {
                files += plan.files.len();
                problems.extend(project.warnings.clone());
                problems.extend(plan.warnings.clone());
                problems.extend(check_sql(&plan));
                problems.extend(check_sources(&plan));
                if plan.stages.rules.iter().flat_map(|rules| &rules.rules).any(|rule| !rule.tests.is_empty()) {
                    problems.extend(check_rule_tests(&plan, &machine::engine(&project)?));
                }
                problems.extend(check_names(&plan.names, &project.ledger)?);
            }
            Err(Failure::Problems(found)) => problems.extend(found),
            Err(other) => return Err(other),
        }
    }
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&problems).expect("problems have only text keys"));
    } else {
        eprint!("{}", problems.render(look()));
        eprintln!(
            "{} plans, {files} files: {} errors, {} warnings",
            plans.len(),
            problems.count(Severity::Error),
            problems.count(Severity::Warning)
        );
    }
    Ok(if problems.has_errors() { 2 } else { 0 })
}
