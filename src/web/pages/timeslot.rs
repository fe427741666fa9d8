//! A timeslot: how it stands, what thresholds concluded, what moved, who owns what, what was found; and the forms to decide about it.

mod decision;
mod forms;

pub(in crate::web) use self::decision::{confirm, decide_as, hide, hold, label, reject, release, show, unlabel};
use self::forms::forms;
use super::log::told as told_of;
use super::timeslots::{labels, stays, told};
use crate::ledger::{Ledger, Manifest, Standing, State, TableRecord};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::asked::Asked;
use crate::web::page::{Banner, Block, Cell, Facts, Link, Page, Table};
use crate::web::question::Question;
use crate::web::questions;
use crate::web::site::Site;
use crate::web::users::May;

/// The page.
pub(in crate::web) fn timeslot(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let id = ask.piece::<crate::ids::TimeslotId>("timeslot")?;
    let standings = ledger.standings()?;
    let standing = standings.find(&id).ok_or_else(|| Refusal::NotFound(format!("there is no timeslot {id}")))?;
    let is_current = standings.current().is_some_and(|current| current.id == id);
    let manifest = ledger.manifest(&id).ok();
    let mut blocks = vec![Block::Banner(banner(standing, manifest.as_ref(), is_current))];
    blocks.push(Block::Facts(facts(&ledger, standing, manifest.as_ref())?));
    let forms = match &manifest {
        Some(manifest) if ask.may(May::Decide) => forms(standing, manifest, ask.person()?),
        _ => Vec::new(),
    };
    // What waits is decided before anything is read; what was decided is rarely decided anew.
    let (first, last) = if standing.state.is_open() { (forms, Vec::new()) } else { (Vec::new(), forms) };
    blocks.extend(first);
    match Asked::open(&ledger, &id) {
        Ok(asked) => blocks.extend(tables(site, ask, &asked)?),
        Err(Refusal::NotFound(why)) => blocks.push(Block::Text { title: None, paragraphs: vec![why] }),
        Err(other) => return Err(other),
    }
    blocks.push(Block::Table(deeds(&ledger, standing, ask.may(May::Read))?));
    blocks.extend(last);
    Ok(Answer::Page(Page { title: format!("Timeslot {id}"), under: "/timeslots", blocks, live: None }))
}

fn banner(standing: &Standing, manifest: Option<&Manifest>, is_current: bool) -> Banner {
    let (tone, word) = told(standing.state, is_current);
    let id = &standing.id;
    let stale = manifest.map(Manifest::stale_stages).unwrap_or_default();
    let stale = stale.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(", ");
    let sentence = match standing.state {
        State::Confirmed if is_current => format!("{id} is what everybody sees."),
        State::Confirmed => format!("{id} is confirmed; a newer one is current."),
        State::Hidden => format!("{id} was confirmed and then taken out of sight."),
        State::Purged => format!("{id} was purged on {}; its manifest is left.", standing.since.strftime("%Y-%m-%d")),
        State::Rejected => format!("{id} was refused; nothing of it is visible."),
        State::Held if standing.holding.is_empty() => format!("{id} waits for somebody to confirm it."),
        State::Held => format!(
            "{id} reached {}; somebody lets it pass, with a reason, or rejects it.",
            standing.holding.join(", ")
        ),
        State::Sandbox => format!("{id} is a sandbox: its tables are not published yet."),
        State::Active if stale.is_empty() => format!("{id} is open, and nothing holds it."),
        State::Active => format!("{id} is open; {stale} must run before it can be confirmed."),
    };
    let run = manifest.map(|manifest| Link::new("The run that made it", format!("/runs/{}", manifest.run)));
    Banner { tone, word: word.to_uppercase(), sentence, links: run.into_iter().collect() }
}

fn facts(ledger: &Ledger, standing: &Standing, manifest: Option<&Manifest>) -> Result<Facts, Refusal> {
    let log = ledger.log()?;
    let begun = log.entries().iter().find(|entry| entry.timeslot == standing.id);
    let mut facts = vec![
        ("speaks about".to_owned(), Cell::from(standing.as_of.to_string())),
        (
            "compared with".to_owned(),
            standing.parent.as_ref().map_or(Cell::from("nothing, it is the first"), |parent| {
                Cell::Link(parent.to_string(), format!("/timeslots/{parent}"))
            }),
        ),
        ("begun".to_owned(), begun.map_or(Cell::Nothing, |entry| Cell::At(entry.at))),
        ("labels".to_owned(), Cell::of(labels(standing))),
        ("stays".to_owned(), Cell::of(stays(standing))),
    ];
    if let Some(manifest) = manifest {
        facts.push(("plan".to_owned(), Cell::from(manifest.plan.as_str())));
        let by = manifest.launched_by.iter().cloned().collect::<Vec<_>>().join(", ");
        facts.push(("launched by".to_owned(), Cell::from(by)));
        facts.push(("takes four eyes".to_owned(), Cell::from(if manifest.four_eyes { "yes" } else { "no" })));
        for table in ["identities", "accounts", "groups", "permissions", "rights"] {
            facts.push((table.to_owned(), Cell::count(manifest.tables.get(table).map_or(0, TableRecord::rows))));
        }
    }
    Ok(Facts { title: None, facts })
}

fn tables(site: &Site, ask: &Ask, asked: &Asked) -> Result<Vec<Block>, Refusal> {
    let id = &asked.timeslot.manifest.timeslot;
    let may_read = ask.may(May::Read);
    let reached = Fields(vec![("severity".to_owned(), "reached".to_owned())]);
    let mut blocks = Vec::new();
    let mut add = |name: &str, question: &Question| -> Result<(), Refusal> {
        let (path, query) =
            name.split_once('?').map_or((name, String::new()), |(path, query)| (path, format!("?{query}")));
        let here = format!(
            "/timeslots/{id}/tables/{path}{}",
            if query.is_empty() { "?".to_owned() } else { format!("{query}&") }
        );
        let files = format!("/timeslots/{id}/files/{path}{query}");
        let both = may_read.then_some((here.as_str(), files.as_str()));
        blocks.push(Block::Table(asked.table(site, question, 1, both.map(|both| both.0), both.map(|both| both.1))?));
        Ok(())
    };
    // Sentences of thresholds name samples.
    if may_read {
        add("thresholds?severity=reached", &questions::thresholds(&reached))?;
    }
    add("movements", &questions::movements(asked))?;
    add("owners", &questions::owners(asked))?;
    add("owners_by_repository", &questions::by_repository())?;
    add("findings_by_control", &questions::by_control())?;
    if may_read {
        let link = |text: &str, table: &str| Link::new(text, format!("/timeslots/{id}/tables/{table}"));
        let links = vec![
            link("All thresholds", "thresholds"),
            link("Each that moved", "moved"),
            link("What changed of them", "changes"),
            link("What was gained and lost", "link_changes"),
            link("Rejected rows", "rejects"),
            link("References that lead nowhere", "problems"),
            Link::new("Findings", format!("/findings?timeslot={id}")),
            Link::new("Accounts without owner", format!("/ownerless?timeslot={id}")),
        ];
        blocks.push(Block::Links { title: Some("Rows".to_owned()), links });
    }
    Ok(blocks)
}

/// What was done about it.
fn deeds(ledger: &Ledger, standing: &Standing, may_read: bool) -> Result<Table, Refusal> {
    let log = ledger.log()?;
    let entries = log.entries().iter().filter(|entry| entry.timeslot == standing.id);
    let row = |entry: &crate::ledger::Entry| {
        let (what, why) = told_of(&entry.act);
        let why = if may_read { Cell::of(why) } else { Cell::Nothing };
        vec![Cell::count(entry.number), Cell::At(entry.at), Cell::from(entry.by.as_str()), Cell::from(what), why]
    };
    Ok(Table {
        title: "What was done about it".to_owned(),
        columns: ["number", "at", "by", "what", "why"].map(str::to_owned).to_vec(),
        rows: entries.map(row).collect(),
        ..Table::default()
    })
}
