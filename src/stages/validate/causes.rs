//! What moved the links, findings and gaps of a load: data or configuration. Validate is the last to know: the stages before
//! it made them.

use std::collections::BTreeMap;

use crate::cause::CAUSES;
use crate::engine::EngineError;
use crate::event::ReportTable;
use crate::sql;
use crate::stages::{Ask, Context};

const LINKS: &str =
    "SELECT l.table_name, l.cause, CAST(COUNT(*) AS BIGINT) AS n FROM link_changes l GROUP BY l.table_name, l.cause";

/// Changes by what changed and what moved it.
type Changes = BTreeMap<(String, String), u64>;

/// How many of them changed, by cause. Nothing where nothing did, or where there is no parent.
pub(super) fn told(context: &Context<'_>, ask: &Ask<'_>) -> Result<Option<ReportTable>, EngineError> {
    if !context.has_parent {
        return Ok(None);
    }
    let mut changes = Changes::new();
    let mut add = |what: String, cause: &str, count: &str| {
        *changes.entry((what, cause.to_owned())).or_default() += count.parse::<u64>().unwrap_or(0);
    };
    if ask.tables.find("link_changes").rows() > 0 {
        for row in ask.rows(LINKS)? {
            add(format!("links in {}", row[0]), &row[1], &row[2]);
        }
    }
    // What did not move needs no counting.
    let parts = ask.rows("SELECT c.table_name, c.part, c.cause FROM causes c")?;
    let of = |table: &str| -> Vec<(&str, &str)> {
        let those = parts.iter().filter(|row| row[0] == table);
        those.map(|row| (row[1].as_str(), row[2].as_str())).collect()
    };
    let findings = of("findings");
    if !findings.is_empty() {
        let query = sql::fill(include_str!("causes_findings.sql").trim_end(), &[("as_of", &sql::date(context.as_of))]);
        for row in ask.rows(&query)? {
            // A part that is named after no control holds the findings of several.
            let own = findings.iter().find(|(part, _)| *part == row[0]).map(|(_, cause)| *cause);
            add("findings".to_owned(), own.unwrap_or_else(|| one_of(&findings)), &row[1]);
        }
    }
    let gaps = of("entitlement_gaps");
    if !gaps.is_empty() {
        for (here, there) in
            [("entitlement_gaps", "before_entitlement_gaps"), ("before_entitlement_gaps", "entitlement_gaps")]
        {
            for row in ask.rows(&gaps_of_one_side(here, there))? {
                add(format!("gaps, {}", row[0]), one_of(&gaps), &row[1]);
            }
        }
    }
    let columns = ["what", "changes", "by data", "by configuration", "by both"];
    let rows = rows(&changes);
    Ok((!rows.is_empty()).then(|| ReportTable::new("what moved links, findings and gaps", &columns, rows)))
}

/// The gaps that only one of two tables has, by their sort.
fn gaps_of_one_side(here: &str, there: &str) -> String {
    format!(
        "SELECT g.gap, CAST(COUNT(*) AS BIGINT) AS n FROM {here} g
WHERE NOT EXISTS (SELECT 1 FROM {there} o WHERE o.identity_uid = g.identity_uid AND o.permission_uid = g.permission_uid AND o.gap = g.gap
                  AND COALESCE(o.perimeter, '') = COALESCE(g.perimeter, ''))
GROUP BY g.gap"
    )
}

/// What moved something that several parts hold: `both`, where they do not agree.
fn one_of<'c>(parts: &[(&str, &'c str)]) -> &'c str {
    let [data, _, both] = CAUSES;
    let first = parts.first().map_or(data, |(_, cause)| *cause);
    if parts.iter().all(|(_, cause)| *cause == first) { first } else { both }
}

/// A row for each that changed: all changes, then those of each cause.
fn rows(changes: &Changes) -> Vec<Vec<String>> {
    let mut by_what: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for ((what, cause), count) in changes {
        let counts = by_what.entry(what).or_insert_with(|| vec![0; CAUSES.len() + 1]);
        let at = CAUSES.iter().position(|known| known == cause).map_or(0, |at| at + 1);
        counts[0] += count;
        counts[at] += if at == 0 { 0 } else { *count };
    }
    let row = |(what, counts): (&str, Vec<u64>)| {
        std::iter::once(what.to_owned()).chain(counts.iter().map(u64::to_string)).collect()
    };
    by_what.into_iter().map(row).collect()
}
