//! How far each rule of a policy gets, repository by repository, in the order in which rules are tried.

use std::collections::BTreeMap;

use super::counted;
use crate::engine::{Engine, EngineError};
use crate::model::TableSet;
use crate::settings::reconcile::OwnersPolicy;

/// What became of the accounts of a repository when a rule was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Code of the repository, in key form.
    pub repository: String,
    /// Id of the rule; `before the rules` for what people, sources and the load before had decided.
    pub rule: String,
    /// Accounts that it was tried for.
    pub processed: u64,
    /// Those it decided: owned, or ownerless.
    pub matched: u64,
    /// Those for which it found several.
    pub ambiguous: u64,
    /// Those that it left to the next.
    pub unresolved: u64,
    /// Accounts decided before it was tried.
    pub before: u64,
    /// All accounts of the repository.
    pub accounts: u64,
}

impl Covered {
    /// The share of the repository's accounts decided before the rule, and behind it, 0 to 1.
    #[must_use]
    pub fn shares(&self) -> (f64, f64) {
        (share(self.before, self.accounts), share(self.before + self.matched, self.accounts))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of accounts are far below 2^53")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What is decided before any rule is tried.
const BEFORE_RULES: &str = "before the rules";

/// What the rules of a policy did in the timeslot whose tables these are, by repository and in their order. Rules that do
/// not speak of a repository are left out there.
///
/// # Errors
/// Where a table cannot be read.
pub fn coverage(policy: &OwnersPolicy, tables: &TableSet, engine: &dyn Engine) -> Result<Vec<Covered>, EngineError> {
    let all = counted(
        engine,
        tables,
        "SELECT a.repository, '' AS rule, CAST(COUNT(*) AS BIGINT), CAST(COUNT(c.account_uid) AS BIGINT), CAST(COUNT(u.account_uid) AS BIGINT)
         FROM accounts a LEFT JOIN carried_ownership c ON c.account_uid = a.uid LEFT JOIN undecided_accounts u ON u.account_uid = a.uid
         GROUP BY a.repository ORDER BY a.repository NULLS FIRST",
    )?;
    // Decided by a rule for good, those with an owner or a reason among them, and those with several in question.
    let alone = by_rule(counted(
        engine,
        tables,
        "WITH first AS (SELECT m.account_uid, MIN(m.rule_rank) AS rule_rank FROM owner_matches m WHERE m.is_final GROUP BY m.account_uid)
         SELECT a.repository, m.rule,
                CAST(COUNT(*) FILTER (WHERE m.rule_rank = f.rule_rank) AS BIGINT) AS decided,
                CAST(COUNT(*) FILTER (WHERE m.rule_rank = f.rule_rank AND (m.identity_uid IS NOT NULL OR m.ownerless IS NOT NULL)) AS BIGINT) AS matched,
                CAST(COUNT(*) FILTER (WHERE m.candidates > 1 AND (f.rule_rank IS NULL OR m.rule_rank <= f.rule_rank)) AS BIGINT) AS ambiguous
         FROM owner_matches m JOIN accounts a ON a.uid = m.account_uid LEFT JOIN first f ON f.account_uid = m.account_uid
         GROUP BY a.repository, m.rule",
    )?);
    let scored = by_rule(counted(
        engine,
        tables,
        "SELECT a.repository, s.rule, CAST(COUNT(*) FILTER (WHERE s.outcome = 'owner') AS BIGINT) AS decided,
                CAST(COUNT(*) FILTER (WHERE s.outcome = 'owner') AS BIGINT) AS matched,
                CAST(COUNT(DISTINCT CASE WHEN s.outcome IN ('several', 'remembered') THEN s.account_uid END) AS BIGINT) AS ambiguous
         FROM owner_scores s JOIN accounts a ON a.uid = s.account_uid GROUP BY a.repository, s.rule",
    )?);
    let mut covered = Vec::new();
    for (repository, _, counts) in all {
        let [accounts, carried, mut left] = [counts[0], counts[1], counts[2]];
        covered.push(Covered {
            repository: repository.clone(),
            rule: BEFORE_RULES.to_owned(),
            processed: accounts,
            matched: carried,
            ambiguous: 0,
            unresolved: left,
            before: 0,
            accounts,
        });
        let mut before = carried;
        let mut tried = |rule: &str, repositories: &[String], counts: &ByRule| {
            if !repositories.is_empty() && !repositories.contains(&repository) {
                return;
            }
            let key = (repository.clone(), rule.to_owned());
            let [decided, matched, ambiguous] = counts.get(&key).copied().unwrap_or_default();
            let processed = left;
            left = left.saturating_sub(decided);
            let (rule, repository) = (rule.to_owned(), repository.clone());
            covered.push(Covered {
                repository,
                rule,
                processed,
                matched,
                ambiguous,
                unresolved: left,
                before,
                accounts,
            });
            before += matched;
        };
        for rule in policy.classes.iter().filter(|rule| !rule.has_owner) {
            tried(&rule.id, &rule.repositories, &alone);
        }
        for rule in &policy.ownerless {
            tried(&rule.id, &rule.repositories, &alone);
        }
        for rule in &policy.matches {
            tried(&rule.id, &rule.repositories, &alone);
        }
        for rule in policy.scoring.iter().flat_map(|scoring| &scoring.rules) {
            tried(&rule.id, &rule.repositories, &scored);
        }
    }
    Ok(covered)
}

/// Counts by repository and rule.
type ByRule = BTreeMap<(String, String), [u64; 3]>;

fn by_rule(rows: Vec<(String, String, Vec<u64>)>) -> ByRule {
    rows.into_iter().map(|(repository, rule, counts)| ((repository, rule), [counts[0], counts[1], counts[2]])).collect()
}
