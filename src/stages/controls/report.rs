//! What controls have to say: findings by control, new ones by name, and permissions that nobody lists.

use super::{duties, excepted, newest, risk, said};
use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::settings::controls::{Check, Control, Controls};
use crate::sql;
use crate::stages::Ask;

/// How many findings each control has: standing, opened, fixed by this load, reopened, excepted, lapsed. Few are fixed: only
/// those are looked up in the parent.
const COUNTS: &str = "WITH counted AS (
  SELECT f.control, COUNT(*) FILTER (WHERE f.state <> 'fixed') AS standing, COUNT(*) FILTER (WHERE f.state = 'opened') AS opened,
         COUNT(*) FILTER (WHERE f.state = 'fixed') AS fixed, COUNT(*) FILTER (WHERE f.state = 'reopened') AS reopened,
         COUNT(f.excepted_until_on) AS excepted, COUNT(*) FILTER (WHERE f.state = 'lapsed') AS lapsed
  FROM findings f GROUP BY f.control
),
fixed_before AS (
  SELECT f.control, COUNT(*) AS fixed
  FROM (SELECT n.control, n.kind, n.uid, n.detail FROM findings n WHERE n.state = 'fixed') f
  JOIN (SELECT o.control, o.kind, o.uid, o.detail FROM before_findings o WHERE o.state = 'fixed') b
    ON b.control = f.control AND b.kind = f.kind AND b.uid = f.uid AND COALESCE(b.detail, '') = COALESCE(f.detail, '')
  GROUP BY f.control
)
SELECT c.control, CAST(c.standing AS BIGINT), CAST(c.opened AS BIGINT), CAST(c.fixed - COALESCE(b.fixed, 0) AS BIGINT),
       CAST(c.reopened AS BIGINT), CAST(c.excepted AS BIGINT), CAST(c.lapsed AS BIGINT)
FROM counted c LEFT JOIN fixed_before b ON b.control = c.control
ORDER BY c.control NULLS LAST";

/// The columns of the table of controls.
const COLUMNS: [&str; 10] =
    ["control", "title", "risk", "standing", "opened", "fixed", "reopened", "excepted", "lapsed", "tags"];

/// Reads counts and samples back from the findings.
pub(super) fn report(controls: &Controls, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let counts = ask.rows(COUNTS)?;
    let mut sums = [0_u64; 6];
    let mut rows = Vec::new();
    let mut remedies = Vec::new();
    let mut new: Vec<&Control> = Vec::new();
    for control in &controls.controls {
        let found = counts.iter().find(|row| row[0] == control.id.as_str());
        let counts: Vec<String> =
            (1..7).map(|at| found.map_or_else(|| "0".to_owned(), |row| row[at].clone())).collect();
        for (sum, count) in sums.iter_mut().zip(&counts) {
            *sum += count.parse::<u64>().unwrap_or(0);
        }
        let mut row = vec![control.id.to_string(), control.title.clone(), control.risk.to_string()];
        let standing = counts[0] != "0";
        let is_new = [1, 3, 5].iter().any(|at| counts[*at] != "0");
        row.extend(counts);
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
        ReportTable { title: "controls".to_owned(), columns: COLUMNS.map(str::to_owned).to_vec(), rows },
        ReportTable {
            title: "new findings".to_owned(),
            columns: ["control", "state", "subject", "detail"].map(str::to_owned).to_vec(),
            rows: newest::newest(&new, ask)?,
        },
    ];
    let mut add = |title: &str, columns: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            let columns = columns.iter().map(|column| (*column).to_owned()).collect();
            tables.push(ReportTable { title: title.to_owned(), columns, rows });
        }
    };
    let why = ["control", "subject", "detail", "account", "group", "holds", "which brings", "perimeter"];
    add("why there are new findings: samples", &why, newest::causes(&new, ask)?);
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
        "parameters and risks that differ from their defaults",
        &["control", "what", "value", "default", "said in"],
        said::others(controls),
    );
    add(
        "parameters that name what no row has",
        &["control", "parameter", "value", "column"],
        said::unknown(controls, ask)?,
    );
    add("conditions that hold for nothing in this load", &["control", "condition"], said::empty(controls, ask)?);
    tables.extend(risk::worst(ask)?);
    if let Some(exceptions) = &controls.exceptions {
        let (told, sentence) = excepted::told(exceptions, ask)?;
        tables.extend(told);
        headline.extend(sentence.map(|sentence| format!("; {sentence}")));
    }
    Ok(StageReport { headline, tables })
}

/// A control over a permission that does not exist finds nothing: that must not look like all is well.
fn unknown_permissions(controls: &Controls, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let named = controls.controls.iter().filter_map(|control| match &control.check {
        Check::SegregationOfDuties { conflict, .. } => Some((control.id.as_str(), conflict)),
        _ => None,
    });
    let rows: Vec<String> = named
        .flat_map(|(id, conflict)| duties::permissions(conflict).into_iter().map(move |name| (id, name)))
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
