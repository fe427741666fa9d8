//! What the rights model has to say: rules, gaps, and permissions that rules name and nobody knows.

use std::collections::BTreeSet;

use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::kernels::{RuleCounts, tally_gaps, tally_rules};
use crate::settings::rights_model::RightsModelPolicy;
use crate::stages::{Ask, Context};

/// Reads the counts back from the tables.
pub(super) fn report(
    policy: &RightsModelPolicy,
    context: &Context<'_>,
    ask: &Ask<'_>,
) -> Result<StageReport, EngineError> {
    let gaps = gaps(context, ask)?;
    let unknown = unknown(policy, ask)?;
    let theoretical = ask.tables.find("theoretical_rights").rows();
    let (over, under) = (&gaps[0][1], &gaps[1][1]);
    let warning = match unknown.len() {
        0 => String::new(),
        count => format!(", {count} unknown permissions in the policy"),
    };
    let headline = format!("{theoretical} theoretical rights, {over} over, {under} under{warning}");
    let rules = tally_rules(ask.tables)?.into_iter().map(|(rule, counts)| {
        let RuleCounts { people, permissions, rights, .. } = counts;
        vec![rule, people.to_string(), permissions.to_string(), rights.to_string()]
    });
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
        table("rules of the rights model", &["rule", "people", "permissions", "rights"], rules.collect()),
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
    let as_of = context.day();
    let [now, before] = tally_gaps(ask.tables, as_of)?;
    // Two loads of one day: then the day does not tell what is new.
    let is_same_day = before.iter().any(|before| before.last_seen >= Some(as_of));
    let mut gaps = Vec::new();
    for (gap, (now, before)) in ["over", "under"].into_iter().zip(now.into_iter().zip(before)) {
        let (all, former) = (now.rows, before.rows);
        let new = if is_same_day { new_by_key(gap, ask)? } else { now.new };
        let told = |count: i64| if context.has_parent { count.to_string() } else { String::new() };
        let excused = now.excused.to_string();
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
