//! What managers has to say: who was found how, and who has none.

use super::query::table_of;
use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::settings::managers::{ManagerRule, ManagersPolicy};
use crate::sql;
use crate::stages::Ask;

/// Examples of objects without a manager, per rule.
const SAMPLES: usize = 10;

/// Reads the counts back from the tables.
pub(super) fn report(policy: &ManagersPolicy, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let (mut found, mut samples) = (Vec::new(), Vec::new());
    let (mut managed, mut unmanaged) = (0_u64, 0_u64);
    for rule in &policy.managers {
        let label = |rest: Vec<String>| {
            let mut row = vec![rule.of.as_str().to_owned(), rule.domain.clone().unwrap_or_default()];
            row.extend(rest);
            row
        };
        for row in ask.rows(&by_resolver(rule))? {
            managed += number(&row[1]);
            found.push(label(row));
        }
        let without = first(ask, &format!("SELECT CAST(COUNT(*) AS BIGINT) {}", without(rule)))?;
        unmanaged += without;
        found.push(label(vec!["none".to_owned(), without.to_string()]));
        let (_, key) = table_of(rule.of);
        let sample = format!("SELECT o.{key} {} ORDER BY o.uid NULLS FIRST LIMIT {SAMPLES}", self::without(rule));
        samples.extend(ask.rows(&sample)?.into_iter().map(label));
    }
    let overlaid = first(ask, "SELECT CAST(COUNT(*) AS BIGINT) FROM managers WHERE resolver = 'overlay'")?;
    managed += overlaid;
    let changed = first(
        ask,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT DISTINCT kind, uid FROM link_changes WHERE table_name = 'managers') c",
    )?;
    let cycles = ask.rows(
        "SELECT domain, cycle_uid, CAST(COUNT(*) AS BIGINT) FROM manager_cycle_members GROUP BY domain, cycle_uid ORDER BY domain NULLS FIRST, cycle_uid NULLS FIRST",
    )?;
    let headline = format!(
        "{managed} managers found, {unmanaged} objects without one, {changed} objects with another, {} circles",
        cycles.len()
    );
    let table = ReportTable::new;
    let mut tables = vec![
        table("managers", &["kind", "domain", "resolver", "objects"], found),
        table("objects without a manager", &["kind", "domain", "key"], samples).of_people(),
    ];
    let unfit = ask.table(
        "named as a manager and unable to be one",
        &["kind", "domain", "asked", "problem", "found instead by", "objects"],
        "SELECT kind, domain, resolver, problem, next_resolver, CAST(COUNT(*) AS BIGINT) FROM manager_problems
         GROUP BY kind, domain, resolver, problem, next_resolver
         ORDER BY kind, domain NULLS FIRST, resolver, problem, next_resolver NULLS FIRST",
    )?;
    tables.extend(Some(unfit).filter(|table| !table.rows.is_empty()));
    let said = ask.table(
        "what people said about managers and does not hold",
        &["line", "kind", "key", "domain", "action", "manager", "problem"],
        "SELECT line, kind, key, domain, action, manager, problem FROM manager_orders WHERE problem IS NOT NULL
         ORDER BY line NULLS LAST, kind, key NULLS FIRST, domain NULLS FIRST, action, manager NULLS FIRST, problem LIMIT 50",
    )?;
    tables.extend(Some(said.of_people()).filter(|table| !table.rows.is_empty()));
    let nobody = nobody(policy, ask)?;
    if !nobody.is_empty() {
        let columns = ["kind", "domain", "employee id"];
        tables.push(table("fallbacks who are not listed or not active", &columns, nobody).of_people());
    }
    Ok(StageReport { headline, tables })
}

/// Fallbacks that can manage nothing: that must not look like a rule that was never needed.
fn nobody(policy: &ManagersPolicy, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let mut nobody = Vec::new();
    for rule in &policy.managers {
        let Some(fallback) = &rule.fallback else { continue };
        let query = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM identities i JOIN identity_status s ON s.uid = i.uid WHERE s.status = 'active' AND i.employee_id = {}",
            sql::text(fallback)
        );
        if first(ask, &query)? == 0 {
            let domain = rule.domain.clone().unwrap_or_default();
            nobody.push(vec![rule.of.as_str().to_owned(), domain, fallback.clone()]);
        }
    }
    Ok(nobody)
}

fn by_resolver(rule: &ManagerRule) -> String {
    format!(
        "SELECT resolver, CAST(COUNT(*) AS BIGINT) FROM managers WHERE {} GROUP BY resolver ORDER BY resolver NULLS FIRST",
        of_rule(rule)
    )
}

/// The objects of a rule for which it found nobody.
fn without(rule: &ManagerRule) -> String {
    let (table, _) = table_of(rule.of);
    format!("FROM {table} o WHERE NOT EXISTS (SELECT 1 FROM managers m WHERE m.uid = o.uid AND {})", of_rule(rule))
}

fn of_rule(rule: &ManagerRule) -> String {
    let domain = rule
        .domain
        .as_deref()
        .map_or_else(|| "domain IS NULL".to_owned(), |domain| format!("domain = {}", sql::text(domain)));
    format!("kind = {} AND {domain}", sql::text(rule.of.as_str()))
}

fn first(ask: &Ask<'_>, query: &str) -> Result<u64, EngineError> {
    Ok(ask.rows(query)?.first().map_or(0, |row| number(&row[0])))
}

fn number(cell: &str) -> u64 {
    cell.parse().unwrap_or(0)
}
