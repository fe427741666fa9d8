//! Sources that did not bring what they should. This compares nothing: it holds on a first load too.

use super::measure::NO_SHARE;
use crate::collect::report::known_only;
use crate::collect::source::{SourceReport, SourceState};
use crate::model::Model;
use crate::settings::validate::Validate;
use crate::sql;
use crate::stages::Context;

/// What every source's state is worth.
pub(super) fn models(settings: &Validate, context: &Context<'_>) -> Vec<Model> {
    let judged: Vec<(&SourceReport, &str)> =
        context.sources.iter().filter_map(|source| Some((source, severity(settings, source)?))).collect();
    if judged.is_empty() {
        return Vec::new();
    }
    let metrics = judged.iter().map(|(source, _)| {
        format!(
            "SELECT {} AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value, CAST(NULL AS DOUBLE) AS before_value, CAST({} AS DOUBLE) AS value, {NO_SHARE}",
            sql::text(&id(source)),
            source.stale_loads
        )
    });
    let limit = settings.max_stale_loads.unwrap_or(0);
    let results = judged.iter().map(|(source, severity)| {
        format!(
            "SELECT m.threshold, m.by_column, m.by_value, 'max' AS side, '{severity}' AS severity, m.before_value, m.value, '{limit}' AS limit_text, {} AS sentence FROM metrics m WHERE m.threshold = {}",
            sql::text(&sentence(source)),
            sql::text(&id(source)),
        )
    });
    vec![
        Model::sql("metrics", "guard_source", metrics.collect::<Vec<_>>().join("\nUNION ALL\n")),
        Model::sql("threshold_results", "guard_source", results.collect::<Vec<_>>().join("\nUNION ALL\n")),
    ]
}

fn id(source: &SourceReport) -> String {
    format!("guard_source_{}", source.source)
}

/// `None` where nothing judges the source. Whoever says for how many loads a source may be carried is only warned
/// until then.
fn severity(settings: &Validate, source: &SourceReport) -> Option<&'static str> {
    let is_complete = source.state == SourceState::Complete;
    match settings.max_stale_loads {
        None if !settings.has_guards => None,
        _ if is_complete => Some("ok"),
        None => Some("hold"),
        Some(most) => Some(if source.stale_loads > u64::from(most) { "hold" } else { "warn" }),
    }
}

/// The remarks about a source, without keys that they quote: the sentence is mailed.
fn known(source: &SourceReport) -> String {
    source.remarks.iter().map(|remark| known_only(remark, source)).collect::<Vec<_>>().join("; ")
}

fn sentence(source: &SourceReport) -> String {
    if source.state == SourceState::Complete {
        return format!("source `{}` is complete", source.source);
    }
    let why = if source.remarks.is_empty() { String::new() } else { format!(" ({})", known(source)) };
    let loads = match source.stale_loads {
        0 | 1 => String::new(),
        loads => format!(", {loads} loads in a row"),
    };
    let state = source.state.as_str().replace('_', " ");
    format!("source `{}` is {state}{why}{loads}: what it does not bring is carried from the parent", source.source)
}
