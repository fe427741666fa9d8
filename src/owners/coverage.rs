//! How far each rule of a policy gets, repository by repository, in the order in which rules are tried.

use std::collections::BTreeMap;

use super::counted;
use crate::engine::{Engine, EngineError};
use crate::model::TableSet;
use crate::settings::reconcile::{AccountClass, OwnersPolicy};
use crate::stages::reconcile::classes::{CLASS, CLASSES};

/// What became of the accounts of a repository when a rule was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Code of the repository, in key form.
    pub repository: String,
    /// Id of the rule; `before the rules` for what people, sources and the load before had decided.
    pub rule: String,
    /// Accounts that it was tried for: undecided ones of its classes.
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

/// Accounts of a repository that are of one class, as rules are tried.
struct Group {
    class: String,
    accounts: u64,
    /// Those decided before the rules.
    carried: u64,
    /// Those that are not decided yet.
    left: u64,
}

/// What the rules of a policy did in the timeslot whose tables these are, by repository and in their order. Rules that do
/// not speak of a repository are left out there; of a repository, a rule is tried for the accounts of its classes alone.
///
/// # Errors
/// Where a table cannot be read.
pub fn coverage(policy: &OwnersPolicy, tables: &TableSet, engine: &dyn Engine) -> Result<Vec<Covered>, EngineError> {
    let (alone, scored) = (alone(tables, engine)?, scored(tables, engine)?);
    let mut covered = Vec::new();
    for (repository, mut groups) in groups(tables, engine)? {
        let sum = |of: fn(&Group) -> u64| groups.iter().map(of).sum::<u64>();
        let (accounts, carried, left) =
            (sum(|group| group.accounts), sum(|group| group.carried), sum(|group| group.left));
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
        let mut tried = |rule: &str, repositories: &[String], classes: &[AccountClass], counts: &ByRule| {
            if !repositories.is_empty() && !repositories.contains(&repository) {
                return;
            }
            let is_meant = |class: &str| classes.is_empty() || classes.iter().any(|meant| meant.as_str() == class);
            let (mut processed, mut sums) = (0, [0; 3]);
            for group in groups.iter_mut().filter(|group| is_meant(&group.class)) {
                let key = [repository.clone(), group.class.clone(), rule.to_owned()];
                let counted = counts.get(&key).copied().unwrap_or_default();
                processed += group.left;
                group.left = group.left.saturating_sub(counted[0]);
                sums.iter_mut().zip(counted).for_each(|(sum, count)| *sum += count);
            }
            let [decided, matched, ambiguous] = sums;
            covered.push(Covered {
                repository: repository.clone(),
                rule: rule.to_owned(),
                processed,
                matched,
                ambiguous,
                unresolved: processed.saturating_sub(decided),
                before,
                accounts,
            });
            before += matched;
        };
        for rule in policy.classes.iter().filter(|rule| !rule.has_owner) {
            tried(&rule.id, &rule.repositories, &[], &alone);
        }
        for rule in &policy.ownerless {
            tried(&rule.id, &rule.repositories, &[], &alone);
        }
        for rule in &policy.matches {
            tried(&rule.id, &rule.repositories, &rule.classes, &alone);
        }
        for rule in policy.scoring.iter().flat_map(|scoring| &scoring.rules) {
            tried(&rule.id, &rule.repositories, &rule.classes, &scored);
        }
    }
    Ok(covered)
}

/// The accounts of each repository by class.
fn groups(tables: &TableSet, engine: &dyn Engine) -> Result<BTreeMap<String, Vec<Group>>, EngineError> {
    let rows = counted(
        engine,
        tables,
        &format!(
            "SELECT a.repository, {CLASS} AS class, '' AS rule, CAST(COUNT(*) AS BIGINT), CAST(COUNT(c.account_uid) AS BIGINT), CAST(COUNT(u.account_uid) AS BIGINT)
             FROM accounts a LEFT JOIN carried_ownership c ON c.account_uid = a.uid LEFT JOIN undecided_accounts u ON u.account_uid = a.uid
             {CLASSES} GROUP BY a.repository, {CLASS}"
        ),
    )?;
    let mut groups: BTreeMap<String, Vec<Group>> = BTreeMap::new();
    for ([repository, class, _], [accounts, carried, left]) in rows {
        groups.entry(repository).or_default().push(Group { class, accounts, carried, left });
    }
    Ok(groups)
}

/// Counts by repository, class and rule: what it decided for good, with an owner or a reason among them, and those with
/// several in question.
type ByRule = BTreeMap<[String; 3], [u64; 3]>;

/// The counts of rules that decide alone.
fn alone(tables: &TableSet, engine: &dyn Engine) -> Result<ByRule, EngineError> {
    let rows = counted(
        engine,
        tables,
        &format!(
            "WITH first AS (SELECT m.account_uid, MIN(m.rule_rank) AS rule_rank FROM owner_matches m WHERE m.is_final GROUP BY m.account_uid)
             SELECT a.repository, {CLASS} AS class, m.rule,
                    CAST(COUNT(*) FILTER (WHERE m.rule_rank = f.rule_rank) AS BIGINT) AS decided,
                    CAST(COUNT(*) FILTER (WHERE m.rule_rank = f.rule_rank AND (m.identity_uid IS NOT NULL OR m.ownerless IS NOT NULL)) AS BIGINT) AS matched,
                    CAST(COUNT(*) FILTER (WHERE m.candidates > 1 AND (f.rule_rank IS NULL OR m.rule_rank <= f.rule_rank)) AS BIGINT) AS ambiguous
             FROM owner_matches m JOIN accounts a ON a.uid = m.account_uid LEFT JOIN first f ON f.account_uid = m.account_uid
             {CLASSES} GROUP BY a.repository, {CLASS}, m.rule"
        ),
    )?;
    Ok(rows.into_iter().collect())
}

/// The counts of rules that add up.
fn scored(tables: &TableSet, engine: &dyn Engine) -> Result<ByRule, EngineError> {
    let rows = counted(
        engine,
        tables,
        &format!(
            "SELECT a.repository, {CLASS} AS class, s.rule, CAST(COUNT(*) FILTER (WHERE s.outcome = 'owner') AS BIGINT) AS decided,
                    CAST(COUNT(*) FILTER (WHERE s.outcome = 'owner') AS BIGINT) AS matched,
                    CAST(COUNT(DISTINCT CASE WHEN s.outcome IN ('several', 'remembered') THEN s.account_uid END) AS BIGINT) AS ambiguous
             FROM owner_scores s JOIN accounts a ON a.uid = s.account_uid {CLASSES} GROUP BY a.repository, {CLASS}, s.rule"
        ),
    )?;
    Ok(rows.into_iter().collect())
}
