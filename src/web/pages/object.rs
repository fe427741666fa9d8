//! What pages about one object share: its attributes, tables about it with a page of their own behind them, its history.

use crate::history::history;
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, State};
use crate::table::{Kind, Role};
use crate::tables;
use crate::web::answer::Refusal;
use crate::web::ask::{Ask, Fields};
use crate::web::asked::Asked;
use crate::web::page::{Block, Cell, Facts, Link, Table};
use crate::web::question::{Question, escaped};
use crate::web::questions;
use crate::web::site::Site;

/// Loads that a history tells of, unless all are asked for.
const LOADS: usize = 12;

/// What the source says about the object of a kind for which a condition over `t` holds; `None` where there is none.
pub(super) fn attributes(
    site: &Site,
    asked: &Asked,
    kind: Kind,
    condition: &str,
) -> Result<Option<Vec<(String, Cell)>>, Refusal> {
    let table = tables::of_kind(kind);
    let is_told = |name: &str| match table.column(name) {
        Some(born) => {
            matches!(born.role, Role::Attribute | Role::Volatile | Role::Reference(_) | Role::Namespace(_) | Role::Key)
                || ["source", "stale_loads"].contains(&name)
        }
        None => !name.ends_with("_norm"),
    };
    let columns: Vec<String> =
        asked.columns(table.name).into_iter().map(|column| column.name).filter(|name| is_told(name)).collect();
    let list: Vec<String> = columns.iter().map(|name| format!("t.{}", crate::sql::name(name))).collect();
    // By its uid, which leads to its row, as a key does not.
    let uids = asked.uids(site, &format!("SELECT t.uid FROM {} t WHERE {condition}", table.name))?;
    let Some(uid) = uids.first() else { return Ok(None) };
    let sql = format!("SELECT {} FROM {} t WHERE t.uid = {uid}", list.join(", "), table.name);
    let Some(row) = asked.rows(site, &sql)?.into_iter().next() else { return Ok(None) };
    let facts = columns.iter().zip(row).filter_map(|(name, value)| {
        let value = value.filter(|value| !(name == "stale_loads" && value == "0"))?;
        Some((name.replace('_', " "), Cell::Text(value)))
    });
    Ok(Some(facts.collect()))
}

/// Attributes as a block.
pub(super) fn facts(title: &str, facts: Vec<(String, Cell)>) -> Block {
    Block::Facts(Facts { title: Some(title.to_owned()), facts })
}

/// A question by its name, asked about what fields name, as a block: longer answers go on on a page of their own.
pub(super) fn table(site: &Site, asked: &Asked, name: &str, fields: &Fields) -> Result<Table, Refusal> {
    let question: Question = questions::named(name, asked, fields)?;
    let id = &asked.timeslot.manifest.timeslot;
    let query = fields.0.iter().fold(String::new(), |all, (name, value)| format!("{all}{name}={}&", escaped(value)));
    let here = format!("/timeslots/{id}/tables/{name}?{query}");
    let files = format!("/timeslots/{id}/files/{name}?{}", query.trim_end_matches('&'));
    let mut table = asked.table(site, &question, 1, Some(&here), Some(&files))?;
    follow(&mut table, asked, site)?;
    Ok(table)
}

/// Makes the links of a table lead to pages of the same timeslot, where it is not the one that they are about by themselves.
pub(super) fn follow(table: &mut Table, asked: &Asked, site: &Site) -> Result<(), Refusal> {
    let id = &asked.timeslot.manifest.timeslot;
    let standings = site.ledger()?.standings()?;
    if standings.current().is_some_and(|current| current.id == *id) && standings.open().is_none() {
        return Ok(());
    }
    for cell in table.rows.iter_mut().flatten() {
        if let Cell::Link(_, href) = cell {
            href.push_str(&format!("{}timeslot={id}", if href.contains('?') { '&' } else { '?' }));
        }
    }
    Ok(())
}

/// The fields that name an object in questions.
pub(super) fn named(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// What became of an object, load by load. `here` is the page that shows it.
pub(super) fn past(
    site: &Site,
    ask: &Ask,
    kind: Kind,
    namespace: &str,
    key: &str,
    here: &str,
) -> Result<Vec<Block>, Refusal> {
    let ledger = site.ledger()?;
    let confirmed = ledger.standings()?.all().iter().filter(|found| found.state == State::Confirmed).count();
    let is_whole = ask.query.get("history") == Some("all") || confirmed <= LOADS;
    let last = (!is_whole).then_some(LOADS);
    let told = match history(&ledger, kind, namespace, key, site.engine(), None, last) {
        // What only the open timeslot has, has no history yet.
        Err(crate::history::HistoryError::Unknown { .. }) => Vec::new(),
        told => told?,
    };
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (at, happening) in told.iter().enumerate() {
        // A load that only says that it was there says nothing.
        let goes_on = told.get(at + 1).is_some_and(|next| next.timeslot == happening.timeslot);
        if happening.what == "present" && (goes_on || at > 0) {
            continue;
        }
        let timeslot = happening.timeslot.to_string();
        rows.push(vec![
            Cell::Link(timeslot.clone(), format!("/timeslots/{timeslot}")),
            Cell::from(happening.what),
            Cell::of(happening.name.as_deref().map(|name| name.replace('_', " "))),
            Cell::of(happening.before.clone()),
            Cell::of(happening.now.clone()),
        ]);
    }
    let about = match last {
        Some(loads) => {
            format!("The last {loads} confirmed timeslots of {confirmed}. What the first of them says is no change.")
        }
        None => "All confirmed timeslots that are in sight.".to_owned(),
    };
    let mut blocks = vec![Block::Table(Table {
        title: "History".to_owned(),
        about: Some(about),
        columns: ["timeslot", "what", "of what", "before", "then"].map(str::to_owned).to_vec(),
        rows,
        empty: "No confirmed timeslot knows it.".to_owned(),
        ..Table::default()
    })];
    if last.is_some() {
        let sign = if here.contains('?') { '&' } else { '?' };
        let href = format!("{here}{sign}history=all");
        blocks.push(Block::Links { title: None, links: vec![Link::new("The whole history", href)] });
    }
    Ok(blocks)
}

/// Whether a timeslot other than the one that pages take by themselves is looked at, as it stands behind the `?`.
pub(super) fn timeslot_query(ask: &Ask) -> String {
    ask.query.get("timeslot").map(|id| format!("?timeslot={}", escaped(id))).unwrap_or_default()
}

/// The ledger's state of a timeslot, in words for a title.
pub(super) fn standing(ledger: &Ledger, id: &TimeslotId) -> Result<String, Refusal> {
    let standings = ledger.standings()?;
    let state = standings.find(id).map(|found| found.state.to_string()).unwrap_or_default();
    Ok(format!("timeslot {id}, {state}"))
}
