//! Controls of packs that a project does not evaluate, because it does not collect what they ask for. What the parent
//! found stands on, as where a source fails: that a column is no longer collected fixes nothing.

use super::excepted;
use crate::model::Model;
use crate::settings::packs::Unevaluated;
use crate::sql;

/// The name of their models, which is no id of a control: those are words.
const NAME: &str = "not_evaluated";

/// What is stored of them all; no model where there are none.
pub(super) fn models(unevaluated: &[Unevaluated], has_exceptions: bool) -> Vec<Model> {
    let rows: Vec<String> = unevaluated
        .iter()
        .flat_map(|one| one.lacks.iter().map(move |lack| (&one.control.id, lack)))
        .map(|(id, lack)| {
            format!("({}, {}, {})", sql::text(id.as_str()), sql::text(&lack.what), sql::text(&lack.reason))
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let ids: Vec<&str> = unevaluated.iter().map(|one| one.control.id.as_str()).collect();
    let findings = excepted::standing_on(NAME, "not evaluated by this project", &ids, has_exceptions);
    let query = format!(
        "WITH unevaluated (control, lacks, reason) AS (\n  VALUES {}\n)\nSELECT control, lacks, reason FROM unevaluated",
        rows.join(",\n  ")
    );
    vec![Model::sql("unevaluated_controls", NAME, query), findings]
}
