//! Which sources list each identity, and who is absent from all of them that count.
//!
//! Several sources may list one person, and only one of them gives the row in `identities`: whoever it drops may still be
//! with the others. A load in which a source is not complete, or in which it names somebody in a reject, neither counts
//! against them nor for them.

use super::{Context, Load, Model, carried};
use crate::collect::source::{SourceReport, SourceState};
use crate::settings::activate::Activate;
use crate::sql;

/// The tables `listings`, a part per source, and `absences`.
pub(super) fn models(load: &Load<'_>, settings: &Activate, context: &Context<'_>) -> Vec<Model> {
    let known = if context.tables.contains("before_listings") { "before_listings" } else { "before_identities" };
    let knew = |source: &str| context.tables.find(known).parts.iter().any(|part| part.name == source && part.rows > 0);
    let mut models = Vec::new();
    for report in context.sources {
        let is_staged = load.sources.iter().any(|origin| origin.name == report.source && origin.is_staged);
        let knew = context.has_parent && knew(&report.source);
        let mut branches = Vec::new();
        if is_staged {
            branches.push(sql::fill(include_str!("listed.sql"), &[("source", &sql::text(&report.source))]));
        }
        if knew {
            branches.push(missed(report, known, settings, context));
        }
        if !branches.is_empty() {
            models.push(Model::sql("listings", &report.source, branches.join("UNION ALL\n")));
        }
    }
    if context.has_parent {
        models.push(absences(settings));
    }
    models
}

/// Those whom a source listed and does not list now.
fn missed(report: &SourceReport, known: &str, settings: &Activate, context: &Context<'_>) -> String {
    let former = if known == "before_listings" {
        known.to_owned()
    } else {
        // An earlier program kept no listings: the row says which source brought it.
        "(SELECT f.uid, f.source, CAST(0 AS BIGINT) AS missed_loads, CAST(NULL AS DATE) AS last_listed_on, CAST(NULL AS DATE) AS missed_on FROM before_identities f)".to_owned()
    };
    let as_of = sql::date(context.as_of);
    let counts = if report.state == SourceState::Complete { "r.named_uid IS NULL" } else { "FALSE" };
    sql::fill(
        include_str!("missed.sql"),
        &[
            ("source", &sql::text(&report.source)),
            ("former", &former),
            ("counts", counts),
            ("grace_loads", &settings.grace_loads.to_string()),
            ("as_of", &as_of),
            ("parent", &context.parent_as_of.map_or_else(|| as_of.clone(), sql::date)),
            ("rejected", &carried::rejected_uids("identities", &report.source)),
        ],
    )
}

fn absences(settings: &Activate) -> Model {
    let counting = if settings.authoritative.is_empty() {
        String::new()
    } else {
        let sources = sql::texts(settings.authoritative.iter().map(String::as_str));
        sql::fill(include_str!("counting.sql"), &[("sources", &sources)])
    };
    let values = [("counting", counting.as_str()), ("grace_loads", &settings.grace_loads.to_string())];
    Model::sql("absences", "absences", sql::fill(include_str!("absences.sql"), &values))
}
