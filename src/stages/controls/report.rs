//! What controls have to say: findings by control, new ones by name, and permissions that nobody lists.

use std::collections::BTreeSet;

use super::{duties, excepted, newest, risk, said};
use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::kernels::{FindingCounts, tally_findings};
use crate::settings::controls::{Check, Control, Controls};
use crate::sql;
use crate::stages::Ask;

/// The columns of the table of controls.
const COLUMNS: [&str; 10] =
    ["control", "title", "risk", "standing", "opened", "fixed", "reopened", "excepted", "lapsed", "tags"];

/// Reads counts and samples back from the findings.
pub(super) fn report(controls: &Controls, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let (counts, worst) = rayon::join(|| tally_findings(ask.tables, newest::SAMPLES), || risk::worst(ask));
    let (counts, worst) = (counts?, worst?);
    let mut sums = [0_u64; 6];
    let mut rows = Vec::new();
    let mut remedies = Vec::new();
    let mut new: Vec<&Control> = Vec::new();
    for control in &controls.controls {
        let counts = counts.get(control.id.as_str()).map_or([0; 6], in_order);
        for (sum, count) in sums.iter_mut().zip(&counts) {
            *sum += count;
        }
        let mut row = vec![control.id.to_string(), control.title.clone(), control.risk.to_string()];
        let standing = counts[0] > 0;
        let is_new = [1, 3, 5].iter().any(|at| counts[*at] > 0);
        row.extend(counts.map(|count| count.to_string()));
        row.push(control.tags.join(", "));
        rows.push(row);
        if let Some(mitigation) = control.mitigation.as_ref().filter(|_| standing) {
            remedies.push(vec![control.id.to_string(), control.risk.to_string(), mitigation.clone()]);
        }
        if is_new {
            new.push(control);
        }
    }
    let mut tables = vec![
        ReportTable::new("controls", &COLUMNS, rows),
        ReportTable::new(
            "new findings",
            &["control", "state", "subject", "detail"],
            newest::newest(&new, &counts, ask)?,
        )
        .of_people(),
    ];
    let why = ["control", "subject", "detail", "account", "group", "holds", "which brings", "perimeter"];
    let causes = newest::causes(&new, ask)?;
    if !causes.is_empty() {
        tables.push(ReportTable::new("why there are new findings: samples", &why, causes).of_people());
    }
    let mut add = |title: &str, columns: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            tables.push(ReportTable::new(title, columns, rows));
        }
    };
    add("what to do about findings", &["control", "risk", "mitigation"], remedies);
    let unknown = unknown_permissions(controls, ask)?;
    add("permissions that controls name and no application lists", &["control", "permission"], unknown);
    let skipped = ask.rows(
        "SELECT control, source, state, table_name FROM skipped_controls ORDER BY control NULLS LAST, source NULLS LAST",
    )?;
    let [standing, opened, fixed, reopened, excepted, lapsed] = sums;
    let some = |count: u64, what: &str| if count == 0 { String::new() } else { format!(", {count} {what}") };
    let mut headline = format!(
        "{standing} findings{}: {opened} opened, {reopened} reopened{}; {fixed} fixed",
        some(excepted, "of them excepted"),
        some(lapsed, "no longer excepted")
    );
    let not_evaluated = skipped.len() + controls.unevaluated.len();
    if not_evaluated > 0 {
        headline.push_str(&format!("; {not_evaluated} controls not evaluated"));
    }
    add("controls not evaluated: what the parent found stands on", &["control", "source", "state", "table"], skipped);
    add(
        "controls not evaluated: what this project does not collect",
        &["lacks", "controls", "which"],
        said::lacks(controls),
    );
    add(
        "what of controls differs from their defaults",
        &["control", "what", "value", "default", "said in"],
        said::others(controls),
    );
    add(
        "parameters that name what no row has",
        &["control", "parameter", "value", "column"],
        said::unknown(controls, ask)?,
    );
    add("conditions that hold for nothing in this load", &["control", "condition"], said::empty(controls, ask)?);
    tables.extend(worst);
    if let Some(exceptions) = &controls.exceptions {
        let (told, sentence) = excepted::told(exceptions, ask)?;
        tables.extend(told);
        headline.extend(sentence.map(|sentence| format!("; {sentence}")));
    }
    Ok(StageReport { headline, tables })
}

/// As the columns of the table of controls have them.
fn in_order(counts: &FindingCounts) -> [u64; 6] {
    let FindingCounts { standing, opened, fixed, reopened, excepted, lapsed, .. } = counts;
    [standing, opened, fixed, reopened, excepted, lapsed].map(|count| *count)
}

/// A control over a permission that does not exist finds nothing: that must not look like all is well.
fn unknown_permissions(controls: &Controls, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let named = controls.controls.iter().flat_map(|control| {
        let names = match &control.check {
            Check::SegregationOfDuties { conflict, .. } => duties::permissions(conflict),
            Check::PermissionHolders { permissions, .. } => permissions.iter().collect(),
            _ => BTreeSet::new(),
        };
        names.into_iter().map(move |name| (control.id.as_str(), name))
    });
    let rows: Vec<String> = named
        .map(|(id, name)| {
            let [application, code] = [&name.application, &name.code].map(|text| sql::text(text));
            format!("({}, {application}, {code})", sql::text(id))
        })
        .collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    ask.rows(&format!(
        "SELECT w.control, w.application || '/' || w.code
FROM (VALUES {}) AS w (control, application, code)
WHERE NOT EXISTS (SELECT 1 FROM permissions p WHERE p.application = w.application AND p.code = w.code)
ORDER BY 1 NULLS LAST, 2 NULLS LAST",
        rows.join(", ")
    ))
}
