//! What is let through and can hardly be meant: conditions of rules and controls that hold always or never, and tests that
//! would hold of a rule that finds nothing.

use std::collections::BTreeSet;

use super::schemas::Schemas;
use crate::engine::{Holds, Over, constant_conditions, constant_predicate};
use crate::ids::StageName;
use crate::model::TableSet;
use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::settings::rules::Rule;
use crate::source::SqlText;
use crate::sql::admit;
use crate::stages::fill::Filled;

/// Warns of a rule whose query is admitted and resolves.
pub(super) fn query(
    rule: &Rule,
    filled: &Filled,
    reads: &BTreeSet<String>,
    tables: &TableSet,
    problems: &mut Problems,
) {
    for (condition, holds) in constant_conditions(admit::without_end(&filled.text), reads, tables) {
        let message = match holds {
            Holds::Always => format!("the condition `{condition}` of rule `{}` holds for every row", rule.id),
            Holds::Never => {
                format!("the condition `{condition}` of rule `{}` holds for no row: it can find nothing there", rule.id)
            }
        };
        let problem = Problem::warning(codes::CONSTANT_CONDITION, message).at(rule.sql.place.clone());
        problems.add(problem.hint("compare columns of the rows, or leave the condition out"));
    }
    let is_idle = !rule.tests.iter().any(|test| test.expected.as_ref().is_some_and(|grid| !grid.rows.is_empty()));
    if let Some(first) = rule.tests.first().filter(|_| is_idle) {
        let message = format!("no test of rule `{}` expects a row: all would hold if it found nothing at all", rule.id);
        let problem = Problem::warning(codes::IDLE_TESTS, message).at(first.place.clone());
        problems.add(problem.hint("add a test in which it finds something"));
    }
}

/// Warns of the condition of a control that is admitted and resolves.
pub(super) fn filter(sql: &SqlText, over: Over<'_>, schemas: &Schemas, problems: &mut Problems) {
    let Ok(admitted) = admit::predicate(&sql.text, &schemas.known_to(StageName::Controls)) else { return };
    let message = match constant_predicate(&sql.text, over, &admitted.tables, schemas.tables()) {
        None => return,
        Some(Holds::Always) => "the condition holds for every row: no finding is left out",
        Some(Holds::Never) => "the condition holds for no row: the control can find nothing",
    };
    let problem = Problem::warning(codes::CONSTANT_CONDITION, message).at(sql.place.clone());
    problems.add(problem.hint("compare columns of the subject, or leave the condition out"));
}
