//! `[stage.validate.threshold.<id>]`: limits that can be reached, and in the right order.

use crate::ids::{InvalidName, is_slug};
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::owners::check_name;
use crate::plan::raw::plan::{LimitValue, LimitsTable, ThresholdTable};
use crate::problem::Problems;
use crate::settings::validate::{Amount, Baseline, Limit, Metric, Side, Threshold};
use crate::stages::validate::rates;

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
    let is_share = raw.metric.as_deref().and_then(rates::find).is_some();
    let mut limits = Vec::new();
    for (key, side, table) in sides {
        let Some(table) = table else { continue };
        limits.extend(limit(Judged { side, is_share }, table, spot.key(key), problems));
    }
    if sides.iter().all(|(_, _, table)| table.is_none()) {
        let problem = spot.key_error(codes::BAD_LIMIT, format!("threshold `{id}` has no limit"));
        problems.add(
            problem.hint("add one of `drop`, `rise`, `change`, `min` and `max`, such as `drop = { hold = \"5 %\" }`"),
        );
    }
    let baseline = baseline(raw, spot, problems);
    let metric = metric(raw, spot, problems)?;
    Some(Threshold { id: id.to_owned(), metric, by: raw.by.clone(), limits, min_base: raw.min_base, baseline })
}

/// The most timeslots that a median is taken of.
const MOST_LOADS: u32 = 100;

/// The fewest: before so many loads, nobody knows what is usual.
const FEWEST_LOADS: u32 = Baseline::LOADS_OF_A_MEDIAN;

/// What changes are measured from. What nobody is sure of yet only warns.
fn baseline(raw: &ThresholdTable, spot: Spot<'_>, problems: &mut Problems) -> Baseline {
    let Some(text) = raw.baseline.as_deref() else { return Baseline::Previous };
    let at = spot.key("baseline");
    let words: Vec<&str> = text.split_whitespace().collect();
    let baseline = match (text.strip_prefix("label:"), words.as_slice()) {
        (_, ["previous"]) => Ok(Baseline::Previous),
        (Some(label), _) => label.trim().parse().map(Baseline::Label).map_err(|error: InvalidName| error.to_string()),
        (None, ["median", "of", loads]) => match loads.parse() {
            Ok(loads) if (FEWEST_LOADS..=MOST_LOADS).contains(&loads) => Ok(Baseline::Median(loads)),
            _ => Err(format!("a median is taken of {FEWEST_LOADS} to {MOST_LOADS} loads, not of `{loads}`")),
        },
        _ => Err(format!("`{text}` is nothing to measure a change from")),
    };
    let baseline = match baseline {
        Ok(baseline) => baseline,
        Err(why) => {
            let problem = at.error(codes::NOT_ALLOWED, why);
            problems.add(problem.hint("write `previous`, `label:quarter-4` or `median of 8`"));
            return Baseline::Previous;
        }
    };
    let changes = [("drop", &raw.drop), ("rise", &raw.rise), ("change", &raw.change)];
    if changes.iter().all(|(_, table)| table.is_none()) {
        let problem =
            at.error(codes::KEYS_DISAGREE, "no limit here is one of a change, so nothing is measured from it");
        problems.add(problem.hint("add one of `drop`, `rise` and `change`, or remove `baseline`"));
    }
    if matches!(baseline, Baseline::Median(_)) {
        for (key, _) in changes.iter().filter(|(_, table)| table.is_some_and(|table| table.hold.is_some())) {
            let problem = spot.key(key).key("hold").error(codes::BAD_LIMIT, "a change from a median only warns");
            problems.add(problem.hint("write `warn`; to hold, compare with the parent or with a label"));
        }
    }
    baseline
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

/// What a limit judges.
#[derive(Clone, Copy)]
struct Judged {
    side: Side,
    /// Whether the metric is a share itself.
    is_share: bool,
}

fn limit(judged: Judged, raw: &LimitsTable, spot: Spot<'_>, problems: &mut Problems) -> Option<Limit> {
    let of = judged.side;
    let warn = raw.warn.and_then(|value| amount(judged, value, spot.key("warn"), problems));
    let hold = raw.hold.and_then(|value| amount(judged, value, spot.key("hold"), problems));
    if raw.warn.is_none() && raw.hold.is_none() {
        problems.add(spot.error(codes::BAD_LIMIT, "a limit needs `warn` or `hold`"));
    }
    let is_disordered = match (warn, hold) {
        (Some(Amount::Number(warn)), Some(Amount::Number(hold)))
        | (Some(Amount::Share(warn)), Some(Amount::Share(hold)))
            if of == Side::Min =>
        {
            hold > warn
        }
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

fn amount(judged: Judged, value: LimitValue, spot: Spot<'_>, problems: &mut Problems) -> Option<Amount> {
    let Judged { side: of, is_share } = judged;
    let is_absolute = matches!(of, Side::Min | Side::Max);
    let problem = match value {
        LimitValue::Share(share) if is_absolute && is_share => return Some(Amount::Share(share.0)),
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
