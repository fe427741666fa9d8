//! `ledgerline controls test`: the tests that controls carry, each on the real engine over the tables of the test alone.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::super::output::{Format, Rows, say};
use super::super::{Failure, look, machine, open};
use super::{Known, Whose, known, named, packs};
use crate::check::{check_pack_tests, check_rule_tests};
use crate::engine::Engine;
use crate::problem::Problems;

/// Run the tests that controls carry.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The controls. Default: all.
    ids: Vec<String>,
    #[command(flatten)]
    whose: Whose,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let all = known(&arguments.whose, folder.clone())?;
    let asked: Vec<&Known> = if arguments.ids.is_empty() {
        all.iter().collect()
    } else {
        arguments.ids.iter().map(|id| named(id, &all)).collect::<Result<_, _>>()?
    };
    let engine = machine::engine_alone()?;
    let mut problems = of_packs(&asked, &engine)?;
    if let Some(plan) = &arguments.whose.plan {
        let (_, plan) = open::plan(folder, plan, &arguments.whose.given)?;
        let own = asked.iter().filter(|one| one.control.packed.is_none()).filter_map(|one| one.rule.as_ref());
        let files: BTreeSet<_> = own.map(|rule| rule.path.as_path()).collect();
        let found = check_rule_tests(&plan, &engine);
        let of_asked = found
            .iter()
            .filter(|problem| problem.place.as_ref().is_some_and(|place| files.contains(place.file.path())));
        for problem in of_asked {
            problems.add(problem.clone());
        }
    }
    let mut rows = Rows::new(&["control", "tests", "do not hold", "result"]).numbers(&["tests", "do not hold"]);
    let mut total = 0;
    for one in &asked {
        let tests = one.rule.as_ref().map_or(0, |rule| rule.tests.len());
        let path = one.rule.as_ref().map(|rule| rule.path.as_path());
        let is_own = |problem: &&crate::problem::Problem| {
            problem.place.as_ref().map(|place| place.file.path()) == path && path.is_some()
        };
        let failed = problems.iter().filter(is_own).count();
        total += tests;
        let result = match (tests, failed) {
            (0, 0) => "no test",
            (_, 0) => "ok",
            _ => "fails",
        };
        rows.rows.push(
            [one.control.id.to_string(), tests.to_string(), failed.to_string(), result.to_owned()].map(Some).to_vec(),
        );
    }
    rows.print(format);
    if !problems.is_empty() {
        say(&problems.render(look()));
    }
    if format == Format::Table {
        say(&format!(
            "{} controls, {total} tests: {} do not hold",
            asked.len(),
            problems.count(crate::problem::Severity::Error)
        ));
    }
    Ok(if problems.has_errors() { 2 } else { 0 })
}

/// Tests of controls of packs that do not hold; with each those of the questions it shares.
fn of_packs(asked: &[&Known], engine: &dyn Engine) -> Result<Problems, Failure> {
    let mut problems = Problems::new();
    for pack in packs()? {
        let of_pack = asked.iter().filter_map(|one| Some((one, one.control.packed.as_ref()?)));
        let of_pack: Vec<_> = of_pack.filter(|(_, packed)| packed.pack == pack.name).collect();
        let mut ids: BTreeSet<&str> = of_pack.iter().map(|(one, _)| one.control.id.as_str()).collect();
        let shared = pack.shared.iter().map(|(rule, _)| rule.id.as_str());
        ids.extend(shared.filter(|id| {
            let need = format!("rule_{id}");
            of_pack.iter().any(|(_, packed)| packed.needs.iter().any(|known| known.to_string() == need))
        }));
        if !ids.is_empty() {
            let ids: Vec<&str> = ids.into_iter().collect();
            problems.extend(check_pack_tests(&pack, Some(&ids), engine));
        }
    }
    Ok(problems)
}
