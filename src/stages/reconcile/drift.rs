//! Owners whom their rules would not find now.

use crate::model::{Lasting, Model};
use crate::sql;
use crate::stages::Context;

/// The model of a rule whose query says since when; without a day it stays what it is while what it reads does.
pub(super) fn model(name: &str, query: impl Fn(&str) -> String, context: &Context<'_>) -> Model {
    let lasting = Lasting { undated: query("as_of"), waiting: Vec::new() };
    Model::sql("owner_drift", name, query(&sql::date(context.as_of))).lasting(lasting)
}
