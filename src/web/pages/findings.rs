//! Findings: filtered, with their age; how many there are by load.

use super::except::with_choices;
use crate::ledger::State;
use crate::sql;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::asked::Asked;
use crate::web::page::{Block, Chart, Form, Input, Page, Tone};
use crate::web::question::query_of;
use crate::web::questions::{self, FINDING_FIELDS};
use crate::web::site::Site;
use crate::web::svg::columns;

/// Loads of which the trend tells.
const LOADS: usize = 12;

/// The page.
pub(in crate::web) fn findings(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_current(&ledger, &ask.query)?;
    let id = asked.timeslot.manifest.timeslot.to_string();
    let question = questions::findings(&asked, &ask.query)?;
    let fields = query_of(&ask.query, &FINDING_FIELDS);
    let here = format!("/findings?timeslot={id}&{fields}");
    let files = format!("/timeslots/{id}/files/findings?{}", fields.trim_end_matches('&'));
    let page = ask.query.parsed("page")?.unwrap_or(1);
    let mut blocks = vec![Block::Form(filter(ask))];
    let found = asked.table(site, &question, page, Some(&here), Some(&files))?;
    blocks.push(Block::Table(with_choices(found, ask)));
    if page == 1 {
        blocks.push(Block::Table(asked.table(site, &questions::by_control(), 1, None, None)?));
        blocks.extend(trend(site, None)?.map(Block::Chart));
        let paths = |name: &str| ["tables", "files"].map(|what| format!("/timeslots/{id}/{what}/{name}?"));
        if asked.has("risk_scores") {
            let [here, files] = paths("risk_scores");
            let scores = questions::risk_scores(&Fields::default());
            blocks.push(Block::Table(asked.table(site, &scores, 1, Some(&here), Some(&files))?));
            let [here, files] = paths("risk_points");
            let points = questions::risk_points(&Fields::default());
            blocks.push(Block::Table(asked.table(site, &points, 1, Some(&here), Some(&files))?));
        }
        if asked.has("exception_status") {
            let [here, files] = paths("exceptions");
            let exceptions = questions::exceptions(&Fields::default());
            blocks.push(Block::Table(asked.table(site, &exceptions, 1, Some(&here), Some(&files))?));
        }
    }
    Ok(Answer::Page(Page { title: format!("Findings of {id}"), under: "/findings", blocks, live: None }))
}

fn filter(ask: &Ask) -> Form {
    let value = |name: &str| ask.query.get(name).unwrap_or_default().to_owned();
    let line = |name: &str, label: &str| Input::line(name, label, value(name));
    let choice = |name: &str, label: &str, options: &[(&str, &str)]| Input::Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value(name),
        options: options.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect(),
    };
    let states =
        ["standing", "open", "excepted", "opened", "reopened", "lapsed", "fixed", "all"].map(|state| (state, state));
    let risks =
        [("", "any"), ("1", "1 and more"), ("2", "2 and more"), ("3", "3 and more"), ("4", "4 and more"), ("5", "5")];
    Form {
        action: "/findings".to_owned(),
        is_question: true,
        inputs: vec![
            line("control", "Control"),
            line("subject", "Subject, or a part of it"),
            choice("state", "State", &states),
            choice("risk", "Risk", &risks),
            Input::Hidden { name: "timeslot".to_owned(), value: value("timeslot") },
        ],
        button: "Find".to_owned(),
        ..Form::default()
    }
}

/// How many findings stood in each of the last loads, of one control or of all.
pub(in crate::web) fn trend(site: &Site, control: Option<&str>) -> Result<Option<Chart>, Refusal> {
    let ledger = site.ledger()?;
    let of = control.map(|control| format!(" AND f.control = {}", sql::text(control))).unwrap_or_default();
    let standings = ledger.standings()?;
    let mut confirmed: Vec<_> = standings.all().iter().filter(|found| found.state == State::Confirmed).collect();
    confirmed.sort_by_key(|found| found.confirmed_by);
    let mut counts = Vec::new();
    for standing in confirmed.iter().rev().take(LOADS).rev() {
        let asked = Asked::open(&ledger, &standing.id)?;
        if asked.has("findings") {
            let rows =
                asked.rows(site, &format!("SELECT COUNT(*) AS n FROM findings f WHERE f.fixed_on IS NULL{of}"))?;
            let count = rows.into_iter().flatten().flatten().next().and_then(|count| count.parse().ok());
            counts.push((standing.id.to_string(), count.unwrap_or(0)));
        }
    }
    let [.., (_, last)] = counts.as_slice() else { return Ok(None) };
    let words = match counts.iter().rev().nth(1) {
        Some((id, before)) => format!("{last} stand now; {before} stood in {id}."),
        None => format!("{last} stand now."),
    };
    Ok(Some(Chart { title: "Standing findings, load by load".to_owned(), words, svg: columns(&counts, Tone::Busy) }))
}
