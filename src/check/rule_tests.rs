//! Runs the tests that rules carry in their headers: each on the real engine, over the tables of the test alone.
//!
//! A given table stands before the query as a table expression of its name; every other table is empty.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::rules::Rules;
use super::schemas::Schemas;
use crate::engine::{Engine, cells};
use crate::names::suggest;
use crate::plan::{Plan, codes};
use crate::problem::{Problem, Problems};
use crate::settings::packs::Pack;
use crate::settings::rules::{self, Grid, Rule, RuleTest};
use crate::sql;
use crate::sql::admit::without_end;
use crate::stages::controls::packed_columns;
use crate::stages::fill::fill;
use crate::table::{Field, Type};

/// Tests that do not hold. Rules with mistakes of their own are told by `check_sql`.
#[must_use]
pub fn check_rule_tests(plan: &Plan, engine: &dyn Engine) -> Problems {
    let Some(settings) = &plan.stages.rules else { return Problems::new() };
    if settings.rules.iter().all(|rule| rule.tests.is_empty()) {
        return Problems::new();
    }
    let mut schemas = Schemas::of(plan);
    Rules::of(settings).check(&mut schemas, &mut Problems::new());
    check_tests(settings.rules.iter(), &schemas, engine)
}

/// Tests of controls of a pack that do not hold, and of the questions they share: over the columns that the pack asks for,
/// whatever a project collects. `None` for all controls, else those named.
#[must_use]
pub fn check_pack_tests(pack: &Pack, only: Option<&[&str]>, engine: &dyn Engine) -> Problems {
    let shared = pack.shared.iter().map(|(rule, _)| rule);
    let questions = pack.controls.iter().filter_map(|control| control.own_rule.as_ref());
    let is_asked = |rule: &Rule| only.is_none_or(|only| only.contains(&rule.id.as_str()));
    // As its rules they are admitted and planned in the order in which they need each other.
    let all = rules::Rules { rules: shared.chain(questions).cloned().collect() };
    let mut schemas = Schemas::of_pack(pack);
    let mut problems = Problems::new();
    Rules::of(&all).check(&mut schemas, &mut problems);
    for control in &pack.controls {
        let answer = control.own_rule.as_ref().and_then(|rule| schemas.columns_of(&rule.id.table()));
        if answer != control.packed.as_ref().map(packed_columns) {
            let message = format!("control `{}` of a pack gives other columns than `uid` and its detail", control.id);
            problems.add(Problem::error(codes::NO_SUBJECT, message));
        }
    }
    problems.extend(check_tests(all.rules.iter().filter(|rule| is_asked(rule)), &schemas, engine));
    problems
}

/// Tests of rules that do not hold, over tables with these columns.
fn check_tests<'a>(asked: impl Iterator<Item = &'a Rule>, schemas: &Schemas, engine: &dyn Engine) -> Problems {
    let mut problems = Problems::new();
    for rule in asked {
        let Some(answer) = schemas.columns_of(&rule.id.table()) else { continue };
        for test in &rule.tests {
            if let Err(problem) = (Tried { rule, test, answer: &answer, schemas, engine }).hold() {
                problems.add(*problem);
            }
        }
    }
    problems
}

/// A test of a rule, with the columns of the rule's answer.
struct Tried<'a> {
    rule: &'a Rule,
    test: &'a RuleTest,
    answer: &'a [Field],
    schemas: &'a Schemas,
    engine: &'a dyn Engine,
}

type Rows = Vec<Vec<Option<String>>>;

impl Tried<'_> {
    fn hold(&self) -> Result<(), Box<Problem>> {
        let Some(expected) = &self.test.expected else { return Ok(()) };
        let wanted = columns_of(expected, self.answer, "the answer")?;
        let mut tables = Vec::new();
        for (table, grid) in &self.test.given {
            let known = self
                .schemas
                .columns_of(table)
                .ok_or_else(|| Box::new(problem(grid, codes::BAD_HEADER, format!("there is no table `{table}`"))))?;
            columns_of(grid, &known, table)?;
            tables.push(format!("{} AS (\n{}\n)", sql::name(table), rows_of(grid, &known)));
        }
        let mut rule = self.rule.clone();
        for parameter in &mut rule.parameters {
            let given = self.test.with.iter().find(|(name, ..)| *name == parameter.name);
            parameter.value = given.map_or_else(|| parameter.default.clone(), |(_, value, _)| value.clone());
        }
        let query = fill(&rule, self.test.as_of.unwrap_or(Date::constant(2000, 1, 1))).text;
        let list = wanted.iter().map(|field| sql::name(&field.name)).collect::<Vec<_>>().join(", ");
        let with = if tables.is_empty() { String::new() } else { format!("WITH {}\n", tables.join(",\n")) };
        let found = self.rows(&format!("{with}SELECT {list} FROM (\n{}\n) AS answer", without_end(&query)))?;
        let expected = self.rows(&rows_of(expected, &wanted))?;
        difference(&found, &expected).map_or(Ok(()), |difference| {
            let message = format!("test `{}` of rule `{}` does not hold: {difference}", self.test.name, rule.id);
            Err(Box::new(Problem::error(codes::TEST_FAILS, message).at(self.test.place.clone())))
        })
    }

    fn rows(&self, query: &str) -> Result<Rows, Box<Problem>> {
        let rows = self.engine.rows(query, self.schemas.tables()).and_then(|batches| cells(&batches));
        rows.map_err(|error| {
            let line = error.message.lines().next().unwrap_or_default().to_owned();
            let message = format!("test `{}` of rule `{}` cannot run: {line}", self.test.name, self.rule.id);
            Box::new(Problem::error(codes::TEST_FAILS, message).at(self.test.place.clone()))
        })
    }
}

fn problem(grid: &Grid, code: crate::problem::Code, message: String) -> Problem {
    Problem::error(code, message).at(grid.place.clone())
}

/// The columns of a grid with their types.
fn columns_of(grid: &Grid, known: &[Field], of: &str) -> Result<Vec<Field>, Box<Problem>> {
    let field = |name: &String| {
        known.iter().find(|field| field.name == *name).cloned().ok_or_else(|| {
            let hint = suggest(name, "columns", known.iter().map(|field| field.name.as_str()));
            let problem = problem(grid, codes::UNKNOWN_COLUMN, format!("{of} has no column `{name}`"));
            Box::new(problem.hint(hint))
        })
    };
    grid.columns.iter().map(field).collect()
}

/// The rows of a grid as a query with all of these columns; one that the grid does not name is null.
fn rows_of(grid: &Grid, columns: &[Field]) -> String {
    let select = |row: Option<&Vec<Option<String>>>| {
        let values = columns.iter().map(|field| {
            let at = grid.columns.iter().position(|name| *name == field.name);
            let cell = at.and_then(|at| row?.get(at)?.as_deref());
            let kind = if field.kind == Type::Text { "VARCHAR" } else { field.kind.sql() };
            format!("CAST({} AS {kind}) AS {}", cell.map_or("NULL".to_owned(), sql::text), sql::name(&field.name))
        });
        format!("SELECT {}", values.collect::<Vec<_>>().join(", "))
    };
    if grid.rows.is_empty() {
        return format!("{} WHERE FALSE", select(None));
    }
    grid.rows.iter().map(|row| select(Some(row))).collect::<Vec<_>>().join("\nUNION ALL\n")
}

/// In words, what was found and not expected, and what was expected and not found.
fn difference(found: &Rows, expected: &Rows) -> Option<String> {
    let mut counts: BTreeMap<&Vec<Option<String>>, i64> = BTreeMap::new();
    for row in found {
        *counts.entry(row).or_default() += 1;
    }
    for row in expected {
        *counts.entry(row).or_default() -= 1;
    }
    let shown = |is_wanted: &dyn Fn(i64) -> bool| {
        let rows = counts.iter().filter(|(_, count)| is_wanted(**count));
        let line = |row: &Vec<Option<String>>| {
            let cells = row.iter().map(|cell| cell.as_deref().unwrap_or("(null)"));
            format!("`{}`", cells.collect::<Vec<_>>().join(" | "))
        };
        rows.take(3).map(|(row, _)| line(row)).collect::<Vec<_>>().join(", ")
    };
    match (shown(&|count| count > 0), shown(&|count| count < 0)) {
        (more, less) if more.is_empty() && less.is_empty() => None,
        (more, less) if less.is_empty() => Some(format!("it also finds {more}")),
        (more, less) if more.is_empty() => Some(format!("it does not find {less}")),
        (more, less) => Some(format!("it finds {more} instead of {less}")),
    }
}
