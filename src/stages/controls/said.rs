//! What is to be known about the settings of controls: what they lack, what the plan says otherwise, and what in them holds
//! for nothing, so that no finding does not mean that all is well.

use std::collections::BTreeMap;

use super::hits;
use crate::engine::EngineError;
use crate::settings::controls::{Check, Controls, Otherwise};
use crate::settings::rules::Rule;
use crate::sql;
use crate::stages::Ask;
use crate::table::Kind;
use crate::tables;

/// What is not collected, with the controls that ask for it.
pub(super) fn lacks(controls: &Controls) -> Vec<Vec<String>> {
    let mut by_lack: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &controls.unevaluated {
        for lack in &one.lacks {
            by_lack.entry(&lack.reason).or_default().push(one.control.id.as_str());
        }
    }
    let row = |(reason, ids): (&str, Vec<&str>)| vec![reason.to_owned(), ids.len().to_string(), ids.join(", ")];
    by_lack.into_iter().map(row).collect()
}

/// What of controls is otherwise than their files and packs say: what the plan says of them, and their parameters.
pub(super) fn others(controls: &Controls) -> Vec<Vec<String>> {
    let told = controls.otherwise.iter().map(|one| {
        let Otherwise { control, what, value, default, place } = one;
        vec![control.to_string(), (*what).to_owned(), value.clone(), default.clone(), place.to_string()]
    });
    let mut rows: Vec<Vec<String>> = told.collect();
    for control in &controls.controls {
        let others = control.own_rule.as_ref().map(Rule::others).unwrap_or_default();
        rows.extend(others.into_iter().map(|other| [vec![control.id.to_string()], other.to_vec()].concat()));
    }
    rows.sort_by(|one, other| one[0].cmp(&other[0]));
    rows
}

/// Parameters that name something which no row of the column has that they mean.
pub(super) fn unknown(controls: &Controls, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let mut named: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for control in &controls.controls {
        let (Some(packed), Some(rule)) = (&control.packed, &control.own_rule) else { continue };
        for (name, table, column) in &packed.names {
            let Some(parameter) = rule.parameters.iter().find(|parameter| parameter.name == *name) else { continue };
            let row = [control.id.as_str(), name, &parameter.value].map(sql::text).join(", ");
            named.entry((table, column)).or_default().push(format!("({row})"));
        }
    }
    let mut rows = Vec::new();
    for ((table, column), values) in named {
        rows.extend(ask.rows(&format!(
            "SELECT w.control, w.parameter, w.wanted, '{table}.{column}' AS column_name
FROM (VALUES {}) AS w (control, parameter, wanted)
WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = w.wanted)
ORDER BY 1 NULLS LAST, 2 NULLS LAST",
            values.join(", ")
        ))?);
    }
    Ok(rows)
}

/// Conditions and populations of controls that hold for nothing of this load.
pub(super) fn empty(controls: &Controls, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let mut rows = Vec::new();
    for control in &controls.controls {
        let kind = hits::subject(&control.check);
        let filter = control.filter.as_ref().map(|filter| (kind, filter));
        let population = match &control.check {
            Check::PermissionHolders { population, .. } => Some((Kind::Identity, population)),
            _ => None,
        };
        for (kind, condition) in filter.into_iter().chain(population) {
            let query = format!(
                "SELECT CAST(COUNT(*) AS VARCHAR) FROM {} {} WHERE (\n{}\n)",
                tables::of_kind(kind).name,
                hits::alias(kind),
                condition.text
            );
            if ask.rows(&query)?.iter().all(|row| row[0] == "0") {
                rows.push(vec![control.id.to_string(), condition.text.trim().to_owned()]);
            }
        }
    }
    Ok(rows)
}
