//! Owners whom their rules would not find now.

use crate::model::{Lasting, Model};
use crate::settings::reconcile::OwnersPolicy;
use crate::sql;
use crate::stages::Context;

/// The part of owners whose rule is gone; no rule of a policy is called so.
const UNRULED: &str = "unruled";

/// The model of a rule whose query says since when; without a day it stays what it is while what it reads does.
pub(super) fn model(name: &str, query: impl Fn(&str) -> String, context: &Context<'_>) -> Model {
    let lasting = Lasting { undated: query("as_of"), waiting: Vec::new() };
    Model::sql("owner_drift", name, query(&sql::date(context.as_of))).lasting(lasting)
}

/// Owners found by a rule that the policy does not have any more, so that nothing can ask again.
pub(super) fn unruled(policy: &OwnersPolicy, context: &Context<'_>) -> Model {
    let alone = policy.matches.iter().map(|rule| rule.id.as_str());
    let scored = policy.scoring.iter().flat_map(|scoring| &scoring.rules).map(|rule| rule.id.as_str());
    // Decided by a person, or found again when its owner came back: by no rule.
    let known = sql::texts(alone.chain(scored).chain(["pin", "returned"]));
    model(UNRULED, |as_of| sql::fill(include_str!("unruled.sql"), &[("known", &known), ("as_of", as_of)]), context)
}
