//! Leavers: who is still with the company.
//!
//! Reads   identities, and whatever the predicate names; `identity_status` of the parent.
//! Writes  `identity_status`: active or not, why, and since when. One row for every listed identity.
//!
//! The departure day is a day of work, unless the plan says otherwise: someone has departed once it lies before as-of,
//! and the grace is over. The table exists with or without settings, so the stage is `Option<Leavers>`: without them everyone is active.

mod report;
#[cfg(test)]
mod tests;

use jiff::Span;
use jiff::civil::Date;

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
        let query = match self {
            None => sql::fill(include_str!("everyone.sql"), &[("as_of", &as_of)]),
            Some(leavers) => {
                let last_day = sql::date(days_before(context.as_of, leavers.grace_days));
                let active = leavers.active.as_ref().map_or("TRUE", |active| active.text.as_str());
                let before = match leavers.departure_day {
                    DepartureDay::Worked => "<",
                    DepartureDay::Free => "<=",
                };
                let values =
                    [("as_of", as_of.as_str()), ("last_day", &last_day), ("before", before), ("active", active)];
                sql::fill(include_str!("identity_status.sql"), &values)
            }
        };
        vec![Model::sql("identity_status", "leavers", query)]
    }

    fn report(&self, _: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(ask)
    }
}

/// The day so many days earlier; the first day of the year 1 where the grace reaches further back.
fn days_before(day: Date, days: u32) -> Date {
    let earliest = Date::constant(1, 1, 1);
    let earlier = Span::new().try_days(days).and_then(|span| day.checked_sub(span));
    earlier.map_or(earliest, |earlier| earlier.max(earliest))
}
