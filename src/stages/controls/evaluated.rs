//! The controls that a load evaluates, with what the plan says of their findings: validate holds a timeslot by it.

use crate::model::Model;
use crate::settings::controls::Control;
use crate::sql;

/// What is stored of them all; no model where there are none.
pub(super) fn model(controls: &[&Control]) -> Option<Model> {
    let row = |control: &&Control| {
        let since = control.blocks.since.map_or_else(|| "CAST(NULL AS DATE)".to_owned(), sql::date);
        format!(
            "({}, {}, CAST({} AS BIGINT), '{}', {since})",
            sql::text(control.id.as_str()),
            sql::text(&control.title),
            control.risk,
            control.blocks.which.unwrap_or_default().as_str(),
        )
    };
    let rows: Vec<String> = controls.iter().map(row).collect();
    // As many selects behind one another would be nested as deeply, more deeply than stacks are.
    let query = format!(
        "WITH evaluated (control, title, risk, blocks, blocks_since) AS (\n  VALUES {}\n)\nSELECT control, title, risk, blocks, blocks_since FROM evaluated",
        rows.join(",\n  ")
    );
    (!rows.is_empty()).then(|| Model::sql("evaluated_controls", "all", query))
}
