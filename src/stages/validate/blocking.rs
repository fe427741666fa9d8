//! Findings that hold a timeslot: those that the plan lets through of no control, or no new ones.

use super::words::first;
use crate::model::Model;
use crate::sql;

/// The subject of a finding with its detail.
const NAMED: &str =
    "SELECT DISTINCT b.control AS control, COALESCE(NULLIF(u.namespace, '') || '/', '') || u.key || COALESCE(' (' || b.detail || ')', '') AS name
  FROM blocking b JOIN uids u ON u.kind = b.kind AND u.uid = b.uid";

/// What is concluded of every control that lets none, or no new ones, through.
pub(super) fn model() -> Model {
    let query = sql::fill(include_str!("blocking.sql").trim_end(), &[("samples", &first(&["control"], NAMED))]);
    Model::sql("threshold_results", "controls", query)
}
