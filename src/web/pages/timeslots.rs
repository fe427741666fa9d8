//! The timeslots: the list of all that the log knows.

use crate::ids::Label;
use crate::ledger::{Standing, State, TableRecord, ToGo};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Block, Cell, Link, Page, Table, Tone};
use crate::web::site::Site;
use crate::web::users::May;

/// The page: newest first.
pub(in crate::web) fn timeslots(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let standings = ledger.standings()?;
    let current = standings.current().map(|standing| standing.id.clone());
    let mut rows = Vec::new();
    for standing in standings.all().iter().rev() {
        // A timeslot whose data is gone is still in the log.
        let manifest = ledger.manifest(&standing.id).ok();
        let count = |table: &str| {
            let rows = manifest.as_ref().map(|manifest| manifest.tables.get(table).map_or(0, TableRecord::rows));
            rows.map_or(Cell::Nothing, Cell::count)
        };
        let (tone, word) = told(standing.state, Some(&standing.id) == current.as_ref());
        rows.push(vec![
            Cell::Link(standing.id.to_string(), format!("/timeslots/{}", standing.id)),
            Cell::State(tone, word),
            Cell::from(standing.as_of.to_string()),
            standing.parent.as_ref().map_or(Cell::Nothing, |parent| Cell::from(parent.to_string())),
            count("identities"),
            count("accounts"),
            count("rights"),
            manifest
                .as_ref()
                .map_or(Cell::Nothing, |manifest| Cell::count(manifest.parts().map(|part| part.bytes).sum::<u64>())),
            Cell::of(labels(standing)),
            Cell::of(stays(standing)),
        ]);
    }
    let columns =
        ["timeslot", "state", "as of", "compared with", "identities", "accounts", "rights", "bytes", "labels", "stays"];
    let mut blocks = Vec::new();
    if ask.may(May::Read) {
        blocks.push(Block::Links { title: None, links: vec![Link::new("Compare two of them", "/compare")] });
    }
    blocks.push(Block::Table(Table {
        title: "Timeslots, newest first".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        empty: "There is none yet.".to_owned(),
        ..Table::default()
    }));
    Ok(Answer::Page(Page { title: "Timeslots".to_owned(), under: "/timeslots", blocks, live: None }))
}

/// The names that people gave it.
pub(in crate::web) fn labels(standing: &Standing) -> Option<String> {
    let labels: Vec<&str> = standing.labels.iter().map(Label::as_str).collect();
    Some(labels.join(", ")).filter(|labels| !labels.is_empty())
}

/// Whether it has a legal hold, or is to go.
pub(in crate::web) fn stays(standing: &Standing) -> Option<String> {
    let held = standing.legal_hold.as_ref().map(|reason| format!("legal hold: {reason}"));
    let to_go = |to_go: &ToGo| format!("to go after {}: {}", to_go.after.strftime("%Y-%m-%d"), to_go.reason);
    held.or_else(|| standing.to_go.as_ref().map(to_go))
}

/// A state in a word.
pub(in crate::web) fn told(state: State, is_current: bool) -> (Tone, String) {
    let tone = match state {
        State::Confirmed if is_current => return (Tone::Good, "current".to_owned()),
        State::Confirmed | State::Hidden | State::Rejected | State::Purged => Tone::Plain,
        State::Sandbox | State::Active => Tone::Busy,
        State::Held => Tone::Warn,
    };
    (tone, state.to_string())
}
