//! `[stage.validate.threshold.<id>]`: limits that can be reached, and in the right order.

use crate::ids::is_slug;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::owners::check_name;
use crate::plan::raw::plan::{LimitValue, LimitsTable, ThresholdTable};
use crate::problem::Problems;
use crate::settings::validate::{Amount, Limit, Metric, Side, Threshold};

/// The threshold that a raw table describes.
pub(super) fn check(id: &str, raw: &ThresholdTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Threshold> {
    if !is_slug(id) {
        let problem = spot.key_error(codes::BAD_NAME, format!("`{id}` is no name of a threshold"));
        problems.add(problem.hint("use lower-case letters, digits and `_`"));
    } else if id == "guards" || id.starts_with("guard_") {
        let problem = spot.key_error(codes::BAD_NAME, format!("`{id}` is what Ledgerline calls a guard of its own"));
        problems.add(problem.hint("give the threshold another name"));
    }
    check_name(spot.key("by"), problems);
    let sides = [
        ("drop", Side::Drop, &raw.drop),
        ("rise", Side::Rise, &raw.rise),
        ("change", Side::Change, &raw.change),
        ("min", Side::Min, &raw.min),
        ("max", Side::Max, &raw.max),
    ];
    let mut limits = Vec::new();
    for (key, side, table) in sides {
        let Some(table) = table else { continue };
        limits.extend(limit(side, table, spot.key(key), problems));
    }
    if sides.iter().all(|(_, _, table)| table.is_none()) {
        let problem = spot.key_error(codes::BAD_LIMIT, format!("threshold `{id}` has no limit"));
        problems.add(
            problem.hint("add one of `drop`, `rise`, `change`, `min` and `max`, such as `drop = { hold = \"5 %\" }`"),
        );
    }
    let metric = metric(raw, spot, problems)?;
    Some(Threshold { id: id.to_owned(), metric, by: raw.by.clone(), limits, min_base: raw.min_base })
}

fn metric(raw: &ThresholdTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Metric> {
    match (&raw.metric, spot.get("sql").and_then(Spot::sql)) {
        (Some(name), None) => {
            if !name.split('.').all(is_slug) {
                let problem = spot.key("metric").error(codes::BAD_NAME, format!("`{name}` is no name of a metric"));
                problems.add(problem.hint("write a name such as `accounts.count`, or give the metric as `sql`"));
            }
            Some(Metric::Named(name.clone()))
        }
        (None, Some(sql)) => Some(Metric::Sql(sql)),
        _ => {
            let problem = spot.key_error(codes::KEYS_DISAGREE, "a threshold measures exactly one thing");
            problems.add(problem.hint("give either `metric` or `sql`"));
            None
        }
    }
}

fn limit(of: Side, raw: &LimitsTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Limit> {
    let warn = raw.warn.and_then(|value| amount(of, value, spot.key("warn"), problems));
    let hold = raw.hold.and_then(|value| amount(of, value, spot.key("hold"), problems));
    if raw.warn.is_none() && raw.hold.is_none() {
        problems.add(spot.error(codes::BAD_LIMIT, "a limit needs `warn` or `hold`"));
    }
    let is_disordered = match (warn, hold) {
        (Some(Amount::Number(warn)), Some(Amount::Number(hold))) if of == Side::Min => hold > warn,
        (Some(Amount::Share(warn)), Some(Amount::Share(hold)))
        | (Some(Amount::Number(warn)), Some(Amount::Number(hold))) => hold < warn,
        _ => false,
    };
    if is_disordered {
        let problem = spot.key("warn").error(codes::BAD_LIMIT, "`hold` is reached before `warn`");
        problems.add(problem.hint("swap the two"));
    }
    (warn.is_some() || hold.is_some()).then_some(Limit { of, warn, hold })
}

fn amount(of: Side, value: LimitValue, spot: Spot<'_>, problems: &mut Problems) -> Option<Amount> {
    let is_absolute = matches!(of, Side::Min | Side::Max);
    let problem = match value {
        LimitValue::Share(_) if is_absolute => spot
            .error(codes::BAD_LIMIT, "`min` and `max` are compared with the value itself, not with the parent's")
            .hint("write a number, or use `drop` or `rise`"),
        LimitValue::Share(share) if of == Side::Drop && share.0 > 1.0 => {
            spot.error(codes::BAD_LIMIT, "nothing can drop by more than 100 %")
        }
        LimitValue::Share(share) => return Some(Amount::Share(share.0)),
        LimitValue::Number(number) if number < 0.0 && !is_absolute => {
            spot.error(codes::BAD_LIMIT, "a limit of a change is not negative")
        }
        LimitValue::Number(number) => return Some(Amount::Number(number)),
    };
    problems.add(problem);
    None
}
