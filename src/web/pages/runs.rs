//! The runs: a strip of the latest, and the list; and how one is told in a word, for the pages that name runs.

use crate::event::Verdict;
use crate::ledger::Ledger;
use crate::runs::{self, Life};
use crate::summary::Summary;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Block, Cell, Link, Page, Pager, Table, Tone};
use crate::web::site::Site;
use crate::web::taken;
use crate::web::users::May;

/// Rows of a page of the list.
const ROWS: usize = 30;

/// Every run, newest first, a page at a time.
pub(in crate::web) fn runs(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let names = match site.ledger() {
        Ok(ledger) => runs::names(&ledger)?,
        Err(Refusal::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    let (page, rows_a_page) = if taken::is_wanted(ask) { (1, usize::MAX) } else { (ask.query.page()? + 1, ROWS) };
    let newest: Vec<String> =
        names.iter().rev().skip((page - 1).saturating_mul(rows_a_page)).take(rows_a_page).cloned().collect();
    let rows = newest.iter().map(|name| Ok(row(&site.ledger()?, name))).collect::<Result<Vec<_>, Refusal>>()?;
    let to = |page: usize| format!("/runs?page={page}");
    let first = (page - 1).saturating_mul(ROWS);
    let pager = (names.len() > ROWS).then(|| Pager {
        place: format!("runs {} to {} of {}", first + 1, first + newest.len(), names.len()),
        before: (page > 1).then(|| to(page - 1)),
        behind: (first + newest.len() < names.len()).then(|| to(page + 1)),
    });
    let mut blocks = Vec::new();
    if ask.may(May::Operate) {
        blocks.push(Block::Links { title: None, links: vec![Link::new("Run a plan", "/launch")] });
    }
    blocks.push(Block::Table(table("Runs, newest first", rows, pager)));
    Ok(Answer::Page(Page { title: "Runs".to_owned(), under: "/runs", blocks, live: None }))
}

/// A table of runs.
pub(in crate::web) fn table(title: &str, rows: Vec<Vec<Cell>>, pager: Option<Pager>) -> Table {
    Table {
        title: title.to_owned(),
        columns: ["run", "began", "plan", "timeslot", "verdict", "seconds", "asked by"].map(str::to_owned).to_vec(),
        rows,
        empty: "No plan has run yet.".to_owned(),
        pager,
        ..Table::default()
    }
}

/// A run as a row of such a table.
pub(in crate::web) fn row(ledger: &Ledger, name: &str) -> Vec<Cell> {
    let summary = runs::summary(ledger, name).unwrap_or_default();
    let asked = runs::asked(ledger, name);
    let (tone, word) = told(ledger, name, &summary);
    let by = asked.map(|asked| if asked.command.due.is_some() { "schedule".to_owned() } else { asked.by });
    vec![
        Cell::Link(name.to_owned(), format!("/runs/{name}")),
        runs::began(name).map_or(Cell::Nothing, Cell::At),
        Cell::from(summary.plan.as_str()),
        summary.timeslot.as_ref().map_or(Cell::Nothing, |id| Cell::Link(id.to_string(), format!("/timeslots/{id}"))),
        Cell::State(tone, word.to_owned()),
        if summary.verdict.is_some() { Cell::Text(seconds(summary.millis)) } else { Cell::Nothing },
        Cell::of(by.filter(|by| !by.is_empty())),
    ]
}

/// Milliseconds as seconds.
pub(in crate::web) fn seconds(millis: u64) -> String {
    format!("{}.{:02}", millis / 1000, millis % 1000 / 10)
}

/// How a run stands, in a word.
pub(in crate::web) fn told(ledger: &Ledger, name: &str, summary: &Summary) -> (Tone, &'static str) {
    match runs::life(&ledger.runs_folder().join(name)) {
        Life::Ended => verdict(summary),
        Life::UnderWay => (Tone::Busy, "UNDER WAY"),
        Life::Dead => (Tone::Bad, "DIED"),
        Life::Unknown => (Tone::Warn, "DID NOT END"),
    }
}

fn verdict(summary: &Summary) -> (Tone, &'static str) {
    match &summary.verdict {
        Some(Verdict::Confirmed) => (Tone::Good, "CONFIRMED"),
        Some(Verdict::Held { .. }) => (Tone::Warn, "HELD"),
        Some(Verdict::Open { .. }) => (Tone::Warn, "OPEN"),
        Some(Verdict::Unchanged) => (Tone::Good, "UNCHANGED"),
        Some(Verdict::DryRun { .. }) => (Tone::Plain, "DRY RUN"),
        Some(Verdict::Failed { .. }) => (Tone::Bad, "FAILED"),
        Some(Verdict::Interrupted { .. }) => (Tone::Warn, "INTERRUPTED"),
        None => (Tone::Bad, "DIED"),
    }
}
