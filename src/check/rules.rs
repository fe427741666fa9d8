//! Rules in the order in which they need each other; those that wait for each other are told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::schemas::Schemas;
use super::{lint, rule_tables, tell, warn};
use crate::engine::resolve;
use crate::ids::StageName;
use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::settings;
use crate::settings::rules::Rule;
use crate::source::Place;
use crate::sql::admit::{self, Admitted, Refusal, offset};
use crate::stages::fill::{Filled, fill};

/// Any day will do: only its type matters.
const SOME_DAY: Date = Date::constant(2000, 1, 1);

/// The rules of a plan with their parameters filled in.
pub(super) struct Rules<'a> {
    rules: Vec<(&'a Rule, Filled)>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(settings: &'a settings::rules::Rules) -> Self {
        Self { rules: settings.rules.iter().map(|rule| (rule, fill(rule, SOME_DAY))).collect() }
    }

    /// Admits every rule, and plans it as soon as the rules it uses are.
    pub(super) fn check(&self, schemas: &mut Schemas, problems: &mut Problems) {
        let known = schemas.known_to(StageName::Rules);
        let mut waiting: BTreeMap<String, (&Rule, &Filled, Admitted)> = BTreeMap::new();
        for (rule, filled) in &self.rules {
            let place = |refusal: &Refusal| place_in(rule, filled, refusal);
            match admit::query(&filled.text, &known) {
                Err(refusals) => tell(&refusals, codes::REFUSED_SQL, &place, problems),
                Ok(admitted) => {
                    warn(&admitted.warnings, &place, problems);
                    waiting.insert(rule.id.table(), (rule, filled, admitted));
                }
            }
        }
        while let Some(table) = waiting
            .iter()
            .find(|(_, (.., admitted))| schemas.are_sound(&admitted.tables))
            .map(|(table, _)| table.clone())
        {
            let (rule, filled, admitted) = waiting.remove(&table).expect("it was just found");
            match resolve(admit::without_end(&filled.text), &admitted.tables, schemas.tables()) {
                Ok(columns) => {
                    lint::query(rule, filled, &admitted.tables, schemas.tables(), problems);
                    schemas.learn(&table, &columns);
                }
                Err(refusal) => {
                    tell(&[refusal], codes::UNRESOLVED_SQL, &|refusal| place_in(rule, filled, refusal), problems);
                }
            }
        }
        for (table, (rule, _, admitted)) in &waiting {
            if let Some(next) = rule_tables(&admitted.tables).find(|next| reaches(next, table, &waiting)) {
                let message = format!("rule `{}` waits for itself, through `{next}`", rule.id);
                let at = rule.sql.text.find(next.as_str()).unwrap_or(0);
                let problem = Problem::error(codes::RULE_CYCLE, message).at(rule.sql.place_of(at..at + next.len()));
                problems.add(problem.hint("one of the rules must do without the other"));
            }
        }
    }
}

/// Whether a rule uses another, itself or through others.
fn reaches(from: &str, to: &str, waiting: &BTreeMap<String, (&Rule, &Filled, Admitted)>) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(table) = open.pop() {
        if table == to {
            return true;
        }
        if seen.insert(table.clone())
            && let Some((.., admitted)) = waiting.get(&table)
        {
            open.extend(rule_tables(&admitted.tables).cloned());
        }
    }
    false
}

/// The place in the rule's file that a position in its filled query came from.
fn place_in(rule: &Rule, filled: &Filled, refusal: &Refusal) -> Place {
    if refusal.line == 0 {
        return rule.sql.place.clone();
    }
    let at = filled.origin(offset(&filled.text, refusal.line, refusal.column));
    let before = &rule.sql.text[..at.min(rule.sql.text.len())];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    rule.sql.place_at(before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
