//! What the rights model has to say: rules, gaps, and permissions that rules name and nobody knows.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::roles::named;
use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::kernels::{RuleCounts, tally_gaps, tally_rules};
use crate::settings::PermissionName;
use crate::settings::rights_model::{Perimeters, RightsModelPolicy};
use crate::sql;
use crate::stages::permissions::any_of;
use crate::stages::{Ask, Context};

/// Days before its end from which on a derogation is told.
const ENDS_SOON: u32 = 30;

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
    let table = ReportTable::new;
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
    if policy.tell_accounts {
        let rows = by_repository(ask)?;
        tables.push(table("held without reason, by repository", &["repository", "accounts", "people", "rights"], rows));
    }
    let some = [
        table("rules that rest today", &["what", "id", "valid from", "valid until"], resting(policy, context.as_of)),
        table(
            "derogations to look at",
            &["why", "employee_id", "permission", "perimeter", "until", "reason"],
            derogations(policy.perimeters, context, ask)?,
        )
        .of_people(),
    ];
    tables.extend(some.into_iter().filter(|table| !table.rows.is_empty()));
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
             AND COALESCE(o.perimeter, '') = COALESCE(g.perimeter, '')
         )"
    ))?;
    Ok(rows.into_iter().flatten().next().and_then(|count| count.parse().ok()).unwrap_or(0))
}

/// The permissions that grants, roles and exclusions name and no catalogue brought, by the rule that names them.
fn unknown(policy: &RightsModelPolicy, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let grants = policy.grants.iter();
    let granted = grants.flat_map(|grant| {
        let through_roles = named(policy, grant, None).into_iter().map(|named| named.permission);
        let names: BTreeSet<_> = through_roles.chain(&grant.except).collect();
        names.into_iter().map(move |name| (grant.id.as_str(), name))
    });
    let exclusions = policy.exclusions.iter();
    let excluded =
        exclusions.flat_map(|exclusion| exclusion.permissions.iter().map(|name| (exclusion.id.as_str(), name)));
    let named: Vec<(&str, &PermissionName)> = granted.chain(excluded).collect();
    let query = format!(
        "SELECT p.application, p.code FROM permissions p WHERE {}",
        any_of("p", named.iter().map(|(_, name)| *name))
    );
    let known: BTreeSet<Vec<String>> = ask.rows(&query)?.into_iter().collect();
    let is_unknown = |name: &PermissionName| !known.contains(&vec![name.application.clone(), name.code.clone()]);
    let unknown = named.into_iter().filter(|(_, name)| is_unknown(name));
    Ok(unknown.map(|(rule, name)| vec![rule.to_owned(), name.to_string()]).collect())
}

/// The rules that do nothing today, because their days are over or have not come.
fn resting(policy: &RightsModelPolicy, day: Date) -> Vec<Vec<String>> {
    let grants = policy.grants.iter().map(|grant| ("grant", &grant.id, grant.validity));
    let roles = policy.roles.iter().map(|role| ("role", &role.id, role.validity));
    let exclusions = policy.exclusions.iter().map(|exclusion| ("exclusion", &exclusion.id, exclusion.validity));
    let all = roles.chain(grants).chain(exclusions).filter(|(_, _, validity)| !validity.holds_on(day));
    let written = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    all.map(|(what, id, validity)| vec![what.to_owned(), id.clone(), written(validity.from), written(validity.until)])
        .collect()
}

/// Derogations that end soon, and those that excuse nothing, by why they are told. Where perimeters are judged, one for a
/// perimeter excuses gaps of that alone.
fn derogations(perimeters: Perimeters, context: &Context<'_>, ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    let as_of = sql::date(context.as_of);
    let there = match perimeters {
        Perimeters::Ignored => "TRUE",
        Perimeters::Judged => "(d.perimeter IS NULL OR d.perimeter = g.perimeter)",
    };
    ask.rows(&format!(
        "WITH excusing AS (
           SELECT DISTINCT d.identity_uid, d.permission_uid, COALESCE(d.perimeter, '') AS place
           FROM derogations d JOIN entitlement_gaps g ON g.identity_uid = d.identity_uid AND g.permission_uid = d.permission_uid
           WHERE {there}
         ),
         told AS (
           SELECT d.identity_uid, d.permission_uid, d.perimeter, d.reason, d.until_on,
                  CASE WHEN e.identity_uid IS NULL THEN 'excuses nothing'
                       WHEN d.until_on < {as_of} THEN 'is over'
                       WHEN d.until_on <= {as_of} + {ENDS_SOON} THEN 'ends soon' END AS why
           FROM derogations d
           LEFT JOIN excusing e ON e.identity_uid = d.identity_uid AND e.permission_uid = d.permission_uid AND e.place = COALESCE(d.perimeter, '')
         )
         SELECT t.why, i.employee_id, p.application || '/' || p.code AS permission, t.perimeter, t.until_on, t.reason
         FROM told t LEFT JOIN identities i ON i.uid = t.identity_uid LEFT JOIN permissions p ON p.uid = t.permission_uid
         WHERE t.why IS NOT NULL
         ORDER BY t.why NULLS LAST, t.until_on NULLS LAST, i.employee_id NULLS LAST, permission NULLS LAST, t.perimeter NULLS LAST, t.reason NULLS LAST
         LIMIT 100"
    ))
}

/// The repositories whose accounts bring what is held without reason, the worst first.
fn by_repository(ask: &Ask<'_>) -> Result<Vec<Vec<String>>, EngineError> {
    ask.rows(
        "WITH brought AS (
           SELECT DISTINCT g.account_uid, g.identity_uid, g.permission_uid, g.perimeter FROM gap_accounts g WHERE g.gap = 'over'
         )
         SELECT a.repository, CAST(COUNT(DISTINCT b.account_uid) AS BIGINT) AS accounts,
                CAST(COUNT(DISTINCT b.identity_uid) AS BIGINT) AS people, CAST(COUNT(*) AS BIGINT) AS rights
         FROM brought b JOIN accounts a ON a.uid = b.account_uid
         GROUP BY a.repository ORDER BY rights DESC NULLS LAST, a.repository NULLS LAST LIMIT 100",
    )
}
