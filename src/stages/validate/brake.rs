//! The brake of leavers: when so many people leave at once that somebody has to look, the timeslot is held.
//!
//! Whoever was active in the parent and is inactive or gone counts, whatever the reason: a word that a source writes
//! otherwise than before makes as many leavers as a cut file. A first load has nobody who could have left; there
//! it is reached where nobody at all is active.

use super::words::{amount, first, number, percent, top};
use crate::model::Model;
use crate::settings::validate::{Amount, Brake};
use crate::sql;
use crate::stages::Context;

/// The id of the threshold.
const ID: &str = "guard_leavers";

/// What measures and what judges.
pub(super) fn models(brake: &Brake, context: &Context<'_>) -> [Model; 2] {
    if context.has_parent {
        return [Model::sql("metrics", ID, include_str!("brake_metrics.sql").to_owned()), compared(brake)];
    }
    let values = [("at_least", &*brake.at_least.max(1).to_string())];
    let results = sql::fill(include_str!("brake_first_results.sql"), &values);
    let metrics = include_str!("brake_first_metrics.sql").to_owned();
    [Model::sql("metrics", ID, metrics), Model::sql("threshold_results", ID, results)]
}

/// Those who were active against those who still are. Where the limits are not reached, nobody asks who left.
fn compared(brake: &Brake) -> Model {
    let left = include_str!("brake_left.sql").trim_end();
    let reasons =
        format!("SELECT '{ID}' AS threshold, x.reason AS name, COUNT(*) AS n FROM (\n{left}\n) x GROUP BY x.reason");
    let names = format!("SELECT '{ID}' AS threshold, x.name AS name FROM (\n{left}\n) x");
    let behind = format!(
        "reasons AS (\n{}\n),\npeople AS (\n{}\n),\n",
        top(&["threshold"], &reasons),
        first(&["threshold"], &names)
    );
    let joins = "\nLEFT JOIN reasons r ON r.threshold = j.threshold\nLEFT JOIN people p ON p.threshold = j.threshold";
    let most = "|| CASE WHEN j.is_share OR j.is_bulk THEN COALESCE('; most of them by reason: ' || r.named, '') || COALESCE('; such as ' || p.named, '') ELSE '' END";
    let query = judged(brake, [&behind, joins, most]);
    Model::sql("threshold_results", ID, query).shorter(judged(brake, ["", "", ""]), "severity", "ok")
}

/// The judgement, with tables of who left, how they are joined, and what they add to the sentence.
fn judged(brake: &Brake, [behind, joins, most]: [&str; 3]) -> String {
    sql::fill(
        include_str!("brake_results.sql"),
        &[
            ("behind", behind),
            ("joins", joins),
            ("most", most),
            ("share", &format!("{:?}", brake.share)),
            ("at_least", &brake.at_least.max(1).to_string()),
            ("number", &brake.number.max(1).to_string()),
            ("share_text", &sql::text(&amount(Amount::Share(brake.share)))),
            ("number_text", &sql::text(&format!("{} people", brake.number))),
            ("left", &number("j.gone")),
            ("before", &number("j.before_value")),
            ("percent", &percent("j.gone", "j.before_value")),
        ],
    )
}
