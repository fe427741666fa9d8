//! Accounts without an owner, and what is known of who might own one.

use super::people::{account_page, one_account};
use crate::collect::key::normalise;
use crate::owners::in_question;
use crate::sql;
use crate::web::ask::Fields;
use crate::web::question::{Question, Row, escaped};

/// The fields that filter.
pub(in crate::web) const FIELDS: [&str; 3] = ["repository", "q", "reason"];

/// Accounts of which nobody knows the owner: `repository`, and `q`, a part of identifier, name or mail. Only a policy whose
/// rules add up has scores.
pub(in crate::web) fn orphans(has_scores: bool, fields: &Fields) -> Question {
    Question {
        title: "Orphan accounts".to_owned(),
        about: Some("Nobody knows whose they are: no rule found one person, and nobody has decided.".to_owned()),
        needs: &["ownership"],
        rows: sql::fill(include_str!("orphans.sql"), &[("in_question", in_question(has_scores)), ("found", "{found}")]),
        found: Some(sql::fill(include_str!("orphans_found.sql"), &[("filter", &filter(fields))])),
        given: Vec::new(),
        order: "repository NULLS LAST, identifier NULLS LAST",
        empty: "No such account is an orphan.",
        leads: vec![("identifier", decide_page)],
    }
}

/// Accounts that have no owner for a reason: as [`orphans`], and `reason`.
pub(in crate::web) fn ownerless(fields: &Fields) -> Question {
    let mut filter = filter(fields);
    if let Some(reason) = fields.get("reason").filter(|reason| *reason != "any") {
        filter = format!("{filter} AND o.ownerless = {}", sql::text(reason));
    }
    Question {
        title: "Accounts without owner, for a reason".to_owned(),
        about: Some(
            "A rule, their source or a person says that nobody owns them; leaved: their owner left.".to_owned(),
        ),
        needs: &["ownership"],
        rows: sql::fill(include_str!("ownerless.sql"), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "repository NULLS LAST, identifier NULLS LAST",
        empty: "No such account has no owner for a reason.",
        leads: vec![("identifier", decide_page)],
    }
}

/// How many accounts have no owner, by repository and reason.
pub(in crate::web) fn without_owner() -> Question {
    Question {
        title: "How many have no owner".to_owned(),
        about: None,
        needs: &["ownership"],
        rows: include_str!("without_owner.sql").trim_end().to_owned(),
        found: None,
        given: Vec::new(),
        order: "repository NULLS LAST, reason NULLS LAST",
        empty: "Every account has an owner.",
        leads: vec![("reason", reason_page), ("accounts", reason_page)],
    }
}

/// What each rule found for an account: `repository`, `identifier`.
pub(in crate::web) fn account_matches(fields: &Fields) -> Question {
    Question {
        title: "What the rules found".to_owned(),
        about: Some("Rules are tried in this order for accounts that nothing before them decides.".to_owned()),
        needs: &["owner_matches"],
        rows: include_str!("account_matches.sql").to_owned(),
        found: None,
        given: vec![("account", one_account(fields))],
        order: "place NULLS LAST, rule NULLS LAST",
        empty: "No rule found anything for this account.",
        leads: vec![("employee_id", |row| identity_page(row[2].as_deref()))],
    }
}

/// Who is in question as the owner of an account.
pub(in crate::web) fn account_candidates(fields: &Fields) -> Question {
    Question {
        title: "Who is in question".to_owned(),
        about: None,
        needs: &["owner_candidates"],
        rows: include_str!("account_candidates.sql").to_owned(),
        found: None,
        given: vec![("account", one_account(fields))],
        order: "name NULLS LAST, employee_id NULLS LAST, rule NULLS LAST, compared NULLS LAST",
        empty: "Nobody in particular.",
        leads: vec![("employee_id", |row| identity_page(row[0].as_deref()))],
    }
}

/// Who is in question by rules that add up, with the arithmetic.
pub(in crate::web) fn account_scores(fields: &Fields) -> Question {
    Question {
        title: "Who is in question by score".to_owned(),
        about: Some(
            "Points of the match rules with a tier, added up. Several are as sure where nobody is alone.".to_owned(),
        ),
        needs: &["owner_scores"],
        rows: include_str!("account_scores.sql").to_owned(),
        found: None,
        given: vec![("account", one_account(fields))],
        order: "score DESC NULLS LAST, name NULLS LAST, employee_id NULLS LAST",
        empty: "No rule gave anybody points in this load.",
        leads: vec![("employee_id", |row| identity_page(row[0].as_deref()))],
    }
}

/// Whether the rule that found the owner would find them still.
pub(in crate::web) fn account_drift(fields: &Fields) -> Question {
    Question {
        title: "What its owner was found by has changed".to_owned(),
        about: Some("The owner stays until somebody decides, or the rule is forgotten.".to_owned()),
        needs: &["owner_drift"],
        rows: include_str!("account_drift.sql").to_owned(),
        found: None,
        given: vec![("account", one_account(fields))],
        order: "rule NULLS LAST, drift NULLS LAST",
        empty: "Nothing: the rule would find the same person.",
        leads: vec![("employee_id", |row| identity_page(row[2].as_deref()))],
    }
}

/// All owners whom the rule that found them would not find now.
pub(in crate::web) fn drift() -> Question {
    Question {
        title: "Owners whose rule would not find them now".to_owned(),
        about: Some("What they were found by has changed. They stay owners until somebody decides.".to_owned()),
        needs: &["owner_drift"],
        rows: include_str!("drift.sql").trim_end().to_owned(),
        found: None,
        given: Vec::new(),
        order: "repository NULLS LAST, identifier NULLS LAST, rule NULLS LAST",
        empty: "Every rule would find again whom it found.",
        leads: vec![
            ("identifier", decide_page),
            ("owner", |row| identity_page(row[3].as_deref())),
            ("would_find", |row| identity_page(row[7].as_deref())),
        ],
    }
}

/// What people had decided about an account when the timeslot was loaded.
pub(in crate::web) fn account_decisions(fields: &Fields) -> Question {
    let literal = |name: &str| sql::text(fields.whole(name).unwrap_or_default());
    Question {
        title: "Decisions that this timeslot was made with".to_owned(),
        about: None,
        needs: &["decisions"],
        rows: sql::fill(
            include_str!("account_decisions.sql"),
            &[("repository", &literal("repository")), ("identifier", &literal("identifier"))],
        ),
        found: None,
        given: Vec::new(),
        order: "decided_on NULLS LAST, decision NULLS LAST, value NULLS FIRST, reason NULLS FIRST, who NULLS FIRST, line NULLS FIRST",
        empty: "None about this account.",
        leads: Vec::new(),
    }
}

fn filter(fields: &Fields) -> String {
    let mut filter = vec!["TRUE".to_owned()];
    if let Some(repository) = fields.get("repository") {
        filter.push(format!("a.repository = {}", sql::text(repository)));
    }
    if let Some(part) = fields.get("q") {
        let part = sql::text(&normalise(part));
        let holds = |column: &str| format!("STRPOS(COALESCE(a.{column}, ''), {part}) > 0");
        let any = ["identifier_norm", "display_name_norm", "email_norm"].map(holds).join(" OR ");
        filter.push(format!("({any})"));
    }
    filter.join(" AND ")
}

fn decide_page(row: &Row) -> Option<String> {
    Some(account_page("/ownerless", row[0].as_deref()?, row[1].as_deref()?))
}

fn reason_page(row: &Row) -> Option<String> {
    let (repository, reason) = (escaped(row[0].as_deref()?), row[1].as_deref()?);
    let reason = if reason.contains(' ') { String::new() } else { format!("&reason={}", escaped(reason)) };
    Some(format!("/ownerless?repository={repository}{reason}"))
}

pub(super) fn identity_page(key: Option<&str>) -> Option<String> {
    Some(format!("/identities/{}", escaped(key?)))
}
