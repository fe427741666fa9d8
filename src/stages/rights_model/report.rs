//! What the rights model has to say: rules, gaps, and permissions that rules name and nobody knows.

use std::collections::BTreeSet;

use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::settings::rights_model::RightsModelPolicy;
use crate::stages::{Ask, Context};

/// Reads the counts back from the tables.
pub(super) fn report(
    policy: &RightsModelPolicy,
    context: &Context<'_>,
    ask: &Ask<'_>,
) -> Result<StageReport, EngineError> {
    let count = |query: &str| -> Result<String, EngineError> {
        let rows = ask.rows(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {query}"))?;
        Ok(rows.into_iter().flatten().next().unwrap_or_default())
    };
    let same = "o.identity_uid = g.identity_uid AND o.permission_uid = g.permission_uid AND o.gap = g.gap";
    let mut gaps = Vec::new();
    for gap in ["over", "under"] {
        let only = |of: &str, other: &str| {
            format!("{of} g WHERE g.gap = '{gap}' AND NOT EXISTS (SELECT 1 FROM {other} o WHERE {same})")
        };
        let (new, closed) = if context.has_parent {
            let (now, before) = ("entitlement_gaps", "before_entitlement_gaps");
            (count(&only(now, before))?, count(&only(before, now))?)
        } else {
            (String::new(), String::new())
        };
        let all = format!("entitlement_gaps WHERE gap = '{gap}'");
        let excused = count(&format!("{all} AND excused_until_on IS NOT NULL"))?;
        gaps.push(vec![gap.to_owned(), count(&all)?, new, closed, excused]);
    }
    let unknown = unknown(policy, ask)?;
    let theoretical = count("theoretical_rights")?;
    let (over, under) = (&gaps[0][1], &gaps[1][1]);
    let warning = match unknown.len() {
        0 => String::new(),
        count => format!(", {count} unknown permissions in the policy"),
    };
    let headline = format!("{theoretical} theoretical rights, {over} over, {under} under{warning}");
    let rules = ask.table(
        "rules of the rights model",
        &["rule", "people", "permissions", "rights"],
        "SELECT rule, CAST(COUNT(DISTINCT identity_uid) AS BIGINT), CAST(COUNT(DISTINCT permission_uid) AS BIGINT), CAST(COUNT(*) AS BIGINT)
         FROM theoretical_rights GROUP BY rule ORDER BY rule NULLS FIRST",
    )?;
    let table = |title: &str, columns: &[&str], rows| ReportTable {
        title: title.to_owned(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        rows,
    };
    let exclusions = ask.table(
        "exclusions of the rights model",
        &["rule", "people", "permissions"],
        "SELECT rule, CAST(COUNT(DISTINCT identity_uid) AS BIGINT), CAST(COUNT(DISTINCT permission_uid) AS BIGINT)
         FROM theoretical_exclusions GROUP BY rule ORDER BY rule NULLS FIRST",
    )?;
    let mut tables = vec![
        rules,
        table("gaps", &["gap", "rows", "new", "closed", "excused"], gaps),
        table("permissions named by rules that are not there", &["rule", "permission"], unknown),
    ];
    if !policy.exclusions.is_empty() {
        tables.insert(1, exclusions);
    }
    Ok(StageReport { headline, tables })
}

/// The permissions that grants and exclusions name and no catalogue brought, by grant.
fn unknown(policy: &RightsModelPolicy, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let named = || {
        policy.grants.iter().flat_map(|grant| {
            let names = grant.permissions.iter().chain(&grant.except);
            names.map(move |name| (grant.id.as_str(), name))
        })
    };
    let excluded = || {
        let exclusions = policy.exclusions.iter();
        exclusions.flat_map(|exclusion| exclusion.permissions.iter().map(|name| (exclusion.id.as_str(), name)))
    };
    let named = || named().chain(excluded());
    let distinct: BTreeSet<_> = named().map(|(_, name)| name).collect();
    let query = format!(
        "SELECT p.application, p.code FROM permissions p WHERE {}",
        super::any_of("p", distinct.iter().copied())
    );
    let known: BTreeSet<Vec<String>> = ask.rows(&query)?.into_iter().collect();
    let is_unknown =
        |name: &crate::settings::PermissionName| !known.contains(&vec![name.application.clone(), name.code.clone()]);
    let unknown = named().filter(|(_, name)| is_unknown(name));
    Ok(unknown.map(|(grant, name)| vec![grant.to_owned(), name.to_string()]).collect())
}
