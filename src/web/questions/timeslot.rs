//! What a timeslot says as a whole: what thresholds concluded, what moved, who owns what, what could not be taken.

use super::people::object_page;
use crate::sql;
use crate::web::ask::Fields;
use crate::web::asked::Asked;
use crate::web::question::Question;

/// What thresholds concluded: with `severity=reached`, only where a limit was reached.
pub(in crate::web) fn thresholds(fields: &Fields) -> Question {
    let filter = match fields.get("severity") {
        None => "TRUE".to_owned(),
        Some("reached") => "t.severity <> 'ok'".to_owned(),
        Some(severity) => format!("t.severity = {}", sql::text(severity)),
    };
    Question {
        title: "Thresholds".to_owned(),
        about: Some(
            "What holds first; each sentence names the biggest contributors and up to ten of the rows.".to_owned(),
        ),
        needs: &["threshold_results"],
        rows: sql::fill(include_str!("thresholds.sql"), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "CASE severity WHEN 'hold' THEN 0 WHEN 'warn' THEN 1 WHEN 'not_evaluated' THEN 2 ELSE 3 END, threshold NULLS LAST, by_column NULLS FIRST, by_value NULLS FIRST, side NULLS LAST",
        empty: "No limit was reached.",
        leads: Vec::new(),
    }
}

/// How much moved.
pub(in crate::web) fn movements(asked: &Asked) -> Question {
    Question {
        title: "What moved".to_owned(),
        about: asked.timeslot.manifest.parent.as_ref().map(|parent| format!("Since {parent}.")),
        needs: &["movements"],
        rows: include_str!("movements.sql").trim_end().to_owned(),
        found: None,
        given: Vec::new(),
        order: "table_name NULLS LAST",
        empty: "Nothing moved, or it is the first load.",
        leads: Vec::new(),
    }
}

/// Each that moved: of the table `table`, in the way `movement`.
pub(in crate::web) fn moved(fields: &Fields) -> Question {
    let mut filter = vec!["TRUE".to_owned()];
    filter.extend(fields.get("table").map(|table| format!("m.table_name = {}", sql::text(table))));
    filter.extend(fields.get("movement").map(|movement| format!("m.movement = {}", sql::text(movement))));
    Question {
        title: fields.get("table").map_or_else(|| "Each that moved".to_owned(), |table| format!("Moved: {table}")),
        about: None,
        needs: &["movements"],
        rows: sql::fill(include_str!("moved.sql"), &[("filter", &filter.join(" AND "))]),
        found: None,
        given: Vec::new(),
        order: "table_name NULLS LAST, movement NULLS LAST, kind NULLS LAST, subject NULLS LAST, related_kind NULLS LAST, related NULLS LAST, detail NULLS FIRST",
        empty: "Nothing moved.",
        leads: Vec::new(),
    }
}

/// What changed of modified objects: of the table `table`.
pub(in crate::web) fn changes(fields: &Fields) -> Question {
    let filter =
        fields.get("table").map_or_else(|| "TRUE".to_owned(), |table| format!("c.table_name = {}", sql::text(table)));
    Question {
        title: "What changed of them".to_owned(),
        about: None,
        needs: &["changes"],
        rows: sql::fill(include_str!("changes.sql"), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "table_name NULLS LAST, subject NULLS LAST, attribute NULLS LAST",
        empty: "No object was modified.",
        leads: Vec::new(),
    }
}

/// What objects gained and lost: by the table `table`, in the way `change`.
pub(in crate::web) fn link_changes(fields: &Fields) -> Question {
    let mut filter = vec!["TRUE".to_owned()];
    filter.extend(fields.get("table").map(|table| format!("c.table_name = {}", sql::text(table))));
    filter.extend(fields.get("change").map(|change| format!("c.change = {}", sql::text(change))));
    Question {
        title: "What was gained and lost".to_owned(),
        about: Some("Whatever ties the two: each of them has a row of its own.".to_owned()),
        needs: &["link_changes"],
        rows: sql::fill(include_str!("link_changes.sql"), &[("filter", &filter.join(" AND "))]),
        found: None,
        given: Vec::new(),
        order: "table_name NULLS LAST, change NULLS LAST, kind NULLS LAST, subject NULLS LAST, related_kind NULLS LAST, related NULLS LAST, detail NULLS FIRST",
        empty: "Nothing was gained or lost.",
        leads: vec![
            ("subject", |row| object_page(row[2].as_deref()?, row[3].as_deref()?)),
            ("related", |row| object_page(row[4].as_deref()?, row[5].as_deref()?)),
        ],
    }
}

/// Accounts by what decided their owner.
pub(in crate::web) fn owners(asked: &Asked) -> Question {
    let as_of = asked.timeslot.manifest.as_of.to_string();
    Question {
        title: "Owners by rule".to_owned(),
        about: None,
        needs: &["ownership"],
        rows: sql::fill(include_str!("owners.sql"), &[("as_of", &as_of)]),
        found: None,
        given: Vec::new(),
        order: "rule NULLS LAST, owner NULLS LAST",
        empty: "No account has an owner.",
        leads: Vec::new(),
    }
}

/// Accounts by repository, with and without an owner.
pub(in crate::web) fn by_repository() -> Question {
    Question {
        title: "Owners by repository".to_owned(),
        about: None,
        needs: &["ownership", "accounts"],
        rows: include_str!("by_repository.sql").trim_end().to_owned(),
        found: None,
        given: Vec::new(),
        order: "repository NULLS LAST",
        empty: "There is no account.",
        leads: Vec::new(),
    }
}

/// Rows that could not be taken: of the source `source`.
pub(in crate::web) fn rejects(fields: &Fields) -> Question {
    let filter =
        fields.get("source").map_or_else(|| "TRUE".to_owned(), |source| format!("r.source = {}", sql::text(source)));
    Question {
        title: "Rejected rows".to_owned(),
        about: None,
        needs: &["rejects"],
        rows: sql::fill(include_str!("rejects.sql"), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "source NULLS LAST, file NULLS LAST, line NULLS LAST, column_name NULLS FIRST, reason NULLS LAST, table_name NULLS LAST, raw NULLS LAST",
        empty: "Every row could be taken.",
        leads: Vec::new(),
    }
}

/// References that lead nowhere.
pub(in crate::web) fn problems() -> Question {
    Question {
        title: "References that lead nowhere".to_owned(),
        about: None,
        needs: &["reference_problems"],
        rows: include_str!("problems.sql").trim_end().to_owned(),
        found: None,
        given: Vec::new(),
        order: "table_name NULLS LAST, column_name NULLS LAST, problem NULLS LAST, kind NULLS LAST, key NULLS LAST, source NULLS LAST",
        empty: "Every reference leads somewhere.",
        leads: Vec::new(),
    }
}
