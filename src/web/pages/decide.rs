//! Decisions about the owner of an account. They go into the file that the next load reads; nothing else changes.

use std::path::PathBuf;

use super::object::{attributes, named};
use crate::collect::decisions::{COLUMNS, EditError, NewDecision, Verdict, add_decision, withdraw_decision};
use crate::csv_line::is_run;
use crate::ledger::{Operation, What};
use crate::plan::Plan;
use crate::sql;
use crate::table::Kind;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::asked::Asked;
use crate::web::question::escaped;
use crate::web::questions::account_page;
use crate::web::site::Site;

/// The account that a path names.
pub(super) struct Account<'a> {
    pub(super) repository: &'a str,
    pub(super) identifier: &'a str,
    /// Its key as fields of questions.
    pub(super) fields: Fields,
    /// The address of its page.
    pub(super) here: String,
}

impl<'a> Account<'a> {
    pub(super) fn of(ask: &'a Ask) -> Self {
        let piece = |name: &str| ask.pieces.whole(name).unwrap_or_default();
        let (repository, identifier) = (piece("repository"), piece("identifier"));
        let fields = named(&[("repository", repository), ("identifier", identifier)]);
        let here = account_page("/ownerless", repository, identifier);
        Self { repository, identifier, fields, here }
    }

    /// As people write it.
    fn name(&self) -> String {
        format!("{}/{}", self.repository, self.identifier)
    }

    pub(super) fn is_it(&self, alias: &str) -> String {
        let (repository, identifier) = (sql::text(self.repository), sql::text(self.identifier));
        format!("{alias}.repository = {repository} AND {alias}.identifier = {identifier}")
    }
}

/// The decision file: that of the plan that made a timeslot, or, where this is gone, of the first plan.
pub(super) enum Decisions {
    /// It is this one.
    In(PathBuf),
    /// There is none, and what is to be done about it.
    Nowhere(String),
}

pub(super) fn decision_file(site: &Site, asked: &Asked) -> Decisions {
    let plans = site.project().plans();
    let made_by = &asked.timeslot.manifest.plan;
    let Some(name) = plans.iter().find(|plan| plan.as_str() == made_by).or(plans.first()) else {
        return Decisions::Nowhere("The project has no plan, so that nothing would read a decision.".to_owned());
    };
    let Ok(plan): Result<Plan, String> = (site.reading.plan)(name.as_str()) else {
        let told = format!("The plan `{name}` cannot be read now: `ledgerline check` says what is wrong with it.");
        return Decisions::Nowhere(told);
    };
    plan.stages.reconcile.decisions.map_or_else(
        || {
            Decisions::Nowhere(format!(
                "The plan `{name}` names no file for decisions. Make `policies/decisions.csv` with the line `{}`, and put the line `decisions = \"decisions.csv\"` below `[stage.reconcile]` of `plans/{name}.toml`.",
                COLUMNS.join(",")
            ))
        },
        Decisions::In,
    )
}

/// Puts a decision into the file: `decision`, `value`, `reason`.
pub(in crate::web) fn decide(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let account = Account::of(ask);
    let asked = Asked::named_or_latest(&site.ledger()?, &ask.form)?;
    let path = file_of(site, &asked)?;
    let project = site.project();
    let value = ask.form.get("value");
    let of_person = |value: Option<&str>| -> Result<String, Refusal> {
        let wanted = value.ok_or_else(|| Refusal::Wrong("whose account is it? Give an employee id".to_owned()))?;
        let key = project.key_forms.key(Kind::Identity, "", wanted).into_owned();
        let sql = format!("SELECT i.uid FROM identities i WHERE i.employee_id = {}", sql::text(&key));
        if asked.rows(site, &sql)?.is_empty() {
            let id = &asked.timeslot.manifest.timeslot;
            return Err(Refusal::Conflict(format!("nobody in timeslot {id} has the employee id `{key}`")));
        }
        Ok(key)
    };
    let verdict = match ask.form.get("decision") {
        Some("pin") => Verdict::Pin(of_person(value)?),
        Some("forbid") => Verdict::Forbid(of_person(value)?),
        Some("class") => Verdict::Class(value.unwrap_or_default().to_owned()),
        Some("break") => Verdict::Break,
        _ => return Err(Refusal::Wrong("there are pin, forbid, class and break to decide".to_owned())),
    };
    let reason = ask.form.get("reason").ok_or_else(|| Refusal::Wrong("a decision needs a reason".to_owned()))?;
    if is_run(reason) {
        let told = "a spreadsheet would run this reason as a formula: let it begin with a letter or a digit";
        return Err(Refusal::Wrong(told.to_owned()));
    }
    if attributes(site, &asked, Kind::Account, &account.is_it("t"))?.is_none() {
        return Err(Refusal::NotFound("there is no such account".to_owned()));
    }
    let new = NewDecision {
        repository: account.repository,
        identifier: account.identifier,
        verdict: &verdict,
        reason,
        who: &ask.person()?.name,
        decided_on: ask.now.to_zoned(project.zone.clone()).date(),
    };
    add_decision(&path, &project.key_forms, &new)?;
    let outcome = format!("{}, in {}: {reason}", verdict.says(), path.display());
    site.note(&noted(ask, What::RowAdded, account.name(), outcome)?);
    Ok(back(ask, &account))
}

/// Takes a decision out of the file: `row` tells which.
pub(in crate::web) fn withdraw(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let account = Account::of(ask);
    let asked = Asked::named_or_latest(&site.ledger()?, &ask.form)?;
    let path = file_of(site, &asked)?;
    let row = ask.form.get("row").unwrap_or_default();
    let known = withdraw_decision(&path, &site.project().key_forms, account.repository, account.identifier, row)?;
    let outcome = format!("{}, in {}: {}", known.says(), path.display(), known.reason.as_deref().unwrap_or_default());
    site.note(&noted(ask, What::RowWithdrawn, account.name(), outcome)?);
    Ok(back(ask, &account))
}

/// What the one who asks did to a file in which people decide, as a line of the operations log.
pub(super) fn noted(ask: &Ask, what: What, about: String, outcome: String) -> Result<Operation, Refusal> {
    Ok(Operation { at: ask.now, who: ask.person()?.name.clone(), what, about, outcome })
}

fn back(ask: &Ask, account: &Account<'_>) -> Answer {
    let timeslot = ask.form.get("timeslot").map(|id| format!("?timeslot={}", escaped(id))).unwrap_or_default();
    Answer::Go(format!("{}{timeslot}", account.here))
}

fn file_of(site: &Site, asked: &Asked) -> Result<PathBuf, Refusal> {
    match decision_file(site, asked) {
        Decisions::In(path) => Ok(path),
        Decisions::Nowhere(told) => Err(Refusal::Conflict(told)),
    }
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        let why = crate::run::chain(&error);
        match error {
            EditError::Control { .. } | EditError::NotTaken { .. } | EditError::NoException { .. } => Self::Wrong(why),
            EditError::Against { .. }
            | EditError::Stands { .. }
            | EditError::Gone
            | EditError::Entangled { .. }
            | EditError::ByHand { .. } => Self::Conflict(why),
            EditError::File { .. } | EditError::Io { .. } => Self::Broken(why),
        }
    }
}
