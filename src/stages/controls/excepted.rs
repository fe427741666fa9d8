//! Exceptions: findings that somebody answers for until a day. They stand all the same, apart from the open ones, and are
//! open again behind that day.

use std::sync::Arc;

use jiff::ToSpan;

use crate::engine::EngineError;
use crate::event::ReportTable;
use crate::kernels::StandingFindings;
use crate::model::{BEFORE, Model};
use crate::settings::controls::{Controls, Exceptions};
use crate::sql;
use crate::stages::{Ask, Context};

/// Findings with the exception that each stands under. `followed` is what precedes: a query that ends with `followed`,
/// what was found with its history. Where nobody may answer for anything, nothing is looked up.
pub(super) fn findings(followed: &str, has_exceptions: bool) -> String {
    let text = if has_exceptions { include_str!("excepted.sql") } else { include_str!("unexcepted.sql") };
    format!("{}{}", followed.trim_end(), text.trim_end())
}

/// The model of the findings of controls that are not evaluated: those of the parent.
pub(super) fn standing_on(name: &str, why: &str, controls: &[&str], has_exceptions: bool) -> Model {
    let names = sql::texts(controls.iter().copied());
    let standing = sql::fill(include_str!("standing_on.sql"), &[("why", why), ("controls", &names)]);
    let sieve = StandingFindings(controls.iter().map(|control| (*control).to_owned()).collect());
    let query = findings(&standing, has_exceptions);
    Model::sql("findings", name, query).sifted(vec![(format!("{BEFORE}findings"), Arc::new(sieve))])
}

/// Which exceptions hold, and what each comes to.
pub(super) fn models(controls: &Controls, exceptions: &Exceptions, context: &Context<'_>) -> Vec<Model> {
    let as_of = sql::date(context.as_of);
    let alarm_on = sql::date(context.as_of.saturating_add(i64::from(exceptions.alarm_days).days()));
    let unevaluated = controls.unevaluated.iter().map(|one| &one.control);
    let known = sql::texts(controls.controls.iter().chain(unevaluated).map(|control| control.id.as_str()));
    let valid = sql::fill(include_str!("valid_exceptions.sql").trim_end(), &[("as_of", &as_of)]);
    let values = [("as_of", as_of.as_str()), ("alarm_on", &alarm_on), ("controls", &known)];
    let status = sql::fill(include_str!("exception_status.sql").trim_end(), &values);
    vec![Model::sql("valid_exceptions", "file", valid), Model::sql("exception_status", "file", status)]
}

/// So many exceptions of a sort are named.
const SAMPLES: u32 = 20;

/// What is to be known about exceptions: how many end, have ended, except nothing or cannot be taken, and which. `None` as the
/// sentence where none ends soon.
pub(super) fn told(exceptions: &Exceptions, ask: &Ask<'_>) -> Result<(Vec<ReportTable>, Option<String>), EngineError> {
    let ending = format!("end within {} days", exceptions.alarm_days);
    let findings = "CAST(s.findings AS VARCHAR)";
    let line = "COALESCE('line ' || CAST(s.line AS VARCHAR) || ': ', '') || s.remark";
    let wanted = [
        (ending.as_str(), "s.is_ending", findings, "findings"),
        ("have ended, and what they excepted stands", "s.state = 'expired' AND s.findings > 0", findings, "findings"),
        ("except nothing", "s.state = 'holds' AND s.findings = 0", "s.remark", "why"),
        ("cannot be taken", "s.state = 'rejected'", line, "why"),
    ];
    let (mut tables, mut counts) = (Vec::new(), Vec::new());
    let mut sentence = None;
    for (what, condition, last, column) in wanted {
        let counted = format!("SELECT CAST(COUNT(*) AS VARCHAR) FROM exception_status s WHERE {condition}");
        let count = ask.rows(&counted)?.into_iter().flatten().next().unwrap_or_default();
        if count == "0" {
            continue;
        }
        if condition == "s.is_ending" {
            sentence = Some(format!("{count} exceptions {what}"));
        }
        counts.push(vec![what.to_owned(), count]);
        let rows = ask.rows(&format!(
            "SELECT s.control, s.subject, s.detail, s.owner, s.valid_until, {last} AS last_column FROM exception_status s
WHERE {condition}
ORDER BY s.valid_until NULLS LAST, s.control NULLS LAST, s.kind NULLS LAST, s.subject NULLS LAST, s.detail NULLS FIRST, s.line NULLS FIRST, s.exception NULLS LAST
LIMIT {SAMPLES}"
        ))?;
        let title = format!("exceptions that {what}: samples");
        let columns = ["control", "subject", "detail", "owner", "until", column];
        tables.push(ReportTable::new(&title, &columns, rows).of_people());
    }
    if !counts.is_empty() {
        tables.insert(0, ReportTable::new("exceptions", &["which", "exceptions"], counts));
    }
    Ok((tables, sentence))
}
