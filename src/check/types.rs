//! The types of a plan's columns against those of the current timeslot: a column that changed its type could no longer be
//! compared, nor read together with its history.

use super::place_of_word;
use crate::collect::stored_columns;
use crate::ledger::Timeslot;
use crate::plan::{Plan, codes};
use crate::problem::{Problem, Problems};

/// Says of every column that has another type in the current timeslot.
#[must_use]
pub fn check_types(plan: &Plan, current: &Timeslot) -> Problems {
    let mut problems = Problems::new();
    for collector in &plan.collectors {
        for map in &collector.tables {
            let Some(record) = current.manifest.tables.get(map.table.name) else { continue };
            for column in stored_columns(map) {
                let before = record.columns.iter().find(|known| known.name == column.name);
                let Some(before) = before.filter(|before| before.kind != column.kind) else { continue };
                let (table, id) = (map.table.name, &current.manifest.timeslot);
                let message = format!(
                    "`{}` of `{table}` is {} here, and {} in the current timeslot {id}",
                    column.name,
                    column.kind.sql(),
                    before.kind.sql()
                );
                let problem = Problem::error(codes::TYPE_DISAGREES, message);
                let problem = problem.hint("keep the type, or give the column another name");
                let header = format!("[table.{table}.columns]");
                let place = place_of_word(plan, &collector.path, &[&header], &column.name);
                problems.add(match place {
                    Some(place) => problem.at(place),
                    None => problem,
                });
            }
        }
    }
    problems
}
