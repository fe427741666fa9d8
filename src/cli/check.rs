//! `ledgerline check`: every problem of the files of a project at once.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::output::{Format, Rows, print_json, say};
use super::{Failure, look, machine, open};
use crate::check::{check_names, check_rule_tests, check_schedule, check_sources, check_sql, check_types};
use crate::env::Clock;
use crate::ledger::Ledger;
use crate::problem::{Problems, Severity};

/// Check a plan and everything it names.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The plan, by path or name. Default: every plan of the project.
    plan: Option<PathBuf>,
    #[command(flatten)]
    given: open::Given,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let plans = if let Some(plan) = &arguments.plan {
        vec![plan.clone()]
    } else {
        let project = open::project(folder.clone())?;
        project.plans().iter().map(|name| project.plan_path(name)).collect()
    };
    let (problems, files) = problems(folder, &plans, &arguments.given)?;
    match format {
        Format::Json => print_json(&problems),
        Format::Csv => rows(&problems).print(format),
        Format::Table => {
            let (errors, warnings) = (problems.count(Severity::Error), problems.count(Severity::Warning));
            if !problems.is_empty() {
                say(&problems.render(look()));
            }
            say(&format!("{} plans, {files} files: {errors} errors, {warnings} warnings", plans.len()));
        }
    }
    Ok(if problems.has_errors() { 2 } else { 0 })
}

/// Everything that is wrong with some plans and what they name, or worth a look; and how many files that is.
pub(super) fn problems(
    folder: Option<PathBuf>,
    plans: &[PathBuf],
    given: &open::Given,
) -> Result<(Problems, usize), Failure> {
    let mut problems = Problems::new();
    let mut files = 0;
    for plan in plans {
        match open::plan(folder.clone(), plan, given) {
            Ok((project, plan)) => {
                files += plan.files.len();
                problems.extend(project.warnings.clone());
                problems.extend(plan.warnings.clone());
                problems.extend(check_sql(&plan));
                problems.extend(check_sources(&plan));
                problems.extend(check_schedule(&plan, SystemClock.now()));
                // Before a first load there is nothing to disagree with; a ledger that cannot be read is `verify`'s matter.
                if let Ok(Some(current)) = Ledger::open(&project.ledger).and_then(|ledger| ledger.current()) {
                    problems.extend(check_types(&plan, &current));
                }
                if plan.stages.rules.iter().flat_map(|rules| &rules.rules).any(|rule| !rule.tests.is_empty()) {
                    problems.extend(check_rule_tests(&plan, &machine::engine(&project)?));
                }
                problems.extend(check_names(&plan.names, &project.ledger)?);
            }
            Err(Failure::Problems(found)) => problems.extend(found),
            Err(other) => return Err(other),
        }
    }
    Ok((problems, files))
}

/// A problem a row.
fn rows(problems: &Problems) -> Rows {
    let mut rows = Rows::new(&["code", "severity", "message", "file", "line", "column", "hint"]);
    for problem in problems.iter() {
        let place = problem.place.as_ref().map(|place| (place.file.path(), place.file.position(place.span.start)));
        let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
        rows.rows.push(vec![
            Some(problem.code.id.to_owned()),
            Some(severity.to_owned()),
            Some(problem.message.clone()),
            place.map(|(path, _)| path.display().to_string()),
            place.map(|(_, (line, _))| line.to_string()),
            place.map(|(_, (_, column))| column.to_string()),
            problem.hint.clone(),
        ]);
    }
    rows
}
