//! What is let through and can hardly be meant: conditions of rules and controls that hold always or never, and tests that
//! would hold of a rule that finds nothing.

use std::collections::BTreeSet;

use super::schemas::Schemas;
use crate::engine::{Holds, Over, constant_conditions, constant_predicate};
use crate::ids::StageName;
use crate::model::TableSet;
use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::settings::controls::Gap;
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

/// What to say where a predicate holds always, or never.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    always: Said,
    never: Said,
}

#[derive(Debug, Clone, Copy)]
struct Said {
    message: &'static str,
    /// Whether nothing is wrong where it is a plain `TRUE` or `FALSE`.
    may_be_plain: bool,
}

/// Of the condition of a control.
pub(super) const FILTER: Meaning = Meaning {
    always: Said { message: "the condition holds for every row: no finding is left out", may_be_plain: false },
    never: Said { message: "the condition holds for no row: the control can find nothing", may_be_plain: false },
};

const EVERYBODY: Said =
    Said { message: "the population is everybody: the condition holds for every row", may_be_plain: true };

/// Of a population that should hold permissions, or should not.
pub(super) const MODELLED: Meaning = Meaning {
    always: EVERYBODY,
    never: Said { message: "the population is nobody: the condition holds for no row", may_be_plain: false },
};

/// Of the population that alone holds permissions.
const HOLDING_ALONE: Meaning = Meaning {
    always: Said { message: "the population is everybody: the control can find nothing", may_be_plain: false },
    never: Said { message: "the population is nobody: whoever holds the permissions is found", may_be_plain: true },
};

/// Of the population that lacks permissions.
const LACKING: Meaning = Meaning {
    always: EVERYBODY,
    never: Said { message: "the population is nobody: the control can find nothing", may_be_plain: false },
};

/// Of the population of a control of holders.
pub(super) fn holders(gap: Gap) -> Meaning {
    match gap {
        Gap::Over => HOLDING_ALONE,
        Gap::Under => LACKING,
    }
}

/// Warns of a predicate that is admitted and resolves.
pub(super) fn predicate(
    sql: &SqlText,
    over: Over<'_>,
    stage: StageName,
    meaning: Meaning,
    schemas: &Schemas,
    problems: &mut Problems,
) {
    let Ok(admitted) = admit::predicate(&sql.text, &schemas.known_to(stage)) else { return };
    let Said { message, may_be_plain } = match constant_predicate(&sql.text, over, &admitted.tables, schemas.tables()) {
        None => return,
        Some(Holds::Always) => meaning.always,
        Some(Holds::Never) => meaning.never,
    };
    if may_be_plain && ["TRUE", "FALSE"].iter().any(|word| sql.text.trim().eq_ignore_ascii_case(word)) {
        return;
    }
    let problem = Problem::warning(codes::CONSTANT_CONDITION, message).at(sql.place.clone());
    problems.add(problem.hint("compare columns of the subject, or leave the condition out"));
}
