//! Leavers: who is still with the company.
//!
//! Reads   identities, `absences` and `listings`, and whatever the predicates name; of the parent identities, `identity_status` and
//!         `departures`.
//! Writes  `identity_status`: active or not, why, and since when, one row for every listed identity; `departures`: everybody
//!         who is not there, listed or not. With reconcile, `overdue_accounts`.
//!
//! The departure day is a day of work, unless the plan says otherwise: someone has departed once it lies before as-of,
//! and the grace is over. The tables exist with or without settings, so the stage is `Option<Leavers>`: without them everyone
//! listed is active.

mod overdue;
mod report;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use jiff::Span;
use jiff::civil::Date;

pub use self::overdue::overdue_account_models;
use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::model::Model;
use crate::settings::leavers::{DepartureDay, Leavers};
use crate::sql;

impl Stage for Option<Leavers> {
    fn name(&self) -> StageName {
        StageName::Leavers
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let as_of = sql::date(context.as_of);
        let settings = self.clone().unwrap_or_default();
        let last_day = sql::date(days_before(context.as_of, settings.grace_days));
        let parent = sql::date(context.parent_as_of.unwrap_or(context.as_of));
        let before = match settings.departure_day {
            DepartureDay::Worked => "<",
            DepartureDay::Free => "<=",
        };
        let [detail, departed, detected] = told_before(context);
        let day = [("as_of", as_of.as_str())];
        let limit = [("last_day", last_day.as_str()), ("before", before)];
        let told = [("departed_before", departed), ("detected_before", detected)];
        let status = if self.is_some() {
            let (word, rule) = (word(&settings), rule(&settings));
            let values = [&day[..], &limit, &told, &[("word", word.as_str()), ("rule", &rule)]].concat();
            sql::fill(include_str!("identity_status.sql"), &values)
        } else {
            sql::fill(include_str!("everyone.sql"), &day)
        };
        let values = [&day[..], &limit, &told, &[("parent", parent.as_str()), ("detail_before", detail)]].concat();
        let departures = sql::fill(include_str!("departures.sql"), &values);
        vec![Model::sql("identity_status", "leavers", status), Model::sql("departures", "departures", departures)]
    }

    fn report(&self, _: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(ask)
    }
}

/// What the parent's status `b` says of detail, departure and detection; an earlier program knew no such columns.
fn told_before(context: &Context<'_>) -> [&'static str; 3] {
    let before = context.tables.find("before_identity_status");
    if before.columns.iter().any(|column| column.name == "detected_on") {
        ["b.detail", "b.departed_on", "COALESCE(b.detected_on, b.since_on)"]
    } else {
        ["CAST(NULL AS VARCHAR)", "CAST(NULL AS DATE)", "b.since_on"]
    }
}

/// The word by which the source says that somebody left, with its column; null where it says none.
fn word(settings: &Leavers) -> String {
    let mut whens = String::new();
    for words in &settings.words {
        let column = format!("CAST(i.{} AS VARCHAR)", sql::name(&words.column));
        let values = sql::texts(words.values.iter().map(String::as_str));
        let before = sql::text(&format!("{} = ", words.column));
        let _ = write!(whens, "\n           WHEN {column} IN ({values}) THEN {before} || {column}");
    }
    if whens.is_empty() { "         CAST(NULL AS VARCHAR)".to_owned() } else { format!("         CASE{whens} END") }
}

/// The rule by which somebody is inactive, or that they do not fulfil the predicate of active people; else null.
fn rule(settings: &Leavers) -> String {
    let mut whens = String::new();
    for rule in &settings.rules {
        let _ = write!(
            whens,
            "\n              WHEN (\n{}\n              ) THEN {}",
            rule.inactive.text,
            sql::text(&rule.id)
        );
    }
    if let Some(active) = &settings.active {
        let _ = write!(whens, "\n              WHEN (\n{}\n              ) IS NOT TRUE THEN 'by_rule'", active.text);
    }
    if whens.is_empty() { "         CAST(NULL AS VARCHAR)".to_owned() } else { format!("         CASE{whens} END") }
}

/// The day so many days earlier; the first day of the year 1 where that reaches further back.
fn days_before(day: Date, days: u32) -> Date {
    let earliest = Date::constant(1, 1, 1);
    let earlier = Span::new().try_days(days).and_then(|span| day.checked_sub(span));
    earlier.map_or(earliest, |earlier| earlier.max(earliest))
}
