//! The questions that pages ask of a timeslot, by name: the same name shows a table, pages it and downloads it.

mod findings;
mod ownerless;
mod people;
#[cfg(test)]
mod tests;
mod timeslot;

use super::answer::Refusal;
use super::ask::Fields;
use super::asked::Asked;
use super::question::Question;

pub(super) use self::findings::{
    FIELDS as FINDING_FIELDS, by_control, causes, exceptions, findings, paths, removals, risk_points, risk_scores,
};
pub(super) use self::ownerless::{
    FIELDS as OWNERLESS_FIELDS, account_candidates, account_decisions, account_drift, account_matches, account_scores,
    drift, orphans, ownerless, without_owner,
};
pub(super) use self::people::{
    account_findings, account_groups, account_page, account_ways, identities, identity_accounts, identity_findings,
    identity_rights, identity_ways, object_page,
};
pub(super) use self::timeslot::{
    by_repository, changes, link_changes, moved, movements, owners, problems, rejects, thresholds,
};

/// The question of a name, with its fields filled in.
///
/// # Errors
/// Where there is no such question, or a field makes no sense.
pub(super) fn named(name: &str, asked: &Asked, fields: &Fields) -> Result<Question, Refusal> {
    match name {
        "findings" => findings(asked, fields),
        "findings_by_control" => Ok(by_control()),
        "causes" => Ok(causes(fields)),
        "exceptions" => Ok(exceptions(fields)),
        "paths" => Ok(paths(fields)),
        "removals" => Ok(removals(fields)),
        "risk_scores" => Ok(risk_scores(fields)),
        "risk_points" => Ok(risk_points(fields)),
        "orphans" => Ok(orphans(asked.has("owner_scores"), fields)),
        "drift" => Ok(drift()),
        "ownerless" => Ok(ownerless(fields)),
        "without_owner" => Ok(without_owner()),
        "account_candidates" => Ok(account_candidates(fields)),
        "account_decisions" => Ok(account_decisions(fields)),
        "account_drift" => Ok(account_drift(fields)),
        "account_findings" => Ok(account_findings(fields)),
        "account_groups" => Ok(account_groups(fields)),
        "account_matches" => Ok(account_matches(fields)),
        "account_scores" => Ok(account_scores(fields)),
        "account_ways" => Ok(account_ways(fields)),
        "identities" => Ok(identities(fields)),
        "identity_accounts" => Ok(identity_accounts(fields)),
        "identity_findings" => Ok(identity_findings(fields)),
        "identity_rights" => Ok(identity_rights(fields)),
        "identity_ways" => Ok(identity_ways(fields)),
        "thresholds" => Ok(thresholds(fields)),
        "movements" => Ok(movements(asked)),
        "moved" => Ok(moved(fields)),
        "changes" => Ok(changes(fields)),
        "link_changes" => Ok(link_changes(fields)),
        "owners" => Ok(owners(asked)),
        "owners_by_repository" => Ok(by_repository()),
        "rejects" => Ok(rejects(fields)),
        "problems" => Ok(problems()),
        _ => Err(Refusal::NotFound(format!("there is no table `{name}`"))),
    }
}
