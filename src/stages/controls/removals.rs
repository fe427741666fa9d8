//! How to clear a conflict of duties: the ways by which somebody holds its permissions, those of them that make the shortest conflict,
//! and the fewest rights and memberships that must be taken away.

use super::duties::Duties;
use super::pairs;
use crate::model::Model;
use crate::removals::removal_rows;
use crate::settings::controls::{Conflict, Holder, Within};
use crate::sql;

/// The models about what a control of duties found.
pub(super) fn models(control: &str, kind: &str, duties: Duties<'_>) -> Vec<Model> {
    let id = sql::text(control);
    let kind = sql::text(kind);
    let wanted = match duties.conflict {
        Conflict::Pairs(_) => format!(
            "{},\nwanted AS (\n  SELECT DISTINCT l.uid, 'any' AS side, l.name FROM literals l\n)",
            pairs::literals(&id)
        ),
        _ => duties.wanted(),
    };
    let holders = match duties.on {
        Holder::Identity => {
            "  SELECT DISTINCT c.uid, o.account_uid FROM concerned c JOIN ownership o ON o.identity_uid = c.uid"
        }
        Holder::Account => "  SELECT DISTINCT c.uid, c.uid AS account_uid FROM concerned c",
    };
    let values = [("control", id.as_str()), ("kind", &kind), ("wanted", &wanted), ("holders", holders)];
    let ways = sql::fill(include_str!("ways.sql").trim_end(), &values);
    let place = match duties.within {
        Within::Anywhere => "CAST(NULL AS VARCHAR)",
        Within::SamePerimeter => "w.perimeter",
    };
    let needs = needs(&id, &wanted, duties);
    let made = if let Conflict::Pairs(_) = duties.conflict {
        pairs::made(&id)
    } else {
        let values = [("control", id.as_str()), ("needs", &needs), ("place", place)];
        sql::fill(include_str!("plain_made.sql").trim_end(), &values)
    };
    let values = [("control", id.as_str()), ("made", &made), ("is_there", duties.is_there())];
    let paths = sql::fill(include_str!("paths.sql").trim_end(), &values);
    let values = [("control", id.as_str()), ("needs", &needs), ("place", place)];
    let input = sql::fill(include_str!("removal_input.sql").trim_end(), &values);
    let check = sql::fill(include_str!("removal_check.sql").trim_end(), &[("input", &input)]);
    vec![
        Model::sql("finding_ways", control, ways).sifted(duties.sieves_of_causes(control)),
        Model::sql("finding_paths", control, paths),
        Model::rust("finding_removals", control, input, removal_rows, check),
    ]
}

/// What must not be held together, by finding: `needs (detail, wanted_uid, side, term, is_held, held_count)`.
fn needs(control: &str, wanted: &str, duties: Duties<'_>) -> String {
    let sided = |side: &str, from: &str| {
        format!(
            "SELECT {side}.detail_text AS detail, {side}.wanted_uid, {side}.side_number AS side, CAST(1 AS BIGINT) AS term, TRUE AS is_held, CAST(1 AS BIGINT) AS held_count FROM ({from}) {side}"
        )
    };
    let query = match duties.conflict {
        Conflict::AllOf(_) => {
            sided("a", "SELECT CAST(NULL AS VARCHAR) AS detail_text, w.uid AS wanted_uid, w.uid AS side_number FROM wanted w")
        }
        Conflict::Between { .. } => [("l", 1), ("r", 2)]
            .map(|(side, number)| {
                let pair = format!(
                    "SELECT l.name || ' + ' || r.name AS detail_text, {side}.uid AS wanted_uid, CAST({number} AS BIGINT) AS side_number FROM wanted l CROSS JOIN wanted r WHERE l.side = 'left' AND r.side = 'right'"
                );
                sided("a", &pair)
            })
            .join("\n  UNION ALL\n  "),
        Conflict::Collected => sided(
            "a",
            "SELECT w.name AS detail_text, w.uid AS wanted_uid, CAST(CASE WHEN w.side = 'left' THEN 1 ELSE 2 END AS BIGINT) AS side_number FROM wanted w",
        ),
        Conflict::Pairs(_) => [("left_duty", 1), ("right_duty", 2)]
            .map(|(duty, number)| {
                format!(
                    "SELECT q.detail, l.uid AS wanted_uid, CAST({number} AS BIGINT) AS side, l.term, l.is_held, l.held_count FROM duty_pairs q JOIN literals l ON l.duty = q.{duty} WHERE q.control = {control}"
                )
            })
            .join("\n  UNION ALL\n  "),
    };
    format!("{wanted},\nneeds AS (\n  {query}\n)")
}
