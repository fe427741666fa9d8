//! `[stage.leavers]`: sources that list people, rules with names of their own.

use std::collections::BTreeSet;

use crate::names::suggest;
use crate::plan::codes;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::plan::owners::check_id;
use crate::plan::raw::leavers::LeaversTable;
use crate::plan::stages::whole_days;
use crate::problem::Problems;
use crate::settings::leavers::{LeaverRule, Leavers, Words};
use crate::tables;

/// The reasons that are no rules.
const RESERVED: [&str; 4] = ["departed", "status", "absent", "by_rule"];

/// The settings that a raw table describes.
pub(super) fn check(raw: &LeaversTable, spot: Spot<'_>, problems: &mut Problems) -> Leavers {
    let words = spot.key("inactive_when").entries().into_iter().filter_map(|(column, spot)| {
        let values = raw.inactive_when.get(column)?.clone();
        if values.is_empty() {
            let problem = spot.error(codes::NOT_ALLOWED, format!("no word of `{column}` is named"));
            problems.add(problem.hint(format!("name some, such as `{column} = [\"left\"]`, or remove the column")));
        }
        Some(Words { column: column.to_owned(), values, place: spot.on_key() })
    });
    let words = words.collect();
    let mut ids = BTreeSet::new();
    let mut rules = Vec::new();
    for (table, spot) in raw.rule.iter().zip(spot.key("rule").items()) {
        check_id(spot.key("id"), &mut ids, problems);
        if RESERVED.contains(&table.id.as_str()) {
            let message = format!("`{}` is a reason that Ledgerline gives itself", table.id);
            let hint = format!("name the rule otherwise; taken are {}", RESERVED.join(", "));
            problems.add(spot.key("id").error(codes::BAD_NAME, message).hint(hint));
        }
        let Some(inactive) = spot.key("inactive").sql() else { continue };
        rules.push(LeaverRule { id: table.id.clone(), inactive, keeps_accounts: table.keeps_accounts });
    }
    Leavers {
        active: spot.get("active").and_then(Spot::sql),
        words,
        rules,
        grace_days: whole_days(raw.grace, spot.key("grace"), problems),
        departure_day: raw.departure_day,
        closed_within_days: whole_days(raw.accounts_closed_within, spot.key("accounts_closed_within"), problems),
    }
}

/// The sources whose listing counts: each is collected by this plan and brings people.
pub(super) fn authoritative(raw: &LeaversTable, named: &Named, spot: Spot<'_>, problems: &mut Problems) -> Vec<String> {
    let lists = |map: &crate::collect::collector::TableMap| map.table.name == tables::IDENTITIES.name;
    let collectors = named.collectors.iter().map(|(_, collector)| collector);
    let listing: Vec<&str> = collectors
        .filter(|collector| collector.tables.iter().any(lists))
        .map(|collector| collector.name.as_str())
        .collect();
    for (at, name) in raw.authoritative.iter().enumerate() {
        let spot = spot.key("authoritative").item(at);
        if raw.authoritative[..at].contains(name) {
            problems.add(spot.error(codes::DUPLICATE_NAME, format!("source `{name}` is named twice")));
        } else if !listing.contains(&name.as_str()) {
            let problem = spot.error(codes::NOT_FOUND, format!("no source `{name}` of this plan lists people"));
            problems.add(problem.hint(suggest(name, "sources that do", listing.iter().copied())));
        }
    }
    raw.authoritative.clone()
}
