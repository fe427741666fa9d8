//! Accounts that are open for longer than allowed after their owner left: part of leavers, to run after `ownership`.
//!
//! Reads   accounts, ownership, `departures`.
//! Writes  `overdue_accounts`.

use super::days_before;
use crate::model::Model;
use crate::settings::leavers::Leavers;
use crate::sql;
use crate::stages::Context;

/// More days than this are for ever: their end lies in the years that engines know.
const MOST_DAYS: u32 = 1_000_000;

/// The model of overdue accounts; without the stage leavers people have left who are listed no more.
#[must_use]
pub fn overdue_account_models(leavers: Option<&Leavers>, context: &Context<'_>) -> Vec<Model> {
    let settings = leavers.cloned().unwrap_or_default();
    let keeping: Vec<&str> =
        settings.rules.iter().filter(|rule| rule.keeps_accounts).map(|rule| rule.id.as_str()).collect();
    let but =
        if keeping.is_empty() { String::new() } else { format!("\n  AND d.reason NOT IN ({})", sql::texts(keeping)) };
    let days = settings.closed_within_days.min(MOST_DAYS);
    let query = sql::fill(
        include_str!("overdue_accounts.sql"),
        &[
            ("days", &days.to_string()),
            ("last_day", &sql::date(days_before(context.as_of, days))),
            ("as_of", &sql::date(context.as_of)),
            ("but", &but),
        ],
    );
    vec![Model::sql("overdue_accounts", "overdue_accounts", query)]
}
