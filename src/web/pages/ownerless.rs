//! Accounts without an owner: orphans, and those that have none for a reason.

use super::object::{follow, standing};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Block, Form, Input, Page};
use crate::web::question::query_of;
use crate::web::questions::{self, OWNERLESS_FIELDS};
use crate::web::site::Site;

/// The page.
pub(in crate::web) fn ownerless(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_latest(&ledger, &ask.query)?;
    let id = asked.timeslot.manifest.timeslot.clone();
    let (name, question) = match ask.query.get("reason") {
        None => ("orphans", questions::orphans(asked.has("owner_scores"), &ask.query)),
        Some(_) => ("ownerless", questions::ownerless(&ask.query)),
    };
    let fields = query_of(&ask.query, &OWNERLESS_FIELDS);
    let here = format!("/ownerless?timeslot={id}&{fields}");
    let files = format!("/timeslots/{id}/files/{name}?{}", fields.trim_end_matches('&'));
    let page = ask.query.parsed("page")?.unwrap_or(1);
    let mut table = asked.table(site, &question, page, Some(&here), Some(&files))?;
    follow(&mut table, &asked, site)?;
    let mut blocks = vec![Block::Form(filter(site, ask, &asked)?), Block::Table(table)];
    if page == 1 {
        let mut counts = asked.table(site, &questions::without_owner(), 1, None, None)?;
        follow(&mut counts, &asked, site)?;
        blocks.push(Block::Table(counts));
        // Only a load behind another has drift.
        if asked.has("owner_drift") {
            let (here, files) = (format!("/timeslots/{id}/tables/drift?"), format!("/timeslots/{id}/files/drift"));
            let mut drift = asked.table(site, &questions::drift(), 1, Some(&here), Some(&files))?;
            follow(&mut drift, &asked, site)?;
            blocks.push(Block::Table(drift));
        }
    }
    let title = format!("Accounts without owner: {}", standing(&ledger, &id)?);
    Ok(Answer::Page(Page { title, under: "/ownerless", blocks, live: None }))
}

fn filter(site: &Site, ask: &Ask, asked: &Asked) -> Result<Form, Refusal> {
    let value = |name: &str| ask.query.get(name).unwrap_or_default().to_owned();
    let options = |first: &[(&str, &str)], sql: &str| -> Result<Vec<(String, String)>, Refusal> {
        let known = asked.rows(site, sql)?.into_iter().flatten().flatten().map(|text| (text.clone(), text));
        Ok(first.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).chain(known).collect())
    };
    let choice = |name: &str, label: &str, options: Vec<(String, String)>| Input::Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value(name),
        options,
    };
    let repositories = "SELECT DISTINCT a.repository FROM accounts a ORDER BY a.repository NULLS LAST";
    let reasons =
        "SELECT DISTINCT o.ownerless FROM ownership o WHERE o.ownerless IS NOT NULL ORDER BY o.ownerless NULLS LAST";
    let reasons = options(&[("", "not known: orphans"), ("any", "any reason")], reasons)?;
    Ok(Form {
        action: "/ownerless".to_owned(),
        is_question: true,
        inputs: vec![
            choice("reason", "Why they have no owner", reasons),
            choice("repository", "Repository", options(&[("", "all")], repositories)?),
            Input::line("q", "A part of identifier, name or mail", value("q")),
            Input::Hidden { name: "timeslot".to_owned(), value: value("timeslot") },
        ],
        button: "Find".to_owned(),
        ..Form::default()
    })
}
