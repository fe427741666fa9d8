//! Findings, filtered; and how many each control has.

use super::people::object_page;
use crate::sql;
use crate::web::answer::Refusal;
use crate::web::ask::Fields;
use crate::web::asked::Asked;
use crate::web::question::{Question, Row, escaped};

/// The fields that filter.
pub(in crate::web) const FIELDS: [&str; 5] = ["control", "state", "risk", "kind", "subject"];

/// Findings as the fields ask for them: `control`, `state` (`standing` = all but the fixed, `open` = of those the ones without an
/// exception, `excepted` = those with one), `risk` (at least), `kind`,
/// `subject` (a part of its name, whatever the case).
pub(in crate::web) fn findings(_: &Asked, fields: &Fields) -> Result<Question, Refusal> {
    let mut filter = vec!["TRUE".to_owned()];
    if let Some(control) = fields.get("control") {
        filter.push(format!("f.control = {}", sql::text(control)));
    }
    match fields.get("state") {
        None | Some("standing") => filter.push("f.fixed_on IS NULL".to_owned()),
        Some("open") => filter.push("f.fixed_on IS NULL AND f.excepted_until_on IS NULL".to_owned()),
        Some("excepted") => filter.push("f.excepted_until_on IS NOT NULL".to_owned()),
        Some("all") => {}
        Some(state) => filter.push(format!("f.state = {}", sql::text(state))),
    }
    if let Some(risk) = fields.parsed::<u8>("risk")? {
        filter.push(format!("f.risk >= {risk}"));
    }
    if let Some(kind) = fields.get("kind") {
        filter.push(format!("f.kind = {}", sql::text(kind)));
    }
    if let Some(part) = fields.get("subject") {
        filter.push(contains("u.namespace || '/' || u.key", part));
    }
    let filter = filter.join(" AND ");
    Ok(Question {
        title: "Findings".to_owned(),
        about: None,
        needs: &["findings"],
        rows: sql::fill(include_str!("findings.sql"), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "risk DESC NULLS LAST, control NULLS LAST, kind NULLS LAST, subject NULLS LAST, detail NULLS FIRST",
        empty: "No finding is so.",
        leads: vec![("control", |row| control_page(row)), ("subject", subject_page), ("detail", why_page)],
    })
}

/// What every exception comes to on the day of the timeslot; with the field `control` those of one control.
pub(in crate::web) fn exceptions(fields: &Fields) -> Question {
    let of = fields.get("control").map_or_else(|| "TRUE".to_owned(), |id| format!("s.control = {}", sql::text(id)));
    Question {
        title: "Exceptions".to_owned(),
        about: Some("Findings that somebody answers for until a day: they stand, apart from the open ones.".to_owned()),
        needs: &["exception_status"],
        rows: sql::fill(include_str!("exceptions.sql").trim_end(), &[("of", &of)]),
        found: None,
        given: Vec::new(),
        order: "valid_until NULLS LAST, control NULLS LAST, kind NULLS LAST, subject NULLS LAST, detail NULLS FIRST, line NULLS FIRST",
        empty: "Nobody answers for a finding.",
        leads: vec![("control", |row| control_page(row))],
    }
}

/// How many findings each control has.
pub(in crate::web) fn by_control() -> Question {
    Question {
        title: "Findings by control".to_owned(),
        about: None,
        needs: &["findings"],
        rows: include_str!("by_control.sql").trim_end().to_owned(),
        found: None,
        given: Vec::new(),
        order: "risk DESC NULLS LAST, control NULLS LAST",
        empty: "No control found anything.",
        leads: vec![
            ("control", control_page),
            ("standing", |row| Some(format!("/findings?control={}", escaped(row[0].as_deref()?)))),
        ],
    }
}

/// The rights that bring about what the control `control` finds.
pub(in crate::web) fn causes(fields: &Fields) -> Question {
    let control = sql::text(fields.get("control").unwrap_or_default());
    Question {
        title: "What brings them about".to_owned(),
        about: Some(
            "One row for each right and permission of a conflict, and for all that the answer of a rule names."
                .to_owned(),
        ),
        needs: &["finding_causes"],
        rows: sql::fill(include_str!("causes.sql"), &[("control", &control)]),
        found: None,
        given: Vec::new(),
        order: "kind NULLS LAST, subject NULLS LAST, detail NULLS FIRST, account NULLS LAST, through_group NULLS FIRST, held NULLS LAST, conflicting NULLS LAST, perimeter NULLS FIRST",
        empty: "Nothing that is known brings them about.",
        leads: Vec::new(),
    }
}

/// The shortest way to each right of the conflicts that the control `control` finds.
pub(in crate::web) fn paths(fields: &Fields) -> Question {
    let control = sql::text(fields.get("control").unwrap_or_default());
    Question {
        title: "The shortest way to each right of a conflict".to_owned(),
        about: Some(
            "From the account by the group it is in, the group that has the right where this is another one, and what is held, to the right."
                .to_owned(),
        ),
        needs: &["finding_paths"],
        rows: sql::fill(include_str!("paths.sql").trim_end(), &[("control", &control)]),
        found: None,
        given: Vec::new(),
        order: "kind NULLS LAST, subject NULLS LAST, detail NULLS FIRST, to_right NULLS LAST, steps NULLS LAST, way NULLS LAST, perimeter NULLS FIRST",
        empty: "Nothing that is known leads to them.",
        leads: vec![("subject", |row| object_page(row[0].as_deref()?, row[1].as_deref()?))],
    }
}

/// What to take away so that what the control `control` finds is gone.
pub(in crate::web) fn removals(fields: &Fields) -> Question {
    let control = sql::text(fields.get("control").unwrap_or_default());
    Question {
        title: "What would clear them".to_owned(),
        about: Some(
            "The fewest rights and memberships to take away, for each finding alone; of several such sets one."
                .to_owned(),
        ),
        needs: &["finding_removals"],
        rows: sql::fill(include_str!("removals.sql").trim_end(), &[("control", &control)]),
        found: None,
        given: Vec::new(),
        order: "kind NULLS LAST, subject NULLS LAST, detail NULLS FIRST, account NULLS LAST, out_of_group NULLS FIRST, the_right NULLS FIRST, perimeter NULLS FIRST",
        empty: "There is nothing to take away.",
        leads: Vec::new(),
    }
}

/// What open findings add up to; with the field `kind` of objects of one kind.
pub(in crate::web) fn risk_scores(fields: &Fields) -> Question {
    let filter = of_kind("s", fields);
    Question {
        title: "Risk scores, the worst first".to_owned(),
        about: Some("Findings times the weights of their risks; those under an exception add nothing.".to_owned()),
        needs: &["risk_scores"],
        rows: sql::fill(include_str!("risk_scores.sql").trim_end(), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "score DESC NULLS LAST, kind NULLS LAST, subject NULLS LAST",
        empty: "Nothing has a finding.",
        leads: Vec::new(),
    }
}

/// The arithmetic of risk scores.
pub(in crate::web) fn risk_points(fields: &Fields) -> Question {
    let filter = of_kind("p", fields);
    Question {
        title: "How risk scores come about".to_owned(),
        about: Some("One row for each object, control and risk.".to_owned()),
        needs: &["risk_points"],
        rows: sql::fill(include_str!("risk_points.sql").trim_end(), &[("filter", &filter)]),
        found: None,
        given: Vec::new(),
        order: "kind NULLS LAST, subject NULLS LAST, points DESC NULLS LAST, control NULLS LAST, risk NULLS LAST",
        empty: "Nothing has a finding.",
        leads: Vec::new(),
    }
}

fn of_kind(alias: &str, fields: &Fields) -> String {
    fields.get("kind").map_or_else(|| "TRUE".to_owned(), |kind| format!("{alias}.kind = {}", sql::text(kind)))
}

fn control_page(row: &Row) -> Option<String> {
    Some(format!("/controls/{}", escaped(row[0].as_deref()?)))
}

/// People have a page of their own.
fn subject_page(row: &Row) -> Option<String> {
    let is_identity = row[3].as_deref() == Some("identity");
    is_identity.then(|| object_page("identity", row[4].as_deref()?)).flatten()
}

/// What brings a permission that a finding names: of a person why it is held, of an account all of its ways. Of the pairs that are
/// collected the first one.
fn why_page(row: &Row) -> Option<String> {
    let (kind, detail) = (row[3].as_deref()?, row[5].as_deref()?);
    let named = if row[0].as_deref() == Some("duty_collected_pair") { first_of_pair(detail)? } else { detail };
    let (application, code) = named.split_once('/')?;
    // Other conflicts name two of them, too, and the page of their control says what brings each.
    let is_one =
        !application.is_empty() && !code.is_empty() && ![application, code].iter().any(|name| name.contains(" + "));
    let page = object_page(kind, row[4].as_deref()?).filter(|_| is_one)?;
    match kind {
        "identity" => Some(format!("{page}/why?permission={}", escaped(&format!("{application}/{code}")))),
        _ => Some(page),
    }
}

/// The first permission of `RULE: FIRST + SECOND`, where it can be told.
fn first_of_pair(detail: &str) -> Option<&str> {
    let (first, second) = detail.split_once(" + ")?;
    let first = first.split_once(": ").map_or(first, |(_, first)| first);
    (!first.contains(": ") && !second.contains(" + ")).then_some(first)
}

/// Whether a text holds another one, whatever the case.
pub(in crate::web) fn contains(text: &str, part: &str) -> String {
    format!("STRPOS(LOWER({text}), {}) > 0", sql::text(&part.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_to(kind: &str, detail: Option<&str>) -> Option<String> {
        leads(["over", "3", "opened", kind, "E1 2"], detail)
    }

    fn leads(row: [&str; 5], detail: Option<&str>) -> Option<String> {
        why_page(&[row.map(|text| Some(text.to_owned())).as_slice(), &[detail.map(str::to_owned)]].concat())
    }

    #[test]
    fn the_detail_of_a_finding_about_a_person_leads_to_what_brings_the_permission_it_names() {
        let page = leads_to("identity", Some("ERP/PAY & GO"));
        assert_eq!(page.as_deref(), Some("/identities/E1%202/why?permission=ERP%2FPAY%20%26%20GO"));
        for detail in [None, Some("DE"), Some("ERP/"), Some("S1: ERP/PAY + ERP/CREATE")] {
            assert_eq!(leads_to("identity", detail), None, "{detail:?}");
        }
    }

    #[test]
    fn the_detail_of_a_finding_about_an_account_leads_to_the_ways_of_that_account() {
        let of = |subject: &str, detail: &str| leads(["direct", "3", "opened", "account", subject], Some(detail));
        assert_eq!(of("AD/ann b", "ERP/PAY").as_deref(), Some("/accounts/AD/ann%20b"));
        assert_eq!(of("AD/ann", "three of them"), None);
        assert_eq!(of("A/D/ann", "ERP/PAY"), None, "nobody can tell where the repository ends");
        assert_eq!(leads(["direct", "3", "opened", "group", "AD/staff"], Some("ERP/PAY")), None);
    }

    #[test]
    fn the_detail_of_a_collected_pair_leads_to_why_the_first_of_the_two_is_held() {
        let of = |detail: &str| leads(["duty_collected_pair", "3", "opened", "identity", "E1"], Some(detail));
        let page = Some("/identities/E1/why?permission=ERP%2FPAY".to_owned());
        assert_eq!(of("S1: ERP/PAY + ERP/CREATE"), page);
        assert_eq!(of("ERP/PAY + ERP/CREATE"), page, "a pair may have no name");
        for detail in ["S1: ERP/PAY + A + ERP/CREATE", "S1: of two: ERP/PAY + ERP/CREATE", "S1"] {
            assert_eq!(of(detail), None, "{detail}");
        }
    }
}
