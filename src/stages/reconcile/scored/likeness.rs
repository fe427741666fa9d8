//! How alike two texts are, as SQL: what is measured of them, and how sure that makes.

use std::fmt::Write as _;

use crate::settings::scoring::{Comparison, Likeness, Millionths, ONE};
use crate::sql;

/// What is measured of two texts; `nickname` is the row that says they are nicknames.
pub(super) fn measure(likeness: Likeness, account: &str, identity: &str, nickname: &str) -> String {
    let in_millionths = |share: &str| format!("CAST(ROUND({share} * 1000000) AS BIGINT)");
    match likeness {
        Likeness::Same(_) => format!("CASE WHEN {account} = {identity} THEN {ONE} ELSE 0 END"),
        Likeness::EditDistance { .. } => format!("CAST(levenshtein({account}, {identity}) AS BIGINT)"),
        Likeness::JaroWinkler { .. } => in_millionths(&format!("jaro_winkler_similarity({account}, {identity})")),
        Likeness::Trigram { .. } => in_millionths(&format!("trigram_similarity({account}, {identity})")),
        Likeness::Prefix { at_least } => {
            let share = in_millionths(&format!(
                "CAST(LEAST(LENGTH({account}), LENGTH({identity})) AS DOUBLE) / GREATEST(LENGTH({account}), LENGTH({identity}))"
            ));
            format!(
                "CASE WHEN LEAST(LENGTH({account}), LENGTH({identity})) >= {at_least} AND SUBSTR({account}, 1, LENGTH({identity})) = SUBSTR({identity}, 1, LENGTH({account})) THEN {share} ELSE 0 END"
            )
        }
        Likeness::Nickname { alike } => format!(
            "CASE WHEN {account} = {identity} THEN {ONE} WHEN {nickname}.nickname IS NOT NULL THEN {alike} ELSE 0 END"
        ),
    }
}

/// The table of nicknames, as a table expression with a comma behind it.
pub(super) fn nickname_table(nicknames: &[(String, String)]) -> String {
    let row = |(name, other): &(String, String)| format!("({}, {})", sql::text(name), sql::text(other));
    let rows: Vec<String> = nicknames.iter().map(row).collect();
    if rows.is_empty() {
        "nicknames AS (SELECT CAST('' AS VARCHAR) AS name, CAST('' AS VARCHAR) AS nickname WHERE FALSE),\n".to_owned()
    } else {
        let rows = rows.join(", ");
        format!(
            "nicknames AS (SELECT v.name AS name, v.nickname AS nickname FROM (VALUES {rows}) AS v (name, nickname)),\n"
        )
    }
}

pub(super) fn nickname_joins(comparisons: &[&Comparison]) -> String {
    let mut joins = String::new();
    for (at, one) in comparisons.iter().enumerate().filter(|(_, one)| matches!(one.likeness, Likeness::Nickname { .. }))
    {
        for other in 1..=one.identity.len() {
            let (at, row) = (at + 1, format!("n_{}_{other}", at + 1));
            let _ = write!(
                joins,
                "\n  LEFT JOIN nicknames {row} ON {row}.name = q.a_{at} AND {row}.nickname = k.i_{at}_{other}"
            );
        }
    }
    joins
}

/// How sure a comparison is of what was measured.
pub(super) fn sure(one: &Comparison, measure: &str) -> String {
    let fixed = |otherwise: String| match one.confidence.as_slice() {
        [confidence] => confidence.to_string(),
        _ => otherwise,
    };
    let at_least = |least: Millionths| {
        format!("CASE WHEN {measure} >= {} THEN {} ELSE 0 END", least.max(1), fixed(measure.to_owned()))
    };
    match one.likeness {
        Likeness::EditDistance { at_most } => {
            let by_distance =
                (0..=at_most).map(|distance| format!("WHEN {distance} THEN {}", one.confidence_at(distance)));
            format!("CASE {measure} {} ELSE 0 END", by_distance.collect::<Vec<_>>().join(" "))
        }
        Likeness::JaroWinkler { at_least: least } | Likeness::Trigram { at_least: least } => at_least(least),
        Likeness::Same(_) | Likeness::Prefix { .. } | Likeness::Nickname { .. } => at_least(1),
    }
}
