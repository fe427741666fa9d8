//! What reconcile has to say: how many accounts are owned, by which rule, and who left accounts behind.

use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::stages::{Ask, Context};

/// A condition that the parent had not decided the account so.
const IS_NEW: &str = "(b.account_uid IS NULL OR (b.rule IS DISTINCT FROM o.rule) OR (b.identity_uid IS DISTINCT FROM o.identity_uid) OR (b.ownerless IS DISTINCT FROM o.ownerless))";

/// Reads the counts back from the tables.
pub(super) fn report(context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
    let accounts = ask.table(
        "accounts",
        &["repository", "accounts", "owned", "ownerless", "orphan"],
        "SELECT a.repository, CAST(COUNT(*) AS BIGINT), CAST(COUNT(o.identity_uid) AS BIGINT), CAST(COUNT(o.ownerless) AS BIGINT),
                CAST(COUNT(*) - COUNT(o.account_uid) AS BIGINT)
         FROM accounts a LEFT JOIN ownership o ON o.account_uid = a.uid GROUP BY a.repository ORDER BY a.repository NULLS FIRST",
    )?;
    let rules = ask.table(
        "by rule",
        &["rule", "accounts", "new", "carried"],
        &format!(
            "SELECT o.rule, CAST(COUNT(*) AS BIGINT), CAST(COUNT(*) FILTER (WHERE {IS_NEW}) AS BIGINT), CAST(COUNT(*) FILTER (WHERE NOT {IS_NEW}) AS BIGINT)
             FROM ownership o LEFT JOIN before_ownership b ON b.account_uid = o.account_uid GROUP BY o.rule ORDER BY o.rule NULLS FIRST"
        ),
    )?;
    let ambiguous = ask.table(
        "several candidates",
        &["rule", "accounts", "still orphan"],
        "SELECT m.rule, CAST(COUNT(*) AS BIGINT), CAST(COUNT(*) FILTER (WHERE o.account_uid IS NULL) AS BIGINT)
         FROM owner_matches m LEFT JOIN ownership o ON o.account_uid = m.account_uid
         WHERE m.candidates > 1 GROUP BY m.rule ORDER BY m.rule NULLS FIRST",
    )?;
    let scored = ask.table(
        "in question by score",
        &["outcome", "accounts", "best score"],
        "SELECT s.outcome, CAST(COUNT(DISTINCT s.account_uid) AS BIGINT), MAX(s.score)
         FROM owner_scores s WHERE s.outcome <> 'owner' GROUP BY s.outcome ORDER BY s.outcome NULLS FIRST",
    )?;
    let left_behind = ask.table(
        "newly leaved: samples",
        &["repository", "identifier", "former owner"],
        "SELECT a.repository, a.identifier, o.description
         FROM ownership o JOIN accounts a ON a.uid = o.account_uid LEFT JOIN before_ownership b ON b.account_uid = o.account_uid
         WHERE o.rule = 'leaved' AND (b.rule IS DISTINCT FROM 'leaved')
         ORDER BY a.repository NULLS FIRST, a.identifier NULLS FIRST LIMIT 10",
    )?;
    let problems = ask.table(
        "decisions that cannot be followed",
        &["line", "repository", "identifier", "decision", "value", "problem"],
        "SELECT line, repository, identifier, decision, value, problem FROM decision_problems
         ORDER BY line NULLS LAST, repository NULLS FIRST, identifier NULLS FIRST, decision NULLS FIRST, value NULLS FIRST, problem NULLS FIRST LIMIT 100",
    )?;
    let overdue = ask.table(
        "open after the departure of their owner",
        &["repository", "accounts", "privileged", "most days overdue"],
        "SELECT a.repository, CAST(COUNT(*) AS BIGINT), CAST(COUNT(*) FILTER (WHERE a.is_privileged) AS BIGINT), MAX(v.days_overdue)
         FROM overdue_accounts v JOIN accounts a ON a.uid = v.account_uid GROUP BY a.repository ORDER BY a.repository NULLS FIRST",
    )?;
    let overdue_samples = ask.table(
        "open after the departure of their owner: samples",
        &["repository", "identifier", "owner", "reason", "departed_on", "days overdue"],
        "SELECT a.repository, a.identifier, d.full_name, v.reason, v.departed_on, v.days_overdue
         FROM overdue_accounts v JOIN accounts a ON a.uid = v.account_uid LEFT JOIN departures d ON d.uid = v.identity_uid
         ORDER BY v.days_overdue DESC NULLS LAST, a.repository NULLS FIRST, a.identifier NULLS FIRST LIMIT 10",
    )?;
    let sum =
        |rows: &[Vec<String>], at: usize| -> u64 { rows.iter().filter_map(|row| row[at].parse::<u64>().ok()).sum() };
    let [total, owned, ownerless, orphans] = [1, 2, 3, 4].map(|at| sum(&accounts.rows, at));
    let counts = format!("{total} accounts: {owned} owned, {ownerless} ownerless, {orphans} orphan");
    let headline = if context.has_parent {
        let leaved = rules.rows.iter().find(|row| row[0] == "leaved").map_or("0", |row| row[2].as_str());
        format!("{counts}; {} carried, {leaved} newly leaved", sum(&rules.rows, 3))
    } else {
        counts
    };
    let headline = match sum(&overdue.rows, 1) {
        0 => headline,
        open => format!("{headline}; {open} open for too long after their owner left"),
    };
    let [left_behind, overdue_samples, problems] = [left_behind, overdue_samples, problems].map(ReportTable::of_people);
    let optional = [ambiguous, scored, left_behind, overdue, overdue_samples];
    let drift = if context.has_parent { drift(ask)? } else { Vec::new() };
    let optional = optional.into_iter().chain(drift).chain([problems]).filter(|table| !table.rows.is_empty());
    let tables = [accounts, rules].into_iter().chain(optional).collect();
    Ok(StageReport { headline, tables })
}

/// Owners whose rule would not find them now: how many, and some of them.
fn drift(ask: &Ask<'_>) -> Result<Vec<ReportTable>, EngineError> {
    let drift = ask.table(
        "drift",
        &["rule", "drift", "accounts"],
        "SELECT d.rule, d.drift, CAST(COUNT(DISTINCT d.account_uid) AS BIGINT) FROM owner_drift d
         GROUP BY d.rule, d.drift ORDER BY d.rule NULLS FIRST, d.drift NULLS FIRST",
    )?;
    if drift.rows.is_empty() {
        return Ok(Vec::new());
    }
    let samples = ask.table(
        "drift: samples",
        &["rule", "drift", "repository", "identifier", "owner", "would find", "since"],
        "SELECT d.rule, d.drift, a.repository, a.identifier, i.full_name, f.full_name, d.first_seen_on
         FROM owner_drift d JOIN accounts a ON a.uid = d.account_uid JOIN identities i ON i.uid = d.identity_uid
         LEFT JOIN identities f ON f.uid = d.found_uid
         ORDER BY d.first_seen_on DESC NULLS LAST, d.rule NULLS FIRST, a.repository NULLS FIRST, a.identifier NULLS FIRST LIMIT 20",
    )?;
    Ok(vec![drift, samples.of_people()])
}
