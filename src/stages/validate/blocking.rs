//! Findings that hold a timeslot: those that the plan lets through of no control, or no new ones.

use super::words::{first, top};
use crate::model::Model;
use crate::sql;
use crate::stages::Context;
use crate::tables;

/// The subject of a finding with its detail.
const NAMED: &str =
    "SELECT DISTINCT b.control AS control, COALESCE(NULLIF(u.namespace, '') || '/', '') || u.key || COALESCE(' (' || b.detail || ')', '') AS name
  FROM blocking b JOIN uids u ON u.kind = b.kind AND u.uid = b.uid";

/// The unit of a subject that is a person; else the repository or the application that it is in.
const BELONGING: &str = "SELECT b.control AS control, COALESCE(NULLIF(u.namespace, ''), i.organisation) AS name, CAST(COUNT(*) AS BIGINT) AS n
  FROM blocking b JOIN uids u ON u.kind = b.kind AND u.uid = b.uid LEFT JOIN identities i ON b.kind = 'identity' AND i.uid = b.uid
  WHERE b.kind = 'identity' OR NULLIF(u.namespace, '') IS NOT NULL
  GROUP BY b.control, COALESCE(NULLIF(u.namespace, ''), i.organisation)";

/// What is concluded of every control that lets none, or no new ones, through.
pub(super) fn model(context: &Context<'_>) -> Model {
    let identities = &context.tables.find(tables::IDENTITIES.name).columns;
    let has_units = identities.iter().any(|column| column.name == "organisation");
    let belonging =
        if has_units { BELONGING.to_owned() } else { BELONGING.replace("i.organisation", "CAST(NULL AS VARCHAR)") };
    let pieces = [("samples", &*first(&["control"], NAMED)), ("contributors", &*top(&["control"], &belonging))];
    Model::sql("threshold_results", "controls", sql::fill(include_str!("blocking.sql").trim_end(), &pieces))
}
