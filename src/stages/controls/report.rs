//! What controls have to say: findings by control, new ones by name, and permissions that nobody lists.

use super::{duties, excepted, hits, risk, said};
use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::settings::controls::{Check, Controls};
use crate::sql;
use crate::stages::Ask;
use crate::table::Kind;
use crate::tables;

/// So many new findings of a control are named.
const SAMPLES: u32 = 5;

/// So many rights behind them are.
const CAUSES: u32 = 10;

/// How many findings each control has: standing, opened, fixed by this load, reopened, excepted, lapsed.
const COUNTS: &str = "SELECT f.control, CAST(COUNT(*) FILTER (WHERE f.state <> 'fixed') AS BIGINT), CAST(COUNT(*) FILTER (WHERE f.state = 'opened') AS BIGINT),
                CAST(COUNT(*) FILTER (WHERE f.state = 'fixed' AND (b.state IS NULL OR b.state <> 'fixed')) AS BIGINT),
                CAST(COUNT(*) FILTER (WHERE f.state = 'reopened') AS BIGINT), CAST(COUNT(f.excepted_until_on) AS BIGINT),
                CAST(COUNT(*) FILTER (WHERE f.state = 'lapsed') AS BIGINT)
         FROM findings f LEFT JOIN before_findings b ON b.control = f.control AND b.kind = f.kind AND b.uid = f.uid AND COALESCE(b.detail, '') = COALESCE(f.detail, '')
         GROUP BY f.control ORDER BY f.control NULLS LAST";

/// The columns of the table of controls.
const COLUMNS: [&str; 10] =
    ["control", "title", "risk", "standing", "opened", "fixed", "reopened", "excepted", "lapsed", "tags"];

/// Reads counts and samples back from the findings.
pub(super) fn report(controls: &Controls, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let counts = ask.rows(COUNTS)?;
    let mut sums = [0_u64; 6];
    let mut rows = Vec::new();
    let (mut causes, mut remedies) = (Vec::new(), Vec::new());
    let mut samples: Vec<(Kind, Vec<&str>)> = Vec::new();
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
        if !is_new {
            continue;
        }
        let kind = hits::subject(&control.check);
        match samples.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, ids)) => ids.push(control.id.as_str()),
            None => samples.push((kind, vec![control.id.as_str()])),
        }
        if matches!(control.check, Check::SegregationOfDuties { .. }) {
            causes.extend(ask.rows(&causes_of_newest(control.id.as_str(), kind))?);
        }
    }
    let mut newest_rows = Vec::new();
    for (kind, ids) in samples {
        newest_rows.extend(ask.rows(&newest(&ids, kind))?);
    }
    let place = |row: &Vec<String>| controls.controls.iter().position(|control| control.id.as_str() == row[0]);
    newest_rows.sort_by_key(place);
    let mut tables = vec![
        ReportTable { title: "controls".to_owned(), columns: COLUMNS.map(str::to_owned).to_vec(), rows },
        ReportTable {
            title: "new findings".to_owned(),
            columns: ["control", "state", "subject", "detail"].map(str::to_owned).to_vec(),
            rows: newest_rows,
        },
    ];
    let mut add = |title: &str, columns: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            let columns = columns.iter().map(|column| (*column).to_owned()).collect();
            tables.push(ReportTable { title: title.to_owned(), columns, rows });
        }
    };
    let why = ["control", "subject", "detail", "account", "group", "holds", "which brings", "perimeter"];
    add("why there are new findings: samples", &why, causes);
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

/// The first few new findings of each of some controls over one kind, with the names of their subjects.
fn newest(controls: &[&str], kind: Kind) -> String {
    let table = tables::of_kind(kind).name;
    let name = name_of(kind);
    format!(
        "WITH new AS (
  SELECT f.control, f.kind, f.state, f.uid, f.detail,
         ROW_NUMBER() OVER (PARTITION BY f.control ORDER BY f.uid NULLS LAST, f.detail NULLS FIRST) AS place
  FROM findings f WHERE f.control IN ({}) AND f.state IN ('opened', 'reopened', 'lapsed')
)
SELECT n.control, n.state, COALESCE({name}, n.kind || ' ' || CAST(n.uid AS VARCHAR)) AS subject, n.detail
FROM new n LEFT JOIN {table} o ON o.uid = n.uid
WHERE n.place <= {SAMPLES}
ORDER BY n.control NULLS LAST, n.place NULLS LAST",
        sql::texts(controls.iter().copied())
    )
}

/// What a subject `o` is called.
fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => "o.employee_id || COALESCE(' ' || o.full_name, '')",
        Kind::Account => "o.repository || '/' || o.identifier",
        Kind::Group => "o.repository || '/' || o.code",
        Kind::Permission => "o.application || '/' || o.code",
        Kind::Organisation | Kind::Repository | Kind::Application => "o.code || COALESCE(' ' || o.name, '')",
    }
}

/// The rights behind the first few new findings of a control.
fn causes_of_newest(control: &str, kind: Kind) -> String {
    format!(
        "SELECT c.control, {name} AS subject, c.detail, a.repository || '/' || a.identifier, g.repository || '/' || g.code,
       p.application || '/' || p.code, CASE WHEN w.uid <> p.uid THEN w.application || '/' || w.code END, c.perimeter
FROM finding_causes c
JOIN findings f ON f.control = c.control AND f.uid = c.uid AND COALESCE(f.detail, '') = COALESCE(c.detail, '')
JOIN {table} o ON o.uid = c.uid
JOIN accounts a ON a.uid = c.account_uid
JOIN permissions p ON p.uid = c.permission_uid
JOIN permissions w ON w.uid = c.wanted_uid
LEFT JOIN groups g ON g.uid = c.group_uid
WHERE c.control = {control} AND f.state IN ('opened', 'reopened', 'lapsed')
ORDER BY c.uid NULLS LAST, c.detail NULLS FIRST, c.wanted_uid NULLS FIRST, c.account_uid NULLS FIRST, c.group_uid NULLS FIRST,
         c.permission_uid NULLS FIRST, c.perimeter NULLS FIRST
LIMIT {CAUSES}",
        name = name_of(kind),
        table = tables::of_kind(kind).name,
        control = sql::text(control),
    )
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
