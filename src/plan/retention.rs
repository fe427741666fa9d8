//! `[stage.maintain]`: rules of retention that can be read and that keep something.

use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::raw::plan::MaintainTable;
use crate::problem::Problems;
use crate::settings::maintain::{Keep, Maintain, PURGE_AFTER, Retention};
use crate::settings::validate::Validate;

/// What a well-written rule looks like.
const HINT: &str = "write `first of` or `last of` and week, month, quarter or year, with `for` and a length behind it, or `all for 90 days`";

/// The settings that a raw table describes. What the thresholds of the plan compare with stays, whatever it says.
pub(super) fn check(raw: &MaintainTable, validate: &Validate, spot: Spot<'_>, problems: &mut Problems) -> Maintain {
    let mut keep: Vec<Keep> = Vec::new();
    for (at, text) in raw.keep.iter().enumerate() {
        let spot = spot.key("keep").item(at);
        match text.parse::<Keep>() {
            Ok(rule) if keep.contains(&rule) => {
                problems.add(spot.error(codes::DUPLICATE_NAME, format!("the rule `{rule}` is given twice")));
            }
            Ok(rule) => keep.push(rule),
            Err(error) => problems.add(spot.error(codes::NOT_ALLOWED, error.to_string()).hint(HINT)),
        }
    }
    let judges_visible = raw.keep_last.is_some() || !raw.keep.is_empty();
    let judges = judges_visible || raw.keep_hidden.is_some() || raw.keep_rejected.is_some();
    if raw.purge_after.is_some() && !judges {
        let problem = spot.key("purge_after").error(codes::KEYS_DISAGREE, "nothing ever goes, so nothing waits for it");
        problems.add(problem.hint("say what stays, by `keep_last` or `keep`, or remove `purge_after`"));
    }
    let retention = judges.then(|| Retention {
        keep_last: raw.keep_last,
        keep,
        judges_visible,
        keep_hidden: raw.keep_hidden.map(|length| length.0),
        keep_rejected: raw.keep_rejected.map(|length| length.0),
        purge_after: raw.purge_after.map_or(PURGE_AFTER, |length| length.0),
        compared: validate.compared(),
    });
    Maintain { keep_sandbox: raw.keep_sandbox.0, retention }
}
