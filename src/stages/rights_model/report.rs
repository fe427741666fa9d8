//! What the rights model has to say: rules, gaps, and permissions that rules name and nobody knows.

use std::collections::BTreeSet;

use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::settings::rights_model::RightsModelPolicy;
use crate::sql;
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
    let gaps = gaps(context, ask)?;
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
        // Each pair is counted by itself: two counts of distinct values at once cost many times as much.
        "WITH people AS (
           SELECT rule, COUNT(*) AS people, SUM(rights) AS rights
           FROM (SELECT rule, identity_uid, COUNT(*) AS rights FROM theoretical_rights GROUP BY rule, identity_uid) p GROUP BY rule
         ),
         named AS (
           SELECT rule, COUNT(*) AS permissions
           FROM (SELECT DISTINCT rule, permission_uid FROM theoretical_rights) n GROUP BY rule
         )
         SELECT p.rule, CAST(p.people AS BIGINT), CAST(n.permissions AS BIGINT), CAST(p.rights AS BIGINT)
         FROM people p JOIN named n ON n.rule = p.rule ORDER BY p.rule NULLS FIRST",
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

/// For each sort of gap: its name, how many there are, how many are new and closed, and how many are excused.
fn gaps(context: &Context<'_>, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let as_of = sql::date(context.as_of);
    let now = ask.rows(&format!(
        "SELECT gap, CAST(COUNT(*) AS BIGINT), CAST(SUM(CASE WHEN first_seen_on = {as_of} THEN 1 ELSE 0 END) AS BIGINT), CAST(COUNT(excused_until_on) AS BIGINT)
         FROM entitlement_gaps GROUP BY gap"
    ))?;
    let before = ask.rows(
        "SELECT gap, CAST(COUNT(*) AS BIGINT), CAST(MAX(first_seen_on) AS VARCHAR) FROM before_entitlement_gaps GROUP BY gap",
    )?;
    // Two loads of one day: then the day does not tell what is new.
    let is_same_day = before.iter().any(|row| row[2] >= context.as_of.to_string());
    let number = |rows: &[Vec<String>], gap: &str, at: usize| {
        let row = rows.iter().find(|row| row[0] == gap);
        row.map_or(0, |row| row[at].parse::<i64>().unwrap_or(0))
    };
    let mut gaps = Vec::new();
    for gap in ["over", "under"] {
        let (all, former) = (number(&now, gap, 1), number(&before, gap, 1));
        let new = if is_same_day { new_by_key(gap, ask)? } else { number(&now, gap, 2) };
        let told = |count: i64| if context.has_parent { count.to_string() } else { String::new() };
        let excused = number(&now, gap, 3).to_string();
        gaps.push(vec![gap.to_owned(), all.to_string(), told(new), told(former - (all - new)), excused]);
    }
    Ok(gaps)
}

/// How many gaps the parent did not have.
fn new_by_key(gap: &str, ask: &Ask<'_>) -> Result<i64, EngineError> {
    let rows = ask.rows(&format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM entitlement_gaps g
         WHERE g.gap = '{gap}' AND NOT EXISTS (
           SELECT 1 FROM before_entitlement_gaps o
           WHERE o.identity_uid = g.identity_uid AND o.permission_uid = g.permission_uid AND o.gap = g.gap
         )"
    ))?;
    Ok(rows.into_iter().flatten().next().and_then(|count| count.parse().ok()).unwrap_or(0))
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
