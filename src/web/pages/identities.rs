//! People: found by a part of name, employee id or mail; each with what they have, why, and what became of them.

use super::left::left;
use super::object::{attributes, facts, follow, named, past, standing, table, timeslot_query};
use super::risk::risk;
use crate::ids::TimeslotId;
use crate::sql;
use crate::table::Kind;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Block, Cell, Form, Input, Page, Table};
use crate::web::question::{escaped, query_of};
use crate::web::questions;
use crate::web::site::Site;

/// The page: `/identities?q=`.
pub(in crate::web) fn identities(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_current(&ledger, &ask.query)?;
    let id = asked.timeslot.manifest.timeslot.clone();
    let fields = query_of(&ask.query, &["q"]);
    let here = format!("/identities?timeslot={id}&{fields}");
    let files = format!("/timeslots/{id}/files/identities?{}", fields.trim_end_matches('&'));
    let page = ask.query.parsed("page")?.unwrap_or(1);
    let mut found = asked.table(site, &questions::identities(&ask.query), page, Some(&here), Some(&files))?;
    follow(&mut found, &asked, site)?;
    let value = |name: &str| ask.query.get(name).unwrap_or_default().to_owned();
    let search = Form {
        action: "/identities".to_owned(),
        is_question: true,
        inputs: vec![
            Input::line("q", "A part of name, employee id or mail", value("q")),
            Input::Hidden { name: "timeslot".to_owned(), value: value("timeslot") },
        ],
        button: "Find".to_owned(),
        ..Form::default()
    };
    let title = format!("Identities: {}", standing(&ledger, &id)?);
    let blocks = vec![Block::Form(search), Block::Table(found)];
    Ok(Answer::Page(Page { title, under: "/identities", blocks, live: None }))
}

/// The page: `/identities/{identity}`.
pub(in crate::web) fn identity(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_current(&ledger, &ask.query)?;
    let id = &asked.timeslot.manifest.timeslot;
    let key = ask.pieces.whole("identity").unwrap_or_default();
    let fields = named(&[("identity", key)]);
    let literal = sql::text(key);
    let here = format!("/identities/{}{}", escaped(key), timeslot_query(ask));
    let told = attributes(site, &asked, Kind::Identity, &format!("t.employee_id = {literal}"))?;
    let left = left(site, &asked, key)?;
    let mut blocks = Vec::new();
    let mut name = key.to_owned();
    if let Some(told) = told {
        let of = |wanted: &str| told.iter().find(|(name, _)| name == wanted).map(|(_, cell)| cell.clone());
        if let Some(Cell::Text(full_name)) = of("full name") {
            name = format!("{full_name} ({key})");
        }
        blocks.push(facts("As things stand", standing_of(site, &asked, &literal)?));
        blocks.push(facts("The person", told));
    } else {
        if let Some(full_name) = left.as_ref().and_then(|left| left.name.clone()) {
            name = format!("{full_name} ({key})");
        }
        let paragraphs = vec![format!("Timeslot {id} has nobody of the employee id `{key}`.")];
        blocks.push(Block::Text { title: None, paragraphs });
    }
    let is_there = !blocks.iter().any(|block| matches!(block, Block::Text { .. }));
    let has_left = left.is_some();
    blocks.extend(left.into_iter().flat_map(|left| left.blocks));
    if is_there {
        for name in ["identity_accounts", "identity_rights", "identity_ways", "identity_findings"] {
            let mut told = table(site, &asked, name, &fields)?;
            if name == "identity_rights" {
                lead_to_why(&mut told, &format!("/identities/{}/why", escaped(key)), id);
            }
            blocks.push(Block::Table(told));
        }
    }
    let history = past(site, ask, Kind::Identity, "", key, &here)?;
    let is_known = history.iter().any(|block| matches!(block, Block::Table(table) if !table.rows.is_empty()));
    if !is_there && !is_known && !has_left {
        return Err(Refusal::NotFound(format!("nobody has the employee id `{key}`")));
    }
    blocks.extend(history);
    let title = format!("{name}: {}", standing(&ledger, id)?);
    Ok(Answer::Page(Page { title, under: "/identities", blocks, live: None }))
}

/// Lets each permission of a table of rights lead to why it is held.
fn lead_to_why(rights: &mut Table, page: &str, timeslot: &TimeslotId) {
    for row in &mut rights.rows {
        if let [Cell::Text(application), Cell::Text(permission), ..] = row.as_slice() {
            let href =
                format!("{page}?permission={}%2F{}&timeslot={timeslot}", escaped(application), escaped(permission));
            row[1] = Cell::Link(permission.clone(), href);
        }
    }
}

/// Status and managers, as the stages found them.
fn standing_of(site: &Site, asked: &Asked, literal: &str) -> Result<Vec<(String, Cell)>, Refusal> {
    let mut told = Vec::new();
    let uids = asked.uids(site, &format!("SELECT i.uid FROM identities i WHERE i.employee_id = {literal}"))?;
    let Some(uid) = uids.first() else { return Ok(told) };
    let status =
        format!("SELECT s.status, s.reason, CAST(s.since_on AS VARCHAR) FROM identity_status s WHERE s.uid = {uid}");
    if let Some([status, reason, since]) = first(asked.rows(site, &status)?) {
        told.push(("status".to_owned(), Cell::of(status)));
        told.extend(reason.map(|reason| ("why".to_owned(), Cell::Text(reason))));
        told.push(("since".to_owned(), Cell::of(since)));
    }
    told.extend(risk(site, asked, Kind::Identity, uid)?);
    let managers = format!(
        "SELECT u.key, m.full_name, g.domain, g.resolver FROM managers g
         JOIN uids u ON u.kind = 'identity' AND u.uid = g.identity_uid LEFT JOIN identities m ON m.uid = g.identity_uid
         WHERE g.kind = 'identity' AND g.uid = {uid} ORDER BY g.domain NULLS FIRST, u.key NULLS LAST"
    );
    for row in asked.rows(site, &managers)? {
        let Some([Some(key), name, domain, resolver]) = first(vec![row]) else { continue };
        let about = domain.map_or_else(|| "manager".to_owned(), |domain| format!("manager for {domain}"));
        let how = resolver.map(|resolver| format!(", {}", resolver.replace('_', " "))).unwrap_or_default();
        let text = format!("{} ({key}){how}", name.unwrap_or_default());
        let timeslot = &asked.timeslot.manifest.timeslot;
        told.push((about, Cell::Link(text, format!("/identities/{}?timeslot={timeslot}", escaped(&key)))));
    }
    Ok(told)
}

fn first<const N: usize>(rows: Vec<Vec<Option<String>>>) -> Option<[Option<String>; N]> {
    rows.into_iter().next().and_then(|row| row.try_into().ok())
}
